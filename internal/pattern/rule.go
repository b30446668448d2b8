package pattern

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Typology places a rule in the domain brief's list of detectable patterns.
type Typology struct {
	Number int
	Name   string
}

// Rule is one way of seeing a pattern, without its thresholds. A change of what
// it computes is a new version; a change of thresholds is not.
type Rule struct {
	ID       string // also in findings and settings; never reused
	Version  int
	Typology Typology
	Subjects []SubjectKind

	tune func(raw []byte) (Tuned, error)
}

// Needs says what the facts must hold for a rule to be right.
type Needs struct {
	HistoryDays  int   // complaints from AsOf back
	ExposureDays []int // windows of Facts.Exposure, ascending
	LagDays      int   // by which departures are counted earlier than complaints
}

// Tuned is a rule with its thresholds.
type Tuned struct {
	Rule
	Needs Needs
	match func(Facts) []Finding
}

// ErrParams says that thresholds are malformed, unknown or outside their range.
var ErrParams = errors.New("rule parameters")

// params is what a rule's JSON thresholds decode into.
type params interface {
	check() error
	needs() Needs
}

func newRule[P params](r Rule, match func(Facts, P) []Finding) Rule {
	r.tune = func(raw []byte) (Tuned, error) {
		var p P
		if err := decodeStrictly(raw, &p); err != nil {
			return Tuned{}, fmt.Errorf("%w of %s: %w", ErrParams, r.ID, err)
		}
		if err := p.check(); err != nil {
			return Tuned{}, fmt.Errorf("%w of %s: %w", ErrParams, r.ID, err)
		}
		return Tuned{Rule: r, Needs: p.needs(), match: func(f Facts) []Finding { return match(f, p) }}, nil
	}
	return r
}

// ParseParams gives the rule with the thresholds in raw, a JSON object of
// exactly the rule's fields. Errors wrap ErrParams.
func (r Rule) ParseParams(raw []byte) (Tuned, error) { return r.tune(raw) }

// decodeStrictly wants one object with exactly the fields of into, spelt as its
// tags: a threshold left out or misspelt must not quietly become zero.
func decodeStrictly(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	full, err := json.Marshal(into)
	if err != nil {
		return err
	}
	var given, wanted map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(raw, &given), json.Unmarshal(full, &wanted)); err != nil {
		return err
	}
	for name := range wanted {
		if _, ok := given[name]; !ok {
			return fmt.Errorf("no %s", name)
		}
	}
	if len(given) != len(wanted) {
		return errors.New("a field is given twice")
	}
	return nil
}

// Match judges one subject. A subject of a kind that is not the rule's gives
// nothing. The facts are not changed.
func (t Tuned) Match(f Facts) []Finding {
	if !slices.Contains(t.Subjects, f.Subject.Kind) {
		return nil
	}
	found := t.match(f)
	for i := range found {
		found[i].Rule, found[i].Version, found[i].Subject = t.ID, t.Version, f.Subject
		slices.Sort(found[i].Evidence)
	}
	return found
}

// Evaluate runs every rule on one subject; findings come in the order of rules.
func Evaluate(f Facts, rules []Tuned) []Finding {
	var out []Finding
	for _, r := range rules {
		out = append(out, r.Match(f)...)
	}
	return out
}

// Rules gives every rule, by id.
func Rules() []Rule {
	rules := []Rule{BrokerHub(), ComplaintBurst(), ConvergingTestimony()}
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return rules
}

// NeedsOf joins what several rules need, so that facts are loaded once.
func NeedsOf(rules []Tuned) Needs {
	var all Needs
	for _, r := range rules {
		all.HistoryDays = max(all.HistoryDays, r.Needs.HistoryDays)
		all.LagDays = max(all.LagDays, r.Needs.LagDays)
		all.ExposureDays = append(all.ExposureDays, r.Needs.ExposureDays...)
	}
	slices.Sort(all.ExposureDays)
	all.ExposureDays = slices.Compact(all.ExposureDays)
	return all
}
