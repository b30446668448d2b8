package register

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Named returns the agencies of these ids, for pages that mention them. An id
// that the register does not know is absent. Licences are not looked up.
func (s *Service) Named(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Agency, error) {
	wanted := map[uuid.UUID]candidate{}
	for _, id := range ids {
		wanted[id] = candidate{}
	}
	named := map[uuid.UUID]Agency{}
	err := s.db.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		found, err := findAgencies(tx, wanted)
		for _, a := range found {
			named[a.ID] = a
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("name agencies: %w", err)
	}
	return named, nil
}
