package licensing

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type endedPeriod struct {
	AgencyID, PeriodID uuid.UUID
	Until              time.Time
}

// endedPeriods lists last periods that are over and not written down as such.
func endedPeriods(tx postgres.Tx, today time.Time, after cursor, limit int) (all []endedPeriod, err error) {
	err = tx.Gorm().Raw(`
		SELECT p.agency_id, p.id AS period_id, p.valid_until AS until FROM licence_periods p
		WHERE p.valid_until < @today AND (p.valid_until, p.agency_id) > (CAST(@day AS date), @after)
		  AND NOT EXISTS (SELECT FROM licence_periods q WHERE q.agency_id = p.agency_id AND q.valid_until > p.valid_until)
		  AND NOT EXISTS (SELECT FROM licence_events e WHERE e.agency_id = p.agency_id AND e.kind = 'expired' AND e.on_day = p.valid_until + 1)
		  AND licence_state(p.agency_id, CAST(@today AS date)) NOT IN ('revoked','surrendered')
		ORDER BY p.valid_until, p.agency_id LIMIT @limit`, map[string]any{"today": today, "day": after.day, "after": after.id, "limit": limit}).Scan(&all).Error
	return all, err
}

// staleStates lists agencies whose listed state is not that of today, because a
// suspension is over or a period began.
func staleStates(tx postgres.Tx, today time.Time, after cursor, limit int) ([]uuid.UUID, error) {
	var rows []struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`
		SELECT a.id FROM agencies a WHERE a.id > @after AND a.id IN (
			SELECT e.agency_id FROM licence_events e WHERE e.kind = 'suspended' AND e.until_day < @today
			UNION SELECT p.agency_id FROM licence_periods p WHERE p.valid_from <= @today AND p.valid_until >= @today)
		  AND a.state <> (SELECT CASE s WHEN 'not_yet' THEN 'listed' ELSE s END FROM licence_state(a.id, CAST(@today AS date)) AS s)
		ORDER BY a.id LIMIT @limit`, map[string]any{"today": today, "after": after.id, "limit": limit}).Scan(&rows).Error
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, err
}

type comingDay struct {
	AgencyID, ObjectID uuid.UUID
	Due                time.Time
}

// sources are where the days come from, by the kind of reminder.
var sources = map[string]string{
	"renewal": `SELECT p.agency_id, p.id AS object_id, p.valid_until AS due FROM licence_periods p
		WHERE NOT EXISTS (SELECT FROM licence_periods q WHERE q.agency_id = p.agency_id AND q.valid_until > p.valid_until)
		  AND licence_state(p.agency_id, CAST(@today AS date)) IN ('licensed','suspended')`,
	"reply": `SELECT s.agency_id, s.id AS object_id, s.until_day AS due FROM licence_steps s
		WHERE s.kind = 'notice' AND NOT EXISTS (SELECT FROM licence_steps r WHERE r.of_step = s.id)`,
	"condition": `SELECT s.agency_id, s.id AS object_id, s.until_day AS due FROM licence_steps s
		WHERE s.kind = 'condition' AND NOT EXISTS (SELECT FROM licence_steps r WHERE r.of_step = s.id AND r.kind IN ('condition_met','condition_missed'))`,
	"document": `SELECT d.agency_id, d.id AS object_id, d.expires_on AS due FROM documents d WHERE d.expires_on IS NOT NULL AND d.removed_at IS NULL
		AND d.owner_kind = 'agency'`,
	"inspection_reply": `SELECT i.agency_id, i.id AS object_id, i.reply_by AS due FROM inspections i WHERE i.status = 'sent' AND i.reply_by IS NOT NULL`,
	"guarantee": `SELECT g.agency_id, g.id AS object_id, g.expires_on AS due FROM guarantees g JOIN guarantee_balances b ON b.guarantee_id = g.id
		WHERE g.expires_on IS NOT NULL AND b.held > 0`,
	"top_up": `SELECT u.agency_id, u.entry_id AS object_id, u.due_on AS due FROM guarantee_top_ups u WHERE u.cleared_on IS NULL AND u.due_on IS NOT NULL`,
	"suspension_over": `SELECT s.agency_id, s.id AS object_id, s.until_day AS due FROM licence_steps s WHERE s.kind = 'suspend' AND s.until_day IS NOT NULL
		AND NOT EXISTS (SELECT FROM licence_events e WHERE e.agency_id = s.agency_id AND e.kind IN ('reinstated','revoked') AND e.on_day >= s.on_day)`,
}

// comingDays lists the days that are at most so many days away and of which nobody
// was told at that distance or a nearer one: after downtime one reminder is sent,
// not all that were missed.
func comingDays(tx postgres.Tx, kind string, today time.Time, days int, after cursor, limit int) (all []comingDay, err error) {
	err = tx.Gorm().Raw(`
		SELECT d.agency_id, d.object_id, d.due FROM (`+sources[kind]+`) d
		WHERE d.due >= @today AND (d.due, d.object_id) > (CAST(@day AS date), @after) AND d.due <= CAST(@today AS date) + CAST(@days AS integer)
		  AND NOT EXISTS (SELECT FROM agency_notices n WHERE n.object_id = d.object_id AND n.kind = @kind AND n.due_on = d.due AND n.days <= @days)
		ORDER BY d.due, d.object_id LIMIT @limit`,
		map[string]any{"today": today, "days": days, "kind": kind, "day": after.day, "after": after.id, "limit": limit}).Scan(&all).Error
	return all, err
}

// insertNotice returns false when the agency was told already.
func insertNotice(tx postgres.Tx, key uuid.UUID, n notice, now time.Time) (bool, error) {
	res := tx.Gorm().Exec(`INSERT INTO agency_notices (id, agency_id, kind, object_id, due_on, days, made_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		key, n.agency, n.kind, n.object, n.due, n.days, now)
	return res.RowsAffected == 1, res.Error
}

// headsOf lists who heads the agency.
func headsOf(tx postgres.Tx, agency uuid.UUID) ([]uuid.UUID, error) {
	var rows []struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`
		SELECT p.id FROM units u JOIN memberships m ON m.unit_id = u.id AND m.role = 'agency_head' JOIN people p ON p.id = m.person_id
		WHERE u.agency_id = ? AND p.deactivated_at IS NULL ORDER BY p.id`, agency).Scan(&rows).Error
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, err
}
