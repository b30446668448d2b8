package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"golang.org/x/mod/sumdb/note"
)

// batch is how many of those that wait, the oldest, are looked at in a second.
const batch = 5000

// usualLeaves is the number of leaves between two checkpoints where no policy
// says another.
const usualLeaves = 256

// errDamaged says that what is stored of the log does not fit together.
var errDamaged = errors.New("the stored audit log is damaged")

// Deps of a Log.
type Deps struct {
	DB        *postgres.DB
	Clock     clock.Clock
	Random    io.Reader
	Key       *Key
	Witnesses []Witness
	Log       *slog.Logger
}

// Log keeps the Merkle log over the entries. It is safe for concurrent use, by
// any number of processes.
type Log struct{ Deps }

// New returns the log over deps.
func New(deps Deps) (*Log, error) {
	if deps.DB == nil || deps.Clock == nil || deps.Random == nil || deps.Key == nil || deps.Log == nil {
		return nil, errors.New("audit log: a dependency is missing")
	}
	return &Log{deps}, nil
}

// worker is who keeps the log.
func worker() identity.Actor { return identity.System("audit") }

// Verifier checks the log's checkpoints.
func (l *Log) Verifier() note.Verifier { return l.Key.Verifier() }

// VerifierKey is the log's public key in text.
func (l *Log) VerifierKey() string { return l.Key.VerifierKey() }

// Sequence gives places to entries that have committed, as many as the second
// has by the timetable, and returns how many those were; the others wait. An
// entry whose transaction was slow is placed after those that were quicker; none
// is passed over. While another worker is at it, it does nothing.
func (l *Log) Sequence(ctx context.Context) (placed int, err error) {
	if err := authority.Require(worker(), authority.AuditKeep, authority.Object{}); err != nil {
		return 0, err
	}
	err = l.DB.InTx(ctx, worker(), func(tx postgres.Tx) error {
		// Most seconds have nothing to place: the leaves that they leave are filled
		// by whoever comes next.
		if waits, err := anyPending(tx); err != nil || !waits {
			return err
		}
		free, err := tryLock(tx)
		if err != nil || !free {
			return err
		}
		g, err := l.open(tx)
		if err != nil {
			return err
		}
		s := g.now()
		if s.room() == 0 {
			return nil
		}
		waiting, err := findPending(tx, batch)
		if err != nil {
			return err
		}
		entries, err := g.draw(waiting, s.room())
		if err != nil || len(entries) == 0 {
			return err
		}
		placed = len(entries)
		if err := g.place(tx, s, entries); err != nil {
			return err
		}
		return g.save(tx)
	})
	if err != nil {
		return 0, fmt.Errorf("sequence the audit log: %w", err)
	}
	return placed, nil
}

// Sign places what is left, as far as there is room before the checkpoint, pads
// the log up to it, and signs. What has no room waits for the next. It signs
// nothing that does not extend the last checkpoint: that is how a record which
// somebody has altered, or set back, comes to light first.
func (l *Log) Sign(ctx context.Context) error {
	if err := authority.Require(worker(), authority.AuditKeep, authority.Object{}); err != nil {
		return err
	}
	err := l.DB.InTx(ctx, worker(), func(tx postgres.Tx) error {
		if err := waitLock(tx); err != nil {
			return err
		}
		g, err := l.open(tx)
		if err != nil {
			return err
		}
		if err := l.extends(g); err != nil {
			return err
		}
		if err := l.finish(tx, g); err != nil {
			return err
		}
		return g.save(tx)
	})
	if err != nil {
		return fmt.Errorf("sign the audit log: %w", err)
	}
	return nil
}

// extends checks that the stored tree still holds the last checkpoint.
func (l *Log) extends(g *growth) error {
	if g.last.Size == 0 {
		return nil
	}
	root, err := g.tree.root(g.last.Size)
	if err == nil && root != g.last.Root {
		err = fmt.Errorf("%w: it does not extend its last checkpoint", errDamaged)
	}
	return err
}

func (l *Log) finish(tx postgres.Tx, g *growth) error {
	s := g.rest()
	entries, err := findPending(tx, max(s.room(), 1))
	if err != nil {
		return err
	}
	if err := g.place(tx, s, entries[:min(len(entries), s.room())]); err != nil {
		return err
	}
	root, err := g.tree.root(g.tree.size)
	if err != nil {
		return err
	}
	at := l.Clock.Now().Truncate(time.Second)
	if at.Before(g.last.At) {
		at = g.last.At // the clock was set back; the log does not go back
	}
	c := Checkpoint{Size: g.tree.size, Root: root, At: at}
	text, err := l.Key.sign(c)
	if err != nil {
		return err
	}
	return insertCheckpoint(tx, c, text)
}

// open reads where the log stands.
func (l *Log) open(tx postgres.Tx) (*growth, error) {
	size, err := findSize(tx)
	if err != nil {
		return nil, err
	}
	g := &growth{random: l.Random, tree: newTree(size, func(id tileID) ([]byte, error) { return findTile(tx, id) })}
	text, err := findNewest(tx)
	if err != nil {
		return nil, err
	}
	if text != nil {
		if g.last, err = OpenCheckpoint(text, l.Verifier()); err != nil {
			return nil, fmt.Errorf("%w: the last checkpoint %w", errDamaged, err)
		}
	}
	now := l.Clock.Now()
	g.passed = now.Sub(g.last.At)
	g.leaves, err = findLeaves(tx, now)
	return g, err
}
