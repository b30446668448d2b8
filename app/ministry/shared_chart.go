package ministry

import (
	"cmp"
	"slices"

	"github.com/fairpassage/portal/internal/fitness"
	"github.com/google/uuid"
)

// chart is a group as a drawing of two columns: agencies on the left, what they share
// on the right, and lines between. The same group is always drawn the same way, and no
// words lie on others.
type chart struct {
	Width, Height int
	Agencies      []dot
	Values        []dot
	Lines         []line
}

type dot struct {
	X, Y       int
	Label      string
	Sanctioned bool
}

type line struct{ X1, Y1, X2, Y2 int }

const (
	chartWidth  = 1000
	chartLeft   = 440 // where the agencies stand
	chartRight  = 600 // where what they share stands
	chartRow    = 30
	chartMargin = 24
	longest     = 44 // characters of a label; the list has the whole
)

func draw(g fitness.Group) chart {
	at := map[uuid.UUID]int{}
	for i, a := range g.Agencies {
		at[a.ID] = i
	}
	joins := make([][]int, len(g.Values)) // of each value, its agencies
	for i, v := range g.Values {
		for _, a := range v.Agencies {
			joins[i] = append(joins[i], at[a])
		}
	}
	agencies, values := untangle(len(g.Agencies), joins)
	rows := max(len(agencies), len(values))
	c := chart{Width: chartWidth, Height: 2*chartMargin + (rows-1)*chartRow}
	y := func(place, of int) int { return chartMargin + (rows-of)*chartRow/2 + place*chartRow }
	for i, a := range g.Agencies {
		c.Agencies = append(c.Agencies, dot{X: chartLeft, Y: y(agencies[i], len(agencies)), Label: shorten(a.Name()), Sanctioned: a.Sanctioned()})
	}
	for i, v := range g.Values {
		c.Values = append(c.Values, dot{X: chartRight, Y: y(values[i], len(values)), Label: shorten(v.Shown)})
		for _, a := range joins[i] {
			c.Lines = append(c.Lines, line{chartLeft, c.Agencies[a].Y, chartRight, c.Values[i].Y})
		}
	}
	return c
}

// untangle gives everybody a place in their column so that few lines cross: again and
// again each goes to the middle of those it is joined to.
func untangle(agencies int, joins [][]int) (left, right []int) {
	left = make([]int, agencies)
	for i := range left {
		left[i] = i
	}
	back := make([][]int, agencies) // of each agency, its values
	for v, all := range joins {
		for _, a := range all {
			back[a] = append(back[a], v)
		}
	}
	const rounds = 12
	for range rounds {
		right = places(joins, left)
		left = places(back, right)
	}
	return left, places(joins, left)
}

// places orders one column by the other: the middle of the places of those that each is
// joined to, and by number where they are equal.
func places(joined [][]int, other []int) []int {
	middle, order := make([]float64, len(joined)), make([]int, len(joined))
	for i, all := range joined {
		order[i] = i
		for _, o := range all {
			middle[i] += float64(other[o]) / float64(len(all))
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(middle[a], middle[b]), cmp.Compare(a, b)) })
	place := make([]int, len(order))
	for p, i := range order {
		place[i] = p
	}
	return place
}

func shorten(text string) string {
	if all := []rune(text); len(all) > longest {
		return string(all[:longest-1]) + "…"
	}
	return text
}
