package e2e

import (
	"context"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/google/uuid"
)

// nobody stands in for a register and placements that know nothing.
type nobody struct{}

func (nobody) ExactlyNamed(context.Context, string) (uuid.UUID, bool, error) {
	return uuid.Nil, false, nil
}

func (nobody) PlacedByPhone(context.Context, uuid.UUID, []matching.Token) (bool, error) {
	return false, nil
}
