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

// batch is how many entries get their place in one transaction.
const batch = 5000

// usualPadding is the number of leaves where no policy says another.
const usualPadding = 64

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

// Sequence gives a place to every entry that has committed, and returns how
// many those were. An entry whose transaction was slow is placed after those
// that were quicker; none is passed over. While another worker is at it, it
// does nothing.
func (l *Log) Sequence(ctx context.Context) (placed int, err error) {
	if err := authority.Require(worker(), authority.AuditKeep, authority.Object{}); err != nil {
		return 0, err
	}
	for {
		n := 0
		err := l.DB.InTx(ctx, worker(), func(tx postgres.Tx) error {
			// Most seconds have nothing to place.
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
			if n, err = g.place(tx); err != nil {
				return err
			}
			return g.save(tx)
		})
		placed += n
		if err != nil {
			return placed, fmt.Errorf("sequence the audit log: %w", err)
		}
		if n < batch {
			return placed, nil
		}
	}
}

// Sign places what is left, pads the log, and signs a checkpoint of it. It
// signs nothing that does not extend the last checkpoint: that is how a record
// which somebody has altered, or set back, comes to light first.
func (l *Log) Sign(ctx context.Context) error {
	if err := authority.Require(worker(), authority.AuditKeep, authority.Object{}); err != nil {
		return err
	}
	for {
		signed := false
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
			n, err := g.place(tx)
			if err != nil {
				return err
			}
			// A backlog first: a checkpoint says that all before it is placed.
			if signed = n < batch; signed {
				if err := l.finish(tx, g); err != nil {
					return err
				}
			}
			return g.save(tx)
		})
		if err != nil {
			return fmt.Errorf("sign the audit log: %w", err)
		}
		if signed {
			return nil
		}
	}
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
	if err := g.fill(tx); err != nil {
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
	g.multiple, err = findPadding(tx, l.Clock.Now())
	return g, err
}
