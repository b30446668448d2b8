package testkit

import (
	"database/sql"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver by its name
)

const (
	ownerPassword = "owner-test"
	appPassword   = "app-test"
	// BackupPassword is that of postgres.BackupRole.
	BackupPassword = "backup-test"
)

// Database is one test's own database.
type Database struct {
	*postgres.DB        // as the portal opens it
	AppURL       string // the same, for processes of their own
	OwnerURL     string // under the owner role
	SuperURL     string // as superuser, whom row-level security does not ask
}

// DB returns a fresh migrated database, opened as the portal opens it. It goes
// with the test.
func DB(t testing.TB) *Database {
	t.Helper()
	super := superURL(t)
	rolesOnce(t, super)
	// Now, so that no test draws it amid randomness of its own.
	if _, err := secret(); err != nil {
		t.Fatal(err)
	}
	name := clone(t, super)
	d := &Database{}
	var err error
	if d.OwnerURL, err = postgres.WithUser(super.String(), postgres.OwnerRole, ownerPassword, name); err != nil {
		t.Fatal(err)
	}
	if d.SuperURL, err = postgres.WithUser(super.String(), super.User.Username(), password(super), name); err != nil {
		t.Fatal(err)
	}
	if d.AppURL, err = postgres.WithUser(super.String(), postgres.AppRole, appPassword, name); err != nil {
		t.Fatal(err)
	}
	if d.DB, err = postgres.Open(t.Context(), d.AppURL, postgres.Options{Name: "test", MaxConns: 12, Timeout: time.Minute}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.DB.Close() })
	return d
}

// Super opens the same database as superuser, for arranging what no use case
// makes and for counting what nobody may see whole.
func (d *Database) Super(t testing.TB) *sql.DB {
	t.Helper()
	return open(t, d.SuperURL)
}

// Owner opens the same database under the owner role: it may change tables, and
// sees no row of those whose row-level security is forced.
func (d *Database) Owner(t testing.TB) *sql.DB {
	t.Helper()
	return open(t, d.OwnerURL)
}

// As opens the same database as the portal does and takes a role for good, for
// testing what the database itself refuses to it. The settings that name the
// actor are the test's to make.
func (d *Database) As(t testing.TB, role string) *sql.DB {
	t.Helper()
	return open(t, d.AppURL+"&role="+url.QueryEscape(role))
}

func open(t testing.TB, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// RedisURL returns the address of the real Redis; several tests share it, so
// each uses queue names or a database number of its own.
func RedisURL(t testing.TB) string {
	t.Helper()
	return need(t, "TEST_REDIS_URL")
}

// Clock returns a clock that stands at a quarter past nine on a Monday morning.
func Clock() *clock.Fake {
	return clock.NewFake(time.Date(2026, time.March, 2, 9, 15, 0, 0, time.UTC))
}

func need(t testing.TB, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: run `make test`, or `go run ./internal/testkit/servers -- go test ./...`", name)
	}
	return v
}

func superURL(t testing.TB) *url.URL {
	t.Helper()
	u, err := url.Parse(need(t, "TEST_DATABASE_URL"))
	if err != nil {
		t.Fatal("TEST_DATABASE_URL cannot be read")
	}
	return u
}

func password(u *url.URL) string {
	p, _ := u.User.Password()
	return p
}

var roles sync.Once

// rolesOnce makes the two roles of the server. Test packages run side by side,
// hence the lock in the server.
func rolesOnce(t testing.TB, super *url.URL) {
	t.Helper()
	roles.Do(func() {
		db := open(t, super.String())
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.ExecContext(t.Context(), `SELECT pg_advisory_lock($1)`, oneMakesRoles); err != nil {
			t.Fatal(err)
		}
		err = postgres.Bootstrap{
			Database: "fairpassage_test", OwnerPassword: ownerPassword, AppPassword: appPassword,
			Passwords: map[string]string{postgres.BackupRole: BackupPassword},
		}.Run(t.Context(), super.String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ExecContext(t.Context(), `SELECT pg_advisory_unlock($1)`, oneMakesRoles); err != nil {
			t.Fatal(err)
		}
	})
}
