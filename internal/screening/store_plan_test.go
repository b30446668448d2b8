package screening

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"gorm.io/gorm"
)

// A year's worth and nine years' worth of history must cost the same: what a
// complaint makes the record read is bounded by subject and window.
func TestOneMoreComplaintReadsByIndexOnly(t *testing.T) {
	db := testkit.DB(t)
	crowd(t, db)
	who := named{Day: pattern.DayOf(testkit.Clock().Now()), Subjects: []pattern.Subject{
		{Kind: pattern.Agency, Key: agencyOf(t, db)}, {Kind: pattern.Employer, Key: "e17"}, {Kind: pattern.Phone, Key: "p17"},
	}}
	needs := pattern.Needs{HistoryDays: 730, ExposureDays: []int{30, 365}, LagDays: 90}
	history, historyArgs := complaintsQuery(who, needs.HistoryDays, police)
	counts, countsArgs := countsQuery(who, needs, police)
	whole, wholeArgs := countsQuery(who, needs, oversight)
	hidden, hiddenArgs := hiddenQuery(who, needs.HistoryDays)
	for _, c := range []struct {
		name, query string
		args        any
		indexes     []string
	}{
		{"complaints", history, historyArgs, []string{"complaints_agency", "complaints_employer", "complaints_broker", "complaint_indicators_pkey", "complaint_consents_pkey"}},
		{"exposure", counts, countsArgs, []string{"placements_agency", "placements_employer", "placements_departed", "complaints_filed", "employers_token"}},
		{"exposure, for oversight", whole, wholeArgs, []string{"placements_departed", "complaints_filed"}},
		{"what police may not know", hidden, hiddenArgs, []string{"complaints_agency", "complaints_employer", "complaints_broker"}},
		{"registered phones", registeredQuery, literal([]string{"p17", "p18", "p19"}), []string{"agency_contacts_token"}},
	} {
		for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
			t.Run(c.name+" "+mode, func(t *testing.T) {
				scans, indexes := explain(t, db, mode, c.query, c.args)
				if len(scans) > 0 {
					t.Errorf("scans %v whole", scans)
				}
				for _, index := range c.indexes {
					if !slices.Contains(indexes, index) {
						t.Errorf("does not use %s, only %v", index, indexes)
					}
				}
			})
		}
	}
}

// crowd makes 100,000 complaints and as many placements over nine years, among
// 2,000 agencies, employers and phones.
func crowd(t *testing.T, db *testkit.Database) {
	t.Helper()
	owner := db.Super(t)
	for _, statement := range []string{
		`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at)
		 SELECT gen_random_uuid(), 'agency-' || i, 'example', i, 'Example ' || i, 'licensed', now(), now() FROM generate_series(1, 2000) i`,
		`INSERT INTO agency_contacts (agency_id, kind, position, shown, key, token)
		 SELECT id, 'phone', n, 'x', '+999' || slug || n, 'known-' || slug || n FROM agencies, generate_series(1, 3) n`,
		`INSERT INTO employers (id, name, folded, token, country, created_at)
		 SELECT gen_random_uuid(), 'Example ' || i, 'example ' || i, 'e' || i, (ARRAY['TH','MY','KR','JP','HK'])[1 + i % 5], now() FROM generate_series(1, 2000) i`,
		`CREATE TEMPORARY TABLE a AS SELECT row_number() OVER (ORDER BY id) AS n, id FROM agencies`,
		`CREATE TEMPORARY TABLE e AS SELECT row_number() OVER (ORDER BY id) AS n, id, country FROM employers`,
		`INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_at)
		 SELECT gen_random_uuid(), a.id, e.id, e.country, '9329', 'd' || i, date '2026-03-02' - i % 3285, now()
		 FROM generate_series(1, 100000) i JOIN a ON a.n = 1 + i * 7 % 2000 JOIN e ON e.n = 1 + i * 13 % 2000`,
		`INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand, danger_now,
			missing_person, never_departed, minor, official, police_excluded, agency_id, employer_token, broker_token, reporter_token, country)
		 SELECT gen_random_uuid(), decode(md5('a' || i) || md5('n' || i), 'hex'), decode(md5('b' || i) || md5('r' || i), 'hex'),
			timestamptz '2026-03-02 12:00Z' - make_interval(days => i % 3285), 'screened', 'km', 'web', 'self', true, false,
			false, false, false, false, i % 50 = 0, a.id, 'e' || i * 13 % 2000, 'p' || i * 17 % 2000, 'r' || i, 'TH'
		 FROM generate_series(1, 100000) i JOIN a ON a.n = 1 + i * 7 % 2000`,
		`INSERT INTO complaint_indicators (complaint_id, indicator, phase)
		 SELECT id, unnest(ARRAY['threats', 'violence']), 'work' FROM complaints`,
		`INSERT INTO complaint_consents (complaint_id, consent, given_at, pin) SELECT id, 'police', now(), 'x' FROM complaints WHERE police_excluded`,
		`ANALYZE`,
	} {
		owner.SetMaxOpenConns(1) // the temporary tables belong to one connection
		if _, err := owner.Exec(statement); err != nil {
			t.Fatal(statement, err)
		}
	}
}

func agencyOf(t *testing.T, db *testkit.Database) string {
	t.Helper()
	var key string
	if err := db.Super(t).QueryRow(`SELECT agency_id FROM complaints WHERE filed_at > '2026-03-01' LIMIT 1`).Scan(&key); err != nil {
		t.Fatal(err)
	}
	return key
}

// explain lists the tables that the plan reads whole and the indexes it uses.
func explain(t *testing.T, db *testkit.Database, mode, query string, args any) (scans, indexes []string) {
	t.Helper()
	var text string
	err := db.Read(t.Context(), identity.System("test"), func(tx postgres.Tx) error {
		// What gorm sends is prepared and explained as the server would run it.
		sent := tx.Gorm().Session(&gorm.Session{DryRun: true}).Raw(query, args).Scan(&text).Statement
		var bound []string
		for _, v := range sent.Vars {
			if at, ok := v.(time.Time); ok {
				v = at.Format(time.RFC3339)
			}
			bound = append(bound, fmt.Sprintf("'%v'", v))
		}
		for _, statement := range []string{`SET LOCAL plan_cache_mode = ` + mode, `PREPARE asked AS ` + sent.SQL.String()} {
			if err := tx.Gorm().Exec(statement).Error; err != nil {
				return err
			}
		}
		defer tx.Gorm().Exec(`DEALLOCATE asked`)
		return tx.Gorm().Raw(`EXPLAIN (FORMAT JSON) EXECUTE asked (` + strings.Join(bound, ", ") + `)`).Scan(&text).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	var plans []map[string]any
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(node any) {
		switch v := node.(type) {
		case []any:
			for _, n := range v {
				walk(n)
			}
		case map[string]any:
			if v["Node Type"] == "Seq Scan" {
				scans = append(scans, v["Relation Name"].(string))
			}
			if name, ok := v["Index Name"].(string); ok {
				indexes = append(indexes, name)
			}
			for _, n := range v {
				walk(n)
			}
		}
	}
	for _, p := range plans {
		walk(p["Plan"])
	}
	if strings.Contains(text, "Seq Scan") && len(scans) == 0 {
		t.Fatal("the plan was not understood")
	}
	return scans, indexes
}
