package complaint

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// consentRow is a consent as the table has it.
type consentRow struct {
	Consent Consent
	GivenAt time.Time
	Pin     []byte
}

// ownConsents lists what the holder of an open receipt allowed after filing.
func ownConsents(tx postgres.Tx, token []byte) (rows []consentRow, err error) {
	err = tx.Gorm().Raw(`SELECT consent, given_at, pin FROM receipt_consents(token => ?)`, token).Scan(&rows).Error
	return rows, err
}

// consentsTo lists the same for whom something of the complaint was sealed to.
func consentsTo(tx postgres.Tx, complaint uuid.UUID) (rows []consentRow, err error) {
	err = tx.Gorm().Raw(`SELECT consent, given_at, pin FROM complaint_consents WHERE complaint_id = ? ORDER BY consent`, complaint).Scan(&rows).Error
	return rows, err
}

// lockStanding reads how the complaint of an open receipt stands. Until the
// transaction ends nobody else gives a consent to it and nobody's reading of it is
// decided.
func lockStanding(tx postgres.Tx, token []byte) (standing, error) {
	var head struct {
		TypedBy, ReadingID, UnitID, StandInID, HandedTo, NamedUnitID *uuid.UUID
		State                                                        *string
		Verdict                                                      *Verdict
	}
	res := tx.Gorm().Raw(`SELECT typed_by, reading_id, unit_id, stand_in_id, handed_to, named_unit_id, state, verdict
		FROM receipt_standing(token => ?)`, token).Scan(&head)
	if res.Error == nil && res.RowsAffected == 0 {
		return standing{}, fault.New(fault.NotFound, "problem.not_found")
	}
	if res.Error != nil {
		return standing{}, res.Error
	}
	out := standing{TypedBy: known(head.TypedBy)}
	if head.ReadingID != nil {
		out.Reading = &heldReading{
			ID: *head.ReadingID, Unit: known(head.UnitID), StandIn: known(head.StandInID), HandedTo: known(head.HandedTo),
			Named: known(head.NamedUnitID), State: known(head.State), Verdict: known(head.Verdict),
		}
	}
	var err error
	if out.Consents, err = ownConsents(tx, token); err != nil {
		return standing{}, err
	}
	if out.Held, err = ownEnvelopes(tx, token); err != nil {
		return standing{}, err
	}
	out.Excluded, err = ownExclusions(tx, token)
	return out, err
}

func ownEnvelopes(tx postgres.Tx, token []byte) (map[string][]seal.Item, error) {
	var rows []struct{ Recipient, Items string }
	err := tx.Gorm().Raw(`SELECT recipient, items FROM receipt_envelopes(token => ?)`, token).Scan(&rows).Error
	held := map[string][]seal.Item{}
	for _, r := range rows {
		for item := range strings.FieldsSeq(r.Items) {
			held[r.Recipient] = append(held[r.Recipient], seal.Item(item))
		}
	}
	return held, err
}

func ownExclusions(tx postgres.Tx, token []byte) (map[uuid.UUID]why, error) {
	var rows []struct {
		UnitID uuid.UUID
		Why    why
	}
	err := tx.Gorm().Raw(`SELECT unit_id, why FROM receipt_exclusions(token => ?)`, token).Scan(&rows).Error
	excluded := map[uuid.UUID]why{}
	for _, r := range rows {
		excluded[r.UnitID] = r.Why
	}
	return excluded, err
}

func insertConsent(tx postgres.Tx, token []byte, row consentRow) error {
	var done bool
	err := tx.Gorm().Raw(`SELECT receipt_consent(token => ?, allowed => ?, at => ?, pinned => ?)`,
		token, row.Consent, row.GivenAt, row.Pin).Scan(&done).Error
	if err == nil && !done {
		return errMeanwhile
	}
	return err
}

// insertWidened is refused by the database unless a consent to the complaint was
// given just before.
func insertWidened(tx postgres.Tx, token []byte, c Complaint, shut closed) error {
	if err := insertReading(tx, c, shut); err != nil {
		return err
	}
	if err := insertDisclosures(tx, c.id, shut.disclosures); err != nil {
		return err
	}
	for _, e := range shut.envelopes {
		var done bool
		err := tx.Gorm().Raw(`SELECT receipt_address(token => ?, desk => ?, key => ?, held => ?, sealed => ?)`,
			token, e.Recipient, e.KeyID, toArray(e.Items), e.Envelope).Scan(&done).Error
		if err == nil && !done {
			err = errors.New("refused")
		}
		if err != nil {
			return fmt.Errorf("insert envelope: %w", err)
		}
	}
	return nil
}

func known[T any](v *T) T {
	if v == nil {
		var none T
		return none
	}
	return *v
}
