package bench_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/register"
	"github.com/google/uuid"
)

// question is what somebody types who looks for one agency, and what the index
// alone is asked then.
type question struct{ slug, typed, asked string }

// The trades of the agencies that are looked for. The first is left out when
// names are compared, the second is not, and a quarter of the register has it.
const (
	rareTrade   = "Employment Agency Limited"
	commonTrade = "Human Resources Limited"
)

// BenchmarkSearch asks a register of 10,000 agencies and one of 100,000 for one
// of them, and the index alone for the same: bare, and within a transaction that is
// somebody's, as every answer of the portal is. found says whether the agency was
// among the answers: fast and wrong is not fast.
func BenchmarkSearch(b *testing.B) {
	small := newRecord(b, scale{agencies: 10_000, employers: 1, days: 1})
	large := newRecord(b, scale{agencies: 100_000, employers: 1, days: 1})
	const likeness = `SELECT agency_id FROM agency_names WHERE $1 <% folded ORDER BY word_similarity($1, folded) DESC, folded LIMIT 20`
	for _, way := range []struct{ name, bare string }{
		{"misspelt", likeness},
		{"misspelt with a common trade", likeness},
		{"two characters", `SELECT agency_id FROM agency_names WHERE bigrams @> ARRAY[$1] ORDER BY length(folded), folded LIMIT 20`},
		{"phone", `SELECT agency_id FROM agency_contacts WHERE key = $1 AND key <> '' LIMIT 20`},
	} {
		b.Run(way.name, func(b *testing.B) {
			found := true
			whole := func(r *record) func() {
				q := r.question(b, way.name)
				return func() { found = r.search(b, q) && found }
			}
			t := race(b, 30,
				plain("10k", whole(small)), plain("100k", whole(large)),
				plain("bare-10k", small.alone(b, way.bare, way.name)), plain("bare", large.alone(b, way.bare, way.name)),
				plain("within", large.within(b, way.bare, way.name)))
			b.ReportMetric(map[bool]float64{true: 1}[found], "found")
			t.ratio(b, "10k", "bare-10k")
			t.ratio(b, "100k", "bare")
			b.ReportMetric(float64(t.at("100k", 95))/float64(t.at("bare", 95)), "p95-100k/bare")
			b.ReportMetric(float64(t.at("100k", 95))/float64(t.at("within", 95)), "p95-100k/within")
			t.ratio(b, "bare", "bare-10k")
			if t.ratio(b, "100k", "10k") > bad {
				large.show(b, whole(large))
			}
		})
	}
}

func (r *record) question(b *testing.B, way string) question {
	b.Helper()
	trade := rareTrade
	if strings.Contains(way, "common") {
		trade = commonTrade
	}
	var n int
	var latin, local string
	check(b, r.app.QueryRowContext(b.Context(), `SELECT CAST(source_key AS integer), name_latin, name_local FROM agencies
		WHERE name_local <> '' AND name_latin LIKE '% ' || $1 AND CAST(source_key AS integer) >= 6000
		ORDER BY CAST(source_key AS integer) LIMIT 1`, trade).Scan(&n, &latin, &local))
	q := question{slug: fmt.Sprintf("agency-%d", n)}
	switch way {
	case "two characters":
		q.typed = string([]rune(local)[:2])
		q.asked = q.typed
	case "phone":
		q.typed, q.asked = fmt.Sprintf("010 %03d %03d", n/1000, n%1000), fmt.Sprintf("+85510%06d", n)
	default:
		words := strings.Fields(latin)
		words[0] = words[0][:3] + words[0][4:]
		q.typed, q.asked = strings.Join(words, " "), strings.ToLower(words[0]+" "+words[1])
	}
	return q
}

// search asks as the public does.
func (r *record) search(b *testing.B, q question) (found bool) {
	b.Helper()
	hits, err := register.New(r.DB, r.clock, r.home()).Search(b.Context(), q.typed, 20)
	check(b, err)
	for _, h := range hits {
		found = found || h.Slug == q.slug
	}
	return found
}

// alone asks the index and nothing else.
func (r *record) alone(b *testing.B, query, way string) func() {
	b.Helper()
	q := r.question(b, way)
	conn, err := r.app.Conn(b.Context())
	check(b, err)
	b.Cleanup(func() { _ = conn.Close() })
	_, err = conn.ExecContext(b.Context(), `SET pg_trgm.word_similarity_threshold = 0.45`)
	check(b, err)
	return func() {
		rows, err := conn.QueryContext(b.Context(), query, q.asked)
		check(b, err)
		found := 0
		for rows.Next() {
			found++
		}
		check(b, rows.Close())
		if found == 0 {
			b.Error("the index alone finds nothing")
		}
	}
}

// within asks the index alone, as the public role may.
func (r *record) within(b *testing.B, query, way string) func() {
	b.Helper()
	q := r.question(b, way)
	var asked []any
	for range strings.Count(query, "$1") {
		asked = append(asked, q.asked)
	}
	query = strings.ReplaceAll(query, "$1", "?")
	return func() {
		check(b, r.Read(b.Context(), identity.Public(), func(tx postgres.Tx) error {
			if strings.Contains(query, "<%") {
				if err := tx.Gorm().Exec(`SELECT set_config('pg_trgm.word_similarity_threshold', '0.45', true)`).Error; err != nil {
					return err
				}
			}
			var found []uuid.UUID
			return tx.Gorm().Raw(query, asked...).Scan(&found).Error
		}))
	}
}
