package audit

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Newest returns the newest checkpoint, for everybody. Before the first it is
// an Unavailable fault.
func (l *Log) Newest(ctx context.Context) (text []byte, err error) {
	err = l.DB.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		text, err = findNewest(tx)
		return err
	})
	if err == nil && text == nil {
		err = fault.New(fault.Unavailable, "problem.503.text")
	}
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	return text, nil
}
