package pattern

import (
	"errors"
	"fmt"
	"strconv"
)

type convergingParams struct {
	MinVoices  int `json:"min_voices"`
	WindowDays int `json:"window_days"`
	// AmberGrounded voices must be first-hand or have a registered placement with
	// the accused; with fewer, the finding is only watched.
	AmberGrounded int `json:"amber_grounded"`
	// RedFirstHand first-hand voices make it red.
	RedFirstHand int `json:"red_first_hand"`
}

func (p convergingParams) check() error {
	switch {
	case p.MinVoices < 2, p.RedFirstHand < 2:
		return errors.New("one voice is not a pattern")
	case p.WindowDays < 1, p.WindowDays > maxHistoryDays:
		return errors.New("window out of range")
	case p.AmberGrounded < 1:
		return errors.New("an amber finding needs ground")
	}
	return nil
}

// Twice the window: whether the latest telling says news is judged by the window
// before it.
func (p convergingParams) needs() Needs { return Needs{HistoryDays: 2 * p.WindowDays} }

// ConvergingTestimony is typology 21: at least two independent voices on one
// agency or employer within a year who together, and each with a part of it,
// tell of exploitation and of coercion at the destination as the Delphi study
// defines them (domain brief 1.2). Exploitation alone is a labour case and stays
// one. The grades follow the detection design, C1.
func ConvergingTestimony() Rule {
	return newRule(Rule{
		ID: "converging-testimony", Version: 1,
		Typology: Typology{21, "Converging testimony"},
		Subjects: []SubjectKind{Agency, Employer},
	}, matchConverging)
}

func matchConverging(f Facts, p convergingParams) []Finding {
	f.Complaints = relevantToConvergence(f.Complaints)
	told, last := f.tellings(p.WindowDays, convergingNews)
	n := voices(told, nil)
	if n < p.MinVoices {
		return nil
	}
	together := profile{}
	for _, t := range told {
		together.add(t.Said)
	}
	if !together.positive(exploitation) || !together.positive(coercion) {
		return nil
	}
	first := voices(told, func(t telling) bool { return t.FirstHand })
	grounded := voices(told, func(t telling) bool { return t.FirstHand || t.RegistryMatch })
	minors := voices(told, func(t telling) bool { return t.Minor })
	grade, key := Watch, "pattern.converging_testimony.reason"
	switch {
	case minors > 0:
		grade, key = Red, key+".minor"
	case first >= p.RedFirstHand:
		grade = Red
	case grounded >= p.AmberGrounded:
		grade = Amber
	}
	return []Finding{{
		WindowFrom: last - Day(p.WindowDays) + 1, WindowTo: last,
		Grade:    grade,
		Score:    float64(n),
		Evidence: ids(told),
		Reason: Reason{Key: key, Args: map[string]string{
			"Voices":       strconv.Itoa(n),
			"FirstHand":    strconv.Itoa(first),
			"Days":         strconv.Itoa(p.WindowDays),
			"Exploitation": strconv.Itoa(together.items(exploitation)),
			"Coercion":     strconv.Itoa(together.items(coercion)),
		}},
		Benign: "pattern.converging_testimony.benign",
	}}
}

// relevantToConvergence leaves out complaints that tell of neither dimension:
// they are no part of the testimony.
func relevantToConvergence(all []Complaint) []Complaint {
	var out []Complaint
	for _, c := range all {
		p := profile{}
		p.add(c.Said)
		if p.items(exploitation)+p.items(coercion) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// convergingNews lists the signs with their strength and what the grade rests on.
func convergingNews(c Complaint) []string {
	var news []string
	for _, said := range c.Said {
		for _, s := range delphi[said] {
			if s.dimension == exploitation || s.dimension == coercion {
				news = append(news, fmt.Sprint(s.dimension, s.item, s.strength))
			}
		}
	}
	for name, is := range map[string]bool{"minor": c.Minor, "first hand": c.FirstHand, "registered": c.RegistryMatch} {
		if is {
			news = append(news, name)
		}
	}
	return news
}
