package escalation

import (
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// summaryColumns need @person and @now. Whether somebody opened an escalation
// before is what the audit says.
const summaryColumns = `
	e.id, e.ref, e.grade, e.subject_kind, e.subject_key, e.unit_id, e.raised_at, e.acknowledge_by,
	e.acknowledged_at, e.climbed_at, coalesce(p.name, '') AS acknowledged_by,
	(SELECT count(*) FROM escalation_complaints c WHERE c.escalation_id = e.id) AS complaints,
	e.acknowledged_at IS NULL AND e.acknowledge_by <= @now AS overdue,
	NOT EXISTS (SELECT FROM audit_entries a WHERE a.object_kind = 'escalation' AND a.object_id = e.id
		AND a.actor_id = @person AND a.action = 'escalation.read') AS unread`

// inOrder puts what waits past its deadline first and what is acknowledged
// last, each with red first and then the newest.
const inOrder = ` ORDER BY e.acknowledged_at IS NOT NULL, (e.acknowledged_at IS NULL AND e.acknowledge_by <= @now) DESC, e.grade DESC, e.raised_at DESC, e.id `

func list(tx postgres.Tx, by identity.Actor, f Filter, now time.Time) ([]Summary, error) {
	var page []Summary
	query, args := listQuery(by, f, now)
	err := tx.Gorm().Raw(query, args).Scan(&page).Error
	return page, err
}

// listQuery chooses the page first. Were its lines made in the same breath, the
// planner would think of all of them and read everything that the person ever
// did in the audit. What waits and what is acknowledged come from an index of
// their own each, so that the years of the latter cost nothing.
func listQuery(by identity.Actor, f Filter, now time.Time) (string, map[string]any) {
	const columns = `e.id, e.ref, e.grade, e.subject_kind, e.subject_key, e.unit_id, e.raised_at, e.acknowledge_by,
				e.acknowledged_at, e.acknowledged_by, e.climbed_at`
	offset := max(0, f.Page) * PageSize
	args := map[string]any{
		"person": by.PersonID, "unit": by.UnitID, "now": now,
		"grade": string(f.Grade), "state": string(f.State), "overdue": f.Overdue,
		"limit": PageSize + 1, "offset": offset, "reach": offset + PageSize + 1,
	}
	return `
		SELECT ` + summaryColumns + `
		FROM (
			SELECT ` + columns + ` FROM (
				(SELECT ` + columns + ` FROM escalations e
				WHERE e.unit_id = @unit AND e.acknowledged_at IS NULL AND @state <> 'acknowledged'
				  AND (@grade = '' OR e.grade = @grade)
				  AND (NOT @overdue OR e.acknowledge_by <= @now))
				UNION ALL
				(SELECT ` + columns + ` FROM escalations e
				WHERE e.unit_id = @unit AND e.acknowledged_at IS NOT NULL AND @state <> 'waiting' AND NOT @overdue
				  AND (@grade = '' OR e.grade = @grade)
				ORDER BY e.grade DESC, e.raised_at DESC, e.id LIMIT @reach)
			) e ` + inOrder + `
			LIMIT @limit OFFSET @offset
		) e LEFT JOIN people p ON p.id = e.acknowledged_by` + inOrder, args
}

func get(tx postgres.Tx, by identity.Actor, key uuid.UUID, now time.Time) (s Summary, pattern string, found bool, err error) {
	res := tx.Gorm().Raw(`
		SELECT `+summaryColumns+` FROM escalations e LEFT JOIN people p ON p.id = e.acknowledged_by WHERE e.id = @id`,
		map[string]any{"person": by.PersonID, "now": now, "id": key}).Scan(&s)
	if res.Error != nil || res.RowsAffected == 0 {
		return Summary{}, "", false, res.Error
	}
	err = tx.Gorm().Raw(`SELECT pattern::text FROM escalations WHERE id = ?`, key).Scan(&pattern).Error
	return s, pattern, err == nil, err
}

func complaintsOf(tx postgres.Tx, key uuid.UUID) ([]uuid.UUID, error) {
	var complaints []keyed
	err := tx.Gorm().Raw(`SELECT complaint_id AS id FROM escalation_complaints WHERE escalation_id = ? ORDER BY complaint_id`, key).
		Scan(&complaints).Error
	return keys(complaints), err
}

func acknowledgement(tx postgres.Tx, key uuid.UUID) (a Acknowledgement, err error) {
	var r struct {
		Ref            string
		Name           string
		AcknowledgedAt time.Time
	}
	err = tx.Gorm().Raw(`
		SELECT e.ref, p.name, e.acknowledged_at FROM escalations e JOIN people p ON p.id = e.acknowledged_by WHERE e.id = ?`, key).
		Scan(&r).Error
	return Acknowledgement{Ref: r.Ref, By: r.Name, At: r.AcknowledgedAt}, err
}

func version(tx postgres.Tx, unit uuid.UUID) (n int64, err error) {
	err = tx.Gorm().Raw(`
		SELECT count(*) + count(acknowledged_at) + count(climbed_at) + coalesce(sum(joined), 0)
		FROM escalations WHERE unit_id = ?`, unit).Scan(&n).Error
	return n, err
}
