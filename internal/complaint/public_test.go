package complaint_test

import (
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/platform/id"
)

func TestThePublicAddsNothingToAComplaintThatIsFiled(t *testing.T) {
	o := openState(t)
	in := told()
	in.MayAct = []complaint.MayAct{complaint.LabourDesk}
	filed, _ := o.file(t, in)
	public := o.db.As(t, "portal_public")
	for _, statement := range []string{
		`INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'accused')`,
		`INSERT INTO readings (id, complaint_id, unit_id, red, made_at, due_at, state) VALUES (gen_random_uuid(), $1, $2, false, now(), now(), 'not_needed')`,
		`INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) SELECT $1, code, '1', '{answers}', '\x00' FROM units WHERE id = $2`,
		`INSERT INTO complaint_disclosures (complaint_id, person, recipient, basis, given_at) SELECT $1, 'worker', code, 'consent', now() FROM units WHERE id = $2`,
		`INSERT INTO complaint_consents (complaint_id, consent, given_at, pin) SELECT $1, 'police', now(), '\x00' FROM units WHERE id = $2`,
		`INSERT INTO complaint_items (complaint_id, item, schema, slot, ciphertext) SELECT $1, 'originals', 1, 99999, '\x00' FROM units WHERE id = $2`,
		`INSERT INTO complaint_indicators (complaint_id, indicator, phase) SELECT $1, 'isolation', 'work' FROM units WHERE id = $2`,
	} {
		tx, err := public.Begin()
		if err != nil {
			t.Fatal(err)
		}
		// Not even beside a complaint of one's own in the same transaction.
		own := id.New()
		if _, err = tx.Exec(`INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand, danger_now,
			missing_person, never_departed, minor, official) VALUES ($1, sha256('a'), sha256('b'), now(), 'received', 'km', 'web', 'self', true, false, false, false, false, false)`, own); err != nil {
			t.Fatal(err)
		}
		if _, err = tx.Exec(`INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'accused')`, own, o.units["police-east"]); err != nil {
			t.Fatal(err)
		}
		_, err = tx.Exec(statement, filed.ID, o.units["border-north"])
		if err == nil || !strings.Contains(err.Error(), "row-level security") && !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", statement, err)
		}
		_ = tx.Rollback()
	}
}

func TestThePublicAsksNothingOfAComplaintNorOfPeople(t *testing.T) {
	o := openState(t, "reading-room")
	in := told()
	in.Official, in.OfficialUnit = true, o.units["border-north"]
	filed, _ := o.file(t, in)
	public := o.db.As(t, "portal_public")
	for _, question := range []string{
		`SELECT excluded($1, $2)`, `SELECT reading_conflict($1, $2)`, `SELECT kept_from($1, $2)`, `SELECT barred($1) OR $2::uuid IS NULL`,
		`SELECT put_envelope($1, $2::uuid::text, '1', '{answers}', '\x00')`, `SELECT count(*) > 0 FROM complaint_consents WHERE complaint_id = $1 AND $2::uuid IS NOT NULL`,
		`SELECT release_envelope($1, $2::uuid::text, '1', '{answers}', '\x00')`,
		`SELECT count(*) > 0 FROM people WHERE $1::uuid <> $2::uuid`, `SELECT EXISTS (SELECT FROM memberships WHERE $1::uuid <> $2::uuid)`,
	} {
		var answer bool
		err := public.QueryRow(question, filed.ID, o.units["border-north"]).Scan(&answer)
		if err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s answers %t, %v", question, answer, err)
		}
	}
}

// Whoever holds the receipt's session and speaks to the database past the portal
// addresses nothing before a consent, and by one nothing of another complaint.
func TestAnOpenReceiptAddressesNothingWithoutAConsentAndNothingOfAnother(t *testing.T) {
	o := openState(t)
	_, receipt := o.file(t, told())
	other, _ := o.file(t, told())
	_, session := o.handIn(t, receipt)
	public := o.db.As(t, "portal_public")
	refused := func(when string) {
		t.Helper()
		var put bool
		err := public.QueryRow(`SELECT receipt_address($1, 'police-national', '1', '{answers}', '\x00')`, session.Actor.Proof).Scan(&put)
		if put || err != nil {
			t.Errorf("%s: %t, %v", when, put, err)
		}
	}
	refused("before any consent")
	tx, err := public.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`SELECT receipt_consent($1, 'police', now(), '\x00')`, session.Actor.Proof); err != nil {
		t.Fatal(err)
	}
	_, err = tx.Exec(`INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'accused')`, other.ID, o.units["police-east"])
	if err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("an exclusion is added to another complaint: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := o.allow(t, receipt, complaint.ConsentPolice); err != nil {
		t.Fatal(err)
	}
	refused("after the transaction in which it was given")
}
