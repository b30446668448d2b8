package people

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type personRow struct {
	ID            uuid.UUID
	Name          string
	Email         string
	Language      string
	DeactivatedAt *time.Time
	KeyID         string
}

func (r personRow) person() Person {
	return Person{ID: r.ID, Name: r.Name, Email: r.Email, Language: r.Language, DeactivatedAt: r.DeactivatedAt, KeyID: r.KeyID}
}

// people names nobody's address to who may not see it: the function then has no
// rows.
const people = `
	SELECT p.id, p.name, coalesce(a.email, '') AS email, p.language, p.deactivated_at, coalesce(k.id, '') AS key_id
	FROM people p LEFT JOIN addresses() a ON a.person_id = p.id LEFT JOIN member_keys k ON k.person_id = p.id AND k.retired_at IS NULL `

func get(tx postgres.Tx, key uuid.UUID) (Person, error) {
	var r personRow
	res := tx.Gorm().Raw(people+`WHERE p.id = ?`, key).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Person{}, errNotFound()
	}
	return r.person(), res.Error
}

func list(tx postgres.Tx, f PersonFilter) ([]Person, error) {
	var rows []personRow
	err := tx.Gorm().Raw(people+`
		WHERE (@query = '' OR p.name ILIKE @like OR a.email ILIKE @like)
		  AND (@state = '' OR @state = CASE WHEN p.deactivated_at IS NOT NULL THEN 'deactivated' WHEN k.id IS NULL THEN 'invited' ELSE 'active' END)
		  AND (@kind = '' OR EXISTS (SELECT FROM memberships m JOIN units u ON u.id = m.unit_id WHERE m.person_id = p.id AND u.kind = @kind))
		ORDER BY p.name, p.id LIMIT @limit OFFSET @offset`,
		map[string]any{"query": f.Query, "like": like(f.Query), "state": f.State, "kind": f.Kind, "limit": PageSize + 1, "offset": f.Page * PageSize}).
		Scan(&rows).Error
	all := make([]Person, 0, len(rows))
	for _, r := range rows {
		all = append(all, r.person())
	}
	return all, err
}

func like(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(part) + "%"
}

type roleRow struct {
	PersonID uuid.UUID
	Person   string
	UnitID   uuid.UUID
	Unit     []byte
	UnitKind identity.UnitKind
	Role     identity.Role
}

func (r roleRow) role() (Role, error) {
	role := Role{PersonID: r.PersonID, Person: r.Person, UnitID: r.UnitID, UnitKind: r.UnitKind, Role: r.Role}
	if err := json.Unmarshal(r.Unit, &role.Unit); err != nil {
		return Role{}, fmt.Errorf("read unit name: %w", err)
	}
	return role, nil
}

const roles = `
	SELECT m.person_id, p.name AS person, m.unit_id, u.name AS unit, u.kind AS unit_kind, m.role
	FROM memberships m JOIN people p ON p.id = m.person_id JOIN units u ON u.id = m.unit_id `

// withRoles fills in the roles of each.
func withRoles(tx postgres.Tx, page []Person) error {
	at := map[uuid.UUID]int{}
	var keys []string
	for i, p := range page {
		at[p.ID] = i
		keys = append(keys, p.ID.String())
	}
	if len(keys) == 0 {
		return nil
	}
	var rows []roleRow
	if err := tx.Gorm().Raw(roles+`WHERE m.person_id::text IN ? ORDER BY u.code, m.role`, keys).Scan(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		role, err := r.role()
		if err != nil {
			return err
		}
		page[at[r.PersonID]].Roles = append(page[at[r.PersonID]].Roles, role)
	}
	return nil
}

func rolesIn(tx postgres.Tx, unitID uuid.UUID) ([]Role, error) {
	var rows []roleRow
	if err := tx.Gorm().Raw(roles+`WHERE m.unit_id = ? AND p.deactivated_at IS NULL ORDER BY p.name, p.id, m.role`, unitID).Scan(&rows).Error; err != nil {
		return nil, err
	}
	all := make([]Role, 0, len(rows))
	for _, r := range rows {
		role, err := r.role()
		if err != nil {
			return nil, err
		}
		all = append(all, role)
	}
	return all, nil
}

func deleteRole(tx postgres.Tx, person, unitID uuid.UUID, role identity.Role) error {
	res := tx.Gorm().Exec(`DELETE FROM memberships WHERE person_id = ? AND unit_id = ? AND role = ?`, person, unitID, role)
	return one(res.RowsAffected, res.Error)
}

// otherAdministrators counts those who would remain. Counting waits for whoever
// else counts, until their transaction ends.
func otherAdministrators(tx postgres.Tx, person uuid.UUID) (n int, err error) {
	if err := tx.Gorm().Exec(`SELECT pg_advisory_xact_lock(7203160)`).Error; err != nil {
		return 0, err
	}
	err = tx.Gorm().Raw(`SELECT count(DISTINCT m.person_id) FROM memberships m JOIN people p ON p.id = m.person_id AND p.deactivated_at IS NULL
		JOIN member_keys k ON k.person_id = p.id AND k.retired_at IS NULL
		WHERE m.role = 'administrator' AND m.person_id <> ?`, person).Scan(&n).Error
	return n, err
}

type readmissionRow struct {
	ID     uuid.UUID
	UnitID uuid.UUID
	State  decision.State
	Detail string
}

// readmissions lists what is asked or approved about readmitting the person. A
// code uses up every decision of before it.
func readmissions(tx postgres.Tx, person uuid.UUID) (rows []readmissionRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT d.id, d.unit_id, d.state, d.detail::text AS detail FROM decisions d
		WHERE d.kind = ? AND d.subject_id = ? AND d.state IN ('waiting','approved')
		  AND NOT EXISTS (SELECT FROM invitations i WHERE i.person_id = d.subject_id AND i.decision_id IS NOT NULL AND i.issued_at >= d.decided_at)
		ORDER BY d.decided_at, d.id`, KindReadmission, person).Scan(&rows).Error
	return rows, err
}

func one(rows int64, err error) error {
	if err == nil && rows != 1 {
		return fault.New(fault.Conflict, "people.not_so")
	}
	return err
}

type guardedRow struct {
	PersonID   uuid.UUID
	UnitID     uuid.UUID
	Role       identity.Role
	Pin        []byte
	DecisionID *uuid.UUID
	Backed     bool
}

func guarded(tx postgres.Tx) (rows []guardedRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT m.person_id, m.unit_id, m.role, m.pin, m.decision_id,
			CASE WHEN m.decision_id IS NULL
				THEN EXISTS (SELECT FROM founding_grants f WHERE (f.person_id, f.unit_id, f.role) = (m.person_id, m.unit_id, m.role))
				ELSE EXISTS (SELECT FROM decisions d WHERE d.id = m.decision_id AND d.state = 'approved' AND d.kind IN (?, ?)
					AND d.subject_id = m.person_id AND d.unit_id = m.unit_id AND d.detail->>'role' = m.role) END AS backed
		FROM memberships m WHERE case_reading_role(m.role) OR m.role = 'administrator' ORDER BY m.person_id, m.unit_id, m.role`,
		KindRole, KindAdministrator).Scan(&rows).Error
	return rows, err
}

type reopenedRow struct {
	ID        uuid.UUID
	Closings  int
	ReturnPin []byte
	// Closed says that the record of deeds has a closing without a return after it.
	Closed bool
}

// reopened lists the open accounts that were closed once, as the row or the
// record of deeds has it.
func reopened(tx postgres.Tx) (rows []reopenedRow, err error) {
	err = tx.Gorm().Raw(`
		WITH told AS (
			SELECT e.object_id AS id, count(*) FILTER (WHERE e.action = 'person.deactivate') > count(*) FILTER (WHERE e.action = 'person.reactivate') AS closed
			FROM audit_entries e WHERE e.object_kind = 'person' AND e.action IN ('person.deactivate','person.reactivate') GROUP BY e.object_id)
		SELECT p.id, p.closings, p.return_pin, coalesce(t.closed, false) AS closed FROM people p LEFT JOIN told t ON t.id = p.id
		WHERE p.deactivated_at IS NULL AND (p.closings > 0 OR t.closed) ORDER BY p.id`).Scan(&rows).Error
	return rows, err
}
