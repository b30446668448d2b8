package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/jackc/pgx/v5/pgconn"
)

func setting(t *testing.T, tx postgres.Tx, name string) string {
	t.Helper()
	var value string
	if err := tx.Gorm().Raw(`SELECT coalesce(current_setting(?, true), '')`, name).Scan(&value).Error; err != nil {
		t.Fatal(err)
	}
	return value
}

func TestATransactionCarriesItsActorAndLeavesNoTraceOfThem(t *testing.T) {
	base := testkit.DB(t)
	// One connection, so that the second transaction is the first's next user.
	db, err := postgres.Open(t.Context(), base.AppURL, postgres.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	officer := identity.Actor{Kind: identity.KindStaff, PersonID: id.New(), UnitID: id.New(), Role: identity.RoleInvestigator}
	err = db.InTx(t.Context(), officer, func(tx postgres.Tx) error {
		if got := setting(t, tx, "portal.person"); got != officer.PersonID.String() {
			t.Errorf("person = %q", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"portal.person", "portal.unit", "portal.role"} {
		var left string
		if err := db.Pool().QueryRowContext(t.Context(), `SELECT coalesce(current_setting($1, true), '')`, name).Scan(&left); err != nil || left != "" {
			t.Errorf("%s outlives its transaction: %q, %v", name, left, err)
		}
	}
	err = db.Read(t.Context(), identity.Public(), func(tx postgres.Tx) error {
		if got := setting(t, tx, "portal.person"); got != "" {
			t.Errorf("the next visitor is taken for %q", got)
		}
		if got := setting(t, tx, "portal.role"); got != "public" {
			t.Errorf("role = %q", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnErrorKeepsNothing(t *testing.T) {
	db := testkit.DB(t)
	rope := errors.New("the rope broke")
	err := db.InTx(t.Context(), identity.Public(), func(tx postgres.Tx) error {
		if err := tx.Gorm().Exec(`INSERT INTO attempts VALUES ('x', 'y', now(), 1)`).Error; err != nil {
			return err
		}
		return rope
	})
	if !errors.Is(err, rope) {
		t.Fatalf("err = %v, want the rope", err)
	}
	var n int
	if err := db.App(t).QueryRowContext(t.Context(), `SELECT count(*) FROM attempts`).Scan(&n); err != nil || n != 0 {
		t.Fatalf("%d rows, %v; want none", n, err)
	}
}

func TestReadingCannotWrite(t *testing.T) {
	db := testkit.DB(t)
	err := db.Read(t.Context(), identity.Public(), func(tx postgres.Tx) error {
		return tx.Gorm().Exec(`INSERT INTO attempts VALUES ('x', 'y', now(), 1)`).Error
	})
	if err == nil {
		t.Fatal("a read-only transaction wrote")
	}
}

// PostgreSQL's own words of a refused row quote its values.
func TestAnErrorNeverQuotesARow(t *testing.T) {
	db := testkit.DB(t)
	insert := func() error {
		return db.InTx(t.Context(), identity.Public(), func(tx postgres.Tx) error {
			return tx.Gorm().Exec(`INSERT INTO people (id, email, name, passphrase_hash, created_at)
				VALUES (gen_random_uuid(), 'canary@people.example', 'Canary', 'x', now())`).Error
		})
	}
	if err := insert(); err != nil {
		t.Fatal(err)
	}
	err := insert()
	if !postgres.Violates(err, "people_email") {
		t.Fatalf("err = %v, want the index's refusal", err)
	}
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || pg.Detail != "" || strings.Contains(strings.ToLower(err.Error()), "canary") {
		t.Fatalf("the error quotes the row: %+v", pg)
	}
}

func TestTheApplicationCannotChangeTables(t *testing.T) {
	db := testkit.DB(t)
	for _, statement := range []string{
		`ALTER TABLE people ADD COLUMN x text`, `CREATE TABLE mine (x text)`, `DROP TABLE people`,
		`TRUNCATE audit_entries`, `DELETE FROM audit_entries`, `UPDATE audit_entries SET action = 'a.b'`,
		`UPDATE escalations SET pattern = '{}'`, `UPDATE policies SET value = '1'`, `UPDATE rule_settings SET params = '{}'`,
		`SET session_replication_role = replica`, `ALTER TABLE audit_entries DISABLE TRIGGER ALL`,
		`DELETE FROM complaints`, `UPDATE complaint_items SET ciphertext = ''`, `DELETE FROM promises`, `UPDATE people SET email = 'a@b'`, `UPDATE people SET passphrase_hash = ''`, `DELETE FROM sessions`,
	} {
		if _, err := db.App(t).ExecContext(t.Context(), statement); err == nil {
			t.Errorf("the application role may: %s", statement)
		}
	}
}
