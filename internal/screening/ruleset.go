package screening

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Why says why a rule does not run.
type Why string

// The reasons.
const (
	Absent     Why = "absent"     // no setting is in force
	Unreadable Why = "unreadable" // the setting in force does not fit the rule
)

// Unset is a rule that does not run.
type Unset struct {
	Rule    string
	Version int
	Why     Why
}

// ruleset is the rules that run on one day with their thresholds.
type ruleset struct {
	id    string // the same for the same rules, versions and thresholds
	tuned []pattern.Tuned
	unset []Unset
}

// Unset lists the rules that do not run today, for those who see to settings.
func (s *Service) Unset(ctx context.Context) ([]Unset, error) {
	var rules ruleset
	err := s.deps.DB.Read(ctx, actor(), func(tx postgres.Tx) error {
		rows, err := settingsOn(tx, dayOf(s.deps.Clock.Now()))
		rules = newRuleset(pattern.Rules(), rows)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list rules without a setting: %w", err)
	}
	return rules.unset, nil
}

func (s *Service) rulesOn(tx postgres.Tx, day pattern.Day) (ruleset, error) {
	rows, err := settingsOn(tx, day)
	if err != nil {
		return ruleset{}, err
	}
	rules := newRuleset(pattern.Rules(), rows)
	for _, u := range rules.unset {
		s.deps.Log.LogAttrs(tx.Context(), slog.LevelWarn, "a rule does not run",
			slog.String("rule", u.Rule), slog.Int("version", u.Version), slog.String("why", string(u.Why)), slog.String("day", day.String()))
	}
	return rules, nil
}

// newRuleset tunes each rule with the setting of its own version. A rule
// without one is left out: a default that nobody chose accuses people.
func newRuleset(rules []pattern.Rule, settings []settingRow) ruleset {
	params := map[string]string{}
	for _, row := range settings {
		params[fmt.Sprint(row.Rule, " ", row.Version)] = row.Params
	}
	sum := sha256.New()
	var out ruleset
	for _, r := range rules {
		name := fmt.Sprint(r.ID, " ", r.Version)
		raw, set := params[name]
		if !set {
			out.unset = append(out.unset, Unset{r.ID, r.Version, Absent})
			continue
		}
		tuned, err := r.ParseParams([]byte(raw))
		spelt, again := canonical(raw)
		if err != nil || again != nil {
			out.unset = append(out.unset, Unset{r.ID, r.Version, Unreadable})
			continue
		}
		fmt.Fprintf(sum, "%s %s\n", name, spelt)
		out.tuned = append(out.tuned, tuned)
	}
	out.id = hex.EncodeToString(sum.Sum(nil)[:16])
	return out
}

// canonical spells a JSON value in one way, whatever the order of its fields.
func canonical(raw string) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(raw)))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("read setting: %w", err)
	}
	return json.Marshal(value)
}
