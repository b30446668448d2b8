package screening_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/google/go-cmp/cmp"
)

func TestANewInstallationStartsWithTheSeeds(t *testing.T) {
	w := newWorld(t)
	for _, seed := range pattern.Seeds() {
		n := w.count(`SELECT count(*) FROM rule_settings WHERE rule = $1 AND version = $2 AND valid_from = $3::date AND params = $4::jsonb AND source = $5`,
			seed.Rule, seed.Version, seed.ValidFrom, string(seed.Params), seed.Source)
		if n != 1 {
			t.Errorf("%s: the migration says something else", seed.Rule)
		}
	}
	if n := w.count(`SELECT count(*) FROM rule_settings`); n != len(pattern.Seeds()) {
		t.Errorf("%d settings, want %d", n, len(pattern.Seeds()))
	}
	if unset, err := w.svc.Unset(t.Context()); err != nil || len(unset) != 0 {
		t.Errorf("unset: %v, %v", unset, err)
	}
}

func (w *world) setting(query string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Super(w.t).Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func TestASettingCountsFromItsDayOn(t *testing.T) {
	w := newWorld(t)
	w.setting(`INSERT INTO rule_settings (rule, version, valid_from, params, source)
		SELECT rule, version, $1::date, params || '{"min_voices": 3}', 'example' FROM rule_settings WHERE rule = 'converging-testimony'`, w.clk.Now())
	yesterday, today := w.agency("Example Overseas"), w.agency("Sample Manpower")
	w.tell(
		told{agency: yesterday, reporter: "r1", said: unpaidAndHeld, firstHand: true, daysAgo: 1},
		told{agency: yesterday, reporter: "r2", said: overworked, firstHand: true, daysAgo: 1},
		told{agency: today, reporter: "r1", said: unpaidAndHeld, firstHand: true},
		told{agency: today, reporter: "r2", said: overworked, firstHand: true},
	)
	if got := w.text(`SELECT string_agg(subject_key, ' ') FROM escalations`); got != yesterday.String() {
		t.Errorf("escalated %s, want only what was filed under the old setting", got)
	}
	if n := w.count(`SELECT count(DISTINCT ruleset) FROM evaluations`); n != 2 {
		t.Errorf("%d rulesets, want 2", n)
	}
}

func TestARuleWithoutASettingDoesNotRunAndSaysSo(t *testing.T) {
	w := newWorld(t)
	w.setting(`DELETE FROM rule_settings WHERE rule = 'converging-testimony'`)
	w.setting(`UPDATE rule_settings SET params = params - 'window_days' WHERE rule = 'broker-hub'`)
	agency := w.agency("Example Overseas")
	complaints := w.tell(
		told{agency: agency, reporter: "r1", said: unpaidAndHeld, firstHand: true},
		told{agency: agency, reporter: "r2", said: overworked, firstHand: true},
	)
	if got := w.status(complaints[1]); got != "screened" || w.grades() != "" {
		t.Errorf("status %s, escalations %q", got, w.grades())
	}
	unset, err := w.svc.Unset(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []screening.Unset{
		{Rule: "broker-hub", Version: 1, Why: screening.Unreadable},
		{Rule: "converging-testimony", Version: 1, Why: screening.Absent},
	}
	if diff := cmp.Diff(want, unset); diff != "" {
		t.Error(diff)
	}
	if log := w.log.String(); !strings.Contains(log, "rule=converging-testimony version=1 why=absent") || !strings.Contains(log, "rule=broker-hub") {
		t.Errorf("the log says %q", log)
	}
}

// Every sentence that is frozen can be said in both languages.
func TestEveryReasonCanBeSaidInBothLanguages(t *testing.T) {
	w := newWorld(t)
	agency, other := w.agency("Example Overseas"), w.agency("Sample Manpower")
	for n, reporter := range []string{"r1", "r2", "r3"} {
		c := told{agency: agency, broker: "p1", reporter: reporter, said: append(unpaidAndHeld, overworked...), firstHand: true}
		if n == 2 {
			c.agency = other
		}
		w.tell(c)
	}
	w.tell(told{agency: agency, reporter: "r4", said: overworked, minor: true})
	rows, err := w.app.Query(`SELECT pattern::text FROM escalations`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	said := map[string]bool{}
	for rows.Next() {
		var text string
		var p escalation.Pattern
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		for _, f := range p.Findings {
			for _, r := range f.Reasons {
				said[f.Rule] = true
				say(t, "en", r)
				say(t, "km", r)
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(said) != len(pattern.Rules()) {
		t.Errorf("said reasons of %v only", said)
	}
}

func say(t *testing.T, lang string, r escalation.Reason) {
	t.Helper()
	area, _, _ := strings.Cut(r.Key, ".")
	body, err := os.ReadFile(filepath.Join("../../views/locales", lang, area+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var messages map[string]string
	if err := json.Unmarshal(body, &messages); err != nil {
		t.Fatal(err)
	}
	text, ok := messages[r.Key]
	if !ok {
		t.Fatalf("no message %s in %s", r.Key, lang)
	}
	tmpl, err := template.New(r.Key).Option("missingkey=error").Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := tmpl.Execute(&out, r.Args); err != nil {
		t.Error(err)
	}
	for name, value := range r.Args {
		if !strings.Contains(text, "."+name) || !strings.Contains(out.String(), value.(string)) {
			t.Errorf("%s in %s leaves out %s", r.Key, lang, name)
		}
	}
}
