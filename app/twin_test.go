package app_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/desk"
	paper "github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/mail/mailtest"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/subscription"
	"github.com/fairpassage/portal/internal/testkit"
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
	units       []office
	clock       *clock.Fake
	edge        *web.Web
	pages       app.Pages
	complaints  *complaint.Service
	decisions   *decision.Service
	desks       *desk.Service
	sessions    *identity.Sessions
	audit       *audit.Log
	retention   *retention.Service
	documents   *paper.Service
	escalations *escalation.Service
	letters     *letter.Service
	screening   *screening.Service
	laws        *policy.Service
	inspections *inspection.Service
	guarantees  *guarantee.Service
	fitness     *fitness.Service
	// subscriptions write to the mailbox.
	subscriptions *subscription.Service
	mailbox       mailbox
	bell          *web.Bell
	mails         *mailtest.Server
	people        map[string]identity.Actor // by address
	super         *sql.DB
	doing         string // the deed
	signedIn      int
}

// unitOf gives a unit the same key in both twins.
func unitOf(code string) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceURL, []byte("unit "+code)) }

// office is a unit with one person in each role.
type office struct {
	code, kind, parent, province, countries string
	roles                                   []identity.Role
}

func (o office) email(role identity.Role) string { return string(role) + "@" + o.code + ".example" }

// The state of the twins. Each unit has the same people in both.
var twinUnits = []office{
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
func openTwin(t *testing.T, db *testkit.Database, units ...office) *twin {
	t.Helper()
	return openPortal(t, db, true, units...)
}

// openPortal is openTwin, as a demonstration or not.
func openPortal(t *testing.T, db *testkit.Database, demo bool, units ...office) *twin {
	t.Helper()
	w := &twin{
		counter: &counter{log: &bytes.Buffer{}}, t: t, db: db, units: units, bell: web.NewBell(), mails: mailtest.Start(t),
		// After the machine's own time: what is due by the database's clock is due here.
		clock: clock.NewFake(time.Date(2031, time.January, 6, 9, 0, 0, 0, time.UTC)), people: map[string]identity.Actor{},
	}
	w.super = w.db.Super(t)
	w.settle()
	w.deed("keys")
	var codes []string
	for _, u := range w.units {
		if identity.UnitKind(u.kind) != identity.UnitAdministration && u.kind != string(identity.UnitAgency) {
			codes = append(codes, u.code)
		}
	}
	keys, err := seal.Ensure(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.desks = w.db.DeskService(w.clock)
	if _, err := w.desks.Create(t.Context(), identity.Setup("keys"), codes...); err != nil {
		t.Fatal(err)
	}
	w.serve(keys, demo)
	return w
}

// law sets a law from long ago on.
func (w *twin) law(key policy.Key, value string) {
	w.t.Helper()
	e := policy.Entry{Key: key, Value: json.RawMessage(value), From: time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC), Source: "house rule of a test"}
	if err := w.laws.Set(w.t.Context(), identity.Setup("policy"), e); err != nil {
		w.t.Fatal(err)
	}
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
	for _, u := range w.units {
		w.found(u)
	}
	first := w.units[0]
	filer := w.people[first.email(first.roles[0])].PersonID
	w.exec(`INSERT INTO applications (id, agency_id, kind, status, round, begun_by, begun_at, filed_by, filed_at)
		VALUES ($1, $2, 'first', 'filed', 1, $3, $4, $3, $4)`, unitOf("application"), agencyID, filer, born)
	w.exec(`INSERT INTO application_versions (application_id, round, answers, filed_by, filed_at) VALUES ($1, 1, $2, $3, $4)`,
		unitOf("application"), `{"scope":[{"id":"1","fields":{"destinations":"TH"}}]}`, filer, born)
	w.exec(`INSERT INTO application_drafts (application_id, answers, saved_by, saved_at) SELECT application_id, answers, filed_by, filed_at FROM application_versions`)
}

// found makes a unit with its people. One of the kind agency is that of the
// agency which its province names.
func (w *twin) found(u office) {
	w.t.Helper()
	agency, province := uuid.NullUUID{}, u.province
	if u.kind == string(identity.UnitAgency) {
		agency, province = uuid.NullUUID{UUID: unitOf(u.province), Valid: true}, ""
		w.exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, $2, 'test', $2, $2, 'licensed', $3, $3)
			ON CONFLICT DO NOTHING`, agency, u.code, w.clock.Now())
	}
	w.exec(`INSERT INTO units (id, code, kind, name, parent_id, province, countries, agency_id)
		VALUES ($1, $2, $3, jsonb_build_object('en', $2::text), (SELECT id FROM units WHERE code = $4), NULLIF($5, ''), string_to_array(NULLIF($6, ''), ' '), $7)`,
		unitOf(u.code), u.code, u.kind, u.parent, province, u.countries, agency)
	for _, role := range u.roles {
		email := u.email(role)
		w.deed("hire %s", email)
		w.people[email] = identity.Actor{
			Kind: identity.KindStaff, PersonID: w.db.Hire(w.t, w.clock, email, "Officer "+string(role), unitOf(u.code), role),
			UnitID: unitOf(u.code), UnitCode: u.code, UnitKind: identity.UnitKind(u.kind), AgencyID: agency.UUID, Role: role,
		}
	}
}

// file lodges a complaint as a deed.
func (w *twin) file(name string, in complaint.Intake) complaint.Receipt {
	w.t.Helper()
	w.deed("file %s", name)
	receipt := complaint.NewReceipt()
	if _, err := w.complaints.File(w.t.Context(), identity.Public(), in, receipt, "nonce of "+name+" "+receipt.Code()); err != nil {
		w.t.Fatal(err)
	}
	return receipt
}

// allow is what the holder of that complaint's receipt allows after all, as a deed.
func (w *twin) allow(name string, receipt complaint.Receipt, given ...complaint.Consent) {
	w.t.Helper()
	w.deed("allow %s", name)
	ctx := w.t.Context()
	token, err := w.complaints.Find(ctx, identity.Public(), receipt.Grouped())
	if err != nil {
		w.t.Fatal(err)
	}
	session, err := w.sessions.RecogniseReceipt(ctx, token)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.complaints.Allow(ctx, session.Actor, token, session.SealedKey, given...); err != nil {
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
		case fitness.TopicCheck:
			err = w.fitness.Check(ctx, promise)
		case complaint.TopicReadingMade:
			err = w.complaints.TellReaders(ctx, promise)
		case complaint.TopicReadingDue:
			err = w.complaints.ClimbReading(ctx, promise)
		case complaint.TopicReadingHanded:
			err = w.complaints.TellHanded(ctx, promise)
		case escalation.TopicRaised:
			err = w.escalations.Deliver(ctx, promise)
		case escalation.TopicOverdue:
			err = w.escalations.Climb(ctx, promise)
		case letter.TopicSend:
			err = w.letters.Send(ctx, promise)
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
// a part; so is what a form of the account carries sealed, and to the id of the
// person the name that a security key knows them by.
var formToken = regexp.MustCompile(`(name="_csrf" value="|"csrf":"|name="sealed" value="|displayName&#34;:&#34;[^&]*&#34;,&#34;id&#34;:&#34;)[^"&]+("|&#34;)`)

func blank(text string) string {
	return formToken.ReplaceAllString(idTime.ReplaceAllString(text, "T-"), `$1$2`)
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
