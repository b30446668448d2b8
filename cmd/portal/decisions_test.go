package main

import (
	"bytes"
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// ran is the environment of a data folder that portal run has made, over the
// database of the test.
func ran(t *testing.T, db *testkit.Database) map[string]string {
	t.Helper()
	dir := t.TempDir()
	env := map[string]string{"DATABASE_URL": db.AppURL, "DATABASE_OWNER_URL": db.OwnerURL, "PORTAL_DATA": dir}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var err bytes.Buffer
	code := run(ctx, []string{"run", "--no-demo", "--listen", "127.0.0.1:0"}, func(name string) string { return env[name] }, &said{word: "ready http", heard: stop}, &err)
	if code != exitDone {
		t.Fatal(err.String())
	}
	env["PORTAL_KEYS"] = filepath.Join(dir, "keys")
	env["PORTAL_WITNESSES"] = "file:" + t.TempDir() + ",file:" + t.TempDir()
	return env
}

// decided has two people give somebody a role, as their pages do, and returns
// the decision.
func decided(t *testing.T, db *testkit.Database, env map[string]string) uuid.UUID {
	t.Helper()
	persons := staffed(t, db, env)
	ring, err := seal.Ensure(env["PORTAL_KEYS"])
	if err != nil {
		t.Fatal(err)
	}
	clk := clock.System{}
	keeper := identity.NewPeople(ring.Pins(), clk)
	err = db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		_, err := keeper.AdoptUnits(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sessions := identity.NewSessions(db.DB, keeper)
	code, err := identity.NewOperator(db.DB, keeper).InviteAdministrator(t.Context(), identity.Newcomer{Email: "admin@portal.example", Name: "Admin"})
	if err != nil {
		t.Fatal(err)
	}
	admin, err := sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: testkit.Passphrase})
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := decision.NewService(db.DB, clk, keeper, people.Rules(keeper)...)
	if err != nil {
		t.Fatal(err)
	}
	commander, err := sessions.AtTerminal(t.Context(), identity.Terminal{Email: "one@police.example", Passphrase: testkit.Passphrase, Optional: true})
	if err != nil {
		t.Fatal(err)
	}
	staff := people.New(people.Deps{DB: db.DB, Clock: clk, People: keeper, Decisions: decisions})
	proposal, err := staff.GiveRole(t.Context(), admin.Actor, persons["one@support.example"], commander.UnitID, identity.RoleInvestigator)
	if err != nil {
		t.Fatal(err)
	}
	if err := decisions.Approve(t.Context(), commander.Actor, commander.Member, proposal); err != nil {
		t.Fatal(err)
	}
	return proposal
}

// inOneTransaction runs statements over a connection of their own.
func inOneTransaction(t *testing.T, url string, statements ...string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// forged are approvals that somebody wrote past the portal.
type forged struct{ unsigned, replayed, another uuid.UUID }

// forge writes one with the application's password, in the name of the
// commander and of their key; and as superuser the genuine verdict once more
// under another id, and under another person's.
func forge(t *testing.T, db *testkit.Database, genuine uuid.UUID) forged {
	t.Helper()
	f := forged{id.New(), id.New(), id.New()}
	ask := func(query string) (key string) {
		if err := db.Super(t).QueryRow(query).Scan(&key); err != nil {
			t.Fatal(err)
		}
		return "'" + key + "'"
	}
	commander, overseer := ask(`SELECT id FROM people WHERE email = 'one@police.example'`), ask(`SELECT id FROM people WHERE email = 'one@oversight.example'`)
	unit, key := ask(`SELECT id FROM units WHERE code = 'police'`), "'"+f.unsigned.String()+"'"
	inOneTransaction(t, db.SuperURL, `INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at)
		VALUES (`+key+`, 'role.grant', `+key+`, `+unit+`, '{}', sha256('{}'), false, `+overseer+`, `+unit+`, now())`)
	inOneTransaction(t, db.AppURL,
		`SELECT set_config('role', 'portal_staff', true), set_config('portal.kind', 'police', true), set_config('portal.as', 'commander', true),
			set_config('portal.person', `+commander+`, true), set_config('portal.unit', `+unit+`, true)`,
		`UPDATE decisions SET state = 'approved', decided_by = `+commander+`, decided_unit = `+unit+`, decided_at = now(),
			key_id = (SELECT id FROM member_keys WHERE person_id = `+commander+`), signature = 'x' WHERE id = `+key)
	copied := func(key uuid.UUID, decider string) string {
		return `INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at, state, decided_by, decided_unit, decided_at, key_id, signature, decided_in)
			SELECT '` + key.String() + `', kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at, state, ` + decider + `, decided_unit, decided_at, key_id, signature, decided_in
			FROM decisions WHERE id = '` + genuine.String() + `'`
	}
	inOneTransaction(t, db.SuperURL, `SET LOCAL session_replication_role = replica`, copied(f.replayed, "decided_by"), copied(f.another, overseer))
	return f
}

// Whoever has the application's password, or the whole database, can write that
// somebody approved. The command tells which approvals nobody's key stands behind.
func TestAVerdictThatNobodySignedIsReportedFromTheCommandLine(t *testing.T) {
	db := testkit.DB(t)
	env := ran(t, db)
	genuine := decided(t, db, env)
	logged(t, db, env)
	code, out, failed := portal(t, env, "audit", "verify")
	if code != exitDone || strings.Contains(out, "decision") {
		t.Fatalf("with the genuine one alone: exit %d\n%s%s", code, out, failed)
	}
	f := forge(t, db, genuine)
	code, out, failed = portal(t, env, "audit", "verify")
	if code != exitFailed || !strings.Contains(failed, "the audit log was altered: 3 findings") {
		t.Errorf("exit %d\n%s%s", code, out, failed)
	}
	for key, why := range map[uuid.UUID]string{f.unsigned: decision.WhySignature, f.replayed: decision.WhySignature, f.another: decision.WhyNoKey} {
		if want := "decision without its signature (" + key.String() + "): role.grant, " + why; !strings.Contains(out, want) {
			t.Errorf("not said: %s\n%s", want, out)
		}
	}
	if strings.Contains(out, genuine.String()) {
		t.Errorf("the genuine one is doubted:\n%s", out)
	}
	if n := count(t, db, `SELECT count(*) FROM memberships WHERE decision_id IS NOT NULL`); n != 1 {
		t.Errorf("%d roles came of decisions, want the genuine one's", n)
	}
}

func count(t *testing.T, db *testkit.Database, query string) (n int) {
	t.Helper()
	if err := db.Super(t).QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
