package postgres_test

import (
	"database/sql"
	"errors"
	"slices"
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
	for _, name := range []string{"portal.person", "portal.unit", "portal.as"} {
		var left string
		if err := db.Pool().QueryRowContext(t.Context(), `SELECT coalesce(current_setting($1, true), '')`, name).Scan(&left); err != nil || left != "" {
			t.Errorf("%s outlives its transaction: %q, %v", name, left, err)
		}
	}
	err = db.Read(t.Context(), identity.Public(), func(tx postgres.Tx) error {
		if got := setting(t, tx, "portal.person"); got != "" {
			t.Errorf("the next visitor is taken for %q", got)
		}
		if got := setting(t, tx, "portal.as"); got != "public" {
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
	err := db.InTx(t.Context(), identity.Door(), func(tx postgres.Tx) error {
		if err := tx.Gorm().Exec(`INSERT INTO attempts VALUES ('x', 'y', now(), 1)`).Error; err != nil {
			return err
		}
		return rope
	})
	if !errors.Is(err, rope) {
		t.Fatalf("err = %v, want the rope", err)
	}
	var n int
	if err := db.Super(t).QueryRowContext(t.Context(), `SELECT count(*) FROM attempts`).Scan(&n); err != nil || n != 0 {
		t.Fatalf("%d rows, %v; want none", n, err)
	}
}

func TestReadingCannotWrite(t *testing.T) {
	db := testkit.DB(t)
	err := db.Read(t.Context(), identity.Door(), func(tx postgres.Tx) error {
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
		return db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
			return tx.Gorm().Exec(`INSERT INTO people (id, email, name, created_at)
				VALUES (gen_random_uuid(), 'canary@people.example', 'Canary', now())`).Error
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
	roles := map[string]*sql.DB{}
	for _, role := range []string{postgres.PublicRole, postgres.DoorRole, postgres.StaffRole, postgres.WorkerRole, postgres.SetupRole} {
		roles[role] = db.As(t, role)
	}
	for _, statement := range []string{
		`ALTER TABLE people ADD COLUMN x text`, `CREATE TABLE mine (x text)`, `DROP TABLE people`,
		`TRUNCATE audit_entries`, `DELETE FROM audit_entries`, `UPDATE audit_entries SET action = 'a.b'`,
		`UPDATE escalations SET pattern = '{}'`, `UPDATE policies SET value = '1'`, `UPDATE rule_settings SET params = '{}'`,
		`SET session_replication_role = replica`, `ALTER TABLE audit_entries DISABLE TRIGGER ALL`,
		`DELETE FROM complaints`, `UPDATE complaint_items SET ciphertext = ''`, `DELETE FROM promises`, `UPDATE people SET email = 'a@b'`, `UPDATE member_keys SET public = ''`, `UPDATE memberships SET role = 'overseer'`, `DELETE FROM sessions`,
	} {
		for _, role := range []string{postgres.PublicRole, postgres.DoorRole, postgres.StaffRole, postgres.WorkerRole, postgres.SetupRole} {
			// The worker deletes what expired: of which rows, row security says
			// (internal/retention has the tests).
			if role == postgres.WorkerRole && (statement == `UPDATE complaint_items SET ciphertext = ''` || statement == `DELETE FROM sessions`) {
				continue
			}
			if _, err := roles[role].ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s may: %s", role, statement)
			}
		}
	}
}

func TestNobodyHasNoRole(t *testing.T) {
	db := testkit.DB(t)
	err := db.Read(t.Context(), identity.Actor{}, func(postgres.Tx) error {
		t.Error("a transaction without an actor was opened")
		return nil
	})
	if err == nil {
		t.Fatal("nobody may read")
	}
}

// What the login may by itself is nothing: a statement outside of an actor's
// transaction reads no row of any table.
func TestTheLoginItselfMayDoNothing(t *testing.T) {
	db := testkit.DB(t)
	var tables []string
	rows, err := db.Super(t).QueryContext(t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if len(tables) < 20 {
		t.Fatalf("only %d tables were found", len(tables))
	}
	for _, name := range tables {
		var n int
		if err := db.Pool().QueryRowContext(t.Context(), `SELECT count(*) FROM `+name).Scan(&n); err == nil {
			t.Errorf("the login reads %s", name)
		}
	}
}

// A table that somebody forgets to close would be a hole in the second wall.
func TestOnlyTheOwnerCreatesInTheSchema(t *testing.T) {
	db := testkit.DB(t)
	rows, err := db.Super(t).QueryContext(t.Context(), `SELECT rolname FROM pg_roles
		WHERE (rolname LIKE 'portal\_%' OR rolname = 'pg_read_all_data') AND has_schema_privilege(rolname, 'public', 'CREATE')`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var creators []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		creators = append(creators, name)
	}
	if err := rows.Err(); err != nil || !slices.Equal(creators, []string{postgres.OwnerRole}) {
		t.Errorf("%v create in the schema, %v", creators, err)
	}
}

func TestEveryTableHasRowSecurity(t *testing.T) {
	db := testkit.DB(t)
	var open, unforced string
	err := db.Super(t).QueryRowContext(t.Context(), `SELECT
		coalesce(string_agg(relname, ' ' ORDER BY relname) FILTER (WHERE NOT relrowsecurity), ''),
		coalesce(string_agg(relname, ' ' ORDER BY relname) FILTER (WHERE relrowsecurity AND NOT relforcerowsecurity), '')
		FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'goose_db_version'`).Scan(&open, &unforced)
	if err != nil {
		t.Fatal(err)
	}
	if open != "" {
		t.Errorf("without row security: %s", open)
	}
	const openToAll = "agencies agency_contacts agency_names licence_events licence_periods licences policies rule_settings units"
	if unforced != openToAll {
		t.Errorf("not forced on their owner: %s, want %s", unforced, openToAll)
	}
}

// Only the functions of receipts and triggers run with other rights than their
// caller's, and none of them can be led astray by a search path.
func TestDefinerFunctionsBelongToTheReceiptsRole(t *testing.T) {
	db := testkit.DB(t)
	var wrong string
	err := db.Super(t).QueryRowContext(t.Context(), `SELECT coalesce(string_agg(proname, ' '), '') FROM pg_proc
		WHERE pronamespace = 'public'::regnamespace AND prosecdef
		  AND (pg_get_userbyid(proowner) <> 'portal_receipt' OR NOT coalesce(proconfig::text LIKE '%search_path=public, pg_temp%', false)
		       OR has_function_privilege('portal_app', oid, 'EXECUTE'))`).Scan(&wrong)
	if err != nil || wrong != "" {
		t.Fatalf("%s, %v", wrong, err)
	}
}
