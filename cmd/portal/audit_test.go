package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
)

// logged is a record with a signed and witnessed log of three entries.
func logged(t *testing.T, db *testkit.Database, env map[string]string) {
	t.Helper()
	ring, err := seal.Ensure(env["PORTAL_KEYS"])
	if err != nil {
		t.Fatal(err)
	}
	conf := config.Config{Witnesses: strings.Split(env["PORTAL_WITNESSES"], ",")}
	log, err := newAudit(conf, db.DB, clock.System{}, ring.Secret(seal.SecretAudit), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	by := identity.System("test")
	for range 3 {
		err := db.InTx(t.Context(), by, func(tx postgres.Tx) error {
			return audit.Record(tx, audit.Entry{Actor: by, Action: "complaint.read", ObjectKind: "complaint", ObjectID: id.New()})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []func(context.Context) error{log.Sign, log.Deliver} {
		if err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheAuditLogIsVerifiedFromTheCommandLine(t *testing.T) {
	db := testkit.DB(t)
	env := served(t, db)
	logged(t, db, env)
	code, out, said := portal(t, env, "audit", "verify")
	if code != exitDone || !strings.Contains(out, "entries 3, leaves with padding 256") || !strings.Contains(out, "witnessed until") || !strings.Contains(out, "not yet witnessed: 0") {
		t.Fatalf("exit %d\n%s%s", code, out, said)
	}
	if code, out, said := portal(t, env, "doctor"); code != exitDone {
		t.Errorf("doctor: exit %d\n%s%s", code, out, said)
	}

	// Elsewhere, with an export, the public key and one witness's folder.
	folder := t.TempDir()
	export, key := filepath.Join(folder, "export"), filepath.Join(folder, "key")
	if code, _, said := portal(t, env, "audit", "export", export); code != exitDone {
		t.Fatal(said)
	}
	_, public, _ := portal(t, env, "audit", "key")
	if err := os.WriteFile(key, []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	witness := strings.TrimPrefix(strings.Split(env["PORTAL_WITNESSES"], ",")[0], "file:")
	code, out, said = portal(t, nil, "audit", "verify", "--file", export, "--key", key, "--checkpoint", witness, "--json")
	var report audit.Report
	if err := json.Unmarshal([]byte(out), &report); code != exitDone || err != nil || report.Entries != 3 || report.WitnessedLeaves != 256 {
		t.Fatalf("exit %d, %v\n%s%s", code, err, out, said)
	}

	if _, err := db.Super(t).Exec(`ALTER TABLE audit_entries DISABLE TRIGGER USER; UPDATE audit_entries SET action = 'complaint.hide' WHERE id = (SELECT entry_id FROM audit_leaves ORDER BY position OFFSET 1 LIMIT 1)`); err != nil {
		t.Fatal(err)
	}
	code, out, said = portal(t, env, "audit", "verify")
	if code != exitFailed || !strings.HasPrefix(out, "stored hash altered at leaf ") || !strings.Contains(said, "the audit log was altered") {
		t.Fatalf("exit %d\n%s%s", code, out, said)
	}
}

// What whoever rewrites the log does next: take away what it is compared with.
func TestALogWithoutItsWitnessesDoesNotPass(t *testing.T) {
	db := testkit.DB(t)
	env := served(t, db)
	logged(t, db, env)
	for name, witnesses := range map[string]string{
		"gone":      "file:" + filepath.Join(t.TempDir(), "gone"),
		"empty":     "file:" + t.TempDir(),
		"elsewhere": "https://witness.example/log",
	} {
		env["PORTAL_WITNESSES"] = witnesses
		if code, out, said := portal(t, env, "audit", "verify"); code != exitFailed || said == "" {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, said)
		}
		if code, out, said := portal(t, env, "audit", "verify", "--no-witness"); code != exitDone || !strings.Contains(out, "no witnessed checkpoint was compared") {
			t.Errorf("%s, and that is said: exit %d\n%s%s", name, code, out, said)
		}
	}
}

func TestTheDoctorAsksForTwoWitnesses(t *testing.T) {
	env := served(t, testkit.DB(t))
	env["PORTAL_WITNESSES"] = ""
	if code, out, _ := portal(t, env, "doctor"); code != exitFailed || !strings.Contains(out, "want at least 2") {
		t.Fatalf("exit %d\n%s", code, out)
	}
}
