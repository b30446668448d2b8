package jobs_test

import (
	"fmt"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
)

// police makes the national unit with an investigator, a duty officer and a
// commander.
func police(t *testing.T, db *testkit.Database) {
	t.Helper()
	owner := db.Super(t)
	unit := id.New()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := owner.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'national', 'police', '{"en":"National unit"}')`, unit)
	db.Adopt(t)
	for _, role := range []identity.Role{identity.RoleInvestigator, identity.RoleDutyOfficer, identity.RoleCommander} {
		person := id.New()
		exec(`INSERT INTO people (id, email, name, created_at) VALUES ($1, $2, $3, now())`,
			person, string(role)+"@police.example", "Officer "+string(role))
		db.Grant(t, testkit.Clock(), person, unit, role)
	}
}

// lodge files two complaints about one employer, each with the promise to
// screen it. Neither is a pattern alone; together they are escalated once.
func lodge(t *testing.T, db *testkit.Database) {
	t.Helper()
	employer := id.New().String()
	for _, said := range [][]string{
		{"wage_withholding", "document_retention", "restriction_of_movement"},
		{"excessive_overtime", "abusive_conditions"},
	} {
		key := id.New()
		err := db.InTx(t.Context(), identity.Public(), func(tx postgres.Tx) error {
			err := tx.Gorm().Exec(`
				INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand,
					danger_now, missing_person, never_departed, minor, official, employer_token, reporter_token)
				VALUES (?, sha256(convert_to(?, 'UTF8')), sha256(convert_to(?, 'UTF8')), now(), 'received', 'km', 'web', 'self', true,
					false, false, false, false, false, ?, ?)`,
				key, "nonce "+key.String(), "receipt "+key.String(), employer, key.String()).Error
			if err != nil {
				return err
			}
			for _, indicator := range said {
				err := tx.Gorm().Exec(`INSERT INTO complaint_indicators (complaint_id, indicator, phase) VALUES (?, ?, 'work')`, key, indicator).Error
				if err != nil {
					return err
				}
			}
			return outbox.Append(tx, outbox.Promise{Topic: "complaint.filed", SubjectID: key})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// plain speaks no language; what letters say is tested with the messages.
type plain struct{}

func (plain) Text(lang, key string, args ...any) (string, error) {
	return fmt.Sprintln(lang, key, args), nil
}
