package migrations_test

import (
	"context"
	"database/sql"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/migrations"
)

// landed is the version that portals in use have.
const landed = 7

// used is a record whose schema moves while rows are in it.
type used struct {
	*postgres.Migrator

	t     *testing.T
	super *sql.DB
	at    int // version
}

// atLanded is an empty record of the landed version.
func atLanded(t *testing.T) *used {
	t.Helper()
	db := testkit.DB(t)
	m, err := postgres.NewMigrator(db.OwnerURL, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	files, err := m.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u := &used{Migrator: m, t: t, super: db.Super(t), at: len(files)}
	u.downTo(landed)
	return u
}

func (u *used) downTo(version int) {
	u.t.Helper()
	for ; u.at > version; u.at-- {
		if name, err := u.Down(context.Background()); err != nil {
			u.t.Fatalf("down from %s: %v", name, err)
		}
	}
}

// fill runs the statements of a file in one session.
func (u *used) fill(file string) {
	u.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		u.t.Fatal(err)
	}
	conn, err := u.super.Conn(u.t.Context())
	if err != nil {
		u.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(u.t.Context(), string(text)+"DROP FUNCTION pg_temp.u(integer);"); err != nil {
		u.t.Fatalf("%s: %v", file, err)
	}
}

func (u *used) count(table string) (n int) {
	u.t.Helper()
	if err := u.super.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil {
		u.t.Fatal(err)
	}
	return n
}

// empty lists the tables without a row.
func (u *used) empty() (names []string) {
	u.t.Helper()
	var all string
	if err := u.super.QueryRow(`SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`).Scan(&all); err != nil {
		u.t.Fatal(err)
	}
	for table := range strings.FieldsSeq(all) {
		if u.count(table) == 0 {
			names = append(names, table)
		}
	}
	return names
}

// The owner, who migrates, sees no row of a table while its row-level security is
// forced: what a migration changes or removes there must be shown to it.
func TestAPortalInUseIsUpgradedAndSetBack(t *testing.T) {
	u := atLanded(t)
	u.fill("testdata/in_use_7.sql")
	if names := u.empty(); !slices.Equal(names, []string{"complaint_items"}) {
		t.Fatalf("of these nothing is tried: %v", names)
	}
	n, err := u.Up(t.Context())
	if err != nil {
		t.Fatalf("after %d files: %v", n, err)
	}
	u.at += n
	for table, rows := range map[string]int{
		"people": 2, "memberships": 2, "complaints": 1, "complaint_envelopes": 1, "findings": 1, "escalations": 1, "audit_entries": 3, "audit_pending": 3,
		// Whoever was signed in signs in again.
		"sessions": 0, "receipt_sessions": 0, "attempts": 0,
	} {
		if n := u.count(table); n != rows {
			t.Errorf("%s has %d rows after the upgrade, want %d", table, n, rows)
		}
	}
	u.fill("testdata/in_use.sql")
	if names := u.empty(); len(names) > 0 {
		t.Fatalf("of these nothing is tried: %v", names)
	}
	u.downTo(landed)
	for table, rows := range map[string]int{"people": 2, "memberships": 2, "complaints": 2, "complaint_items": 2, "findings": 1, "alerts": 2, "alert_findings": 1, "deliveries": 1, "audit_entries": 5} {
		if n := u.count(table); n != rows {
			t.Errorf("%s has %d rows after going down, want %d", table, n, rows)
		}
	}
	u.downTo(0)
}

// Nothing can give what was sealed before a second key: that is said before
// anything is changed.
func TestARecordWithItemsOfBeforeIsRefusedAtOnce(t *testing.T) {
	u := atLanded(t)
	u.fill("testdata/in_use_7.sql")
	if _, err := u.super.Exec(`INSERT INTO complaint_items (complaint_id, item, schema, ciphertext) SELECT id, 'narrative', 1, 'x' FROM complaints`); err != nil {
		t.Fatal(err)
	}
	n, err := u.Up(t.Context())
	if err == nil || n != 0 || !strings.Contains(err.Error(), "without a shred key") {
		t.Fatalf("%d files, %v", n, err)
	}
	if n := u.count("sessions"); n != 2 {
		t.Errorf("%d sessions are left", n)
	}
}
