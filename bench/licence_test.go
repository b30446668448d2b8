package bench_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

func licensingOfficer() identity.Actor {
	return identity.Actor{
		Kind: identity.KindStaff, PersonID: investigator, UnitID: ministryUnit, UnitCode: "ministry-hq",
		UnitKind: identity.UnitMinistry, Role: identity.RoleLicensingOfficer,
	}
}

// licensed gives every agency a licence, a period that ends on the day, and so many
// happenings that its timeline shows, one thousandth of them about the first agency.
func (r *record) licensed(b *testing.B, until time.Time, happenings int) {
	b.Helper()
	for _, q := range []struct {
		text string
		args []any
	}{
		{`INSERT INTO licences (agency_id, number) SELECT id, 'L-' || lpad(row_number() OVER ()::text, 7, '0') FROM agencies`, nil},
		{`INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) SELECT gen_random_uuid(), id, $1::date - 700, $1::date FROM agencies`, []any{until}},
		{`INSERT INTO licence_events (id, agency_id, kind, on_day) SELECT gen_random_uuid(), id, 'granted', $1::date - 700 FROM agencies`, []any{until}},
		{`UPDATE agencies SET state = 'licensed'`, nil},
		{`WITH a AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM agencies)
			INSERT INTO agency_notices (id, agency_id, kind, object_id, due_on, days, made_at)
			SELECT gen_random_uuid(), a.id, 'renewal', gen_random_uuid(), $1::date, 0, $1::date::timestamptz - make_interval(mins => i)
			FROM generate_series(1, $2) AS i JOIN a ON a.n = CASE WHEN i % 1000 = 0 THEN 0 ELSE i % $3 END`, []any{until, happenings, r.agencies}},
		{`VACUUM (ANALYZE) agencies, licences, licence_periods, licence_events, agency_notices`, nil},
	} {
		_, err := r.app.ExecContext(b.Context(), q.text, q.args...)
		check(b, err)
	}
}

func (r *record) licensing() *licensing.Service {
	return licensing.New(r.DB, r.clock, r.home(), policy.New(r.DB, r.clock, r.home(), testkit.Pins()))
}

// BenchmarkTimeline shows the newest page of an agency's timeline, of an ordinary one
// and of one with a thousand times as much, among a million happenings of 100,000
// agencies; and asks the index for the same, alone and within a transaction that is
// somebody's, as every answer of the portal is.
func BenchmarkTimeline(b *testing.B) {
	r := newRecord(b, scale{agencies: 100_000, employers: 1, days: 1})
	r.licensed(b, r.clock.Now().AddDate(1, 0, 0), 1_000_000)
	service, by := r.licensing(), licensingOfficer()
	const query = `SELECT made_at, kind, object_id, due_on FROM agency_notices WHERE agency_id = $1 ORDER BY made_at DESC LIMIT 51`
	for name, agency := range map[string]uuid.UUID{"ordinary": key('a', 500), "busy": key('a', 0)} {
		b.Run(name, func(b *testing.B) {
			t := race(b, 100,
				plain("whole", func() {
					_, err := service.Timeline(b.Context(), by, agency, licensing.TimelineFilter{})
					check(b, err)
				}),
				plain("within", func() {
					check(b, r.Read(b.Context(), by, func(tx postgres.Tx) error {
						var rows []map[string]any
						return tx.Gorm().Raw(`SELECT made_at, kind, object_id, due_on FROM agency_notices WHERE agency_id = ? ORDER BY made_at DESC LIMIT 51`, agency).Scan(&rows).Error
					}))
				}),
				plain("bare", func() { r.drain(b, query, agency) }))
			t.ratio(b, "whole", "bare")
			t.ratio(b, "whole", "within")
			b.ReportMetric(float64(t.at("whole", 95))/float64(t.at("bare", 95)), "p95-whole/bare")
			b.ReportMetric(float64(t.at("whole", 95))/float64(t.at("within", 95)), "p95-whole/within")
		})
	}
}

// drain reads what a query gives.
func (r *record) drain(b *testing.B, query string, args ...any) {
	b.Helper()
	rows, err := r.app.QueryContext(b.Context(), query, args...)
	check(b, err)
	for rows.Next() {
		continue
	}
	check(b, rows.Err())
	check(b, rows.Close())
}

// BenchmarkDay writes down that every licence of a register ended yesterday: how long
// for each, in a small register and in one ten times as large.
func BenchmarkDay(b *testing.B) {
	per := map[int]float64{}
	for _, agencies := range []int{1_000, 10_000} {
		r := newRecord(b, scale{agencies: agencies, employers: 1, days: 1})
		r.licensed(b, r.clock.Now().AddDate(0, 0, -1), 1)
		start := time.Now()
		check(b, r.licensing().Day(b.Context(), quiet()))
		took := time.Since(start)
		var ended int
		check(b, r.app.QueryRowContext(b.Context(), `SELECT count(*) FROM licence_events WHERE kind = 'expired'`).Scan(&ended))
		if ended != agencies {
			b.Fatalf("%d of %d licences ended", ended, agencies)
		}
		per[agencies] = ms(took) / float64(agencies)
	}
	for b.Loop() {
		continue // a day comes once
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(per[1_000], "1k-ms/licence")
	b.ReportMetric(per[10_000], "10k-ms/licence")
	b.ReportMetric(per[10_000]/per[1_000], "10k/1k")
}

// BenchmarkShared finds who shares what in a register of 10,000 agencies and in one of
// 100,000, where every tenth has the phone of another.
func BenchmarkShared(b *testing.B) {
	service := func(agencies int) func() {
		r := newRecord(b, scale{agencies: agencies, employers: 1, days: 1})
		_, err := r.app.ExecContext(b.Context(), `UPDATE agency_contacts c SET key = '+8551' || lpad((('x' || substr(md5(agency_id::text), 1, 7))::bit(28)::integer % $1)::text, 9, '0') WHERE kind = 'phone'`, agencies*5)
		check(b, err)
		s := fitness.New(fitness.Deps{DB: r.DB, Clock: r.clock, Home: r.home(), Laws: policy.New(r.DB, r.clock, r.home(), testkit.Pins())})
		return func() {
			_, err := s.Shared(b.Context(), licensingOfficer(), fitness.SharedFilter{})
			check(b, err)
		}
	}
	t := race(b, 5, plain("10k", service(10_000)), plain("100k", service(100_000)))
	t.ratio(b, "100k", "10k")
}
