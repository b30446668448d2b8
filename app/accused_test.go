package app_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// twinRegister turns the register into the doors of the complaints.
type twinRegister struct{ *register.Service }

func (r twinRegister) ExactlyNamed(ctx context.Context, name string) (uuid.UUID, bool, error) {
	return r.Resolve(ctx, name)
}

func (r twinRegister) Candidates(context.Context, string, int) ([]public.Candidate, error) {
	return nil, nil
}

// ordinary is one of several accounts that make a pattern together.
func ordinary(n int, change ...func(*complaint.Intake)) complaint.Intake {
	in := complaint.Intake{
		Language: "km", Safe: complaint.NotSure, About: complaint.AboutSelf, Country: "TH",
		AgencyID: unitOf("the agency"), Employer: twinEmployer, BrokerPhone: "012 000 111",
		Indicators: map[complaint.Indicator][]complaint.Phase{
			complaint.WageWithholding: {complaint.Work}, complaint.DocumentRetention: {complaint.Work}, complaint.RestrictionOfMovement: {complaint.Work},
		},
		Narrative: fmt.Sprintf("account number %d of what happened at the pier", n), Contact: complaint.Contact{Phone: fmt.Sprintf("012 000 3%02d", n)},
		MayAct: []complaint.MayAct{complaint.LabourDesk, complaint.Police},
	}
	for _, c := range change {
		c(&in)
	}
	return in
}

// live runs the same months in a twin. In one of the two, accuse adds what
// accuses the official, between the other complaints and after a pattern.
func (w *twin) live(accuse func(round int)) {
	w.t.Helper()
	red := func(in *complaint.Intake) { in.Safe = complaint.InDanger }
	for round := range 3 {
		w.file(fmt.Sprint("ordinary ", round), ordinary(round))
		accuse(round)
		w.work()
		if round == 1 {
			w.file("red", ordinary(7, red))
			w.file("of elsewhere", ordinary(8, func(in *complaint.Intake) { in.Employer, in.BrokerPhone, in.Country = "Another", "", "MY" }))
		}
		w.work()
		w.clock.Advance(20 * time.Minute)
	}
	// Everything that has a deadline meets it.
	w.clock.Advance(26 * time.Hour)
	w.work()
}

// accusing is the complaint that must not be felt: urgent, first hand, with
// everything that raises a pattern, in the name of all that may act.
func accusing(round int, office uuid.UUID) complaint.Intake {
	return ordinary(20+round, func(in *complaint.Intake) {
		in.Official, in.OfficialUnit, in.Minor, in.Safe = true, office, true, complaint.InDanger
		in.Narrative = fmt.Sprintf("canary-accusation %d: the official of that office takes money", round)
		in.ReporterName = "Canary Reporter"
		in.Indicators[complaint.Violence] = []complaint.Phase{complaint.Work}
	})
}

// The differential test: a complaint that accuses an official changes no byte
// of what the official's unit can reach.
func TestAComplaintThatAccusesAnOfficialIsNotThereForTheirUnit(t *testing.T) {
	for _, accused := range []string{"police-unit", "ministry-hq", "province-east", "oversight"} {
		t.Run(accused, func(t *testing.T) {
			one, other := testkit.DB(t), testkit.DB(t)
			with, without := openTwin(t, one), openTwin(t, other)
			with.live(func(round int) { with.file(fmt.Sprint("accusing ", round), accusing(round, unitOf(accused))) })
			without.live(func(int) {})
			// It is really there, for somebody.
			if n := with.count(`SELECT count(*) FROM complaints`) - without.count(`SELECT count(*) FROM complaints`); n != 3 {
				t.Fatalf("%d complaints accuse", n)
			}
			if accused == "police-unit" && with.count(`SELECT count(*) FROM escalations WHERE unit_id = $1`, unitOf("oversight")) == 0 {
				t.Error("oversight heard of nothing")
			}
			if without.count(`SELECT count(*) FROM escalations`) == 0 || without.count(`SELECT count(*) FROM deliveries WHERE sent_at IS NOT NULL`) == 0 {
				t.Error("nothing happens in this world: it proves nothing")
			}
			compareRows(t, accused, with, without)
			compareMail(t, accused, with, without)
			comparePages(t, accused, with, without)
		})
	}
}

func (w *twin) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.super.QueryRow(query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// staffOf lists who works in the unit and in those above and under it that a
// complaint about it must not reach.
func staffOf(accused string) (emails []string) {
	above := ""
	for _, u := range twinUnits {
		if u.code == accused {
			above = u.parent
		}
	}
	for _, u := range twinUnits {
		if u.code == accused || u.code == above || u.parent == accused {
			for _, role := range u.roles {
				emails = append(emails, string(role)+"@"+u.code+".example")
			}
		}
	}
	return emails
}

// ofTheMachine are columns that the database fills with its own time.
var ofTheMachine = map[string]bool{"audit_entries.at": true, "memberships.granted_at": true}

// compareRows reads every table as the database shows it to each of them.
func compareRows(t *testing.T, accused string, with, without *twin) {
	t.Helper()
	for _, email := range staffOf(accused) {
		a, b := with.rows(email), without.rows(email)
		if len(a) < 10 || len(a) != len(b) {
			t.Fatalf("%s sees %d and %d tables", email, len(a), len(b))
		}
		for table, rows := range a {
			if rows != b[table] {
				t.Errorf("%s: the rows of %s differ%s", email, table, differ(rows, b[table]))
			}
		}
	}
}

// rows gives all rows of all tables that staff may read, under the settings of
// one of them.
func (w *twin) rows(email string) map[string]string {
	w.t.Helper()
	columns, err := w.super.Query(`SELECT c.relname, string_agg(CASE WHEN a.atttypid = 'bytea'::regtype THEN 'length(t.' || quote_ident(a.attname) || ')'
			ELSE 't.' || quote_ident(a.attname) END, ', ' ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
		  AND has_column_privilege('portal_staff', c.oid, a.attnum, 'SELECT') AND NOT (c.relname || '.' || a.attname = ANY (string_to_array($1, ' '))) GROUP BY 1`,
		strings.Join(slices.Collect(maps.Keys(ofTheMachine)), " "))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = columns.Close() }()
	queries := map[string]string{}
	for columns.Next() {
		var table, list string
		if err := columns.Scan(&table, &list); err != nil {
			w.t.Fatal(err)
		}
		queries[table] = `SELECT ROW(` + list + `)::text AS row FROM ` + table + ` t`
	}
	out := map[string]string{}
	for table, query := range queries {
		var rows []string
		err := w.db.Read(w.t.Context(), w.people[email], func(tx postgres.Tx) error { return tx.Gorm().Raw(query).Scan(&rows).Error })
		if err != nil {
			w.t.Fatalf("%s: %v", table, err)
		}
		for i := range rows {
			rows[i] = blank(rows[i])
		}
		slices.Sort(rows)
		out[table] = strings.Join(rows, "\n")
	}
	return out
}

// compareMail looks at what came into their mailboxes.
func compareMail(t *testing.T, accused string, with, without *twin) {
	t.Helper()
	for _, email := range staffOf(accused) {
		if a, b := with.mailed(email), without.mailed(email); a != b {
			t.Errorf("%s is mailed otherwise%s", email, differ(a, b))
		}
	}
}

func (w *twin) mailed(email string) string {
	var all []string
	for _, l := range w.mails.Letters() {
		if strings.Contains(l.To, email) {
			lines := strings.Split(l.Raw, "\n")
			lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "Date:") }) // the machine's
			all = append(all, blank(strings.Join(lines, "\n")))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "\n\n")
}

// comparePages walks, as each of them, every address that the site map has for
// GET, every link and every filter on the way, and every id that there is.
func comparePages(t *testing.T, accused string, with, without *twin) {
	t.Helper()
	emails := append([]string{""}, staffOf(accused)...)
	for _, email := range emails {
		a, b := with.walk(email), without.walk(email)
		if diff := symmetric(a, b); diff != "" {
			t.Errorf("%q reaches otherwise:%s", email, diff)
		}
		for address, answer := range a {
			if other, both := b[address]; both && answer != other {
				t.Errorf("%q: %s answers otherwise%s", email, address, differ(answer, other))
			}
		}
		if len(a) < 10 {
			t.Errorf("%q reached %d pages only", email, len(a))
		}
		opened := slices.ContainsFunc(slices.Collect(maps.Keys(a)), func(address string) bool { return strings.Contains(address, "/complaints/T-") })
		if strings.HasSuffix(email, "@police-unit.example") != opened {
			t.Errorf("%q opened a complaint: %v", email, opened)
		}
	}
	defer func() {
		for _, email := range staffOf(accused) {
			with.guess(email)
		}
	}()
	with.bell.Stop()
	without.bell.Stop()
	for _, email := range staffOf(accused) {
		for _, r := range app.SiteMap(nil, app.Pages{}) {
			if r.Stream {
				a, b := with.answer(with.visitor(email), r.Path+"?since=0"), without.answer(without.visitor(email), r.Path+"?since=0")
				if a != b {
					t.Errorf("%s: the stream %s says otherwise%s", email, r.Path, differ(a, b))
				}
			}
		}
	}
}

func symmetric(a, b map[string]string) (out string) {
	for address := range a {
		if _, both := b[address]; !both {
			out += "\n only with: " + address
		}
	}
	for address := range b {
		if _, both := a[address]; !both {
			out += "\n only without: " + address
		}
	}
	return out
}

// visitor signs in as a deed of its own; "" is the public.
func (w *twin) visitor(email string) *visitor {
	w.t.Helper()
	w.signedIn++
	w.deed("sign in %s %d", email, w.signedIn)
	if email == "" {
		return &visitor{w.counter, map[string]string{}}
	}
	return w.signIn(w.t, email)
}

// answer is everything that comes back: status, headers and body.
func (w *twin) answer(v *visitor, address string) string {
	w.t.Helper()
	w.deed("get %s", blank(address))
	res := v.do(w.t, httptest.NewRequest(http.MethodGet, address, nil))
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	res.Header.Del("Date")
	var head []string
	for name, values := range res.Header {
		head = append(head, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(head)
	return blank(fmt.Sprint(res.StatusCode, "\n", strings.Join(head, "\n"), "\n\n", string(body)))
}

// walk returns the answers by address, each with the times of ids blanked.
func (w *twin) walk(email string) map[string]string {
	w.t.Helper()
	v := w.visitor(email)
	todo := []string{"/agencies?q=" + url.QueryEscape(twinAgency), "/agencies?q=nobody", "/ministry/applications/" + unitOf("application").String()}
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		if r.Method == http.MethodGet && !r.Stream && !strings.ContainsAny(r.Path, ":+*") && (email != "") == (r.Surface == web.Staff) {
			todo = append(todo, r.Path)
		}
	}
	answers, raw := map[string]string{}, map[string]bool{}
	const enough = 400
	for len(todo) > 0 && len(answers) < enough {
		address := todo[0]
		todo = todo[1:]
		if raw[address] {
			continue
		}
		raw[address] = true
		answer, links := w.follow(v, address)
		answers[blank(address)] = answer
		todo = append(todo, links...)
	}
	return answers
}

// follow fetches a page twice: first for what it answers, then for its links
// and for every combination of its filters.
func (w *twin) follow(v *visitor, address string) (answer string, links []string) {
	w.t.Helper()
	answer = w.answer(v, address)
	w.deed("look %s", blank(address))
	_, page := v.get(w.t, address)
	page.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		href, _ := s.Attr("href")
		if strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "/language/") && !strings.HasPrefix(href, "/assets/") {
			links = append(links, strings.Split(href, "#")[0])
		}
	})
	page.Find(`main form[method="get"]`).Each(func(_ int, form *goquery.Selection) {
		asked := []url.Values{{}}
		form.Find("select").Each(func(_ int, s *goquery.Selection) {
			var next []url.Values
			s.Find("option").Each(func(_ int, o *goquery.Selection) {
				for _, values := range asked {
					more := url.Values{}
					maps.Copy(more, values)
					more.Set(s.AttrOr("name", ""), o.AttrOr("value", ""))
					next = append(next, more)
				}
			})
			asked = next
		})
		for _, values := range asked {
			if len(values) > 0 {
				links = append(links, form.AttrOr("action", "")+"?"+values.Encode())
			}
		}
	})
	return answer, links
}

// guess asks every address with an id for what accuses, by its real id, and for
// one that never was: the answers are the same.
func (w *twin) guess(email string) {
	w.t.Helper()
	var hidden []string
	rows, err := w.super.Query(`SELECT complaint_id::text FROM complaint_exclusions UNION SELECT r.id::text FROM readings r JOIN complaint_exclusions USING (complaint_id)
		UNION SELECT e.id::text FROM escalations e WHERE unit_id <> $1`, w.people[email].UnitID)
	if err != nil {
		w.t.Fatal(err)
	}
	hidden = texts(w.t, rows)
	if len(hidden) < 3 {
		w.t.Fatalf("there are only %d ids to guess", len(hidden))
	}
	v := w.visitor(email)
	for _, r := range app.SiteMap(nil, app.Pages{}) {
		if r.Method != http.MethodGet || r.Surface != web.Staff || !strings.Contains(r.Path, ":") {
			continue
		}
		fill := func(key string) string {
			path := strings.ReplaceAll(strings.ReplaceAll(r.Path, ":id", key), ":complaint", key)
			w.deed("guess %s", r.Path)
			res := v.do(w.t, httptest.NewRequest(http.MethodGet, path, nil))
			body, err := io.ReadAll(res.Body)
			if err != nil {
				w.t.Fatal(err)
			}
			return fmt.Sprint(res.StatusCode, strings.ReplaceAll(string(body), key, "ID"))
		}
		never := fill("0190aaaa-0000-7000-8000-000000000009")
		for _, key := range hidden {
			if got := fill(key); got != never {
				w.t.Errorf("%s: %s tells that an id exists%s", email, r.Path, differ(got, never))
			}
		}
	}
}

func texts(t *testing.T, rows *sql.Rows) (all []string) {
	t.Helper()
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}
