package application

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// waiting returns the decision about a recommendation that waits, or the zero id.
func waiting(tx postgres.Tx, application uuid.UUID) (uuid.UUID, error) {
	var row struct{ ID uuid.UUID }
	err := tx.Gorm().Raw(`SELECT id FROM decisions WHERE subject_id = ? AND kind IN ('application.grant','application.refuse') AND state = 'waiting' LIMIT 1`,
		application).Scan(&row).Error
	return row.ID, err
}

func upsertRemark(tx postgres.Tx, key, application uuid.UUID, r Remark, actor identity.Actor) error {
	return tx.Gorm().Exec(`
		INSERT INTO application_remarks (id, application_id, round, section, item, field, text, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (application_id, round, section, item, field) DO UPDATE SET text = excluded.text, made_by = excluded.made_by, made_at = excluded.made_at`,
		key, application, r.Round, r.Section, r.Item, r.Field, r.Text, actor.PersonID, r.MadeAt).Error
}

func deleteRemark(tx postgres.Tx, application uuid.UUID, r Remark) error {
	return tx.Gorm().Exec(`DELETE FROM application_remarks WHERE application_id = ? AND round = ? AND section = ? AND item = ? AND field = ?`,
		application, r.Round, r.Section, r.Item, r.Field).Error
}

// remarksOf lists the remarks that whoever acts may read, round by round.
func remarksOf(tx postgres.Tx, application uuid.UUID) (all []Remark, err error) {
	err = tx.Gorm().Raw(`SELECT round, section, item, field, text, made_at FROM application_remarks WHERE application_id = ? ORDER BY round, section, item, field`,
		application).Scan(&all).Error
	return all, err
}

func insertReturn(tx postgres.Tx, h held, actor identity.Actor, now time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO application_returns (application_id, round, returned_by, returned_at) VALUES (?, ?, ?, ?)`, h.ID, h.Round, actor.PersonID, now).Error
}

func insertRecommendation(tx postgres.Tx, key uuid.UUID, h held, r Recommendation, actor identity.Actor, now time.Time) error {
	outcome := "refuse"
	var from, until *time.Time
	lines := []string{}
	if r.Grant {
		outcome = "grant"
		for _, l := range r.Scope {
			lines = append(lines, l.String())
		}
		if h.Kind != Change {
			from, until = &r.From, &r.Until
		}
	}
	return tx.Gorm().Exec(`
		INSERT INTO application_recommendations (decision_id, application_id, round, outcome, reason, number, valid_from, valid_until, scope, made_by, made_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, string_to_array(?, ','), ?, ?)`,
		key, h.ID, h.Round, outcome, r.Reason, r.Number, from, until, strings.Join(lines, ","), actor.PersonID, now).Error
}

// recommendation returns what stands behind a decision.
func recommendation(tx postgres.Tx, key uuid.UUID) (Recommendation, error) {
	var row struct {
		Outcome, Reason, Number, Scope string
		ValidFrom, ValidUntil          *time.Time
	}
	res := tx.Gorm().Raw(`SELECT outcome, reason, number, array_to_string(scope, ',') AS scope, valid_from, valid_until FROM application_recommendations WHERE decision_id = ?`,
		key).Scan(&row)
	if res.Error == nil && res.RowsAffected == 0 {
		return Recommendation{}, errNotFound()
	}
	r := Recommendation{Grant: row.Outcome == "grant", Reason: row.Reason, Number: row.Number}
	if row.ValidFrom != nil {
		r.From, r.Until = *row.ValidFrom, *row.ValidUntil
	}
	for line := range strings.SplitSeq(row.Scope, ",") {
		if line != "" {
			r.Scope = append(r.Scope, licensing.ParseScopeLine(line))
		}
	}
	return r, res.Error
}

// Receipt is the ministry's receipt for a fee.
type Receipt struct {
	Number     int64
	Money      money.Money
	PaidOn     time.Time
	Reference  string
	RecordedAt time.Time
}

// receiptOf returns nil when none was given.
func receiptOf(tx postgres.Tx, application uuid.UUID) (*Receipt, error) {
	var row struct {
		Number, Minor       int64
		Currency, Reference string
		PaidOn, RecordedAt  time.Time
	}
	res := tx.Gorm().Raw(`SELECT number, minor, currency, reference, paid_on, recorded_at FROM fee_receipts WHERE application_id = ?`, application).Scan(&row)
	if res.Error != nil || res.RowsAffected == 0 {
		return nil, res.Error
	}
	return &Receipt{row.Number, money.Money{Minor: row.Minor, Currency: row.Currency}, row.PaidOn, row.Reference, row.RecordedAt}, nil
}

func insertReceipt(tx postgres.Tx, application uuid.UUID, r Receipt, actor identity.Actor) (bool, error) {
	res := tx.Gorm().Exec(`
		INSERT INTO fee_receipts (application_id, minor, currency, paid_on, reference, recorded_by, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (application_id) DO NOTHING`, application, r.Money.Minor, r.Money.Currency, r.PaidOn, r.Reference, actor.PersonID, r.RecordedAt)
	return res.RowsAffected == 1, res.Error
}

// replaceParts ends what the dossier does not have any more, or has otherwise, and
// begins what is new.
func replaceParts(tx postgres.Tx, h held, parts []part, today time.Time) error {
	type row struct {
		ID uuid.UUID `json:"id"`
		part
	}
	rows := make([]row, len(parts))
	for i, p := range parts {
		rows[i] = row{id.New(), p}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	args := map[string]any{"rows": string(text), "agency": h.AgencyID, "application": h.ID, "today": today}
	const given = `json_to_recordset(@rows) AS r(id uuid, kind text, item text, name_latin text, name_local text, born_on timestamptz, country text, position text,
		share_bp integer, province text, address text, phone text, email text, token text, last4 text)`
	const same = `p.kind = r.kind AND p.item = r.item AND (p.name_latin, p.name_local, p.born_on, p.country, p.position, p.share_bp, p.province, p.address, p.phone, p.email, p.token)
		IS NOT DISTINCT FROM (r.name_latin, r.name_local, CAST(r.born_on AT TIME ZONE 'UTC' AS date), r.country, r.position, r.share_bp, r.province, r.address, r.phone, r.email, r.token)`
	err = tx.Gorm().Exec(`UPDATE agency_parts p SET until = GREATEST(p.since, CAST(@today AS date)) WHERE p.agency_id = @agency AND p.until IS NULL AND NOT EXISTS (SELECT FROM `+given+` WHERE `+same+`)`, args).Error
	if err != nil {
		return err
	}
	return tx.Gorm().Exec(`
		INSERT INTO agency_parts (id, agency_id, application_id, kind, item, name_latin, name_local, born_on, country, position, share_bp, province, address, phone, email, token, last4, since)
		SELECT r.id, @agency, @application, r.kind, r.item, r.name_latin, r.name_local, CAST(r.born_on AT TIME ZONE 'UTC' AS date), r.country, r.position, r.share_bp,
			r.province, r.address, r.phone, r.email, r.token, r.last4, CAST(@today AS date)
		FROM `+given+` WHERE NOT EXISTS (SELECT FROM agency_parts p WHERE p.agency_id = @agency AND p.until IS NULL AND p.kind = r.kind AND p.item = r.item)`, args).Error
}

func insertFormerName(tx postgres.Tx, h held, latin, local string, today time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO agency_former_names (agency_id, name_latin, name_local, until, application_id) VALUES (?, ?, ?, ?, ?)`,
		h.AgencyID, latin, local, today, h.ID).Error
}

func formerNames(tx postgres.Tx, of uuid.UUID) (names []agency.Name, err error) {
	err = tx.Gorm().Raw(`SELECT name_latin AS latin, name_local AS local FROM agency_former_names WHERE agency_id = ? ORDER BY until DESC`, of).Scan(&names).Error
	return names, err
}
