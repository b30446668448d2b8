package fitness

import (
	"encoding/json"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type filedRow struct {
	ApplicationID, AgencyID uuid.UUID
	Round                   int
	Answers                 string
}

func lastRound(tx postgres.Tx, application uuid.UUID) (r filedRow, found bool, err error) {
	res := tx.Gorm().Raw(`
		SELECT v.application_id, a.agency_id, v.round, v.answers::text AS answers FROM application_versions v JOIN applications a ON a.id = v.application_id
		WHERE v.application_id = ? ORDER BY v.round DESC LIMIT 1`, application).Scan(&r)
	return r, res.RowsAffected == 1, res.Error
}

// sharedWithTheSanctioned lists identifiers that the agency shares with agencies
// which are or were suspended or revoked, with how many others share each. Names are
// compared with those of the register and of what was filed before.
func sharedWithTheSanctioned(tx postgres.Tx, agency uuid.UUID, all []Identifier) ([]Match, error) {
	text, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Kind           Kind
		OtherID        uuid.UUID
		Shown          string
		Degree, Weight int
	}
	err = tx.Gorm().Raw(`
		WITH mine AS MATERIALIZED (SELECT kind, key, min(shown) AS shown FROM json_to_recordset(@mine) AS r(kind text, key text, shown text) GROUP BY kind, key),
		shared AS MATERIALIZED (
			SELECT DISTINCT m.kind, m.key, m.shown, i.agency_id FROM mine m JOIN agency_identifiers i ON i.kind = m.kind AND i.key = m.key WHERE i.agency_id <> @agency AND m.kind <> 'person'
			UNION SELECT m.kind, m.key, m.shown, c.agency_id FROM mine m JOIN agency_contacts c ON c.kind = 'email' AND c.key LIKE '%' || m.key
				WHERE m.kind = 'email' AND m.key LIKE '@%' AND c.agency_id <> @agency
			UNION SELECT m.kind, m.key, m.shown, p.agency_id FROM mine m JOIN agency_parts p ON p.email LIKE '%' || m.key
				WHERE m.kind = 'email' AND m.key LIKE '@%' AND p.email <> '' AND p.agency_id <> @agency
			UNION SELECT m.kind, m.key, m.shown, c.agency_id FROM mine m JOIN agency_contacts c ON c.kind = 'person' AND c.key = m.key WHERE m.kind = 'person' AND c.agency_id <> @agency)
		SELECT s.kind, s.agency_id AS other_id, s.shown, (SELECT count(DISTINCT o.agency_id) FROM shared o WHERE o.kind = s.kind AND o.key = s.key) AS degree
		FROM shared s WHERE EXISTS (SELECT FROM licence_events e WHERE e.agency_id = s.agency_id AND e.kind IN ('suspended','revoked'))
		ORDER BY s.kind, s.agency_id, s.shown`, map[string]any{"mine": string(text), "agency": agency}).Scan(&rows).Error
	matches := make([]Match, len(rows))
	for i, r := range rows {
		matches[i] = Match{Kind: r.Kind, Other: r.OtherID, Shown: r.Shown, Degree: r.Degree}
	}
	return matches, err
}

// openAlerts counts what detection holds about the applicant, about its phones, and
// about those that it matches.
func openAlerts(tx postgres.Tx, agency uuid.UUID, matches []Match, phones []string) (n int, err error) {
	subjects := []string{agency.String()}
	for _, m := range matches {
		if m.Weight > 0 {
			subjects = append(subjects, m.Other.String())
		}
	}
	text, err := json.Marshal(map[string][]string{"agency": subjects, "phone": append([]string{}, phones...)})
	if err != nil {
		return 0, err
	}
	err = tx.Gorm().Raw(`
		SELECT count(*) FROM alerts a WHERE a.closed_at IS NULL AND (a.subject_kind, a.subject_key) IN (
			SELECT s.key, v.value FROM json_each(CAST(@subjects AS json)) s CROSS JOIN LATERAL json_array_elements_text(s.value) v(value))`,
		map[string]any{"subjects": string(text)}).Scan(&n).Error
	return n, err
}

type checkRow struct {
	ID, ApplicationID, AgencyID uuid.UUID
	Round                       int
	Grade                       Grade
	Score                       int
	SecondNeeded                bool
	SecondAt                    *time.Time
	MadeAt                      time.Time
}

// findings are what a check found.
type findings struct {
	matches []Match
	barred  []BarredMatch
}

// insertCheck returns false when the round was checked already.
func insertCheck(tx postgres.Tx, c checkRow, f findings, sealed int, sampled bool) (bool, error) {
	res := tx.Gorm().Exec(`
		INSERT INTO fitness_checks (id, application_id, round, agency_id, grade, score, second_needed, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (application_id, round) DO NOTHING`, c.ID, c.ApplicationID, c.Round, c.AgencyID, c.Grade, c.Score, c.SecondNeeded, c.MadeAt)
	if res.Error != nil || res.RowsAffected == 0 {
		return false, res.Error
	}
	for _, m := range f.barred {
		err := tx.Gorm().Exec(`INSERT INTO fitness_barred (check_id, barred_id, kind, shown, weight) VALUES (?, ?, ?, ?, ?)`, c.ID, m.Person, m.Kind, m.Shown, m.Weight).Error
		if err != nil {
			return false, err
		}
	}
	for _, m := range f.matches {
		err := tx.Gorm().Exec(`INSERT INTO fitness_matches (check_id, kind, other_id, shown, degree, weight) VALUES (?, ?, ?, ?, ?, ?)`,
			c.ID, m.Kind, m.Other, m.Shown, m.Degree, m.Weight).Error
		if err != nil {
			return false, err
		}
	}
	return true, tx.Gorm().Exec(`INSERT INTO fitness_sealed (check_id, alerts, random) VALUES (?, ?, ?)`, c.ID, sealed, sampled).Error
}

// checkOf returns the check of the application's last round.
func checkOf(tx postgres.Tx, application uuid.UUID, round int) (c checkRow, found bool, err error) {
	res := tx.Gorm().Raw(`SELECT * FROM fitness_checks WHERE application_id = ? AND round = ?`, application, round).Scan(&c)
	return c, res.RowsAffected == 1, res.Error
}

func checkByID(tx postgres.Tx, key uuid.UUID, how string) (c checkRow, found bool, err error) {
	res := tx.Gorm().Raw(`SELECT * FROM fitness_checks WHERE id = ? `+how, key).Scan(&c)
	return c, res.RowsAffected == 1, res.Error
}

func evidenceOf(tx postgres.Tx, check uuid.UUID) (all []Evidence, err error) {
	err = tx.Gorm().Raw(`
		SELECT m.kind, m.shown, m.degree, m.weight, m.other_id, a.name_latin, a.name_local, licence_state(a.id, CURRENT_DATE) AS state
		FROM fitness_matches m JOIN agencies a ON a.id = m.other_id WHERE m.check_id = ? ORDER BY m.weight DESC, m.kind, m.other_id`, check).Scan(&all).Error
	return all, err
}

func barredEvidenceOf(tx postgres.Tx, check uuid.UUID) (all []BarredEvidence, err error) {
	err = tx.Gorm().Raw(`
		SELECT m.kind, m.shown, m.weight, m.barred_id, b.name_latin, b.name_local, b.ground
		FROM fitness_barred m JOIN barred_people b ON b.id = m.barred_id WHERE m.check_id = ? ORDER BY m.weight DESC, m.kind, m.barred_id`, check).Scan(&all).Error
	return all, err
}

func sealedOf(tx postgres.Tx, check uuid.UUID) (s Sealed, err error) {
	err = tx.Gorm().Raw(`SELECT alerts, random FROM fitness_sealed WHERE check_id = ?`, check).Scan(&s).Error
	return s, err
}

func insertReview(tx postgres.Tx, key, check uuid.UUID, r Review, by uuid.UUID, at time.Time) error {
	err := tx.Gorm().Exec(`INSERT INTO fitness_reviews (id, check_id, go_on, text, reviewed_by, reviewed_at) VALUES (?, ?, ?, ?, ?, ?)`, key, check, r.GoOn, r.Text, by, at).Error
	if err != nil || !r.GoOn {
		return err
	}
	return tx.Gorm().Exec(`UPDATE fitness_checks SET second_at = ? WHERE id = ? AND second_at IS NULL`, at, check).Error
}

func waitingChecks(tx postgres.Tx) (all []Waiting, err error) {
	err = tx.Gorm().Raw(`
		SELECT c.id, a.name_latin, a.name_local, c.made_at, (SELECT count(*) FROM fitness_reviews r WHERE r.check_id = c.id) AS reviews
		FROM fitness_checks c JOIN agencies a ON a.id = c.agency_id WHERE c.second_needed AND c.second_at IS NULL ORDER BY c.made_at, c.id LIMIT 200`).Scan(&all).Error
	return all, err
}

func reviewsOf(tx postgres.Tx, check uuid.UUID) (all []Review, err error) {
	err = tx.Gorm().Raw(`SELECT go_on, text, reviewed_at AS at FROM fitness_reviews WHERE check_id = ? ORDER BY reviewed_at`, check).Scan(&all).Error
	return all, err
}

// overseers are those who give second decisions.
func overseers(tx postgres.Tx) ([]uuid.UUID, error) {
	var rows []struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`
		SELECT DISTINCT p.id FROM units u JOIN memberships m ON m.unit_id = u.id AND m.role = 'overseer' JOIN people p ON p.id = m.person_id
		WHERE u.kind = 'oversight' AND p.deactivated_at IS NULL ORDER BY p.id`).Scan(&rows).Error
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, err
}
