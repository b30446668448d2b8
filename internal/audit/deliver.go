package audit

import (
	"context"
	"errors"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"golang.org/x/mod/sumdb/tlog"
)

// Failures of a delivery, as the record keeps them.
const (
	failedUnreachable = "unreachable"
	failedRefused     = "refused"
	failedAhead       = "ahead" // the witness holds more than the record: it was set back
)

var errAhead = errors.New("a witness holds a longer log than the record")

// Deliver brings each witness the checkpoints that it has not got, in order.
// One that is down gets them when it is back, and holds up no other. Only a
// database that fails is an error; what a witness answered is in the record and
// the log.
func (l *Log) Deliver(ctx context.Context) error {
	if err := authority.Require(worker(), authority.AuditKeep, authority.Object{}); err != nil {
		return err
	}
	for _, w := range l.Witnesses {
		err := l.deliverTo(ctx, w)
		failure := classify(err)
		if err := l.DB.InTx(ctx, worker(), func(tx postgres.Tx) error { return saveFailure(tx, w.Name(), failure) }); err != nil {
			return fmt.Errorf("deliver checkpoints: %w", err)
		}
		switch failure {
		case "":
		case failedUnreachable:
			l.Log.Warn("a witness did not take the checkpoint", "witness", w.Name())
		default:
			l.Log.Error("a witness refuses the audit log: it was altered or set back", "witness", w.Name(), "answer", failure)
		}
	}
	return nil
}

func classify(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errAhead):
		return failedAhead
	case errors.Is(err, errRefused), errors.Is(err, errDamaged):
		return failedRefused
	}
	return failedUnreachable
}

// next is a checkpoint that a witness has not got, with its proof.
type next struct {
	size       int64
	submission Submission
}

func (l *Log) deliverTo(ctx context.Context, w Witness) error {
	told := false
	for {
		n, err := l.next(ctx, w)
		if err != nil || n.size == 0 {
			return err
		}
		err = w.Take(ctx, n.submission)
		held, other := errors.AsType[HeldError](err)
		switch {
		case other && told:
			return errRefused // it says one size and then another
		case other:
			told = true
			if err := l.believe(ctx, w, held.Size); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		told = false
		if err := l.DB.InTx(ctx, worker(), func(tx postgres.Tx) error { return saveTaken(tx, w.Name(), n.size) }); err != nil {
			return err
		}
	}
}

// believe goes by what the witness says that it holds, unless that is more than
// was ever signed here.
func (l *Log) believe(ctx context.Context, w Witness, held int64) error {
	return l.DB.InTx(ctx, worker(), func(tx postgres.Tx) error {
		size, err := findSize(tx)
		if err != nil {
			return err
		}
		if held > size {
			return errAhead
		}
		return saveTaken(tx, w.Name(), held)
	})
}

func (l *Log) next(ctx context.Context, w Witness) (n next, err error) {
	err = l.DB.Read(ctx, worker(), func(tx postgres.Tx) error {
		has, err := findTaken(tx, w.Name())
		if err != nil {
			return err
		}
		if has == 0 {
			return l.first(tx, &n)
		}
		if n.size, n.submission.Checkpoint, err = findAfter(tx, has); err != nil {
			return err
		}
		if n.size == 0 {
			return l.neverLess(tx, has)
		}
		n.submission.Old = has
		t := newTree(n.size, func(id tileID) ([]byte, error) { return findTile(tx, id) })
		n.submission.Proof, err = tlog.ProveTree(n.size, has, t)
		return err
	})
	return n, err
}

// first is what a witness that holds nothing begins with: the newest
// checkpoint, which vouches for all before it.
func (l *Log) first(tx postgres.Tx, n *next) error {
	text, err := findNewest(tx)
	if err != nil || text == nil {
		return err
	}
	c, err := OpenCheckpoint(text, l.Verifier())
	n.size, n.submission.Checkpoint = c.Size, text
	return err
}

// neverLess checks that the record still holds what a witness took.
func (l *Log) neverLess(tx postgres.Tx, taken int64) error {
	size, err := findSize(tx)
	if err == nil && size < taken {
		err = errAhead
	}
	return err
}
