package retention_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

type nobody struct{}

func (nobody) ExactlyNamed(context.Context, string) (uuid.UUID, bool, error) {
	return uuid.Nil, false, nil
}

func (nobody) PlacedByPhone(context.Context, uuid.UUID, []matching.Token) (bool, error) {
	return false, nil
}

// world is a portal that takes complaints and deletes them.
type world struct {
	t         *testing.T
	db        *testkit.Database
	super     *sql.DB
	clock     *clock.Fake
	keys      *seal.Ring
	shred     *shred.Store
	shredDir  string
	sessions  *identity.Sessions
	complains *complaint.Service
	retention *retention.Service
	decisions *decision.Service
	log       bytes.Buffer
	units     map[string]uuid.UUID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: testkit.DB(t), clock: testkit.Clock(), units: map[string]uuid.UUID{}}
	w.super = w.db.Super(t)
	for _, kind := range []string{"ministry", "police", "oversight", "support"} {
		w.units[kind] = id.New()
		w.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en":"Unit"}')`, w.units[kind], kind)
	}
	var err error
	if w.keys, err = seal.Ensure(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	desks := w.db.Desks(t, w.clock, "ministry", "police", "oversight")
	w.shredDir = filepath.Join(t.TempDir(), "shred")
	if w.shred, err = shred.Open(shred.Options{Dir: w.shredDir, Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.shred.Close() })
	if err := retention.Bind(t.Context(), w.db.DB, w.shred.ID()); err != nil {
		t.Fatal(err)
	}
	w.sessions = identity.NewSessions(w.db.DB, testkit.People(w.clock))
	hasher, err := matching.NewHasher(w.keys.Secret(seal.SecretMatching))
	if err != nil {
		t.Fatal(err)
	}
	w.complains, err = complaint.NewService(complaint.Dependencies{
		DB: w.db.DB, Clock: w.clock, Keys: w.keys, Desks: desks, Shred: w.shred, Hasher: hasher, Sessions: w.sessions, People: testkit.People(w.clock), Agencies: nobody{}, Placements: nobody{}, Regions: []string{"KH"},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.retention = w.service()
	if w.decisions, err = decision.NewService(w.db.DB, w.clock, testkit.People(w.clock), w.retention.Rules()...); err != nil {
		t.Fatal(err)
	}
	return w
}

// service is another process that deletes.
func (w *world) service() *retention.Service {
	w.t.Helper()
	s, err := retention.New(retention.Deps{
		DB: w.db.DB, Clock: w.clock, Random: rand.Reader, Keys: w.shred, Pins: w.keys.Pins(), Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.super.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.super.QueryRow(query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// keep sets policies, in days.
func (w *world) keep(days map[retention.Kind]int) {
	w.t.Helper()
	for kind, n := range days {
		p := retention.Policy{Kind: kind, Days: n, From: w.clock.Now().AddDate(-1, 0, 0), Source: "house rule of a test"}
		if err := w.retention.SetPolicy(w.t.Context(), identity.Setup("retention"), p); err != nil {
			w.t.Fatal(err)
		}
	}
}

// everyItem keeps all of a complaint for so many days.
func everyItem(days int) map[retention.Kind]int {
	all := map[retention.Kind]int{}
	for _, kind := range retention.ItemKinds() {
		all[kind] = days
	}
	return all
}

type filed struct {
	complaint.Filed
	receipt complaint.Receipt
}

func (w *world) file() filed {
	w.t.Helper()
	receipt := complaint.NewReceipt()
	f, err := w.complains.File(w.t.Context(), identity.Public(), complaint.Intake{
		Language: "en", About: complaint.AboutFamily, Country: "TH", Place: "behind the ice factory",
		Narrative: "They took his passport.", ReporterName: "Example Reporter", WorkerName: "Example Worker",
		Contact: complaint.Contact{Phone: "012 000 222"}, MayAct: []complaint.MayAct{complaint.LabourDesk, complaint.Police}, WorkerAgrees: true,
	}, receipt, "nonce-"+receipt.Code())
	if err != nil {
		w.t.Fatal(err)
	}
	return filed{f, receipt}
}

// items of what file files.
const items = 5

func (w *world) expire() {
	w.t.Helper()
	if err := w.retention.Expire(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) years(n int) { w.clock.Set(w.clock.Now().AddDate(n, 0, 1)) }

func (w *world) police() identity.Holder {
	w.t.Helper()
	return w.db.Keyholder(w.t, w.clock, "police")
}

// byReceipt opens what the reporter sent.
func (w *world) byReceipt(f filed) (complaint.Mine, error) {
	w.t.Helper()
	token, err := w.complains.Find(w.t.Context(), identity.Public(), f.receipt.Grouped())
	if err != nil {
		return complaint.Mine{}, err
	}
	session, err := w.sessions.RecogniseReceipt(w.t.Context(), token)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.complains.Mine(w.t.Context(), session.Actor, token, session.SealedKey)
}

// member makes a person of a unit.
func (w *world) member(unit string, role identity.Role) identity.Actor {
	w.t.Helper()
	person := w.db.Hire(w.t, w.clock, id.New().String()+"@unit.example", "Example Person", w.units[unit], role)
	return identity.Actor{
		Kind: identity.KindStaff, PersonID: person, UnitID: w.units[unit], UnitCode: unit, UnitKind: identity.UnitKind(unit), Role: role,
	}
}

func (w *world) overseer() identity.Actor { return w.member("oversight", identity.RoleOverseer) }

// holder makes a person of a unit, with their key in hand.
func (w *world) holder(unit string, role identity.Role) identity.Holder {
	w.t.Helper()
	email := id.New().String() + "@unit.example"
	w.db.Hire(w.t, w.clock, email, "Example Person", w.units[unit], role)
	return w.db.AtTerminal(w.t, w.clock, email)
}

// asStaff runs statements in one transaction as somebody who speaks SQL under the
// role of staff, with settings of their own choice.
func (w *world) asStaff(by identity.Actor, statements ...func(*sql.Tx) error) error {
	w.t.Helper()
	tx, err := w.db.As(w.t, postgres.StaffRole).BeginTx(w.t.Context(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	all := append([]func(*sql.Tx) error{becoming(by)}, statements...)
	for _, do := range all {
		if err := do(tx); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func becoming(by identity.Actor) func(*sql.Tx) error {
	return run(`SELECT set_config('portal.person', $1, true), set_config('portal.unit', $2, true), set_config('portal.kind', $3, true), set_config('portal.as', $4, true)`,
		by.PersonID.String(), by.UnitID.String(), string(by.UnitKind), string(by.Role))
}

func run(query string, args ...any) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}
}

// finding makes evidence of complaints.
func (w *world) finding(at time.Time, complaints ...uuid.UUID) uuid.UUID {
	w.t.Helper()
	key := id.New()
	text := "{"
	for i, c := range complaints {
		if i > 0 {
			text += ","
		}
		text += c.String()
	}
	w.exec(`INSERT INTO findings (id, rule, version, subject_kind, subject_key, window_from, window_to, grade, score, reason, evidence, evidence_sum, found_at)
		VALUES ($1::uuid, 'test', 1, 'phone', $1::uuid::text, '2026-01-01', '2026-02-01', 'watch', 1, '{}', $2::uuid[], 'x', $3)`, key, text+"}", at)
	return key
}
