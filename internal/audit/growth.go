package audit

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
)

// The leaves between two checkpoints are handed out by a timetable, so that
// neither how many there are nor which place an entry got tells what else was
// written: by the end of each second of the minute so many, entries or not, and
// the rest when the checkpoint is signed.
const (
	seconds = 60
	// late is how long after the last checkpoint the timetable has had its time: no
	// worker was there, and what is left goes to whatever waits when one signs.
	late = 75 * time.Second
)

// growth is the log within the transaction that adds to it.
type growth struct {
	random io.Reader
	tree   *tree
	last   Checkpoint // zero before the first
	leaves int64      // between two checkpoints
	passed time.Duration
}

// by is the size that the log has when so many seconds of the minute are over.
func (g *growth) by(second int64) int64 { return g.last.Size + g.leaves*second/seconds }

// second is which of the minute it is: 0 just after a checkpoint, seconds-1 when
// the next is awaited.
func (g *growth) second() int64 {
	return min(max(int64(g.passed/time.Second), 0), seconds-1)
}

// span is a run of leaves that are to be filled, from (included) to to.
type span struct{ from, to int64 }

func (s span) room() int { return int(max(s.to-s.from, 0)) }

// now is what this second may fill. Before the first checkpoint there is no
// timetable, and after the last second of one nothing is left but to sign.
func (g *growth) now() span {
	if g.last.Size == 0 || g.passed < time.Second || g.passed >= seconds*time.Second {
		return span{}
	}
	second := g.second()
	return span{max(g.tree.size, g.by(second-1)), g.by(second)}
}

// rest is what a checkpoint fills.
func (g *growth) rest() span {
	from := g.tree.size
	if g.last.Size > 0 && g.passed >= time.Second && g.passed < late {
		from = max(from, g.by(g.second()))
	}
	return span{from, g.last.Size + g.leaves}
}

// draw picks what is placed in this second out of what waits, oldest first. Each
// entry takes its chance in every second that is left of the minute, so that its
// place tells when the minute was, and not how many came before it.
func (g *growth) draw(waiting []record, room int) ([]record, error) {
	left := seconds + 1 - g.second() // this second, those after it, and the checkpoint
	var drawn []record
	for _, entry := range waiting {
		if len(drawn) == room {
			break
		}
		n, err := g.below(left)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			drawn = append(drawn, entry)
		}
	}
	return drawn, nil
}

func (g *growth) below(n int64) (int64, error) {
	drawn, err := rand.Int(g.random, big.NewInt(n))
	if err != nil {
		return 0, fmt.Errorf("draw a place: %w", err)
	}
	return drawn.Int64(), nil
}

// place takes the entries off what waits and fills the span up with them, each at
// a place drawn by lot, and padding.
func (g *growth) place(tx postgres.Tx, s span, entries []record) error {
	if err := takePending(tx, entries); err != nil {
		return err
	}
	if err := g.pad(tx, s.from-g.tree.size); err != nil {
		return err
	}
	places, err := g.lots(s.room(), len(entries))
	if err != nil {
		return err
	}
	positions := make([]int64, 0, len(entries))
	next := 0
	for i, taken := range places {
		if !taken {
			continue
		}
		position := s.from + int64(i)
		if err := g.pad(tx, position-g.tree.size); err != nil {
			return err
		}
		if err := g.tree.add(entries[next].hash()); err != nil {
			return err
		}
		positions = append(positions, position)
		next++
	}
	if err := g.pad(tx, s.to-g.tree.size); err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	return insertLeaves(tx, positions, entries)
}

// lots marks so many of the places, any choice as likely as any other.
func (g *growth) lots(places, marks int) ([]bool, error) {
	marked := make([]bool, places)
	for i := places - marks; i < places; i++ { // Floyd's sampling
		n, err := g.below(int64(i) + 1)
		if err != nil {
			return nil, err
		}
		if marked[n] {
			n = int64(i)
		}
		marked[n] = true
	}
	return marked, nil
}

func (g *growth) pad(tx postgres.Tx, n int64) error {
	if n < 1 {
		return nil
	}
	run := padding{First: g.tree.size, Leaves: n, Seed: make([]byte, seedSize)}
	if _, err := io.ReadFull(g.random, run.Seed); err != nil {
		return fmt.Errorf("draw padding: %w", err)
	}
	for position := run.First; position < run.First+n; position++ {
		if err := g.tree.add(paddingHash(run.Seed, position)); err != nil {
			return err
		}
	}
	return insertPadding(tx, run)
}

const seedSize = 32

// padding is a run of leaves with nothing behind them.
type padding struct {
	First  int64  `json:"first"`
	Leaves int64  `json:"leaves"`
	Seed   []byte `json:"seed"`
}

// save writes the tiles that changed: the last of each level and the full ones
// before it.
func (g *growth) save(tx postgres.Tx) error {
	for id := range g.tree.dirty {
		if err := saveTile(tx, id, g.tree.tiles[id]); err != nil {
			return err
		}
	}
	return nil
}
