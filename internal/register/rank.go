package register

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/google/uuid"
)

// candidate is one row that a way brought.
type candidate struct {
	AgencyID uuid.UUID
	Matched  string
	Folded   string
	how      How
	score    float64
}

// leastLike is the score below which a name is another name.
const leastLike = 0.55

// weigh gives the candidate its score, from 0 to 1, and for names tells a
// match from a likeness.
func (q query) weigh(c candidate) candidate {
	switch c.how {
	case ByLicenceNumber, ByPhone, ByEmail:
		c.score = 1
	case ByPerson:
		c.score = 0.98
	case ByPhonePart:
		c.score = 0.9
	case ByName, ByNameLike:
		c.score = q.weighName(c.Folded)
		if c.score >= 0.97 {
			c.how = ByName
		}
	}
	return c
}

// weighName ranks exact before beginning before part before likeness.
func (q query) weighName(folded string) float64 {
	if folded == q.folded {
		return 1
	}
	core := matching.CompanyFold(folded)
	if core == q.core {
		return 0.98
	}
	for _, asked := range []string{q.folded, q.core} {
		share := float64(len(asked)) / float64(max(len(folded), 1))
		switch {
		case asked == "":
		case strings.HasPrefix(folded, asked):
			return 0.90 + 0.05*share
		case strings.Contains(folded, " "+asked):
			return 0.85 + 0.04*share
		case strings.Contains(folded, asked):
			return 0.80 + 0.04*share
		}
	}
	like := max(matching.Similarity(q.core, core), q.likePart(core))
	if q.skeleton != "" && q.skeleton == matching.Skeleton(core) {
		like = max(like, 0.9)
	}
	return 0.8 * like * like
}

// likePart compares as many words of the name as were asked for, since people
// leave words out.
func (q query) likePart(core string) float64 {
	asked, words := strings.Fields(q.core), strings.Fields(core)
	best := 0.0
	for at := 0; at+len(asked) <= len(words); at++ {
		best = max(best, matching.Similarity(q.core, strings.Join(words[at:at+len(asked)], " ")))
	}
	return 0.97 * best
}

// rank keeps the best of each agency's candidates and drops what only
// resembles. Order is given later, when the names are known.
func (q query) rank(candidates []candidate) map[uuid.UUID]candidate {
	best := map[uuid.UUID]candidate{}
	for _, c := range candidates {
		c = q.weigh(c)
		if c.score < leastLike {
			continue
		}
		if b, found := best[c.AgencyID]; !found || c.score > b.score {
			best[c.AgencyID] = c
		}
	}
	return best
}

func sortHits(hits []Hit) {
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(
			cmp.Compare(b.Score, a.Score),
			cmp.Compare(matching.Fold(a.Name()), matching.Fold(b.Name())),
			cmp.Compare(a.Slug, b.Slug),
		)
	})
}
