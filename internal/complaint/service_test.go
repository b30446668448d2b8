package complaint_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// register stands in for the register and the placements, which are other
// subjects' to answer for.
type register struct {
	named  map[string]uuid.UUID
	placed map[matching.Token]uuid.UUID
}

func (r register) ExactlyNamed(_ context.Context, name string) (uuid.UUID, bool, error) {
	found, one := r.named[name]
	return found, one, nil
}

func (r register) PlacedByPhone(_ context.Context, agency uuid.UUID, phones []matching.Token) (bool, error) {
	for _, p := range phones {
		if r.placed[p] == agency {
			return true, nil
		}
	}
	return false, nil
}

// office is a portal with its desks.
type office struct {
	shred    *shred.Store
	db       *testkit.Database
	clock    *clock.Fake
	keys     *seal.Ring
	desks    *desk.Service
	hasher   matching.Keyed
	sessions *identity.Sessions
	service  *complaint.Service
	register register
	units    map[string]uuid.UUID
}

func open(t *testing.T, units ...string) *office {
	t.Helper()
	o := &office{
		db: testkit.DB(t), clock: testkit.Clock(), units: map[string]uuid.UUID{},
		register: register{named: map[string]uuid.UUID{}, placed: map[matching.Token]uuid.UUID{}},
	}
	if units == nil {
		units = []string{"ministry", "police", "oversight"}
	}
	app := o.db.Super(t)
	for _, kind := range units {
		o.units[kind] = id.New()
		exec(t, app, `INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $3, '{"en":"Unit"}')`, o.units[kind], kind+"-national", kind)
	}
	var err error
	if o.keys, err = seal.Ensure(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, kind := range units {
		codes = append(codes, kind+"-national")
	}
	o.desks = o.db.Desks(t, o.clock, codes...)
	o.sessions = identity.NewSessions(o.db.DB, testkit.People(o.clock))
	if o.hasher, err = matching.NewHasher(o.keys.Secret(seal.SecretMatching)); err != nil {
		t.Fatal(err)
	}
	o.shred = testkit.Shred(t, o.clock)
	o.service, err = complaint.NewService(complaint.Dependencies{
		Hasher: o.hasher, DB: o.db.DB, Clock: o.clock, Keys: o.keys, Desks: o.desks, Shred: o.shred, Sessions: o.sessions, People: testkit.People(o.clock),
		Agencies: o.register, Placements: o.register, Regions: []string{"KH", "TH"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func exec(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o *office) token(t *testing.T, in matching.Input) matching.Token {
	t.Helper()
	token, err := matching.TokenOf(t.Context(), o.hasher, in)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (o *office) file(t *testing.T, in complaint.Intake) (complaint.Filed, complaint.Receipt) {
	t.Helper()
	receipt := complaint.NewReceipt()
	filed, err := o.service.File(t.Context(), identity.Public(), in, receipt, "nonce-"+receipt.Code())
	if err != nil {
		t.Fatal(err)
	}
	return filed, receipt
}

// handIn opens a session by the receipt, as its holder does.
func (o *office) handIn(t *testing.T, receipt complaint.Receipt) (token string, session identity.Session) {
	t.Helper()
	token, err := o.service.Find(t.Context(), identity.Public(), receipt.Grouped())
	if err != nil {
		t.Fatal(err)
	}
	if session, err = o.sessions.RecogniseReceipt(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	return token, session
}

// holder is a member of the unit of that kind, with their key in hand.
func (o *office) holder(t *testing.T, kind string) identity.Holder {
	t.Helper()
	return o.db.Keyholder(t, o.clock, kind+"-national")
}

func (o *office) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	if err := o.db.Super(t).QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func pointer[T any](v T) *T { return &v }

// told is an intake with something in every answer. The people are invented,
// the numbers reserved.
func told() complaint.Intake {
	return complaint.Intake{
		Language: "km", Safe: complaint.NotSure, Phone: complaint.SharedPhone, About: complaint.AboutFamily,
		Indicators: map[complaint.Indicator][]complaint.Phase{
			complaint.Deception:         {complaint.Before},
			complaint.DocumentRetention: {complaint.Travel, complaint.Work},
			complaint.WageWithholding:   nil,
		},
		Country: "TH", Place: "canary-place behind the ice factory", HappenedOn: complaint.Day{Year: 2026, Month: 1},
		AgencyName: "Canary-agency Overseas Co., Ltd", Employer: "Canary-employer Seafood", BrokerName: "Canary-broker",
		BrokerPhone: "012 000 111", FeeUSD: pointer(900), DebtUSD: pointer(1500), WageUSD: pointer(0),
		Narrative:    "canary-narrative: they took his passport at the pier and he has not been paid since January",
		ReporterName: "Canary-reporter Sok", WorkerName: "Canary-worker Dara",
		Contact: complaint.Contact{Phone: "012 000 222", How: "call", When: "canary-when Sunday evening"},
	}
}
