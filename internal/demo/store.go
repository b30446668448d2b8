package demo

import (
	"encoding/json"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// seeding is the lock that two processes which start at once take in turn.
const seeding = 7203148

// begin takes the lock and reports whether the step is done already.
func begin(tx postgres.Tx, mark string) (done bool, err error) {
	if err := lock(tx); err != nil {
		return false, err
	}
	return marked(tx, mark)
}

func lock(tx postgres.Tx) error {
	return tx.Gorm().Exec(`SELECT pg_advisory_xact_lock(?)`, seeding).Error
}

func marked(tx postgres.Tx, mark string) (found bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM audit_entries WHERE object_kind = 'demo' AND action = ?)`, mark).Scan(&found).Error
	return found, err
}

func anyUnit(tx postgres.Tx) (found bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM units) OR EXISTS (SELECT FROM people)`).Scan(&found).Error
	return found, err
}

// firstEntered returns when the first agency of the demonstration was entered.
func firstEntered(tx postgres.Tx) (at time.Time, found bool, err error) {
	res := tx.Gorm().Raw(`SELECT created_at FROM agencies WHERE source = ? ORDER BY created_at LIMIT 1`, source).Scan(&at)
	return at, res.RowsAffected == 1, res.Error
}

func findAgencies(tx postgres.Tx, houses []house) (map[string]uuid.UUID, error) {
	var rows []struct {
		ID                   uuid.UUID
		NameLatin, NameLocal string
	}
	err := tx.Gorm().Raw(`SELECT id, name_latin, name_local FROM agencies WHERE source = ?`, source).Scan(&rows).Error
	ids := map[string]uuid.UUID{}
	for _, r := range rows {
		for _, h := range houses {
			if h.latin == r.NameLatin && h.local == r.NameLocal {
				ids[h.key] = r.ID
			}
		}
	}
	return ids, err
}

func name(en, km string) string {
	text, _ := json.Marshal(map[string]string{"en": en, "km": km}) // strings always marshal
	return string(text)
}

func insertUnits(tx postgres.Tx, units []unit) error {
	for _, u := range units {
		var parent *string
		if u.code == "province-east" || u.code == "embassy-south" {
			code := ministryCode
			parent = &code
		}
		err := tx.Gorm().Exec(`INSERT INTO units (id, code, kind, name, parent_id, province, countries)
			VALUES (?, ?, ?, ?::jsonb, (SELECT id FROM units WHERE code = ?), NULLIF(?, ''), string_to_array(NULLIF(?, ''), ' '))`,
			id.New(), u.code, u.kind, name(u.en, u.km), parent, u.province, u.countries).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// unitKeyed returns the key of the unit with that code.
func unitKeyed(tx postgres.Tx, code string) (uuid.UUID, error) {
	var found struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id FROM units WHERE code = ?`, code).Scan(&found).Error
	return found.ID, err
}

func insertAgencyUnit(tx postgres.Tx, h house, agency uuid.UUID) error {
	return tx.Gorm().Exec(`INSERT INTO units (id, code, kind, name, agency_id) VALUES (?, ?, 'agency', ?::jsonb, ?)`,
		id.New(), h.key, name(h.latin, h.local), agency).Error
}

func insertPerson(tx postgres.Tx, p person, now time.Time) (key, unit uuid.UUID, err error) {
	key = id.New()
	err = tx.Gorm().Exec(`INSERT INTO people (id, email, name, created_at) VALUES (?, ?, ?, ?)`, key, p.email, p.name, now).Error
	if err != nil {
		return uuid.Nil, uuid.Nil, err
	}
	unit, err = unitKeyed(tx, p.unit)
	return key, unit, err
}

// insertPeriod enters a period that licenses all work in these destinations.
func insertPeriod(tx postgres.Tx, agency uuid.UUID, from, until time.Time, destinations []string) error {
	key := id.New()
	err := tx.Gorm().Exec(`INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES (?, ?, ?, ?)`, key, agency, from, until).Error
	for _, destination := range destinations {
		if err == nil {
			err = tx.Gorm().Exec(`INSERT INTO licence_scopes (period_id, destination, since) VALUES (?, ?, ?)`, key, destination, from).Error
		}
	}
	return err
}

func insertEvent(tx postgres.Tx, agency uuid.UUID, kind licensing.EventKind, on time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES (?, ?, ?, ?)`, id.New(), agency, kind, on).Error
}

func insertBarred(tx postgres.Tx, name string, born, from time.Time) error {
	key := id.New()
	err := tx.Gorm().Exec(`
		INSERT INTO barred_people (id, name_latin, born_on, ground, text, from_day, proposed_at, confirmed_at) VALUES (?, ?, ?, 'worker_fees', ?, ?, ?, ?)`,
		key, name, born, "Decision 7 of the invented court: workers paid for places that did not exist.", from, from, from).Error
	if err != nil {
		return err
	}
	return tx.Gorm().Exec(`INSERT INTO barred_names (barred_id, folded) VALUES (?, ?)`, key, matching.Fold(name)).Error
}

func insertPaper(tx postgres.Tx, statement string, args map[string]any) error {
	return tx.Gorm().Exec(statement, args).Error
}

func insertEmployer(tx postgres.Tx, key uuid.UUID, w works, token matching.Token, at time.Time) error {
	folded := matching.CompanyFold(w.name)
	return tx.Gorm().Exec(`INSERT INTO employers (id, name, folded, token, country, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
		key, w.name, folded, token, w.country, at).Error
}

func insertPlacements(tx postgres.Tx, rows []placementRow) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	return tx.Gorm().Exec(`
		INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, phone_token, departed_on, registered_at)
		SELECT id, agency_id, employer_id, country, occupation, document_token, phone_token, departed_on, registered_at
		FROM json_to_recordset(?) AS r(id uuid, agency_id uuid, employer_id uuid, country text, occupation text,
			document_token text, phone_token text, departed_on date, registered_at timestamptz)`, string(text)).Error
}

// insertStandards adds them after the others of their topic.
func insertStandards(tx postgres.Tx) error {
	for _, s := range standards {
		wording, err := json.Marshal(s.Wording)
		if err != nil {
			return err
		}
		err = tx.Gorm().Exec(`INSERT INTO inspection_standards (code, valid_from, topic, weight, place, wording, source)
			SELECT @code, '2020-01-01', @topic, @weight, max(place) + 1, CAST(@wording AS jsonb), @source FROM inspection_standards WHERE topic = @topic`,
			map[string]any{"code": s.Code, "topic": string(s.Topic), "weight": string(s.Weight), "wording": string(wording), "source": s.Source}).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// staff are the people of the demonstration as they act, by address.
func staff(tx postgres.Tx) (map[string]identity.Actor, error) {
	var rows []struct {
		Email    string
		PersonID uuid.UUID
		UnitID   uuid.UUID
		Code     string
		Kind     identity.UnitKind
		AgencyID *uuid.UUID
		Role     identity.Role
	}
	err := tx.Gorm().Raw(`SELECT p.email, p.id AS person_id, u.id AS unit_id, u.code, u.kind, u.agency_id, m.role
		FROM people p JOIN memberships m ON m.person_id = p.id JOIN units u ON u.id = m.unit_id`).Scan(&rows).Error
	all := map[string]identity.Actor{}
	for _, r := range rows {
		a := identity.Actor{Kind: identity.KindStaff, PersonID: r.PersonID, UnitID: r.UnitID, UnitCode: r.Code, UnitKind: r.Kind, Role: r.Role}
		if r.AgencyID != nil {
			a.AgencyID = *r.AgencyID
		}
		all[r.Email] = a
	}
	return all, err
}
