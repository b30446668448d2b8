package people

import (
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// mostColleagues is how many people of one agency a page lists.
const mostColleagues = 500

type colleagueRow struct {
	Row  personRow `gorm:"embedded"`
	Role identity.Role
}

func (r colleagueRow) colleague() Colleague {
	return Colleague{Person: r.Row.person(), Role: r.Role}
}

// ofUnit are the members of a unit whose accounts are open.
const ofUnit = `
	SELECT c.*, m.role FROM (` + people + `) c JOIN memberships m ON m.person_id = c.id
	WHERE m.unit_id = @unit AND c.deactivated_at IS NULL AND (@all OR c.id = @person AND m.role = 'agency_clerk')
	ORDER BY m.role = 'agency_head' DESC, c.name, c.id LIMIT @limit`

func colleagues(tx postgres.Tx, unitID uuid.UUID) ([]Colleague, error) {
	var rows []colleagueRow
	err := tx.Gorm().Raw(ofUnit, map[string]any{"unit": unitID, "all": true, "person": uuid.Nil, "limit": mostColleagues}).Scan(&rows).Error
	all := make([]Colleague, 0, len(rows))
	for _, r := range rows {
		all = append(all, r.colleague())
	}
	return all, err
}

// clerk finds a clerk of that unit; nobody else is there.
func clerk(tx postgres.Tx, unitID, person uuid.UUID) (Colleague, error) {
	var r colleagueRow
	res := tx.Gorm().Raw(ofUnit, map[string]any{"unit": unitID, "all": false, "person": person, "limit": 1}).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Colleague{}, errNotFound()
	}
	return r.colleague(), res.Error
}

// onlyOwnClerk reports whether the person is a clerk of the acting head's agency
// and nothing else.
func onlyOwnClerk(tx postgres.Tx, person uuid.UUID) (only bool, err error) {
	err = tx.Gorm().Raw(`SELECT only_own_clerk(person => ?)`, person).Scan(&only).Error
	return only, err
}
