package identity

import (
	"bytes"
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// recoveryCodes is how many make a set.
const recoveryCodes = 10

// NewRecoveryCodes draws a set of codes, each good for one sign-in, in place of
// whatever the actor had, and returns it for the only time. A code has 130 bits:
// its plain hash may lie in the database (ASVS 6.5.2).
func (s *Sessions) NewRecoveryCodes(ctx context.Context, actor Actor) ([]string, error) {
	if err := actor.RequireFresh(s.clock.Now()); err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if err := lockPerson(tx, actor.PersonID); err != nil {
			return err
		}
		if _, err := deleteFactorsOf(tx, actor.PersonID, FactorRecovery); err != nil {
			return err
		}
		for i := range codes {
			codes[i] = newCode()
			row := factorRow{
				ID: id.New(), PersonID: actor.PersonID, Kind: FactorRecovery,
				Handle: hashCode(codes[i]), Material: []byte{}, MadeAt: s.clock.Now(),
			}
			row.Pin = s.people.pinOfFactor(row)
			if err := insertFactor(tx, row); err != nil {
				return err
			}
		}
		return note(tx, actor, recoveryCodesMade, aPerson, actor.PersonID)
	})
	if err != nil {
		return nil, fmt.Errorf("draw recovery codes: %w", err)
	}
	return codes, nil
}

// proveRecovery takes the code away: of many at once, one deletes it.
func (s *Sessions) proveRecovery(tx postgres.Tx, by Actor, rows []factorRow, code string) error {
	hash := hashCode(code)
	for _, r := range rows {
		if r.Kind != FactorRecovery || !bytes.Equal(r.Handle, hash) {
			continue
		}
		spent, err := spendFactor(tx, r.PersonID, r.ID)
		if err == nil && !spent {
			err = codeRefused()
		}
		if err != nil {
			return err
		}
		return note(tx, by, recoveryCodeUsed, aPerson, by.PersonID)
	}
	return codeRefused()
}
