package app_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/retention"
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
	w.file("long ago", ordinary(6, func(in *complaint.Intake) {
		in.AgencyID, in.BrokerPhone, in.Employer = uuid.Nil, "", "Far Canning"
	}))
	w.work()
	w.clock.Advance(72 * time.Hour)
	w.file("a lone voice", lone(ordinary(9)))
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
	w.forget()
	w.work()
}

// forget is a round of deleting: what was said long ago, and how much comes next.
// Nothing is due that is evidence together with what accuses: that it is kept can
// be noticed (docs/threat-model.md).
func (w *twin) forget() {
	w.t.Helper()
	days := map[retention.Kind]int{
		retention.Narrative: 20, retention.Answers: 20, retention.Identity: 20, retention.Contact: 3,
		retention.Sessions: 20, retention.ReceiptSessions: 20, retention.Attempts: 20, retention.MailDeliveries: 20,
	}
	for _, kind := range slices.Sorted(maps.Keys(days)) {
		w.deed("rule %s", kind)
		err := w.retention.SetPolicy(w.t.Context(), identity.Setup("retention"),
			retention.Policy{Kind: kind, Days: days[kind], From: w.clock.Now().AddDate(0, 0, -1), Source: "house rule of a test"})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.deed("forget")
	if err := w.retention.Expire(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	if w.count(`SELECT count(*) FROM retention_outlook WHERE due > 0`) == 0 || w.count(`SELECT count(*) FROM shreddings WHERE shredded_at IS NOT NULL`) == 0 {
		w.t.Error("nothing is due and nothing was deleted: this proves nothing")
	}
}

// lone makes it one about an employer whom nobody else names, so that it is no
// pattern by itself.
func lone(in complaint.Intake) complaint.Intake {
	in.AgencyID, in.BrokerPhone, in.Employer = uuid.Nil, "", "Lone Canning"
	return in
}

// accusing is the complaint that must not be felt: urgent, first hand, with
// everything that raises a pattern, in the name of all that may act.
func accusing(round int, office uuid.UUID) complaint.Intake {
	return ordinary(20+round, func(in *complaint.Intake) {
		in.Official, in.OfficialUnit, in.Minor, in.Safe = true, office, true, complaint.InDanger
		in.Narrative = fmt.Sprintf("canary-accusation %d: the official of that office takes money", round)
		in.ReporterName = "Canary Reporter"
		in.MayAct = nil // allowed later
		in.Indicators[complaint.Violence] = []complaint.Phase{complaint.Work}
	})
}

// accusable are the units of the twins, with one two levels deep.
var accusable = append(slices.Clone(twinUnits),
	office{"office-east", "province", "province-east", "", "", []identity.Role{identity.RoleComplaintsOfficer, identity.RoleInspector}})

// secondHat makes somebody of the unit who works in another one, too, and acts
// there: in the one that stands in where theirs is accused.
func (w *twin) secondHat(accused string) {
	w.t.Helper()
	unit, kind, role := "oversight", identity.UnitOversight, identity.RoleOverseer
	if accused == unit {
		unit, kind, role = "ministry-hq", identity.UnitMinistry, identity.RoleComplaintsOfficer
	}
	also := identity.RoleInspector
	for _, u := range accusable {
		if u.code == accused {
			also = u.roles[0]
		}
	}
	email := both(accused)
	w.deed("hire %s", email)
	person := w.db.Hire(w.t, w.clock, email, "Officer with two hats", unitOf(unit), role)
	w.db.Grant(w.t, w.clock, person, unitOf(accused), also)
	w.people[email] = identity.Actor{Kind: identity.KindStaff, PersonID: person, UnitID: unitOf(unit), UnitCode: unit, UnitKind: kind, Role: role}
}

func both(accused string) string { return "both@" + accused + ".example" }

// The differential test: a complaint that accuses an official changes no byte
// of what the official's unit can reach.
func TestAComplaintThatAccusesAnOfficialIsNotThereForTheirUnit(t *testing.T) {
	for _, accused := range []string{"police-unit", "ministry-hq", "office-east", "oversight"} {
		t.Run(accused, func(t *testing.T) {
			one, other := testkit.DB(t), testkit.DB(t)
			with, without := openTwin(t, one, accusable...), openTwin(t, other, accusable...)
			with.secondHat(accused)
			without.secondHat(accused)
			with.live(func(round int) {
				receipt := with.file(fmt.Sprint("accusing ", round), accusing(round, unitOf(accused)))
				with.allow(fmt.Sprint("accusing ", round), receipt, complaint.ConsentPolice, complaint.ConsentLabourDesk)
				with.file(fmt.Sprint("accusing beside the lone voice ", round), lone(accusing(10+round, unitOf(accused))))
			})
			without.live(func(int) {})
			// It is really there, for somebody.
			if n := with.count(`SELECT count(*) FROM complaints`) - without.count(`SELECT count(*) FROM complaints`); n != 6 {
				t.Fatalf("%d complaints accuse", n)
			}
			if n := with.count(`SELECT count(*) FROM complaint_consents`); n != 6 {
				t.Errorf("%d consents were given", n)
			}
			if accused == "police-unit" && with.count(`SELECT count(*) FROM escalations WHERE unit_id = $1`, unitOf("oversight")) == 0 {
				t.Error("oversight heard of nothing")
			}
			if without.count(`SELECT count(*) FROM escalations`) == 0 || without.count(`SELECT count(*) FROM deliveries WHERE escalation_id IS NOT NULL AND sent_at IS NOT NULL`) == 0 ||
				with.count(`SELECT count(*) FROM deliveries WHERE reading_id IS NOT NULL AND sent_at IS NOT NULL`) <= without.count(`SELECT count(*) FROM deliveries WHERE reading_id IS NOT NULL AND sent_at IS NOT NULL`) {
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

// staffOf lists who works in the unit and in those above and under it, at any
// distance, that a complaint about it must not reach.
func staffOf(accused string) (emails []string) {
	parents := map[string]string{}
	for _, u := range accusable {
		parents[u.code] = u.parent
	}
	isAbove := func(high, low string) bool {
		for at := low; at != ""; at = parents[at] {
			if at == high {
				return true
			}
		}
		return false
	}
	for _, u := range accusable {
		if isAbove(u.code, accused) || isAbove(accused, u.code) {
			for _, role := range u.roles {
				emails = append(emails, string(role)+"@"+u.code+".example")
			}
		}
	}
	return emails
}

// ofTheMachine are columns that the database fills with its own time.
var ofTheMachine = map[string]bool{"audit_entries.at": true, "memberships.granted_at": true, "founding_grants.granted_at": true}

// compareRows reads every table as the database shows it to each of them.
func compareRows(t *testing.T, accused string, with, without *twin) {
	t.Helper()
	for _, email := range append(staffOf(accused), both(accused)) {
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
	for _, email := range append(staffOf(accused), both(accused)) {
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
