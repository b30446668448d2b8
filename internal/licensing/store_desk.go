package licensing

import (
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func agenciesFor(tx postgres.Tx, f Filter, today time.Time, limit, offset int) ([]Line, error) {
	const open = `SELECT count(*) FROM licence_steps c WHERE c.agency_id = a.id AND c.kind = 'condition'
		AND NOT EXISTS (SELECT FROM licence_steps e WHERE e.of_step = c.id AND e.kind IN ('condition_met','condition_missed'))`
	const last = `(SELECT max(p.valid_until) FROM licence_periods p WHERE p.agency_id = a.id)`
	var where []string
	if f.State != "" {
		where = append(where, `a.state = @state`)
	}
	if f.Name != "" {
		where = append(where, `(a.id IN (SELECT n.agency_id FROM agency_names n WHERE n.folded LIKE @folded) OR a.id IN (SELECT l.agency_id FROM licences l WHERE l.number = upper(@name)))`)
	}
	if f.Days > 0 {
		where = append(where, `a.id IN (SELECT p.agency_id FROM licence_periods p WHERE p.valid_until BETWEEN @today AND CAST(@today AS date) + CAST(@days AS integer)) AND `+
			last+` <= CAST(@today AS date) + CAST(@days AS integer)`)
	}
	if f.Conditions {
		where = append(where, `a.id IN (SELECT c.agency_id FROM licence_steps c WHERE c.kind = 'condition'
			AND NOT EXISTS (SELECT FROM licence_steps e WHERE e.of_step = c.id AND e.kind IN ('condition_met','condition_missed')))`)
	}
	query := `SELECT a.id, a.name_latin, a.name_local, a.state, coalesce(l.number, '') AS number, ` + last + ` AS until, (` + open + `) AS conditions
		FROM agencies a LEFT JOIN licences l ON l.agency_id = a.id`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	var rows []struct {
		ID                   uuid.UUID
		NameLatin, NameLocal string
		State                State
		Number               string
		Until                *time.Time
		Conditions           int
	}
	err := tx.Gorm().Raw(query+` ORDER BY a.slug LIMIT @limit OFFSET @offset`, map[string]any{
		"state": string(f.State), "name": f.Name, "folded": "%" + escaped(matching.Fold(f.Name)) + "%", "today": today, "days": f.Days, "limit": limit, "offset": offset,
	}).Scan(&rows).Error
	lines := make([]Line, len(rows))
	for i, r := range rows {
		lines[i] = Line{ID: r.ID, NameLatin: r.NameLatin, NameLocal: r.NameLocal, State: r.State, Number: r.Number, Conditions: r.Conditions}
		if r.Until != nil {
			lines[i].Until = *r.Until
		}
	}
	return lines, err
}

// escaped takes the signs of a pattern as they stand.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// waitingSteps lists the decisions about the agency that whoever acts may see.
func waitingSteps(tx postgres.Tx, agency uuid.UUID) (all []Waiting, err error) {
	err = tx.Gorm().Raw(`SELECT id, substr(kind, 9) AS kind FROM decisions WHERE subject_id = ? AND kind LIKE 'licence.%' AND state = 'waiting' ORDER BY proposed_at`, agency).Scan(&all).Error
	return all, err
}

func openDuties(tx postgres.Tx, agency uuid.UUID) (n int, err error) {
	err = tx.Gorm().Raw(`SELECT count(*) FROM stranded_people WHERE agency_id = ? AND done_at IS NULL`, agency).Scan(&n).Error
	return n, err
}

func openAppeals(tx postgres.Tx) (all []AppealLine, err error) {
	err = tx.Gorm().Raw(`
		SELECT s.agency_id, a.name_latin, a.name_local, of.kind AS against, s.done_at AS at
		FROM licence_steps s JOIN licence_steps of ON of.id = s.of_step JOIN agencies a ON a.id = s.agency_id
		WHERE s.kind = 'appeal' AND NOT EXISTS (SELECT FROM licence_steps v WHERE v.of_step = s.id)
		ORDER BY s.done_at`).Scan(&all).Error
	return all, err
}

// duties lists whom steps stranded, the undone ones first.
func duties(tx postgres.Tx, agency uuid.UUID, place string, limit, offset int) ([]Duty, error) {
	var rows []struct {
		ID         uuid.UUID
		Place      string
		Kind       string
		Country    string
		Occupation string
		Employer   string
		DepartedOn time.Time
		DoneAt     *time.Time
		DoneBy     string
	}
	err := tx.Gorm().Raw(`
		SELECT d.id, d.place, d.duty AS kind, p.country, p.occupation, e.name AS employer, p.departed_on, d.done_at, coalesce(u.name->>'en', '') AS done_by
		FROM stranded_people d JOIN placements p ON p.id = d.placement_id JOIN employers e ON e.id = p.employer_id
		LEFT JOIN memberships m ON m.person_id = d.done_by LEFT JOIN units u ON u.id = m.unit_id
		WHERE d.agency_id = ? AND (? = '' OR d.place = ?)
		ORDER BY (d.done_at IS NULL) DESC, p.departed_on DESC, d.placement_id, d.duty LIMIT ? OFFSET ?`, agency, place, place, limit, offset).Scan(&rows).Error
	all := make([]Duty, len(rows))
	for i, r := range rows {
		all[i] = Duty{ID: r.ID, Place: r.Place, Kind: r.Kind, Country: r.Country, Occupation: r.Occupation, Employer: r.Employer, Departs: r.DepartedOn, By: r.DoneBy}
		if r.DoneAt != nil {
			all[i].DoneAt = *r.DoneAt
		}
	}
	return all, err
}

func discharge(tx postgres.Tx, agency, duty, by uuid.UUID, now time.Time) (bool, error) {
	res := tx.Gorm().Exec(`UPDATE stranded_people SET done_by = ?, done_at = ? WHERE id = ? AND agency_id = ? AND done_at IS NULL`, by, now, duty, agency)
	return res.RowsAffected == 1, res.Error
}
