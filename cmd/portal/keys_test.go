package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
)

// staffed is a record of four desks with a member each, under the pins of
// the key folder that the environment names.
func staffed(t *testing.T, db *testkit.Database, env map[string]string, elsewhere ...seal.Secret) map[string]uuid.UUID {
	t.Helper()
	ring, err := seal.Ensure(env["PORTAL_KEYS"], elsewhere...)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := identity.NewSecret(testkit.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	people, persons := identity.NewPeople(ring.Pins(), clock.System{}), map[string]uuid.UUID{}
	roles := map[string]identity.Role{
		"ministry": identity.RoleComplaintsOfficer, "oversight": identity.RoleOverseer, "police": identity.RoleCommander, "support": identity.RoleSupportWorker,
	}
	for kind, role := range roles {
		unit := id.New()
		if _, err := db.Super(t).Exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en":"Unit"}')`, unit, kind); err != nil {
			t.Fatal(err)
		}
		email, person := "one@"+kind+".example", id.New()
		persons[email] = person
		err := db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
			err := tx.Gorm().Exec(`INSERT INTO people (id, email, name, created_at) VALUES (?, ?, 'One', now())`, person, email).Error
			if err != nil {
				return err
			}
			if _, err := people.SetSecret(tx, person, secret); err != nil {
				return err
			}
			return people.Grant(tx, person, unit, role, uuid.Nil)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return persons
}

// The keys of four desks from the first to a rehearsal and a recovery, as an
// operator types it.
func TestKeysAreLookedAfterFromTheCommandLine(t *testing.T) {
	db := testkit.DB(t)
	env := served(t, db)
	staffed(t, db, env)
	env["PORTAL_DEMO"] = "true" // a second factor is optional
	env["PORTAL_PASSPHRASE_FILE"] = filepath.Join(t.TempDir(), "passphrases")
	if err := os.WriteFile(env["PORTAL_PASSPHRASE_FILE"], []byte(strings.Repeat(testkit.Passphrase+"\n", 2)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := portal(t, env, "doctor"); code != exitFailed || !strings.Contains(out, "made or changed past the portal, so that they receive nothing: ministry, oversight, police, support (new ones: portal keys create;") {
		t.Errorf("before: exit %d\n%s", code, out)
	}
	for _, step := range []struct{ line, want string }{
		{"keys create --unit police", "ministry is taken up as it stands: look at its kind, its place and what it stands under"},
		{"keys create", "3 made. Next: portal keys list"},
		{"keys create", "0 made."},
		{"keys list", "  3 of 3"},
		{"keys rotate --unit police --email one@police.example", "nothing is left under an old key; old keys are destroyed"},
		{"keys rehearse --unit ministry --first one@police.example --second one@support.example", "2 shares of the real key of ministry open for them"},
		{"doctor", "desks have keys                ok"},
	} {
		code, out, err := portal(t, env, strings.Fields(step.line)...)
		if code != exitDone || !strings.Contains(out, step.want) {
			t.Errorf("portal %s: exit %d\n%s%s", step.line, code, out, err)
		}
	}
	if _, err := db.Super(t).Exec(`UPDATE units SET kind = 'police' WHERE code = 'support'`); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"doctor", "keys create", "doctor"} {
		if code, out, _ := portal(t, env, strings.Fields(line)...); line == "doctor" && (code != exitFailed || !strings.Contains(out, "receive nothing: support")) {
			t.Errorf("a unit changed in the database: exit %d\n%s", code, out)
		}
	}
	code, _, said := portal(t, env, "keys", "recover", "--unit", "ministry", "--email", "one@ministry.example")
	if code != exitFailed || !strings.Contains(said, "A colleague still holds the key") {
		t.Errorf("a recovery of what is not lost: exit %d, %s", code, said)
	}
	if code, _, said := portal(t, env, "keys", "rotate", "--unit", "police", "--email", "nobody@police.example"); code != exitFailed || strings.Contains(said, testkit.Passphrase) {
		t.Errorf("somebody unknown: exit %d, %s", code, said)
	}
	if code, _, _ := portal(t, env, "keys", "rotate", "--unit", "police"); code != exitUsage {
		t.Errorf("without an account: exit %d", code)
	}
}

func TestACommandAsksForTheSecondFactorOfWhoeverHasOne(t *testing.T) {
	db := testkit.DB(t)
	env := served(t, db)
	staffed(t, db, env)
	if code, out, err := portal(t, env, "keys", "create"); code != exitDone {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	rotate := func(lines ...string) (int, string) {
		env["PORTAL_PASSPHRASE_FILE"] = filepath.Join(t.TempDir(), "secrets")
		if err := os.WriteFile(env["PORTAL_PASSPHRASE_FILE"], []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, said := portal(t, env, "keys", "rotate", "--unit", "police", "--email", "one@police.example")
		return code, out + said
	}
	if code, said := rotate(testkit.Passphrase); code != exitFailed || !strings.Contains(said, "no second factor yet") {
		t.Errorf("somebody who has to enrol one: exit %d\n%s", code, said)
	}
	codes := recoveryCodes(t, db, env, "one@police.example")
	for _, lines := range [][]string{{testkit.Passphrase}, {testkit.Passphrase, "123456"}, {testkit.Passphrase, "nonsense"}} {
		if code, said := rotate(lines...); code != exitFailed {
			t.Errorf("%d lines: exit %d\n%s", len(lines), code, said)
		}
	}
	if code, said := rotate(testkit.Passphrase, codes[0]); code != exitDone {
		t.Errorf("with a recovery code: exit %d\n%s", code, said)
	}
	if code, said := rotate(testkit.Passphrase, codes[0]); code != exitFailed || !strings.Contains(said, "used already") {
		t.Errorf("with the same again: exit %d\n%s", code, said)
	}
}

// recoveryCodes gives the person an authenticator app and codes on paper.
func recoveryCodes(t *testing.T, db *testkit.Database, env map[string]string, email string) []string {
	t.Helper()
	ring, err := seal.Ensure(env["PORTAL_KEYS"])
	if err != nil {
		t.Fatal(err)
	}
	sessions := identity.NewSessions(db.DB, identity.NewPeople(ring.Pins(), clock.System{}))
	s, err := sessions.Recognise(t.Context(), testkit.SignIn(t, sessions, email))
	if err != nil {
		t.Fatal(err)
	}
	app, err := sessions.NewApp(s.Actor)
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(app.Secret, clock.System{}.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := sessions.AddApp(t.Context(), s.Actor, app.Sealed, code); err != nil {
		t.Fatal(err)
	}
	codes, err := sessions.NewRecoveryCodes(t.Context(), s.Actor)
	if err != nil {
		t.Fatal(err)
	}
	return codes
}
