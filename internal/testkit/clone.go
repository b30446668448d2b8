package testkit

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"sync"
	"testing"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/migrations"
)

// Locks of the server, for packages that are tested side by side.
const (
	oneMakesRoles    = 7203146
	oneMakesTemplate = 7203147
)

// template is the name of the migrated database that each test gets a copy of;
// it is made once for each state of the migrations, and stays.
var template = sync.OnceValues(func() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, path)
		sum.Write([]byte(path))
		sum.Write(text)
		return err
	})
	return "template_" + hex.EncodeToString(sum.Sum(nil))[:32], err
})

// clone makes a database of the test's own and returns its name. It goes with
// the test; one of a test that failed stays, to be looked at.
func clone(t testing.TB, super *url.URL) string {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, super.String())
	db.SetMaxOpenConns(1)
	ctx := context.WithoutCancel(t.Context())
	if err := makeTemplate(ctx, db, super, from); err != nil {
		t.Fatal(err)
	}
	name := "test_" + rand.Text()
	// Files are copied: by the log, which is the default where there is a choice,
	// a copy takes more than twice as long.
	strategy := ""
	var version int
	if err := db.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		t.Fatal(err)
	}
	if version >= 150000 {
		strategy = " STRATEGY FILE_COPY"
	}
	if _, err := db.ExecContext(ctx, fmt.Sprintf(`CREATE DATABASE %q TEMPLATE %q OWNER %s%s`, name, from, postgres.OwnerRole, strategy)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("its database stays: %s", name)
			return
		}
		again, err := sql.Open("pgx", super.String())
		if err == nil {
			_, err = again.ExecContext(ctx, fmt.Sprintf(`DROP DATABASE %q WITH (FORCE)`, name))
			err = errors.Join(err, again.Close())
		}
		if err != nil {
			t.Error(err)
		}
	})
	return name
}

// makeTemplate migrates under another name first: what bears the template's name
// is whole.
func makeTemplate(ctx context.Context, db *sql.DB, super *url.URL, name string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, fmt.Sprintf(`SELECT pg_advisory_lock(%d)`, oneMakesTemplate)); err != nil {
		return err
	}
	defer func() { _, _ = conn.ExecContext(ctx, fmt.Sprintf(`SELECT pg_advisory_unlock(%d)`, oneMakesTemplate)) }()
	var there bool
	if err := conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	making := name + "_making"
	for _, statement := range []string{`DROP DATABASE IF EXISTS %q WITH (FORCE)`, `CREATE DATABASE %q OWNER ` + postgres.OwnerRole} {
		if _, err := conn.ExecContext(ctx, fmt.Sprintf(statement, making)); err != nil {
			return err
		}
	}
	owner, err := postgres.WithUser(super.String(), postgres.OwnerRole, ownerPassword, making)
	if err != nil {
		return err
	}
	m, err := postgres.NewMigrator(owner, migrations.FS)
	if err != nil {
		return err
	}
	_, err = m.Up(ctx)
	if err := errors.Join(err, m.Close()); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf(`ALTER DATABASE %q RENAME TO %q`, making, name))
	return err
}
