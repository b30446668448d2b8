package identity

import (
	"fmt"

	"github.com/fairpassage/portal/internal/seal"
)

// Holder is a person with their own key in hand: somebody signed in, or at the
// terminal of a command. A locked Member opens nothing.
type Holder struct {
	Actor
	Member seal.Member
}

// Holder unlocks the signed-in person's key with the session's token.
func (s Session) Holder(token string) (Holder, error) {
	member, err := s.Member(token)
	if err != nil {
		return Holder{}, fmt.Errorf("unlock member key: %w", err)
	}
	return Holder{Actor: s.Actor, Member: member}, nil
}
