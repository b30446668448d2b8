package audit

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"golang.org/x/mod/sumdb/tlog"
)

// ProveFiled returns the proof that the actor's own complaint is in the log:
// that it was filed, when, and nothing else of it. ok is false until a
// checkpoint holds it, which takes about a minute, and longer while more is
// written than the log takes. A proof that would not
// verify is an error and is not given out.
func (l *Log) ProveFiled(ctx context.Context, by identity.Actor) (p Proof, ok bool, err error) {
	if err := authority.Require(by, authority.ComplaintMine, authority.Object{ComplaintID: by.ComplaintID}); err != nil {
		return Proof{}, false, err
	}
	err = l.DB.Read(ctx, by, func(tx postgres.Tx) error {
		filed, position, err := findFiled(tx, by.Proof)
		if err != nil || filed == nil {
			return err
		}
		p = Proof{Leaf: filed.leaf(), Index: position}
		if p.Checkpoint, err = findNewest(tx); err != nil || p.Checkpoint == nil {
			return err
		}
		c, err := OpenCheckpoint(p.Checkpoint, l.Verifier())
		if err != nil {
			return err
		}
		if ok = position < c.Size; !ok {
			return nil
		}
		p.Hashes, err = tlog.ProveRecord(c.Size, position, newTree(c.Size, func(id tileID) ([]byte, error) { return findReceiptTile(tx, by.Proof, id) }))
		return err
	})
	if err == nil && ok {
		_, err = p.Verify(l.Verifier())
	}
	if err != nil {
		return Proof{}, false, fmt.Errorf("prove that a complaint was filed: %w", err)
	}
	return p, ok, nil
}
