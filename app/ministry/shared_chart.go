package ministry

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/fairpassage/portal/internal/fitness"
	"github.com/google/uuid"
	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/iterator"
	"gonum.org/v1/gonum/graph/layout"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/spatial/r2"
)

// chart is a group as a drawing: agencies, what they share, and lines between. The same
// group is always drawn the same way.
type chart struct {
	Width, Height int
	Agencies      []dot
	Values        []dot
	Lines         []line
}

type dot struct {
	X, Y       int
	Label      string
	Kind       fitness.Kind // of a value
	Sanctioned bool
	Href       string
	Left       bool // its words stand to the left of it
}

type line struct{ X1, Y1, X2, Y2 int }

const (
	chartWidth  = 1000
	chartMargin = 30
	// chartRow is the height that a node needs for its words.
	chartRow = 34
)

func draw(g fitness.Group) chart {
	at := map[uuid.UUID]int{}
	for i, a := range g.Agencies {
		at[a.ID] = i
	}
	nodes := len(g.Agencies) + len(g.Values)
	net := make(ordered, nodes)
	for i, v := range g.Values {
		for _, a := range v.Agencies {
			net.join(at[a], len(g.Agencies)+i)
		}
	}
	// The same start each time, not an unguessable one.
	spring := layout.EadesR2{Updates: 120, Repulsion: 1, Rate: 0.05, Theta: 0.2, Src: rand.NewPCG(1, 1)}
	optimizer := layout.NewOptimizerR2(net, spring.Update)
	for optimizer.Update() {
		continue // each step moves the nodes
	}
	c := chart{Width: chartWidth, Height: max(160, min(nodes*chartRow/2+2*chartMargin, 1400))}
	place := fit(optimizer, nodes, c.Width, c.Height)
	for i, a := range g.Agencies {
		x, y := place(i)
		c.Agencies = append(c.Agencies, dot{X: x, Y: y, Label: a.Name(), Sanctioned: a.Sanctioned(), Href: "/ministry/agencies/" + a.ID.String(), Left: x > chartWidth/2})
	}
	for i, v := range g.Values {
		x, y := place(len(g.Agencies) + i)
		c.Values = append(c.Values, dot{X: x, Y: y, Label: v.Shown, Kind: v.Kind, Left: x > chartWidth/2})
		for _, a := range v.Agencies {
			ax, ay := place(at[a])
			c.Lines = append(c.Lines, line{ax, ay, x, y})
		}
	}
	return c
}

// ordered is an undirected graph that gives nodes and neighbours in the same order each
// time, which those of the library do not: by it the layout is steady. It holds the
// neighbours of each node.
type ordered [][]graph.Node

func (o ordered) join(a, b int) {
	o[a] = append(o[a], simple.Node(b))
	o[b] = append(o[b], simple.Node(a))
}

// Node, Nodes, From, HasEdgeBetween and Edge implement graph.Graph.
func (o ordered) Node(key int64) graph.Node {
	if key < 0 || key >= int64(len(o)) {
		return nil
	}
	return simple.Node(key)
}

// Nodes lists all.
func (o ordered) Nodes() graph.Nodes {
	all := make([]graph.Node, len(o))
	for i := range o {
		all[i] = simple.Node(i)
	}
	return iterator.NewOrderedNodes(all)
}

// From lists the neighbours of a node.
func (o ordered) From(key int64) graph.Nodes { return iterator.NewOrderedNodes(o[key]) }

// HasEdgeBetween reports whether two nodes are joined.
func (o ordered) HasEdgeBetween(a, b int64) bool {
	return slices.ContainsFunc(o[a], func(n graph.Node) bool { return n.ID() == b })
}

// Edge returns the edge between two nodes, or nil.
func (o ordered) Edge(a, b int64) graph.Edge {
	if !o.HasEdgeBetween(a, b) {
		return nil
	}
	return simple.Edge{F: simple.Node(a), T: simple.Node(b)}
}

// fit stretches a layout to the drawing.
func fit(from layout.OptimizerR2, nodes, width, height int) func(node int) (x, y int) {
	low, high := r2.Vec{X: math.Inf(1), Y: math.Inf(1)}, r2.Vec{X: math.Inf(-1), Y: math.Inf(-1)}
	for i := range nodes {
		v := from.Coord2(int64(i))
		low.X, low.Y, high.X, high.Y = min(low.X, v.X), min(low.Y, v.Y), max(high.X, v.X), max(high.Y, v.Y)
	}
	scale := func(v, low, high float64, size int) int {
		room := float64(size - 2*chartMargin)
		if high-low < 1e-9 {
			return size / 2
		}
		return chartMargin + int((v-low)/(high-low)*room)
	}
	return func(node int) (x, y int) {
		v := from.Coord2(int64(node))
		return scale(v.X, low.X, high.X, width), scale(v.Y, low.Y, high.Y, height)
	}
}
