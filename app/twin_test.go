package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/account"
	"github.com/fairpassage/portal/app/admin"
	"github.com/fairpassage/portal/app/agency"
	decisionpages "github.com/fairpassage/portal/app/decision"
	deskpages "github.com/fairpassage/portal/app/desk"
	"github.com/fairpassage/portal/app/ministry"
	"github.com/fairpassage/portal/app/oversight"
	"github.com/fairpassage/portal/app/police"
	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/app/reading"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/mail/mailtest"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/google/uuid"
)

// twin is one whole portal of two that are alike to the byte: the same clock,
// and for each deed the same randomness, drawn from the deed's name.
//
// What is injected: the clock; crypto/rand, anew for every deed, every request
// and before each screening raises what it found (cryptotest.SetGlobalRandom),
// so that keys, tokens, references, mail boundaries and the random 62 bits of an
// id agree. What cannot be injected is blanked: the time in a version 7 id,
// which is the machine's; columns that the database fills with its own now();
// and of ciphertexts and pins, which are bound to whole ids, all but the length.
type twin struct {
	*counter
	t           *testing.T
	db          *testkit.Database
	clock       *clock.Fake
	complaints  *complaint.Service
	desks       *desk.Service
	audit       *audit.Log
	escalations *escalation.Service
	screening   *screening.Service
	bell        *web.Bell
	mails       *mailtest.Server
	people      map[string]identity.Actor // by address
	super       *sql.DB
	doing       string // the deed
	signedIn    int
}

// unitOf gives a unit the same key in both twins.
func unitOf(code string) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceURL, []byte("unit "+code)) }

// The state of the twins. Each unit has the same people in both.
var twinUnits = []struct {
	code, kind, parent, province, countries string
	roles                                   []identity.Role
}{
	{"ministry-hq", "ministry", "", "", "", []identity.Role{identity.RoleLicensingOfficer, identity.RoleComplaintsOfficer, identity.RoleFirstReader, identity.RoleInspector}},
	{"province-east", "province", "ministry-hq", "East Gate", "", []identity.Role{identity.RoleComplaintsOfficer, identity.RoleInspector}},
	{"embassy-south", "embassy", "ministry-hq", "", "TH", []identity.Role{identity.RoleComplaintsOfficer}},
	{"police-unit", "police", "", "", "", []identity.Role{identity.RoleInvestigator, identity.RoleDutyOfficer, identity.RoleCommander}},
	{"oversight", "oversight", "", "", "", []identity.Role{identity.RoleOverseer, identity.RoleFirstReader}},
}

const (
	twinEmployer = "Canary Seafood"
	twinAgency   = "Sample Recruitment"
)

// deed names what happens next, and with it all randomness until the next one.
func (w *twin) deed(format string, args ...any) {
	w.doing = fmt.Sprintf(format, args...)
	sum := sha256.Sum256([]byte(w.doing))
	cryptotest.SetGlobalRandom(w.t, binary.LittleEndian.Uint64(sum[:8]))
}

// openTwin settles a portal in a database that was made before any randomness
// was taken away: databases have random names.
func openTwin(t *testing.T, db *testkit.Database) *twin {
	t.Helper()
	w := &twin{
		counter: &counter{log: &bytes.Buffer{}}, t: t, db: db, bell: web.NewBell(), mails: mailtest.Start(t),
		// After the machine's own time: what is due by the database's clock is due here.
		clock: clock.NewFake(time.Date(2031, time.January, 6, 9, 0, 0, 0, time.UTC)), people: map[string]identity.Actor{},
	}
	w.super = w.db.Super(t)
	w.settle()
	w.deed("keys")
	var codes []string
	for _, u := range twinUnits {
		codes = append(codes, u.code)
	}
	keys, err := seal.Ensure(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.desks = w.db.DeskService(w.clock)
	if _, err := w.desks.Create(t.Context(), identity.Setup("keys"), codes...); err != nil {
		t.Fatal(err)
	}
	w.serve(keys)
	return w
}

func (w *twin) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.super.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

// settle makes units, people, an agency, its employer and its placements.
func (w *twin) settle() {
	w.t.Helper()
	born := w.clock.Now().AddDate(-1, 0, 0)
	for _, u := range twinUnits {
		w.exec(`INSERT INTO units (id, code, kind, name, parent_id, province, countries)
			VALUES ($1, $2, $3, jsonb_build_object('en', $2::text), (SELECT id FROM units WHERE code = $4), NULLIF($5, ''), string_to_array(NULLIF($6, ''), ' '))`,
			unitOf(u.code), u.code, u.kind, u.parent, u.province, u.countries)
		for _, role := range u.roles {
			email := string(role) + "@" + u.code + ".example"
			w.deed("hire %s", email)
			w.people[email] = identity.Actor{
				Kind: identity.KindStaff, PersonID: w.db.Hire(w.t, w.clock, email, "Officer "+string(role), unitOf(u.code), role),
				UnitID: unitOf(u.code), UnitCode: u.code, UnitKind: identity.UnitKind(u.kind), Role: role,
			}
		}
	}
	agencyID, employer := unitOf("the agency"), unitOf("the employer")
	w.exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, district, created_at, updated_at)
		VALUES ($1, 'sample', 'test', 'sample', $2, 'licensed', 'East Gate', $3, $3)`, agencyID, twinAgency, born)
	w.exec(`INSERT INTO agency_names (agency_id, position, name, folded) VALUES ($1, 1, $2, lower($2))`, agencyID, twinAgency)
	w.exec(`INSERT INTO employers (id, name, folded, token, country, created_at) VALUES ($1, $2, lower($2), 'unrelated', 'TH', $3)`, employer, twinEmployer, born)
	w.exec(`INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_at)
		SELECT uuid_in(md5('placement' || i)::cstring), $1, $2, 'TH', '9329', 'd' || i, $3::date - i % 300, $3 FROM generate_series(1, 300) i`, agencyID, employer, w.clock.Now())
	// Others send many more there, and nobody complains: what is counted of all matters.
	w.exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, 'large', 'test', 'large', 'Large', 'licensed', $2, $2)`,
		unitOf("another agency"), born)
	w.exec(`INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_at)
		SELECT uuid_in(md5('another' || i)::cstring), $1, $2, 'TH', '9329', 'o' || i, $3::date - i % 300, $3 FROM generate_series(1, 3000) i`,
		unitOf("another agency"), employer, w.clock.Now())
	w.exec(`INSERT INTO applications (id, agency_id, status, director, address, phone, destinations, declaration, filed_by, filed_at)
		VALUES ($1, $2, 'filed', 'D', 'A', '1', '{TH}', true, $3, $4)`, unitOf("application"), agencyID, w.people["inspector@ministry-hq.example"].PersonID, born)
}

// serve wires the whole site over the twin's record.
func (w *twin) serve(keys *seal.Ring) {
	w.t.Helper()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	pages, err := views.New()
	must(err)
	base, err := url.Parse("http://localhost:8080")
	must(err)
	home := country.Home{Code: "KH", Zone: time.UTC}
	sessions := identity.NewSessions(w.db.DB, testkit.People(w.clock))
	log := slog.New(slog.NewTextHandler(w.log, nil))
	edge, err := web.New(web.Config{BaseURL: base, Demo: true, CSRFKey: keys.Secret(seal.SecretCSRF), Greet: w.desks.Tend, Waits: w.desks.Waits}, pages, sessions, log)
	must(err)
	hasher, err := matching.NewHasher(keys.Secret(seal.SecretMatching))
	must(err)
	placements, licences := placement.New(w.db.DB, w.clock, hasher, home), licensing.New(w.db.DB, w.clock, home)
	listed := register.New(w.db.DB, w.clock, home)
	shredKeys := testkit.Shred(w.t, w.clock)
	w.complaints, err = complaint.NewService(complaint.Dependencies{
		DB: w.db.DB, Clock: w.clock, Keys: keys, Desks: w.desks, Shred: shredKeys, Hasher: hasher, Sessions: sessions, Agencies: twinRegister{listed}, Placements: placements, Regions: []string{"KH"},
	})
	must(err)
	mailer, err := mail.New(w.mails.URL)
	must(err)
	w.escalations = escalation.New(escalation.Deps{
		DB: w.db.DB, Clock: w.clock, Random: currentRandom{}, Mail: mailer, Words: pages.Catalogue(), BaseURL: "http://localhost:8080",
	})
	signing, err := audit.NewKey(keys.Secret(seal.SecretAudit))
	must(err)
	w.audit, err = audit.New(audit.Deps{DB: w.db.DB, Clock: w.clock, Random: currentRandom{}, Key: signing, Log: log})
	must(err)
	w.screening = screening.New(screening.Deps{DB: w.db.DB, Clock: w.clock, Log: log, Escalations: w.escalations, Step: func(name string) {
		if name == "screen: complaints marked" {
			w.deed("%s: %s", strings.Split(w.doing, ":")[0], name)
		}
	}})
	complaintPages, err := public.NewComplaints(public.ComplaintDependencies{
		Web: edge, Service: w.complaints, Sessions: sessions, Register: twinRegister{listed}, Clock: w.clock,
		FormKey: keys.Secret(seal.SecretForm), Destinations: []string{"TH"},
	})
	must(err)
	inbox := func(base string) *police.Desk {
		return police.New(edge, police.Deps{
			Escalations: w.escalations, Sealed: w.complaints, Agencies: listed, Bell: w.bell, Base: base, Offices: w.complaints,
		})
	}
	keeper := testkit.People(w.clock)
	decisions, err := decision.NewService(w.db.DB, w.clock, keeper, append(people.Rules(keeper), w.desks.Rules()...)...)
	must(err)
	kept, err := retention.New(retention.Deps{DB: w.db.DB, Clock: w.clock, Random: currentRandom{}, Keys: shredKeys, Pins: testkit.Pins(), Log: log})
	must(err)
	staff := people.New(people.Deps{DB: w.db.DB, Clock: w.clock, People: keeper, Decisions: decisions})
	w.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Public, web.Staff}}, edge, app.Pages{
		Home: public.NewHome(edge, func(context.Context) error { return nil }), Agencies: public.NewAgencies(edge, listed), Complaints: complaintPages,
		Account: account.New(edge, sessions, nil), Agency: agency.New(edge, licences, placements, staff, home), Licensing: ministry.New(edge, licences),
		Police: inbox("/police/escalations"), Oversight: inbox("/oversight/escalations"), Readings: reading.New(edge, w.complaints),
		Audit: public.NewAudit(edge, w.audit), Desk: deskpages.New(edge, w.desks, decisions),
		Decisions: decisionpages.New(edge, decisions), Retention: oversight.NewRetention(edge, kept),
		Admin: admin.New(edge, staff),
	})
	must(err)
}

// currentRandom reads what crypto/rand is at this moment.
type currentRandom struct{}

func (currentRandom) Read(p []byte) (int, error) { return rand.Reader.Read(p) }

// file lodges a complaint as a deed.
func (w *twin) file(name string, in complaint.Intake) {
	w.t.Helper()
	w.deed("file %s", name)
	receipt := complaint.NewReceipt()
	if _, err := w.complaints.File(w.t.Context(), identity.Public(), in, receipt, "nonce of "+name+" "+receipt.Code()); err != nil {
		w.t.Fatal(err)
	}
}

// work keeps every promise that is due, one after the other, until none is, and
// has the audit log signed as each minute does.
// Which randomness each has follows from its topic and the random part of what
// it is about.
func (w *twin) work() {
	w.t.Helper()
	for {
		var promise, about uuid.UUID
		var topic string
		err := w.super.QueryRow(`SELECT id, topic, subject_id FROM promises WHERE kept_at IS NULL AND coalesce(run_after, made_at) <= $1
			ORDER BY coalesce(run_after, 'epoch'), topic, right(subject_id::text, 17) LIMIT 1`, w.clock.Now()).Scan(&promise, &topic, &about)
		if errors.Is(err, sql.ErrNoRows) {
			w.deed("sign")
			if err := w.audit.Sign(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
			return
		}
		if err != nil {
			w.t.Fatal(err)
		}
		w.deed("work %s %s", topic, about.String()[19:])
		ctx := w.t.Context()
		switch topic {
		case complaint.TopicFiled:
			err = w.screening.Screen(ctx, promise)
		case complaint.TopicReadingDue:
			err = w.complaints.ClimbReading(ctx, promise)
		case escalation.TopicRaised:
			err = w.escalations.Deliver(ctx, promise)
		case escalation.TopicOverdue:
			err = w.escalations.Climb(ctx, promise)
		case escalation.TopicSend:
			err = w.escalations.SendMail(ctx, promise)
		default:
			w.t.Fatalf("nobody keeps %s", topic)
		}
		if err != nil {
			w.t.Fatal(topic, " ", err)
		}
	}
}

// idTime is the part of a version 7 id that the machine's clock fills.
var idTime = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-`)

// formToken is bound to the id of the session, of which the machine's clock makes
// a part; so is what a form of the account carries sealed.
var formToken = regexp.MustCompile(`(name="_csrf" value="|"csrf":"|name="sealed" value=")[^"]+"`)

func blank(text string) string {
	return formToken.ReplaceAllString(idTime.ReplaceAllString(text, "T-"), `$1"`)
}

// differ tells where two texts part, for people who read a failing test.
func differ(a, b string) string {
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	around := func(s string) string { return strings.TrimSpace(s[max(0, min(at, len(s))-80):min(len(s), at+160)]) }
	return fmt.Sprintf("\n with:    …%s…\n without: …%s…", around(a), around(b))
}
