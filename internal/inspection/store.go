package inspection

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func insertPlan(tx postgres.Tx, key uuid.UUID, p Plan, now time.Time) error {
	var application *uuid.UUID
	if p.ApplicationID != uuid.Nil {
		application = &p.ApplicationID
	}
	return tx.Gorm().Exec(`INSERT INTO inspections (id, agency_id, application_id, status, moved_at, planned_for, place, announced)
		VALUES (?, ?, ?, 'planned', ?, ?, ?, ?)`, key, p.AgencyID, application, now, p.Day, p.Place, p.Announced).Error
}

// insertSeat keeps apart what an agency may know of an inspector, and who it is.
func insertSeat(tx postgres.Tx, key uuid.UUID, seat int, c Colleague, unit uuid.UUID) error {
	err := tx.Gorm().Exec(`INSERT INTO inspection_team (inspection_id, seat, role, unit_id) VALUES (?, ?, ?, ?)`, key, seat, c.Role, unit).Error
	if err != nil {
		return err
	}
	return tx.Gorm().Exec(`INSERT INTO inspection_people (inspection_id, seat, person_id) VALUES (?, ?, ?)`, key, seat, c.PersonID).Error
}

// step updates the one inspection.
func step(tx postgres.Tx, query string, args ...any) error {
	res := tx.Gorm().Exec(query, args...)
	if res.Error == nil && res.RowsAffected != 1 {
		return fmt.Errorf("moved %d inspections, want 1", res.RowsAffected)
	}
	return res.Error
}

func callOff(tx postgres.Tx, key uuid.UUID, reason string, now time.Time) error {
	return step(tx, `UPDATE inspections SET status = 'called_off', moved_at = ?, reason = ? WHERE id = ?`, now, reason, key)
}

func visit(tx postgres.Tx, key uuid.UUID, day, now time.Time) error {
	return step(tx, `UPDATE inspections SET status = 'visited', moved_at = ?, visited_on = ? WHERE id = ?`, now, day, key)
}

// savedAnswer is an answer as the history keeps it.
type savedAnswer struct {
	Code   string `json:"code"`
	From   string `json:"from"`
	Answer Answer `json:"answer"`
	Seen   string `json:"seen"`
}

// save writes the answers as they stand, and beside them all of this save.
func save(tx postgres.Tx, actor identity.Actor, i Inspection, to Status, lines []Line, now time.Time) error {
	kept, dangers := []savedAnswer{}, []string{}
	for _, l := range lines {
		if l.Answer == "" {
			continue
		}
		kept = append(kept, savedAnswer{l.Code, l.From.Format(time.DateOnly), l.Answer, l.Seen})
		if l.Danger {
			dangers = append(dangers, l.Code)
		}
	}
	answers, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	where, err := json.Marshal(dangers)
	if err != nil {
		return err
	}
	err = tx.Gorm().Exec(`
		INSERT INTO inspection_answers (inspection_id, code, valid_from, answer, seen)
		SELECT ?, code, "from", answer, seen FROM json_to_recordset(?) AS r(code text, "from" date, answer text, seen text)
		ON CONFLICT (inspection_id, code) DO UPDATE SET valid_from = excluded.valid_from, answer = excluded.answer, seen = excluded.seen`,
		i.ID, string(answers)).Error
	if err != nil {
		return err
	}
	err = tx.Gorm().Exec(`
		INSERT INTO inspection_saves (inspection_id, revision, person_id, saved_at, dangers, answers)
		VALUES (?, ?, ?, ?, ARRAY(SELECT json_array_elements_text(?)), CAST(? AS jsonb))`,
		i.ID, i.Revision+1, actor.PersonID, now, string(where), string(answers)).Error
	if err != nil {
		return err
	}
	if to == i.Status {
		return step(tx, `UPDATE inspections SET revision = revision + 1 WHERE id = ?`, i.ID)
	}
	return step(tx, `UPDATE inspections SET revision = revision + 1, status = ?, moved_at = ? WHERE id = ?`, to, now, i.ID)
}

// known is nil for the zero time.
func known(day time.Time) *time.Time {
	if day.IsZero() {
		return nil
	}
	return &day
}

func send(tx postgres.Tx, key uuid.UUID, today, replyBy, pointsFrom, now time.Time) error {
	return step(tx, `UPDATE inspections SET status = 'sent', moved_at = ?, sent_on = ?, reply_by = ?, points_from = ? WHERE id = ?`,
		now, today, known(replyBy), known(pointsFrom), key)
}

func reply(tx postgres.Tx, key uuid.UUID, r Reply, today, now time.Time) error {
	for code, said := range r.Findings {
		err := tx.Gorm().Exec(`INSERT INTO inspection_replies (inspection_id, code, reply) VALUES (?, ?, ?)`, key, code, said).Error
		if err != nil {
			return err
		}
	}
	return step(tx, `UPDATE inspections SET status = 'replied', moved_at = ?, replied_on = ?, reply = ? WHERE id = ?`, now, today, r.Overall, key)
}

func lapseOne(tx postgres.Tx, key uuid.UUID, today, now time.Time) error {
	return step(tx, `UPDATE inspections SET status = 'lapsed', moved_at = ?, lapsed_on = ? WHERE id = ?`, now, today, key)
}

func lapse(tx postgres.Tx, today, now time.Time) (moved []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`UPDATE inspections SET status = 'lapsed', moved_at = @now, lapsed_on = @today WHERE status = 'sent' AND reply_by < @today RETURNING id`,
		map[string]any{"now": now, "today": today}).Scan(&moved).Error
	return moved, err
}

func closeIt(tx postgres.Tx, key uuid.UUID, c Closing, pointsFrom, today, now time.Time) error {
	for _, code := range c.Withdrawn {
		if err := tx.Gorm().Exec(`INSERT INTO inspection_withdrawals (inspection_id, code) VALUES (?, ?)`, key, code).Error; err != nil {
			return err
		}
	}
	return step(tx, `UPDATE inspections SET status = 'closed', moved_at = ?, closed_on = ?, outcome = ?, reason = ?, points_from = coalesce(points_from, ?) WHERE id = ?`,
		now, today, c.Outcome, c.Reason, known(pointsFrom), key)
}
