package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/testkit"
)

func TestRulesOfRetentionAreSetAndShownFromTheCommandLine(t *testing.T) {
	db := testkit.DB(t)
	env := served(t, db)
	if code, out, said := portal(t, env, "keys", "ensure"); code != exitDone || !strings.Contains(out, "Never back it up") {
		t.Fatalf("exit %d\n%s%s", code, out, said)
	}
	if code, out, _ := portal(t, env, "doctor"); code != exitDone || !strings.Contains(out, "not configured, and so kept without end: narrative") {
		t.Errorf("nothing configured is no failure, and is told: exit %d\n%s", code, out)
	}
	if code, out, said := portal(t, env, "retention", "set", "narrative", "3650", "--from", "2026-01-01", "--source", "Law on Examples, Art. 5"); code != exitDone {
		t.Fatalf("exit %d\n%s%s", code, out, said)
	}
	for _, bad := range [][]string{
		{"narrative", "3650", "--from", "2026-01-01", "--source", "the same day"},
		{"nothing", "1", "--from", "2026-01-01", "--source", "x"},
		{"answers", "0", "--from", "2026-01-01", "--source", "x"},
		{"answers", "1", "--from", "yesterday", "--source", "x"},
	} {
		if code, out, _ := portal(t, env, append([]string{"retention", "set"}, bad...)...); code == exitDone {
			t.Errorf("%v: %s", bad, out)
		}
	}
	_, out, _ := portal(t, env, "retention", "show")
	if !strings.Contains(out, "Law on Examples, Art. 5") || !strings.Contains(out, "not configured: kept") {
		t.Error(out)
	}
	if _, err := db.Super(t).Exec(`UPDATE policies SET value = '{"days": 1}' WHERE key = 'retention.narrative'`); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := portal(t, env, "doctor"); code != exitFailed || !strings.Contains(out, "were not written by the portal") {
		t.Errorf("of a rule that was altered: exit %d\n%s", code, out)
	}
	env["PORTAL_SHRED"] = filepath.Join(t.TempDir(), "another")
	if code, _, said := portal(t, env, "keys", "ensure"); code != exitFailed || !strings.Contains(said, "not the one that this record was written with") {
		t.Errorf("another store: exit %d\n%s", code, said)
	}
	env["PORTAL_SHRED"] = filepath.Join(env["PORTAL_KEYS"], "shred")
	if code, _, said := portal(t, env, "keys", "ensure"); code != exitFailed || !strings.Contains(said, "apart from the key folder") {
		t.Errorf("in the key folder: exit %d\n%s", code, said)
	}
}
