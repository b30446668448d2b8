package inspection

import (
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Photos says how an inspection stands to what is attached to it: the ministry's
// licensing officers and inspectors look at it, and whoever went there attaches while
// answers can be written down. An agency sees none, ever: a photograph shows who spoke
// to the inspectors.
type Photos struct{}

// Standing implements document.Owners.
func (Photos) Standing(tx postgres.Tx, by identity.Actor, key uuid.UUID) (document.Standing, error) {
	i, err := find(tx, key)
	if err != nil {
		return document.Standing{}, err
	}
	s := document.Standing{AgencyID: i.AgencyID, Readable: by.UnitKind == identity.UnitMinistry}
	if !s.Readable || !i.Open() {
		return s, nil
	}
	goes, err := goesThere(tx, key, by.PersonID)
	if err != nil || !goes {
		return s, err
	}
	// Nobody sends it while a photograph comes in.
	i, err = hold(tx, key)
	s.Open = i.Open()
	return s, err
}

// photosOf lists them, the newest first.
func photosOf(tx postgres.Tx, key uuid.UUID) ([]document.Document, error) {
	return document.List(tx, document.Owner{Kind: document.OfInspection, ID: key})
}
