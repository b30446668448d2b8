package bench_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/escalation"
)

// bad is the growth from which on a plan is printed. The record grows a
// hundredfold, or tenfold, between the two.
const bad = 3

// BenchmarkInbox compares an inbox of 1,000 escalations with one of 100,000, of
// which a hundred wait in both.
func BenchmarkInbox(b *testing.B) {
	s := scale{agencies: 100, employers: 100, days: 3650, complaints: 1000, placements: 100, escalations: 1000, complaintsPerEscalation: 3}
	small := newRecord(b, s)
	s.escalations = 100_000
	large := newRecord(b, s)
	newest := func(r *record) func() { // what an index by unit and time gives
		return func() {
			rows, err := r.app.QueryContext(b.Context(), `SELECT id, ref, raised_at FROM escalations WHERE unit_id = $1 ORDER BY raised_at DESC LIMIT 51`, policeUnit)
			check(b, err)
			for rows.Next() {
			}
			check(b, rows.Close())
		}
	}
	by := investigatorActor()
	for _, c := range []struct {
		name string
		ask  func(*escalation.Service) error
	}{
		{"list", func(s *escalation.Service) error {
			_, _, err := s.List(b.Context(), by, escalation.Filter{})
			return err
		}},
		{"waiting", func(s *escalation.Service) error {
			_, _, err := s.List(b.Context(), by, escalation.Filter{State: escalation.Waiting})
			return err
		}},
		{"last page", func(s *escalation.Service) error {
			_, _, err := s.List(b.Context(), by, escalation.Filter{Page: 19})
			return err
		}},
		{"version", func(s *escalation.Service) error {
			_, err := s.Version(b.Context(), by)
			return err
		}},
		{"open one", func(s *escalation.Service) error {
			_, err := s.Get(b.Context(), by, key('s', 500))
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			at := func(r *record) func() {
				service := r.escalationsService()
				return func() { check(b, c.ask(service)) }
			}
			t := race(b, 30,
				plain("1k", at(small)), plain("100k", at(large)), plain("bare-1k", newest(small)), plain("bare", newest(large)))
			t.ratio(b, "1k", "bare-1k")
			if t.ratio(b, "100k", "1k") > bad {
				large.show(b, at(large))
			}
		})
	}
}

// show prints the dearest plans of what fn asks, with their statements.
func (r *record) show(b *testing.B, fn func()) {
	b.Helper()
	for _, e := range dearest(r.explain(b, r.overhear(b, fn)), 2) {
		b.Logf("%v: %s", e, e.short())
	}
}
