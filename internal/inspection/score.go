package inspection

import (
	"time"

	"github.com/fairpassage/portal/internal/policy"
)

// Points is the law by which inspections are scored.
type Points struct {
	Critical int       `json:"critical"`
	Major    int       `json:"major"`
	Minor    int       `json:"minor"`
	FailsAt  int       `json:"fails_at"`
	Since    time.Time `json:"-"` // from when that law holds; zero: not configured
	Source   string    `json:"-"`
}

// Known reports whether somebody configured them.
func (p Points) Known() bool { return !p.Since.IsZero() }

// Of returns what one standard of the weight that is not met counts.
func (p Points) Of(w Weight) int {
	return map[Weight]int{Critical: p.Critical, Major: p.Major, Minor: p.Minor}[w]
}

func pointsOn(b policy.Book, day time.Time) (p Points) {
	if e, set := b.Read(policy.InspectionPoints, day, &p); set {
		p.Since, p.Source = e.From, e.Source
		return p
	}
	return Points{}
}

// pointsOf are those by which the inspection is scored: what it keeps once it was
// sent, and before that what would be kept.
func pointsOf(b policy.Book, i Inspection) Points {
	switch {
	case !i.PointsFrom.IsZero():
		// A row that the portal did not write says nothing, nor does an earlier one.
		if p := pointsOn(b, i.PointsFrom); p.Since.Equal(i.PointsFrom) {
			return p
		}
	case i.Open():
		return pointsOn(b, i.VisitedOn)
	}
	return Points{}
}

// Score is what the answers come to. Where no points are configured it has
// counts and no total, and passes nobody.
type Score struct {
	Points Points
	Total  int
	Topics []TopicScore // in the order of the page, those that are asked
	Unseen int          // critical standards that nobody saw
	Open   int          // standards without an answer
}

// TopicScore is the part of one topic.
type TopicScore struct {
	Topic  Topic
	Asked  int
	Points int
	Counts map[Answer]int
}

// Count is how many of the topic's standards have that answer.
func (t TopicScore) Count(answer string) int { return t.Counts[Answer(answer)] }

// Known reports whether it is scored at all.
func (s Score) Known() bool { return s.Points.Known() }

// Fails reports whether the points reach the threshold.
func (s Score) Fails() bool { return s.Known() && s.Total >= s.Points.FailsAt }

// MayPass reports whether the inspection can be closed as passed: scored, under
// the threshold, and every critical standard was seen.
func (s Score) MayPass() bool { return s.Known() && !s.Fails() && s.Unseen == 0 && s.Open == 0 }

// scoreOf adds up. A finding that was withdrawn counts nothing.
func scoreOf(p Points, lines []Line) Score {
	s := Score{Points: p}
	for _, topic := range Topics() {
		t := TopicScore{Topic: topic, Counts: map[Answer]int{}}
		for _, l := range lines {
			if l.Topic != topic {
				continue
			}
			t.Asked++
			t.Counts[l.Answer]++
			if l.Finding() && !l.Withdrawn {
				t.Points += p.Of(l.Weight)
			}
			if l.Answer == NotSeen && l.Weight == Critical {
				s.Unseen++
			}
			if l.Answer == "" {
				s.Open++
			}
		}
		if t.Asked > 0 {
			s.Total += t.Points
			s.Topics = append(s.Topics, t)
		}
	}
	return s
}

// atClosing are the points by which an inspection ends: those that it keeps, or,
// where none were configured when it was sent, those that are by now for the day
// of the visit.
func atClosing(b policy.Book, i Inspection) Points {
	if i.PointsFrom.IsZero() {
		return pointsOn(b, i.VisitedOn)
	}
	return pointsOf(b, i)
}
