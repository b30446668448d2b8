package pattern

import (
	"errors"
	"math"
	"strconv"

	"gonum.org/v1/gonum/mathext"
)

type burstParams struct {
	// MinVoices in WindowDays, and a tail probability below MaxTail.
	MinVoices  int     `json:"min_voices"`
	WindowDays int     `json:"window_days"`
	MaxTail    float64 `json:"max_tail"`
	// RateDays is the window of the usual rate. The rate of the burst's own
	// window is computed beside it and the higher counts, so that a crisis at a
	// destination accuses nobody.
	RateDays int `json:"rate_days"`
	LagDays  int `json:"lag_days"`
	// ShrinkComplaints and ShrinkDepartures are added to both sides of a rate.
	ShrinkComplaints float64 `json:"shrink_complaints"`
	ShrinkDepartures float64 `json:"shrink_departures"`
	// MinCorridorDepartures of others in RateDays, below which the national rate
	// stands in for the corridor's.
	MinCorridorDepartures int `json:"min_corridor_departures"`
	// FloorPerYear is what a subject may expect whatever is known of it.
	FloorPerYear map[SubjectKind]float64 `json:"floor_per_year"`
	// RedFirstHand first-hand voices telling of grave coercion make it red.
	RedFirstHand int `json:"red_first_hand"`
}

func (p burstParams) check() error {
	switch {
	case p.MinVoices < 2, p.RedFirstHand < 2:
		return errors.New("one voice is not a pattern")
	case p.WindowDays < 1, p.RateDays <= p.WindowDays, p.RateDays > maxHistoryDays, p.LagDays < 0, p.LagDays > maxHistoryDays:
		return errors.New("windows out of range")
	case !(p.MaxTail > 0 && p.MaxTail < 1):
		return errors.New("tail probability out of range")
	case !(p.ShrinkComplaints > 0), !(p.ShrinkDepartures > 0), p.MinCorridorDepartures < 1:
		return errors.New("rates out of range")
	case len(p.FloorPerYear) != 2 || !(p.FloorPerYear[Agency] > 0) || !(p.FloorPerYear[Employer] > 0):
		return errors.New("floors for agency and employer are both needed")
	}
	return nil
}

// Twice the window: whether the latest complaint repeats an older one is judged by
// the window before it.
func (p burstParams) needs() Needs {
	return Needs{HistoryDays: 2 * p.WindowDays, ExposureDays: []int{p.WindowDays, p.RateDays}, LagDays: p.LagDays}
}

// ComplaintBurst is typology 17: at least three independent voices in 30 days
// where the departures of the subject made fewer likely, at a Poisson tail below
// one in a hundred. The expectation follows the detection design, C2: the
// subject's own departures times the rate of others towards the same
// destination, shrunk; with too few others the national rate; with no departures
// on record a floor. Size and crises accuse nobody; unknown size is said.
func ComplaintBurst() Rule {
	return newRule(Rule{
		ID: "complaint-burst", Version: 1,
		Typology: Typology{17, "Complaint burst"},
		Subjects: []SubjectKind{Agency, Employer},
	}, matchBurst)
}

func matchBurst(f Facts, p burstParams) []Finding {
	told, last := f.tellings(p.WindowDays, burstNews)
	n := voices(told, nil)
	if n < p.MinVoices {
		return nil
	}
	expected := p.expect(f)
	tail := mathext.GammaIncReg(float64(n), expected.complaints) // P(Poisson(expected) >= n)
	if tail >= p.MaxTail {
		return nil
	}
	return []Finding{{
		WindowFrom: last - Day(p.WindowDays) + 1, WindowTo: last,
		Grade:    gravity(told, p.RedFirstHand),
		Score:    -math.Log10(max(tail, math.SmallestNonzeroFloat64)),
		Evidence: ids(told),
		Reason: Reason{Key: "pattern.complaint_burst.reason." + expected.base, Args: map[string]string{
			"Voices":     strconv.Itoa(n),
			"Days":       strconv.Itoa(p.WindowDays),
			"Expected":   short(expected.complaints),
			"Departures": strconv.Itoa(expected.departures),
		}},
		Benign: "pattern.complaint_burst.benign",
	}}
}

// burstNews is what may raise the grade: the count needs no content.
func burstNews(c Complaint) []string {
	var news []string
	if c.Minor {
		news = append(news, "minor")
	}
	if c.FirstHand && grave(c.Said) {
		news = append(news, "grave at first hand")
	}
	return news
}

// gravity is the grade that the detection design, C1, gives by content: red for
// a minor, or for enough independent first-hand accounts of grave coercion.
func gravity(told []telling, redFirstHand int) Grade {
	minors := voices(told, func(t telling) bool { return t.Minor })
	first := voices(told, func(t telling) bool { return t.FirstHand && grave(t.Said) })
	if minors > 0 || first >= redFirstHand {
		return Red
	}
	return Amber
}

// short writes a number for a reason with two decimals, or more where it would
// vanish otherwise.
func short(x float64) string {
	if x < 0.01 {
		return strconv.FormatFloat(x, 'g', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}
