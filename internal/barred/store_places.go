package barred

import (
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Place is an agency with which somebody who is barred is on record today.
type Place struct {
	Agency               uuid.UUID
	NameLatin, NameLocal string // of the agency
	State                string // of its licence, as the register has it
	Kind                 string // director, owner, agent, staff
	Document             bool   // known by the document; else by a name and the birth date
}

// Name is how a list calls the agency.
func (p Place) Name() string {
	if p.NameLatin != "" {
		return p.NameLatin
	}
	return p.NameLocal
}

// places finds the agencies, by what Match goes by. A bar that is new meets agencies
// that were licensed before it.
func places(tx postgres.Tx, key uuid.UUID) ([]Place, error) {
	var who struct {
		Token                string
		BornOn               *time.Time
		NameLatin, NameLocal string
	}
	if err := tx.Gorm().Raw(`SELECT token, born_on, name_latin, name_local FROM barred_people WHERE id = ?`, key).Scan(&who).Error; err != nil {
		return nil, err
	}
	var rows []struct {
		AgencyID                 uuid.UUID
		NameLatin, NameLocal     string
		State, Kind              string
		Document                 bool
		PersonLatin, PersonLocal string
	}
	err := tx.Gorm().Raw(`
		SELECT a.id AS agency_id, a.name_latin, a.name_local, a.state, p.kind, p.token = @token AND @token <> '' AS document,
			p.name_latin AS person_latin, p.name_local AS person_local
		FROM agency_parts p JOIN agencies a ON a.id = p.agency_id
		WHERE p.until IS NULL AND p.kind IN ('director','owner','agent','staff')
			AND (p.token = @token AND p.token <> '' OR p.born_on = CAST(@born AS date))
		ORDER BY a.name_latin, a.name_local, a.id, p.kind`, map[string]any{"token": who.Token, "born": who.BornOn}).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	called := names(who.NameLatin, who.NameLocal)
	var all []Place
	for _, r := range rows {
		if !r.Document && !slices.ContainsFunc(names(r.PersonLatin, r.PersonLocal), func(name string) bool { return slices.Contains(called, name) }) {
			continue // born on one day, and called otherwise
		}
		p := Place{Agency: r.AgencyID, NameLatin: r.NameLatin, NameLocal: r.NameLocal, State: r.State, Kind: r.Kind, Document: r.Document}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all, nil
}

// names folds those that are not empty.
func names(latin, local string) []string {
	return slices.DeleteFunc([]string{matching.Fold(latin), matching.Fold(local)}, func(name string) bool { return name == "" })
}
