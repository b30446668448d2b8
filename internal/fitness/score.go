package fitness

import (
	"time"

	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Grade is how much a check found.
type Grade string

// The grades.
const (
	Unset  Grade = "unset" // nobody set the thresholds: nothing is graded
	None   Grade = "none"
	Weak   Grade = "weak"
	Strong Grade = "strong"
)

// Thresholds are the law's.
type Thresholds struct {
	Known   bool
	Weak    int `json:"weak"`    // tenths
	Strong  int `json:"strong"`  // tenths
	Generic int `json:"generic"` // agencies that share an identifier, above which it says nothing
	Sample  int `json:"sample"`  // percent of clean files that go to a second reviewer
}

func thresholdsOn(b policy.Book, day time.Time) (t Thresholds) {
	_, t.Known = b.Read(policy.LicenceFitness, day, &t)
	return t
}

// Match is one identifier that the applicant shares with an agency that lost its
// licence.
type Match struct {
	Kind   Kind
	Other  uuid.UUID
	Shown  string
	Degree int // how many agencies share it, the applicant left out
	Weight int // tenths
}

// weigh gives each match its weight: the more share an identifier, the less it says;
// of generic ones nothing. A name weighs only beside something else that is shared
// with the same agency.
func weigh(all []Match, t Thresholds) []Match {
	backed := map[uuid.UUID]bool{}
	for i := range all {
		m := &all[i]
		if t.Known && m.Degree > t.Generic {
			m.Weight = 0
			continue
		}
		m.Weight = weights[m.Kind] / max(m.Degree, 1)
		if m.Kind != Person && m.Weight > 0 {
			backed[m.Other] = true
		}
	}
	for i := range all {
		if all[i].Kind == Person && !backed[all[i].Other] {
			all[i].Weight = 0
		}
	}
	return all
}

// grade adds up what is shared with each agency and with everybody who is barred, and
// takes the most.
func grade(all []Match, barred []BarredMatch, t Thresholds) (Grade, int) {
	sums := map[uuid.UUID]int{}
	most := 0
	for _, m := range all {
		sums[m.Other] += m.Weight
		most = max(most, sums[m.Other])
	}
	for _, m := range barred {
		sums[m.Person] += m.Weight
		most = max(most, sums[m.Person])
	}
	switch {
	case !t.Known:
		return Unset, most
	case most >= t.Strong:
		return Strong, most
	case most >= t.Weak:
		return Weak, most
	}
	return None, most
}
