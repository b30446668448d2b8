package identity

import (
	"fmt"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// UnitRecord is of a unit what decides what it receives and whom it is kept
// from. Its pin binds all of it: a unit that somebody made or changed past the
// portal does not count.
type UnitRecord struct {
	ID        uuid.UUID
	Code      string
	Kind      UnitKind
	ParentID  *uuid.UUID
	AgencyID  *uuid.UUID
	Province  string // "" for none
	Countries string // ISO 3166-1 alpha-2, one blank between two; "" for none
	Pin       []byte
}

// PinOfUnit returns the pin of the unit as it stands in the record.
func (p *People) PinOfUnit(u UnitRecord) []byte { return p.pins.Pin(unitPin, u.parts()...) }

// GenuineUnit reports whether the portal wrote the unit as it stands.
func (p *People) GenuineUnit(u UnitRecord) bool { return p.pins.Check(u.Pin, unitPin, u.parts()...) }

const unitPin = "unit"

func (u UnitRecord) parts() [][]byte {
	return [][]byte{
		u.ID[:], []byte(u.Code), []byte(u.Kind), bytesOf(u.ParentID), []byte(u.Province), []byte(u.Countries), bytesOf(u.AgencyID),
	}
}

// Units lists the units of these kinds, or all where none is given, by code.
func (p *People) Units(tx postgres.Tx, kinds ...UnitKind) ([]UnitRecord, error) {
	all, err := unitRecords(tx, kinds)
	if err != nil {
		return nil, fmt.Errorf("list units: %w", err)
	}
	return all, nil
}

// DoubtfulUnits lists the units of these kinds, or of any where none is given,
// whose pin is not good or that have none, by code.
func (p *People) DoubtfulUnits(tx postgres.Tx, kinds ...UnitKind) ([]UnitRecord, error) {
	all, err := p.Units(tx, kinds...)
	if err != nil {
		return nil, err
	}
	var doubtful []UnitRecord
	for _, u := range all {
		if !p.GenuineUnit(u) {
			doubtful = append(doubtful, u)
		}
	}
	return doubtful, nil
}

// AdoptUnits pins each unit that has no pin yet as it stands, and returns them
// by code, for whoever adopts them to look at. A wrong pin stays wrong.
func (p *People) AdoptUnits(tx postgres.Tx) ([]UnitRecord, error) {
	doubtful, err := p.DoubtfulUnits(tx)
	if err != nil {
		return nil, err
	}
	var adopted []UnitRecord
	for _, u := range doubtful {
		if len(u.Pin) > 0 {
			continue
		}
		u.Pin = p.PinOfUnit(u)
		if err := pinUnit(tx, u); err != nil {
			return nil, fmt.Errorf("pin unit: %w", err)
		}
		adopted = append(adopted, u)
	}
	return adopted, nil
}

// Unit reads one; found is false where there is none of that id.
func (p *People) Unit(tx postgres.Tx, key uuid.UUID) (u UnitRecord, found bool, err error) {
	u, found, err = unitRecord(tx, key)
	if err != nil {
		return UnitRecord{}, false, fmt.Errorf("read unit: %w", err)
	}
	return u, found, nil
}
