package application

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// forUpdate keeps a row to the transaction.
const forUpdate = " FOR UPDATE OF a"

// draft is an agency's open application with what is typed.
type draft struct {
	held

	Answers dossier.Dossier
}

// draftOf returns the agency's open application, or a Conflict fault.
func draftOf(tx postgres.Tx, agency uuid.UUID, how string) (draft, error) {
	var row struct {
		Held    heldRow `gorm:"embedded"`
		Answers string
	}
	res := tx.Gorm().Raw(`
		SELECT a.id, a.agency_id, a.kind, a.status, a.round, a.filed_by, d.answers::text AS answers
		FROM applications a JOIN application_drafts d ON d.application_id = a.id
		WHERE a.agency_id = ? AND a.status IN ('draft','filed','returned')`+how, agency).Scan(&row)
	if res.Error == nil && res.RowsAffected == 0 {
		return draft{}, fault.New(fault.Conflict, "licensing.nothing_open")
	}
	if res.Error != nil {
		return draft{}, res.Error
	}
	answers, err := parse(row.Answers)
	return draft{row.Held.held(), answers}, err
}

func parse(text string) (dossier.Dossier, error) {
	d := dossier.Dossier{}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	return d, nil
}

// insertDraft returns false when the agency has an open application.
func insertDraft(tx postgres.Tx, key uuid.UUID, actor identity.Actor, kind Kind, answers dossier.Dossier, now time.Time) (bool, error) {
	text, err := json.Marshal(answers)
	if err != nil {
		return false, err
	}
	res := tx.Gorm().Exec(`
		INSERT INTO applications (id, agency_id, kind, status, round, begun_by, begun_at) VALUES (?, ?, ?, 'draft', 0, ?, ?)
		ON CONFLICT (agency_id) WHERE status IN ('draft','filed','returned') DO NOTHING`, key, actor.AgencyID, kind, actor.PersonID, now)
	if res.Error != nil || res.RowsAffected == 0 {
		return false, res.Error
	}
	return true, tx.Gorm().Exec(`INSERT INTO application_drafts (application_id, answers, saved_by, saved_at) VALUES (?, CAST(? AS jsonb), ?, ?)`,
		key, string(text), actor.PersonID, now).Error
}

func saveDraft(tx postgres.Tx, application uuid.UUID, answers dossier.Dossier, actor identity.Actor, now time.Time) error {
	text, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	res := tx.Gorm().Exec(`UPDATE application_drafts SET answers = CAST(? AS jsonb), revision = revision + 1, saved_by = ?, saved_at = ? WHERE application_id = ?`,
		string(text), actor.PersonID, now, application)
	return one(res.RowsAffected, res.Error)
}

// lastFiled returns what the agency filed last, empty when it never did. Whoever
// renews or changes begins with what was granted last, where anything was.
func lastFiled(tx postgres.Tx, agency uuid.UUID, kind Kind) (dossier.Dossier, error) {
	var text string
	err := tx.Gorm().Raw(`
		SELECT v.answers::text FROM application_versions v JOIN applications a ON a.id = v.application_id
		WHERE a.agency_id = ? ORDER BY (? AND a.status = 'granted') DESC, v.filed_at DESC, v.application_id DESC, v.round DESC LIMIT 1`, agency, kind != First).Scan(&text).Error
	if err != nil || text == "" {
		return dossier.Dossier{}, err
	}
	return parse(text)
}

func insertVersion(tx postgres.Tx, d draft, actor identity.Actor, now time.Time) error {
	text, err := json.Marshal(d.Answers)
	if err != nil {
		return err
	}
	return tx.Gorm().Exec(`INSERT INTO application_versions (application_id, round, answers, filed_by, filed_at) VALUES (?, ?, CAST(? AS jsonb), ?, ?)`,
		d.ID, d.Round+1, string(text), actor.PersonID, now).Error
}

// version returns what was filed in a round.
func version(tx postgres.Tx, application uuid.UUID, round int) (dossier.Dossier, error) {
	var text string
	res := tx.Gorm().Raw(`SELECT answers::text FROM application_versions WHERE application_id = ? AND round = ?`, application, round).Scan(&text)
	if res.Error == nil && res.RowsAffected == 0 {
		return nil, errNotFound()
	}
	if res.Error != nil {
		return nil, res.Error
	}
	return parse(text)
}

type heldRow struct {
	ID       uuid.UUID
	AgencyID uuid.UUID
	Kind     Kind
	Status   Status
	Round    int
	FiledBy  *uuid.UUID
}

func (r heldRow) held() held {
	h := held{ID: r.ID, AgencyID: r.AgencyID, Kind: r.Kind, Status: r.Status, Round: r.Round}
	if r.FiledBy != nil {
		h.FiledBy = *r.FiledBy
	}
	return h
}

// hold locks the application until the transaction ends.
func hold(tx postgres.Tx, application uuid.UUID) (held, error) {
	var r heldRow
	res := tx.Gorm().Raw(`SELECT id, agency_id, kind, status, round, filed_by FROM applications WHERE id = ? FOR UPDATE`, application).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return held{}, errNotFound()
	}
	return r.held(), res.Error
}

func moveFiled(tx postgres.Tx, application uuid.UUID, actor identity.Actor, now time.Time) error {
	res := tx.Gorm().Exec(`UPDATE applications SET status = 'filed', round = round + 1, filed_by = ?, filed_at = ? WHERE id = ? AND status IN ('draft','returned')`,
		actor.PersonID, now, application)
	return one(res.RowsAffected, res.Error)
}

// move is for steps that write nothing else.
func move(tx postgres.Tx, application uuid.UUID, from, to Status) error {
	if !CanMove(from, to) {
		return fault.New(fault.Conflict, "licensing.already_decided")
	}
	res := tx.Gorm().Exec(`UPDATE applications SET status = ? WHERE id = ? AND status = ?`, to, application, from)
	return one(res.RowsAffected, res.Error)
}

func decide(tx postgres.Tx, application uuid.UUID, to Status, d decision.Decision, reason string, now time.Time) error {
	res := tx.Gorm().Exec(`
		UPDATE applications SET status = ?, recommended_by = ?, decision_id = ?, decided_by = ?, decided_at = ?, reason = ? WHERE id = ? AND status = 'filed'`,
		to, d.ProposedBy, d.ID, d.By.PersonID, now, reason, application)
	return one(res.RowsAffected, res.Error)
}

func one(rows int64, err error) error {
	if err == nil && rows != 1 {
		return fmt.Errorf("changed %d rows, want 1", rows)
	}
	return err
}
