package people

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type unitRow struct {
	ID       uuid.UUID
	Code     string
	Kind     identity.UnitKind
	Name     []byte
	ParentID *uuid.UUID
	Parent   []byte
	Members  int
	Province string
	// Countries are codes with blanks between.
	Countries string
}

func (r unitRow) unit() (Unit, error) {
	u := Unit{ID: r.ID, Code: r.Code, Kind: r.Kind, Members: r.Members, Province: r.Province, Countries: strings.Fields(r.Countries)}
	if err := json.Unmarshal(r.Name, &u.Name); err != nil {
		return Unit{}, fmt.Errorf("read unit name: %w", err)
	}
	if r.ParentID == nil {
		return u, nil
	}
	u.ParentID = *r.ParentID
	if err := json.Unmarshal(r.Parent, &u.Parent); err != nil {
		return Unit{}, fmt.Errorf("read unit name: %w", err)
	}
	return u, nil
}

const allUnits = `
	SELECT u.id, u.code, u.kind, u.name, u.parent_id, a.name AS parent, coalesce(u.province, '') AS province, coalesce(array_to_string(u.countries, ' '), '') AS countries,
		(SELECT count(DISTINCT m.person_id) FROM memberships m JOIN people p ON p.id = m.person_id AND p.deactivated_at IS NULL WHERE m.unit_id = u.id) AS members
	FROM units u LEFT JOIN units a ON a.id = u.parent_id `

func unit(tx postgres.Tx, key uuid.UUID) (Unit, error) {
	var r unitRow
	res := tx.Gorm().Raw(allUnits+`WHERE u.id = ?`, key).Scan(&r)
	if res.Error != nil {
		return Unit{}, res.Error
	}
	if res.RowsAffected == 0 {
		return Unit{}, errNotFound()
	}
	return r.unit()
}

func unitOf(tx postgres.Tx, code string) (Unit, error) {
	var r unitRow
	res := tx.Gorm().Raw(allUnits+`WHERE u.code = ?`, code).Scan(&r)
	if res.Error != nil {
		return Unit{}, res.Error
	}
	if res.RowsAffected == 0 {
		return Unit{}, errNotFound()
	}
	return r.unit()
}

// lockUnit makes appointments to one unit wait for each other.
func lockUnit(tx postgres.Tx, key uuid.UUID) error {
	return tx.Gorm().Exec(`SELECT pg_advisory_xact_lock(hashtextextended(?, 16))`, key.String()).Error
}

// accountOf returns the zero id for an address that nobody has.
func accountOf(tx postgres.Tx, email string) (uuid.UUID, error) {
	var found struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id FROM people WHERE email = ?`, strings.ToLower(strings.TrimSpace(email))).Scan(&found).Error
	return found.ID, err
}

// mostChildren is how many units a page lists under another.
const mostChildren = 500

// units lists those of the filter; with a parent, all that stand under it.
func units(tx postgres.Tx, f UnitFilter, parent uuid.UUID) ([]Unit, error) {
	limit := PageSize + 1
	if parent != uuid.Nil {
		limit = mostChildren
	}
	var rows []unitRow
	err := tx.Gorm().Raw(allUnits+`
		WHERE (@kind = '' OR u.kind = @kind) AND (@query = '' OR u.code ILIKE @like OR u.name->>'en' ILIKE @like OR u.name->>'km' ILIKE @like)
		  AND (@anywhere OR u.parent_id = @parent)
		ORDER BY u.kind, u.code LIMIT @limit OFFSET @offset`,
		map[string]any{
			"kind": f.Kind, "query": f.Query, "like": like(f.Query), "anywhere": parent == uuid.Nil, "parent": parent,
			"limit": limit, "offset": f.Page * PageSize,
		}).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	return each(rows)
}

// choices lists units for forms, those of agencies last.
func choices(tx postgres.Tx) ([]Unit, error) {
	var rows []unitRow
	if err := tx.Gorm().Raw(allUnits + `ORDER BY u.kind = 'agency', u.kind, u.code LIMIT 1000`).Scan(&rows).Error; err != nil {
		return nil, err
	}
	return each(rows)
}

func each(rows []unitRow) ([]Unit, error) {
	all := make([]Unit, 0, len(rows))
	for _, r := range rows {
		u, err := r.unit()
		if err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, nil
}

func insertUnit(tx postgres.Tx, u identity.UnitRecord, names map[string]string) error {
	text, err := json.Marshal(names)
	if err != nil {
		return fmt.Errorf("write unit name: %w", err)
	}
	return tx.Gorm().Exec(`INSERT INTO units (id, code, kind, name, parent_id, agency_id, province, countries, pin)
		VALUES (?, ?, ?, ?::jsonb, ?, ?, NULLIF(?, ''), string_to_array(NULLIF(?, ''), ' '), ?)`,
		u.ID, u.Code, u.Kind, string(text), u.ParentID, u.AgencyID, u.Province, u.Countries, u.Pin).Error
}

func moveUnit(tx postgres.Tx, u identity.UnitRecord) error {
	res := tx.Gorm().Exec(`UPDATE units SET parent_id = ?, pin = ? WHERE id = ?`, u.ParentID, u.Pin, u.ID)
	return one(res.RowsAffected, res.Error)
}

func agencyOf(tx postgres.Tx, slug string) (uuid.UUID, error) {
	var found struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id FROM agencies WHERE slug = ?`, slug).Scan(&found).Error
	return found.ID, err
}

// oversight returns the head of the oversight body, or the zero id.
func oversight(tx postgres.Tx) (uuid.UUID, error) {
	var found struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id FROM units WHERE kind = 'oversight' AND parent_id IS NULL ORDER BY code LIMIT 1`).Scan(&found).Error
	return found.ID, err
}
