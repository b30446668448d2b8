package inspection_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// world is a ministry with three officers, an inspector, and two agencies.
type world struct {
	*inspection.Service

	t         *testing.T
	db        *testkit.Database
	super     *sql.DB
	clock     *clock.Fake
	laws      *policy.Service
	officers  [3]identity.Actor
	inspector identity.Actor
	heads     [2]identity.Actor
}

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func open(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: testkit.DB(t), clock: testkit.Clock()}
	w.super = w.db.Super(t)
	home := country.Home{Code: "KH", Zone: time.UTC}
	w.laws = policy.New(w.db.DB, w.clock, home, testkit.Pins())
	w.Service = inspection.New(inspection.Deps{DB: w.db.DB, Clock: w.clock, Home: home, Laws: w.laws, People: testkit.People(w.clock)})
	ministry := identity.Actor{UnitID: id.New(), UnitKind: identity.UnitMinistry, UnitCode: "ministry-hq"}
	w.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'ministry-hq', 'ministry', '{"en": "Ministry"}')`, ministry.UnitID)
	for n := range w.officers {
		w.officers[n] = w.hire(ministry, "officer-"+string(rune('a'+n)), identity.RoleLicensingOfficer)
	}
	w.inspector = w.hire(ministry, "inspector", identity.RoleInspector)
	for n := range w.heads {
		mark := string(rune('a' + n))
		agency := identity.Actor{UnitID: id.New(), UnitKind: identity.UnitAgency, UnitCode: "agency-" + mark, AgencyID: id.New()}
		w.exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, address, created_at, updated_at) VALUES ($1, $2, 'test', $2, $3, 'licensed', '1 Sample Street', now(), now())`,
			agency.AgencyID, agency.UnitCode, "Sample Agency "+mark)
		w.exec(`INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, 'agency', '{"en": "Agency"}', $3)`, agency.UnitID, agency.UnitCode, agency.AgencyID)
		w.heads[n] = w.hire(agency, "head-"+mark, identity.RoleAgencyHead)
	}
	return w
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.super.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) hire(unit identity.Actor, name string, role identity.Role) identity.Actor {
	unit.Kind, unit.Role = identity.KindStaff, role
	unit.PersonID = w.db.Hire(w.t, w.clock, name+"@office.example", "Person "+name, unit.UnitID, role)
	return unit
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v %v", err, fault.FieldsOf(err))
	}
}

func (w *world) law(key policy.Key, from, value string) {
	w.t.Helper()
	w.must(w.laws.Set(context.Background(), identity.Setup("policy"), policy.Entry{Key: key, Value: json.RawMessage(value), From: day(from), Source: "house rule of a test"}))
}

// configure sets points and the time to reply.
func (w *world) configure() {
	w.t.Helper()
	w.law(policy.InspectionPoints, "2020-01-01", `{"critical":30,"major":16,"minor":8,"fails_at":30}`)
	w.law(policy.LicenceReply, "2020-01-01", `{"days":10,"basis":"calendar"}`)
}

// plan plans one that the first officer and the inspector carry out.
func (w *world) plan() uuid.UUID {
	w.t.Helper()
	key, err := w.Plan(w.t.Context(), w.officers[1], inspection.Plan{
		AgencyID: w.heads[0].AgencyID, Day: w.Today(), Place: "1 Sample Street", Team: []uuid.UUID{w.officers[0].PersonID, w.inspector.PersonID},
	})
	w.must(err)
	return key
}

func (w *world) get(key uuid.UUID) inspection.Report {
	w.t.Helper()
	r, err := w.Get(w.t.Context(), w.officers[2], key)
	w.must(err)
	return r
}

// sheet answers everything that is asked with "met", but for these.
func (w *world) sheet(key uuid.UUID, but ...inspection.Given) inspection.Sheet {
	w.t.Helper()
	r := w.get(key)
	s := inspection.Sheet{Revision: r.Revision}
	for _, l := range r.Lines {
		g := inspection.Given{Code: l.Code, Answer: inspection.Met}
		for _, b := range but {
			if b.Code == l.Code {
				g = b
			}
		}
		s.Answers = append(s.Answers, g)
	}
	return s
}

func notMet(codes ...string) (all []inspection.Given) {
	for _, c := range codes {
		all = append(all, inspection.Given{Code: c, Answer: inspection.NotMet, Seen: "Not as it should be: " + c})
	}
	return all
}

// recorded is an inspection in which everything is answered.
func (w *world) recorded(but ...inspection.Given) uuid.UUID {
	w.t.Helper()
	key := w.plan()
	w.must(w.Visit(w.t.Context(), w.inspector, key, w.Today()))
	w.must(w.Record(w.t.Context(), w.inspector, key, w.sheet(key, but...)))
	return key
}

func (w *world) sent(but ...inspection.Given) uuid.UUID {
	w.t.Helper()
	key := w.recorded(but...)
	w.must(w.Send(w.t.Context(), w.officers[1], key))
	return key
}

func said() inspection.Reply { return inspection.Reply{Overall: "We have put it right."} }

func closing(o inspection.Outcome, withdrawn ...string) inspection.Closing {
	return inspection.Closing{Outcome: o, Reason: "As the report says.", Withdrawn: withdrawn}
}

// refused wants a Conflict with that code.
func refused(t *testing.T, err error, code string) {
	t.Helper()
	if fault.KindOf(err) != fault.Conflict || fault.CodeOf(err) != code {
		t.Errorf("%v, want the conflict %s", err, code)
	}
}

// wrong wants an Invalid fault at that field.
func wrong(t *testing.T, err error, field, code string) {
	t.Helper()
	if got := fault.FieldsOf(err); len(got) != 1 || got[field] != code {
		t.Errorf("%v %v, want %s at %s", err, got, code, field)
	}
}
