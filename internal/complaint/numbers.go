package complaint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// policyNumbers is the key of the policy that says whom to call in danger: a
// list of {"country": "KH", "number": "…", "name": {"en": "…", "km": "…"}}.
const policyNumbers = "danger.numbers"

// CallNumber is somebody to call in danger.
type CallNumber struct {
	Country string            `json:"country"` // ISO 3166-1 alpha-2
	Number  string            `json:"number"`  // as to be dialled
	Name    map[string]string `json:"name"`    // language → who answers
}

// NumbersToCall returns whom to call in danger, as the policy of today has it;
// nothing when no policy is set.
func (s *Service) NumbersToCall(ctx context.Context) ([]CallNumber, error) {
	var value []byte
	err := s.DB.Read(ctx, identity.Public(), func(tx postgres.Tx) (err error) {
		value, err = findPolicy(tx, policyNumbers, s.Clock.Now())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read numbers to call: %w", err)
	}
	if value == nil {
		return nil, nil
	}
	var numbers []CallNumber
	if json.Unmarshal(value, &numbers) != nil {
		return nil, errors.New("the policy of numbers to call cannot be read")
	}
	return numbers, nil
}
