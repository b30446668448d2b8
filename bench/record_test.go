package bench_test

import (
	"context"
	"database/sql"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	desks "github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// scale says how much a record holds. What has a day is spread evenly over
// days, which end today.
type scale struct {
	agencies, employers     int
	days                    int
	complaints, placements  int
	escalations             int
	promises, sessions      int // kept promises; live sessions
	waiting                 int // promises that nobody rang yet
	complaintsPerEscalation int
}

// record is an invented record of some scale, the same in every run.
type record struct {
	*testkit.Database
	scale

	app   *sql.DB // a plain pool under the application role
	clock *clock.Fake
	// word is where invented names come from.
	word *rand.Rand
	// sealing keeps the keys of desks, once they are asked for.
	sealing *desks.Service
}

// The units and the investigator that every record has.
var (
	ministryUnit  = key('u', 1)
	policeUnit    = key('u', 2)
	oversightUnit = key('u', 3)
	investigator  = key('h', 1)
)

// key is the id of the n-th thing of a kind. Later ones sort later, as the
// portal's own do.
func key(kind byte, n int) (k uuid.UUID) {
	binary.BigEndian.PutUint64(k[:8], uint64(n)<<16)
	k[6], k[8], k[9] = 0x70, 0x80, kind
	return k
}

func newRecord(b *testing.B, s scale) *record {
	b.Helper()
	start := time.Now()
	r := &record{Database: testkit.DB(b), scale: s, clock: testkit.Clock(), word: rand.New(rand.NewPCG(7, 11))}
	r.app = r.Super(b)
	conn, err := pgx.Connect(b.Context(), r.SuperURL)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	// An autovacuum in the middle of a run would fall on one lane alone.
	for _, t := range r.tables() {
		if _, err := conn.Exec(b.Context(), `ALTER TABLE `+t.name+` SET (autovacuum_enabled = false)`); err != nil {
			b.Fatal(err)
		}
		rows := pgx.CopyFromSlice(t.rows, func(i int) ([]any, error) { return t.row(i), nil })
		if _, err := conn.CopyFrom(b.Context(), pgx.Identifier{t.name}, t.columns, rows); err != nil {
			b.Fatal(t.name, err)
		}
	}
	// What a record has after its first quiet night: statistics and a
	// visibility map.
	if _, err := conn.Exec(b.Context(), `VACUUM (ANALYZE)`); err != nil {
		b.Fatal(err)
	}
	b.Logf("record of %d agencies, %d complaints, %d placements, %d escalations made in %v",
		s.agencies, s.complaints, s.placements, s.escalations, time.Since(start).Round(time.Second))
	return r
}

// day gives the moment of the n-th of so many that are spread over the days.
func (r *record) day(n, of int) time.Time {
	step := time.Duration(r.days) * 24 * time.Hour / time.Duration(of) // first: the product of all would overflow
	return r.clock.Now().Add(-step * time.Duration(of-n)).Truncate(time.Microsecond)
}

func (r *record) escalationsService() *escalation.Service {
	return escalation.New(escalation.Deps{DB: r.DB, Clock: r.clock, People: testkit.People(r.clock), Random: randomness{r.word}})
}

// investigatorActor is the investigator at work.
func investigatorActor() identity.Actor {
	return identity.Actor{
		Kind: identity.KindStaff, PersonID: investigator, UnitID: policeUnit, UnitCode: "police-national",
		UnitKind: identity.UnitPolice, Role: identity.RoleInvestigator,
	}
}

// randomness is a reader over a deterministic source.
type randomness struct{ from *rand.Rand }

func (r randomness) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.from.Uint32())
	}
	return len(p), nil
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
