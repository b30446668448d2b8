package complaint

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// unitRow is a unit as the table has it.
type unitRow struct {
	identity.UnitRecord
	Name string
}

// findUnits reads all offices but those of agencies, in the order of their codes.
func findUnits(tx postgres.Tx) (rows []unitRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT u.id, u.code, u.kind, u.parent_id, u.agency_id, coalesce(u.province, '') AS province,
			coalesce(array_to_string(u.countries, ' '), '') AS countries, u.pin, u.name::text AS name
		FROM units u WHERE u.kind <> ? ORDER BY u.code`, identity.UnitAgency).Scan(&rows).Error
	return rows, err
}

// findDistrict returns the district of the agency, or "".
func findDistrict(tx postgres.Tx, agency uuid.UUID) (district string, err error) {
	err = tx.Gorm().Raw(`SELECT coalesce(max(district), '') FROM agencies WHERE id = ?`, agency).Scan(&district).Error
	return district, err
}

// insertReading records who may never receive the complaint, and its first
// reading.
func insertReading(tx postgres.Tx, c Complaint, shut closed) error {
	if err := insertExclusions(tx, c.id, shut.excluded); err != nil {
		return err
	}
	r := shut.reading
	if r == nil {
		return nil
	}
	state, climbed := "waiting", (*time.Time)(nil)
	if !r.Needed {
		state = "not_needed"
	}
	if r.Climbed {
		climbed = &c.at
	}
	err := tx.Gorm().Exec(`
		INSERT INTO readings (id, complaint_id, unit_id, stand_in_id, red, provinces, made_at, due_at, state, climbed_at)
		VALUES (?, ?, ?, NULLIF(CAST(? AS uuid), ?), ?, string_to_array(?, '|'), ?, ?, ?, ?)`,
		r.ID, c.id, r.Unit, r.StandIn, uuid.Nil, r.Red, strings.Join(r.Provinces, "|"), c.at, r.DueAt, state, climbed).Error
	if err != nil {
		return fmt.Errorf("insert reading: %w", err)
	}
	return nil
}

// insertExclusions is one statement: after the first row somebody may no longer
// see what the others rest on.
func insertExclusions(tx postgres.Tx, complaint uuid.UUID, all map[uuid.UUID]why) error {
	if len(all) == 0 {
		return nil
	}
	var units []uuid.UUID
	for unit := range all {
		units = append(units, unit)
	}
	slices.SortFunc(units, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	var places []string
	var args []any
	for _, unit := range units {
		places = append(places, "(CAST(? AS uuid), CAST(? AS uuid), ?)")
		args = append(args, complaint, unit, string(all[unit]))
	}
	err := tx.Gorm().Exec(`INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES `+strings.Join(places, ", ")+` ON CONFLICT DO NOTHING`, args...).Error
	if err != nil {
		return fmt.Errorf("insert exclusions: %w", err)
	}
	return nil
}

const readingColumns = `
	r.id, r.complaint_id, r.unit_id, r.handed_to, r.red, r.made_at, r.due_at, r.state, r.climbed_at, r.verdict, r.named_unit_id,
	c.filed_at, c.official, coalesce(c.country, '') AS country, r.state = 'waiting' AND r.due_at <= @now AS overdue`

type readingRow struct {
	ID, ComplaintID, UnitID uuid.UUID
	HandedTo                *uuid.UUID
	Red                     bool
	MadeAt, DueAt           time.Time
	State                   string
	ClimbedAt               *time.Time
	Verdict                 *Verdict
	NamedUnitID             *uuid.UUID
	FiledAt                 time.Time
	Official                bool
	Country                 string
	Overdue                 bool
}

// listReadings lists what waits for the unit, red first and then what is due
// first, and what was handed to it, the latest first. Row security hides what
// the person may not read.
func listReadings(tx postgres.Tx, unit uuid.UUID, now time.Time) (waiting, handed []readingRow, err error) {
	args := map[string]any{"unit": unit, "now": now, "limit": maxReadings}
	err = tx.Gorm().Raw(`SELECT `+readingColumns+` FROM readings r JOIN complaints c ON c.id = r.complaint_id
		WHERE r.unit_id = @unit AND r.state = 'waiting' ORDER BY r.red DESC, r.due_at, r.id LIMIT @limit`, args).Scan(&waiting).Error
	if err != nil {
		return nil, nil, err
	}
	err = tx.Gorm().Raw(`SELECT `+readingColumns+` FROM readings r JOIN complaints c ON c.id = r.complaint_id
		WHERE r.handed_to = @unit ORDER BY r.read_at DESC, r.id LIMIT @limit`, args).Scan(&handed).Error
	return waiting, handed, err
}

func findReading(tx postgres.Tx, key uuid.UUID, now time.Time) (r readingRow, found bool, err error) {
	res := tx.Gorm().Raw(`SELECT `+readingColumns+` FROM readings r JOIN complaints c ON c.id = r.complaint_id WHERE r.id = @id`,
		map[string]any{"id": key, "now": now}).Scan(&r)
	return r, res.RowsAffected == 1, res.Error
}

// decideReading reports whether the reading still waited.
func decideReading(tx postgres.Tx, key uuid.UUID, v Verdict, named, handed *uuid.UUID, by uuid.UUID, at time.Time) (bool, error) {
	res := tx.Gorm().Exec(`
		UPDATE readings SET state = 'read', verdict = ?, named_unit_id = ?, handed_to = ?, read_by = ?, read_at = ?
		WHERE id = ? AND state = 'waiting'`, v, named, handed, by, at, key)
	return res.RowsAffected == 1, res.Error
}

// releaseEnvelope is refused by the database unless the actor has just recorded
// that nobody is named.
func releaseEnvelope(tx postgres.Tx, complaint uuid.UUID, e envelopeRow) error {
	var done bool
	err := tx.Gorm().Raw(`SELECT release_envelope(told => ?, desk => ?, key => ?, held => ?, sealed => ?)`,
		complaint, e.Recipient, e.KeyID, toArray(e.Items), e.Envelope).Scan(&done).Error
	if err == nil && !done {
		return fmt.Errorf("release envelope: refused")
	}
	return err
}

// climbReading reports whether the reading still waited and could climb.
func climbReading(tx postgres.Tx, key uuid.UUID, at time.Time) (bool, error) {
	res := tx.Gorm().Exec(`UPDATE readings SET unit_id = stand_in_id, climbed_at = ?
		WHERE id = ? AND state = 'waiting' AND climbed_at IS NULL AND stand_in_id IS NOT NULL`, at, key)
	return res.RowsAffected == 1, res.Error
}
