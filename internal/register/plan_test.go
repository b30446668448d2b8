package register

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// node is what EXPLAIN (FORMAT JSON) says of one step.
type node struct {
	Type     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Index    string  `json:"Index Name"`
	Cond     string  `json:"Index Cond"`
	Plans    []node  `json:"Plans"`
	Time     float64 `json:"Actual Total Time"`
}

func (n node) each(visit func(node)) {
	visit(n)
	for _, p := range n.Plans {
		p.each(visit)
	}
}

// explain gives the plan of a way with its values bound as the service binds
// them.
func explain(t *testing.T, s *Service, w way) node {
	t.Helper()
	var text string
	err := s.db.Read(t.Context(), identity.Public(), func(tx postgres.Tx) error {
		if err := tx.Gorm().Exec(`SELECT set_config('pg_trgm.word_similarity_threshold', ?, true)`, likeness).Error; err != nil {
			return err
		}
		return tx.Gorm().Raw(`EXPLAIN (ANALYZE, FORMAT JSON) `+w.statement, w.args...).Scan(&text).Error
	})
	if err != nil {
		t.Fatalf("explain %s: %v", w.statement, err)
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		t.Fatal(err)
	}
	return plans[0].Plan
}

func TestEveryWayOfSearchingUsesAnIndexOnAHundredThousandAgencies(t *testing.T) {
	start := time.Now()
	s, db := crowd(t, 100_000)
	t.Logf("register of 100,000 agencies made in %v", time.Since(start).Round(time.Millisecond))
	var name, local string
	if err := db.Super(t).QueryRow(`SELECT name_latin, name_local FROM agencies WHERE slug = 'agency-60000'`).Scan(&name, &local); err != nil {
		t.Fatal(err)
	}
	first := strings.Fields(name)[0]
	cases := map[string]struct {
		typed  string
		common bool // thousands match: a scan that stops early is the better plan
		find   bool // the search must find agency-60000 with it
	}{
		"the whole name":        {name, false, true},
		"misspelt":              {first[:3] + first[4:] + " " + strings.Join(strings.Fields(name)[1:], " "), false, true},
		"a part in the middle":  {first[2:], false, false},
		"only the trade":        {"employment agency", true, false},
		"two characters":        {string([]rune(local)[:2]), false, true},
		"two common characters": {"僱傭", false, false},
		"a phone":               {"010 006 0000", false, true},
		"a part of a phone":     {"10006000", false, true},
		"a licence number":      {"kh-060000", false, true},
		"an e-mail":             {"A60000@x.example", false, true},
		"one letter":            {"b", false, false},
	}
	for what, c := range cases {
		t.Run(what, func(t *testing.T) {
			for _, w := range newQuery(c.typed, s.regions()).ways() {
				plan := explain(t, s, w)
				var used []string
				plan.each(func(n node) {
					if !c.common && strings.Contains(n.Type, "Seq Scan") && slices.Contains([]string{"agency_names", "agency_contacts", "licences", "agencies"}, n.Relation) {
						t.Errorf("%s scans %s: %s", w.how, n.Relation, w.statement)
					}
					if n.Index != "" {
						used = append(used, n.Index)
						if n.Cond == "" {
							t.Errorf("%s reads all of %s: %s", w.how, n.Index, w.statement)
						}
					}
				})
				t.Logf("%-10s %7.1f ms %s", w.how, plan.Time, strings.Join(used, " "))
			}
			begin := time.Now()
			hits, err := s.Search(t.Context(), c.typed, 20)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("search: %d hits in %v", len(hits), time.Since(begin).Round(100*time.Microsecond))
			if c.find && !slices.ContainsFunc(hits, func(h Hit) bool { return h.Slug == "agency-60000" }) {
				t.Error("the agency is not found")
			}
		})
	}
}
