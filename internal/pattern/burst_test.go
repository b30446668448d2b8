package pattern

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mathext"
)

func seedBurst() burstParams {
	return burstParams{
		MinVoices: 3, WindowDays: 30, MaxTail: 0.01, RateDays: 365, LagDays: 90,
		ShrinkComplaints: 0.5, ShrinkDepartures: 50, MinCorridorDepartures: 200,
		FloorPerYear: map[SubjectKind]float64{Agency: 2, Employer: 1}, RedFirstHand: 3,
	}
}

// The regularised incomplete gamma function is the Poisson tail: checked against
// the sum of the terms.
func TestTheTailIsPoissons(t *testing.T) {
	for _, lambda := range []float64{0.01, 0.164, 1, 4.3, 40} {
		below, term := 0.0, math.Exp(-lambda)
		for n := 1; n < 12; n++ {
			below += term
			term *= lambda / float64(n)
			if got := mathext.GammaIncReg(float64(n), lambda); math.Abs(got-(1-below)) > 1e-9 {
				t.Errorf("P(Poisson(%v) >= %d) = %v, want %v", lambda, n, got, 1-below)
			}
		}
	}
}

func TestTheExpectationFallsBackInThreeSteps(t *testing.T) {
	const floor = 2 * 30 / 365.0
	national := Corridor{Subject: Totals{2, 300}, All: Totals{202, 20300}}
	for _, tt := range []struct {
		name     string
		exposure []Exposure
		base     string
		want     float64
	}{
		{"others' rate in the corridor", []Exposure{{
			Days: 365, National: national,
			Corridors: []Corridor{{"TH", Totals{2, 300}, Totals{42, 4250}}},
		}}, baseCorridor, floor + 300*(40+0.5)/(3950+50)*30/365},
		{"too few others there", []Exposure{{
			Days: 365, National: national,
			Corridors: []Corridor{{"PL", Totals{2, 300}, Totals{2, 499}}},
		}}, baseNational, floor + 300*(200+0.5)/(20000+50)*30/365},
		{"just enough others there", []Exposure{{
			Days: 365, National: national,
			Corridors: []Corridor{{"PL", Totals{2, 300}, Totals{4, 500}}},
		}}, baseCorridor, floor + 300*(2+0.5)/(200+50)*30/365},
		{"destinations not listed", []Exposure{{Days: 365, National: national}}, baseNational, floor + 300*200.5/20050*30/365},
		{"no departures of the subject", []Exposure{{Days: 365, National: Corridor{All: Totals{200, 20000}}}}, baseFloor, floor},
		{"nobody else on record", []Exposure{{Days: 365, National: Corridor{Subject: Totals{2, 300}, All: Totals{2, 300}}}}, baseFloor, floor},
		{"nothing on record", nil, baseFloor, floor},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := seedBurst().expect(Facts{Subject: Subject{Agency, "A1"}, Exposure: tt.exposure})
			if got.base != tt.base || math.Abs(got.complaints-tt.want) > 1e-12 {
				t.Errorf("got %v, want %v %v", got, tt.base, tt.want)
			}
			if len(tt.exposure) > 0 && got.departures != tt.exposure[0].National.Subject.Departures {
				t.Errorf("%d departures are told", got.departures)
			}
		})
	}
}

func TestASubjectDoesNotSetTheRateByWhichItIsJudged(t *testing.T) {
	facts := func(own int) Facts {
		return Facts{Subject: Subject{Agency, "A1"}, Exposure: []Exposure{{
			Days: 365, National: Corridor{Subject: Totals{own, 300}, All: Totals{own + 100, 10300}},
			Corridors: []Corridor{{"TH", Totals{own, 300}, Totals{own + 100, 10300}}},
		}}}
	}
	if a, b := seedBurst().expect(facts(0)), seedBurst().expect(facts(90)); a != b {
		t.Errorf("%v before its own complaints, %v after", a, b)
	}
}

// Honest agencies of every size, each with its proportional month, stay quiet.
func TestSizeAccusesNobody(t *testing.T) {
	rule := tuned(t, "complaint-burst")
	for departures := 100; departures <= 100_000; departures *= 10 {
		monthly := departures / 100 * 30 / 365
		f := Facts{Subject: Subject{Agency, "A1"}, AsOf: 1000, Exposure: []Exposure{{
			Days: 365,
			National: Corridor{
				Subject: Totals{departures / 100, departures}, All: Totals{departures/100 + 2000, departures + 200_000},
			},
		}}}
		for i := range monthly {
			f.Complaints = append(f.Complaints, Complaint{ID: string(rune('a' + i)), Voice: string(rune('a' + i)), Day: Day(1000 - i%30)})
		}
		if found := rule.Match(f); len(found) > 0 {
			t.Errorf("%d departures, %d complaints: %v", departures, monthly, tell(found[0]))
		}
	}
}

func tuned(t testing.TB, id string) Tuned {
	t.Helper()
	rules := seeded(t)
	return rules[slices.IndexFunc(rules, func(r Tuned) bool { return r.ID == id })]
}
