package migrations_test

import (
	"flag"
	"os"
	"testing"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/migrations"
	"github.com/google/go-cmp/cmp"
)

func TestTheSchemaGoesUpDownAndUpAgain(t *testing.T) {
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
	before := testkit.Schema(t, db)
	for range files {
		if _, err := m.Down(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if left := testkit.Schema(t, db); left != "" {
		t.Fatalf("going down leaves:\n%s", left)
	}
	if n, err := m.Up(t.Context()); err != nil || n != len(files) {
		t.Fatalf("applied %d of %d: %v", n, len(files), err)
	}
	if after := testkit.Schema(t, db); after != before {
		t.Fatal("the schema after down and up differs from the schema before")
	}
}

var update = flag.Bool("update", false, "write schema.txt anew")

// schema.txt is for people who want to read the whole schema at once, and for
// reviews: a migration shows what it changes.
func TestTheSchemaIsWrittenDown(t *testing.T) {
	got := testkit.Schema(t, testkit.DB(t))
	if *update {
		if err := os.WriteFile("schema.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("schema.txt is not the schema (run make schema UPDATE=1):\n%s", diff)
	}
}
