package pattern

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParametersAreReadStrictly(t *testing.T) {
	good := `{"min_voices":2,"window_days":365,"amber_grounded":1,"red_first_hand":3}`
	for _, tt := range []struct{ name, raw string }{
		{"empty", ``},
		{"null", `null`},
		{"an array", `[]`},
		{"a field too many", strings.Replace(good, "}", `,"mood":1}`, 1)},
		{"a field too few", strings.Replace(good, `"amber_grounded":1,`, ``, 1)},
		{"another case", strings.Replace(good, "min_voices", "Min_Voices", 1)},
		{"a word for a number", strings.Replace(good, ":2", `:"2"`, 1)},
		{"a fraction", strings.Replace(good, ":2", `:2.5`, 1)},
		{"two objects", good + good},
		{"one voice", strings.Replace(good, ":2", ":1", 1)},
		{"no window", strings.Replace(good, "365", "0", 1)},
		{"a window of a lifetime", strings.Replace(good, "365", "36500", 1)},
	} {
		if _, err := ConvergingTestimony().ParseParams([]byte(tt.raw)); !errors.Is(err, ErrParams) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := ConvergingTestimony().ParseParams([]byte(good)); err != nil {
		t.Error(err)
	}
}

func TestBurstParametersOutOfRangeAreRefused(t *testing.T) {
	for _, edit := range []func(*burstParams){
		func(p *burstParams) { p.MinVoices = 1 },
		func(p *burstParams) { p.MaxTail = 0 },
		func(p *burstParams) { p.MaxTail = 1 },
		func(p *burstParams) { p.RateDays = p.WindowDays },
		func(p *burstParams) { p.LagDays = -1 },
		func(p *burstParams) { p.ShrinkDepartures = 0 },
		func(p *burstParams) { p.MinCorridorDepartures = 0 },
		func(p *burstParams) { p.FloorPerYear = map[SubjectKind]float64{Agency: 2} },
		func(p *burstParams) { p.FloorPerYear = map[SubjectKind]float64{Agency: 2, Employer: 0} },
	} {
		p := seedBurst()
		edit(&p)
		if p.check() == nil {
			t.Errorf("%+v accepted", p)
		}
	}
	if err := seedBurst().check(); err != nil {
		t.Error(err)
	}
}

func TestEveryRuleHasOneSeedOfItsVersion(t *testing.T) {
	versions := map[string]int{}
	for _, s := range Seeds() {
		if s.Source == "" || versions[s.Rule] != 0 {
			t.Errorf("seed of %s", s.Rule)
		}
		versions[s.Rule] = s.Version
	}
	for _, r := range Rules() {
		if versions[r.ID] != r.Version || r.Typology.Number < 1 || r.Typology.Number > 30 || len(r.Subjects) == 0 {
			t.Errorf("%s: version %d, seed %d", r.ID, r.Version, versions[r.ID])
		}
	}
	if len(versions) != len(Rules()) {
		t.Error("a seed without a rule")
	}
}

func TestNeedsOfSeveralRulesAreJoined(t *testing.T) {
	want := Needs{HistoryDays: 730, ExposureDays: []int{30, 365}, LagDays: 90}
	if diff := cmp.Diff(want, NeedsOf(seeded(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestARuleIsSilentAboutOtherKindsOfSubject(t *testing.T) {
	f := Facts{Subject: Subject{Phone, "P1"}, AsOf: 100}
	for _, id := range []string{"a", "b", "c"} {
		f.Complaints = append(f.Complaints, Complaint{ID: id, Voice: id, Day: 100, BrokerPhone: "P1", Agency: id})
	}
	if found := tuned(t, "complaint-burst").Match(f); found != nil {
		t.Errorf("%v", found)
	}
	if found := tuned(t, "broker-hub").Match(f); len(found) != 1 {
		t.Errorf("%v", found)
	}
}
