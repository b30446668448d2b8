package pattern

import (
	"errors"
	"strconv"
)

type hubParams struct {
	MinVoices   int `json:"min_voices"`
	MinAgencies int `json:"min_agencies"`
	WindowDays  int `json:"window_days"`
	// RedFirstHand first-hand voices telling of grave coercion make it red.
	RedFirstHand int `json:"red_first_hand"`
}

func (p hubParams) check() error {
	switch {
	case p.MinVoices < 2, p.RedFirstHand < 2:
		return errors.New("one voice is not a pattern")
	case p.MinAgencies < 2:
		return errors.New("a hub joins agencies")
	case p.WindowDays < 1, p.WindowDays > maxHistoryDays:
		return errors.New("window out of range")
	}
	return nil
}

func (p hubParams) needs() Needs { return Needs{HistoryDays: 2 * p.WindowDays} }

// BrokerHub is typology 4: one phone registered to no agency that at least three
// independent voices name as their recruiter's, across at least two agencies,
// within 180 days. A reporter who gives the same phone as their own has told how
// to reach a village, not who recruited: such a complaint is left out.
func BrokerHub() Rule {
	return newRule(Rule{
		ID: "broker-hub", Version: 1,
		Typology: Typology{4, "Broker hub"},
		Subjects: []SubjectKind{Phone},
	}, matchHub)
}

func matchHub(f Facts, p hubParams) []Finding {
	if len(f.RegisteredPhones[f.Subject.Key]) > 0 {
		return nil
	}
	var naming []Complaint
	for _, c := range f.Complaints {
		if c.BrokerPhone == f.Subject.Key && c.Reporter != f.Subject.Key {
			naming = append(naming, c)
		}
	}
	f.Complaints = naming
	told, last := f.tellings(p.WindowDays, hubNews)
	n, agencies := voices(told, nil), agenciesOf(told)
	if n < p.MinVoices || agencies < p.MinAgencies {
		return nil
	}
	return []Finding{{
		WindowFrom: last - Day(p.WindowDays) + 1, WindowTo: last,
		Grade:    gravity(told, p.RedFirstHand),
		Score:    float64(n * agencies),
		Evidence: ids(told),
		Reason: Reason{Key: "pattern.broker_hub.reason", Args: map[string]string{
			"Voices":   strconv.Itoa(n),
			"Agencies": strconv.Itoa(agencies),
			"Days":     strconv.Itoa(p.WindowDays),
		}},
		Benign: "pattern.broker_hub.benign",
	}}
}

// hubNews is which agency the complaint joins to the phone, and what may raise
// the grade.
func hubNews(c Complaint) []string {
	news := burstNews(c)
	if c.Agency != "" {
		news = append(news, "agency "+c.Agency)
	}
	return news
}

func agenciesOf(told []telling) int {
	seen := map[string]bool{}
	for _, t := range told {
		if t.Agency != "" {
			seen[t.Agency] = true
		}
	}
	return len(seen)
}
