package jobs_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// eager is a screening that escalates every complaint. What it writes is what
// screening writes, in one transaction: the evaluation, an alert, the
// escalation. A second effect would break a unique key or be counted.
type eager struct {
	db          *postgres.DB
	escalations *escalation.Service
	step        func(string)
}

func (e eager) Screen(ctx context.Context, promiseID uuid.UUID) error {
	by := identity.System("screening")
	return outbox.Fulfil(ctx, e.db, by, promiseID, func(tx postgres.Tx, p outbox.Promise) error {
		now := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
		if err := tx.Gorm().Exec(`INSERT INTO evaluations (complaint_id, ruleset, at) VALUES (?, 'test-1', ?)`, p.SubjectID, now).Error; err != nil {
			return err
		}
		alert := id.New()
		err := tx.Gorm().Exec(`INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at) VALUES (?, 'employer', ?, 'red', 1, ?)`,
			alert, p.SubjectID.String(), now).Error
		if err != nil {
			return err
		}
		_, _, err = e.escalations.Raise(tx, by, escalation.Raising{
			AlertID: alert, Grade: escalation.Red, SubjectKind: "employer", SubjectKey: p.SubjectID.String(),
			Pattern:    escalation.Pattern{Counts: escalation.Counts{Complaints: 1}},
			Complaints: []uuid.UUID{p.SubjectID},
		})
		e.step("screen: before commit")
		return err
	})
}

// police makes the national unit with an investigator, a duty officer and a
// commander.
func police(t *testing.T, db *testkit.Database) {
	t.Helper()
	owner := db.Owner(t)
	unit := id.New()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := owner.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'national', 'police', '{"en":"National unit"}')`, unit)
	for _, role := range []string{"investigator", "duty_officer", "commander"} {
		person := id.New()
		exec(`INSERT INTO people (id, email, name, passphrase_hash, created_at) VALUES ($1, $2, $3, 'x', now())`,
			person, role+"@police.example", "Officer "+role)
		exec(`INSERT INTO memberships (person_id, unit_id, role) VALUES ($1, $2, $3)`, person, unit, role)
	}
}

// file lodges a complaint with the promise to screen it, in one transaction.
func file(t *testing.T, db *testkit.Database) uuid.UUID {
	t.Helper()
	key := id.New()
	err := db.InTx(t.Context(), identity.Public(), func(tx postgres.Tx) error {
		err := tx.Gorm().Exec(`
			INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about,
				first_hand, danger_now, missing_person, never_departed, minor, official)
			VALUES (?, sha256(convert_to(?, 'UTF8')), sha256(convert_to(?, 'UTF8')), now(), 'received', 'km', 'web', 'self', true, false, false, false, false, false)`,
			key, "nonce "+key.String(), "receipt "+key.String()).Error
		if err != nil {
			return err
		}
		return outbox.Append(tx, outbox.Promise{Topic: "complaint.filed", SubjectID: key})
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// plain speaks no language; what letters say is tested with the messages.
type plain struct{}

func (plain) Text(lang, key string, args ...any) (string, error) {
	return fmt.Sprintln(lang, key, args), nil
}
