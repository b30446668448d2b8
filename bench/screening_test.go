package bench_test

import (
	"fmt"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/google/uuid"
)

// BenchmarkScreening weighs one more complaint on records that differ in one
// thing alone: how long the history is at the same arrivals a day, or how many
// depart a day. It also does the least that weighing one can do.
func BenchmarkScreening(b *testing.B) {
	base := scale{agencies: 2000, employers: 2000, days: 500, complaints: 10_000, placements: 10_000}
	long, busy, crowded := base, base, base
	long.days, long.complaints, long.placements = 5000, 100_000, 100_000
	busy.placements = 100_000
	crowded.complaints = 100_000
	for _, c := range []struct {
		name         string
		other        scale
		small, large string
	}{
		{"history, 20 complaints and departures a day", long, "10k", "100k"},
		{"departures a day, of everybody", busy, "20-a-day", "200-a-day"},
		{"complaints a day, of everybody", crowded, "20-a-day", "200-a-day"},
	} {
		b.Run(c.name, func(b *testing.B) {
			small, large := newRecord(b, base), newRecord(b, c.other)
			t := race(b, 40,
				lane{c.small, small.screening(b, 0)}, lane{c.large, large.screening(b, 0)}, lane{"bare", large.bareScreening(b)})
			t.ratio(b, c.large, "bare")
			if t.ratio(b, c.large, c.small) > bad {
				one := large.screening(b, 1_000_000)()
				large.show(b, one)
			}
		})
	}
}

// screening makes a complaint and its promise ready, then weighs it.
func (r *record) screening(b *testing.B, first int) func() func() {
	service := screening.New(screening.Deps{DB: r.DB, Clock: r.clock, Log: quiet(), Escalations: r.escalationsService()})
	n := first
	return func() func() {
		n++
		promise := r.promised(b, r.told(b, n, subject(n, 7, r.agencies)))
		return func() { check(b, service.Screen(b.Context(), promise)) }
	}
}

// told stores a complaint of today about that agency.
func (r *record) told(b *testing.B, n, agency int) uuid.UUID {
	b.Helper()
	complaint, agencyKey := id.New(), key('a', agency)
	employer := subject(n, 13, r.employers)
	_, err := r.app.ExecContext(b.Context(), `
		INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand, danger_now, missing_person,
			never_departed, minor, official, agency_id, employer_token, broker_token, reporter_token, country, departed)
		VALUES ($1, $2, $3, $4, 'received', 'km', 'web', 'self', true, false, false, false, false, false, $5, $6, $7, $8, $9, true)`,
		complaint, append(complaint[:], complaint[:]...), append(complaint[:], complaint[:]...), r.clock.Now(), agencyKey, token('e', employer),
		token('b', subject(n, 17, r.employers)), token('x', n), destination(employer))
	check(b, err)
	_, err = r.app.ExecContext(b.Context(), `INSERT INTO complaint_indicators VALUES ($1, 'excessive_overtime', 'work')`, complaint)
	check(b, err)
	return complaint
}

// promised promises to screen the complaint.
func (r *record) promised(b *testing.B, complaint uuid.UUID) (promise uuid.UUID) {
	b.Helper()
	check(b, r.DB.InTx(b.Context(), identity.System("bench"), func(tx postgres.Tx) error {
		return outbox.Append(tx, outbox.Promise{Topic: "complaint.filed", SubjectID: complaint})
	}))
	check(b, r.app.QueryRowContext(b.Context(), `SELECT id FROM promises WHERE subject_id = $1`, complaint).Scan(&promise))
	return promise
}

// bareScreening reads one agency's complaints of a year by index and writes
// what screening must write, in one transaction.
func (r *record) bareScreening(b *testing.B) func() func() {
	n := 5_000_000
	return func() func() {
		n++
		agency := subject(n, 7, r.agencies)
		complaint := r.told(b, n, agency)
		promise := r.promised(b, complaint)
		return func() { check(b, r.weigh(b, agency, complaint, promise)) }
	}
}

func (r *record) weigh(b *testing.B, agency int, complaint, promise uuid.UUID) error {
	tx, err := r.app.BeginTx(b.Context(), nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for _, s := range []struct {
		text string
		args []any
	}{
		{`SELECT id FROM promises WHERE id = $1 FOR UPDATE`, []any{promise}},
		{`INSERT INTO evaluations (complaint_id, ruleset, at) VALUES ($1, 'bare', now())`, []any{complaint}},
		{`SELECT * FROM complaints WHERE agency_id = $1 AND filed_at > $2`, []any{key('a', agency), r.clock.Now().AddDate(-1, 0, 0)}},
		{`UPDATE complaints SET status = 'screened' WHERE id = $1`, []any{complaint}},
		{`INSERT INTO audit_entries (id, actor_kind, action, object_kind, object_id) VALUES ($1, 'system', 'complaint.weigh', 'complaint', $1)`, []any{complaint}},
		{`UPDATE promises SET kept_at = now() WHERE id = $1`, []any{promise}},
	} {
		if _, err := tx.ExecContext(b.Context(), s.text, s.args...); err != nil {
			return fmt.Errorf("%s: %w", s.text, err)
		}
	}
	return tx.Commit()
}
