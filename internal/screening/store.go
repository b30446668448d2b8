package screening

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// settingRow is the thresholds of one version of a rule.
type settingRow struct {
	Rule    string
	Version int
	Params  string
}

// settingsOn reads what is in force on the day: of each version the latest
// setting that is not dated after it.
func settingsOn(tx postgres.Tx, day pattern.Day) ([]settingRow, error) {
	var rows []settingRow
	err := tx.Gorm().Raw(`
		SELECT DISTINCT ON (rule, version) rule, version, CAST(params AS text) AS params
		FROM rule_settings WHERE valid_from <= CAST(? AS date)
		ORDER BY rule, version, valid_from DESC`, day.String()).Scan(&rows).Error
	return rows, err
}

// lockSubjects makes whoever weighs the same subject wait until this
// transaction ends, in one order for all, so that two never wait for each other.
func lockSubjects(tx postgres.Tx, subjects []pattern.Subject) error {
	var keys []int64
	for _, s := range subjects {
		sum := sha256.Sum256([]byte("screening\x00" + string(s.Kind) + "\x00" + s.Key))
		keys = append(keys, int64(binary.BigEndian.Uint64(sum[:8]))) // #nosec G115 -- the bits, not the number
	}
	slices.Sort(keys)
	for _, key := range keys {
		if err := tx.Gorm().Exec(`SELECT pg_advisory_xact_lock(?)`, key).Error; err != nil {
			return err
		}
	}
	return nil
}

// insertEvaluation reports whether the complaint was not weighed by this
// ruleset before.
func insertEvaluation(tx postgres.Tx, complaint uuid.UUID, ruleset string, at time.Time) (bool, error) {
	res := tx.Gorm().Exec(`INSERT INTO evaluations (complaint_id, ruleset, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		complaint, ruleset, at)
	return res.RowsAffected == 1, res.Error
}

type findingRow struct {
	ID          uuid.UUID
	Audience    audience
	Finding     pattern.Finding
	Reason      string // JSON
	EvidenceSum string
	FoundAt     time.Time
}

// insertFinding reports whether it is a new one, and gives the id of the one
// that stands.
func insertFinding(tx postgres.Tx, r findingRow) (id uuid.UUID, added bool, err error) {
	f := r.Finding
	identity := []any{
		f.Rule, f.Version, string(f.Subject.Kind), f.Subject.Key, f.WindowFrom.String(), f.WindowTo.String(), r.EvidenceSum,
		string(r.Audience),
	}
	res := tx.Gorm().Exec(`
		INSERT INTO findings (rule, version, subject_kind, subject_key, window_from, window_to, evidence_sum, audience,
			id, grade, score, reason, evidence, found_at)
		VALUES (?, ?, ?, ?, CAST(? AS date), CAST(? AS date), ?, ?, ?, ?, ?, CAST(? AS jsonb), CAST(? AS uuid[]), ?)
		ON CONFLICT (rule, version, subject_kind, subject_key, window_from, window_to, evidence_sum, audience) DO NOTHING`,
		append(identity, r.ID, string(f.Grade), f.Score, r.Reason, literal(f.Evidence), r.FoundAt)...)
	if res.Error != nil || res.RowsAffected == 1 {
		return r.ID, res.Error == nil, res.Error
	}
	var standing struct{ ID uuid.UUID }
	err = tx.Gorm().Raw(`
		SELECT id FROM findings WHERE rule = ? AND version = ? AND subject_kind = ? AND subject_key = ?
			AND window_from = CAST(? AS date) AND window_to = CAST(? AS date) AND evidence_sum = ? AND audience = ?`, identity...).Scan(&standing).Error
	return standing.ID, false, err
}

type alertRow struct {
	ID    uuid.UUID
	Grade pattern.Grade
	Score float64
}

// openAlert gives the audience's open alert about the subject, and the zero row when there
// is none.
func openAlert(tx postgres.Tx, s pattern.Subject, at audience) (a alertRow, err error) {
	err = tx.Gorm().Raw(`SELECT id, grade, score FROM alerts WHERE subject_kind = ? AND subject_key = ? AND audience = ? AND closed_at IS NULL`,
		string(s.Kind), s.Key, string(at)).Scan(&a).Error
	return a, err
}

// upsertAlert opens the alert about the subject, or lets the open one rise:
// neither grade nor score ever falls.
func upsertAlert(tx postgres.Tx, s pattern.Subject, whose audience, a alertRow, at time.Time) error {
	return tx.Gorm().Exec(`
		INSERT INTO alerts (id, subject_kind, subject_key, audience, grade, score, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (subject_kind, subject_key, audience) WHERE closed_at IS NULL DO UPDATE SET
			grade = (ARRAY['watch', 'amber', 'red'])[greatest(
				array_position(ARRAY['watch', 'amber', 'red'], alerts.grade),
				array_position(ARRAY['watch', 'amber', 'red'], EXCLUDED.grade))],
			score = greatest(alerts.score, EXCLUDED.score)`,
		a.ID, string(s.Kind), s.Key, string(whose), string(a.Grade), a.Score, at).Error
}

func insertAlertFinding(tx postgres.Tx, alert, finding uuid.UUID) error {
	return tx.Gorm().Exec(`INSERT INTO alert_findings (alert_id, finding_id) VALUES (?, ?) ON CONFLICT (finding_id) DO NOTHING`,
		alert, finding).Error
}
