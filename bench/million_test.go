package bench_test

import (
	"slices"
	"testing"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/testkit"
)

// million is nine years of a country.
var million = scale{
	agencies: 100_000, employers: 50_000, days: 3285, complaints: 1_000_000, placements: 1_000_000,
	escalations: 20_000, complaintsPerEscalation: 3, promises: 300_000, waiting: 1000, sessions: 100_000,
}

// BenchmarkPlansAtAMillion makes a record of a million complaints and as many
// placements, asks every hot use case and prints how the server answers what it
// asks. It fails where a large table is read whole, and only there; the ratio
// is to looking one row up by its key.
func BenchmarkPlansAtAMillion(b *testing.B) {
	r := newRecord(b, million)
	large := r.large(b)
	for _, c := range r.hot(b) {
		b.Run(c.name, func(b *testing.B) {
			t := race(b, 10, c, plain("key", func() {
				var status string
				check(b, r.app.QueryRowContext(b.Context(), `SELECT status FROM complaints WHERE id = $1`, key('c', 500_000)).Scan(&status))
			}))
			t.ratio(b, c.name, "key")
			sent := r.overhear(b, c.turn())
			c.turn() // makes the same ready again
			plans := r.explain(b, sent)
			for _, e := range plans {
				for _, table := range e.scanned {
					if slices.Contains(large, table) {
						b.Errorf("reads all of %s: %s", table, e.short())
					}
				}
			}
			for _, e := range dearest(plans, 3) {
				b.Logf("%v: %s", e, e.short())
			}
		})
	}
}

// large lists the tables that nothing may read whole.
func (r *record) large(b *testing.B) (tables []string) {
	b.Helper()
	const rows = 10_000
	found, err := r.app.QueryContext(b.Context(), `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltuples > $1`, rows)
	check(b, err)
	defer func() { _ = found.Close() }()
	for found.Next() {
		var name string
		check(b, found.Scan(&name))
		tables = append(tables, name)
	}
	check(b, found.Err())
	return tables
}

// hot are the use cases that every visitor, official or complaint asks.
func (r *record) hot(b *testing.B) []lane {
	b.Helper()
	d := r.desk(b)
	receipt := d.file(b)
	sessions := identity.NewSessions(r.DB, testkit.People(r.clock))
	r.Hire(b, r.clock, "bench@police.example", "Officer", policeUnit, identity.RoleInvestigator)
	signedIn := testkit.SignIn(b, sessions, "bench@police.example")
	escalations := r.escalationsService()
	by := investigatorActor()
	agency := identity.Actor{Kind: identity.KindStaff, PersonID: investigator, UnitID: policeUnit, UnitKind: identity.UnitAgency, Role: identity.RoleAgencyClerk, AgencyID: key('a', largest)}
	placements := placement.New(r.DB, r.clock, nil, r.home())
	lanes := []lane{
		{"screening", r.screeningOfLargest(b)},
		plain("file", func() { d.file(b) }),
		plain("receipt", func() {
			_, err := d.Find(b.Context(), identity.Public(), receipt.Code())
			check(b, err)
		}),
		plain("session", func() {
			_, err := sessions.Recognise(b.Context(), signedIn)
			check(b, err)
		}),
		plain("inbox", func() {
			_, _, err := escalations.List(b.Context(), by, escalation.Filter{})
			check(b, err)
		}),
		plain("inbox-version", func() {
			_, err := escalations.Version(b.Context(), by)
			check(b, err)
		}),
		plain("escalation", func() {
			_, err := escalations.Get(b.Context(), by, key('s', 500))
			check(b, err)
		}),
		plain("timeline", func() {
			_, err := r.licensing().Timeline(b.Context(), by, key('a', largest), licensing.TimelineFilter{})
			check(b, err)
		}),
		plain("placements", func() {
			_, err := placements.List(b.Context(), agency, 1)
			check(b, err)
		}),
		{"claim", r.claiming(b)},
		plain("oldest-promise", func() {
			_, err := outbox.Oldest(b.Context(), r.DB, identity.System("bench"), r.clock.Now())
			check(b, err)
		}),
	}
	for _, way := range []string{"misspelt", "two characters", "phone"} {
		q := r.question(b, way)
		lanes = append(lanes, plain("search-"+way[:3], func() {
			_, err := register.New(r.DB, r.clock, r.home()).Search(b.Context(), q.typed, 20)
			check(b, err)
		}))
	}
	return lanes
}

// screeningOfLargest weighs complaints about the agency with most of them.
func (r *record) screeningOfLargest(b *testing.B) func() func() {
	service := screening.New(screening.Deps{DB: r.DB, Clock: r.clock, Log: quiet(), Escalations: r.escalationsService()})
	n := 2_000_000
	return func() func() {
		n++
		promise := r.promised(b, r.told(b, n, largest))
		return func() { check(b, service.Screen(b.Context(), promise)) }
	}
}

// claiming takes fifty promises; before each turn they are put back.
func (r *record) claiming(b *testing.B) func() func() {
	owner := r.Super(b)
	return func() func() {
		_, err := owner.ExecContext(b.Context(), `UPDATE promises SET rung_at = NULL WHERE kept_at IS NULL AND dead_at IS NULL AND rung_at IS NOT NULL`)
		check(b, err)
		return func() {
			claimed, err := outbox.Claim(b.Context(), r.DB, identity.System("bench"), "complaint.filed", r.clock.Now(), 50)
			check(b, err)
			if len(claimed) == 0 {
				b.Error("nothing to claim")
			}
		}
	}
}
