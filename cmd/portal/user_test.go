package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
)

var printedCode = regexp.MustCompile(`\n\n {4}([0-9A-Za-z ]+)\n\n`)

// invited runs the command and accepts with the code as it is printed.
func invited(t *testing.T, sessions *identity.Sessions, env map[string]string, passphrase string, args ...string) identity.Entry {
	t.Helper()
	code, out, said := portal(t, env, append([]string{"user", "invite"}, args...)...)
	printed := printedCode.FindStringSubmatch(out)
	if code != exitDone || printed == nil {
		t.Fatalf("exit %d\n%s%s", code, out, said)
	}
	if strings.Contains(said, strings.TrimSpace(printed[1])) {
		t.Error("the code went to the log, too")
	}
	entry, err := sessions.Accept(t.Context(), identity.Acceptance{Code: printed[1], Passphrase: passphrase})
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

// The first administrator, somebody who lost their passphrase and the end of an
// account, as an operator types it.
func TestAccountsAreLookedAfterFromTheCommandLine(t *testing.T) {
	db := testkit.DB(t)
	env := served(t, db)
	staffed(t, db, env)
	ring, err := seal.Ensure(env["PORTAL_KEYS"])
	if err != nil {
		t.Fatal(err)
	}
	sessions := identity.NewSessions(db.DB, identity.NewPeople(ring.Pins(), clock.System{}))
	first := invited(t, sessions, env, "seven quiet rivers", "Admin@portal.example", "Sok Example", "--language", "km")
	if first.Actor.Role != identity.RoleAdministrator || first.Actor.UnitKind != identity.UnitAdministration {
		t.Errorf("the first administrator is %s at %s", first.Actor.Role, first.Actor.UnitKind)
	}
	// Who is invited again keeps their roles and gets no other.
	again := invited(t, sessions, env, "nine quiet rivers", "one@police.example")
	if again.Actor.Role != identity.RoleCommander {
		t.Errorf("who lost their passphrase is %s", again.Actor.Role)
	}
	if n := count(t, db, `SELECT count(*) FROM memberships m JOIN people p ON p.id = m.person_id WHERE p.email = 'one@police.example'`); n != 1 {
		t.Errorf("they have %d roles", n)
	}
	if code, out, said := portal(t, env, "user", "deactivate", "one@police.example"); code != exitDone || !strings.Contains(out, "The account is closed") {
		t.Errorf("exit %d\n%s%s", code, out, said)
	}
	if _, err := sessions.Recognise(t.Context(), again.Token); err == nil {
		t.Error("a session outlives its account")
	}
	code, out, said := portal(t, env, "user", "list")
	want := regexp.MustCompile(`(?m)^admin@portal\.example +Sok Example +active +administrator at administration$`)
	closed := regexp.MustCompile(`(?m)^one@police\.example +One +closed \d{4}-\d\d-\d\d +`)
	if code != exitDone || !want.MatchString(out) || !closed.MatchString(out) || strings.Count(out, "\n") != 5 {
		t.Errorf("exit %d\n%s%s", code, out, said)
	}
}

func TestWhatCannotBeDoneWithAnAccountIsSaid(t *testing.T) {
	db := testkit.DB(t)
	env := served(t, db)
	staffed(t, db, env)
	if code, _, said := portal(t, env, "user", "deactivate", "nobody@portal.example"); code != exitFailed || !strings.Contains(said, "no account has this address") {
		t.Errorf("somebody unknown: exit %d, %s", code, said)
	}
	if code, _, _ := portal(t, env, "user", "deactivate", "one@police.example"); code != exitDone {
		t.Fatal("not closed")
	}
	if code, out, _ := portal(t, env, "user", "invite", "one@police.example"); code != exitFailed || printedCode.MatchString(out) {
		t.Errorf("a closed account is invited: exit %d\n%s", code, out)
	}
	if code, _, _ := portal(t, env, "user", "invite", "a@portal.example", "--language", "xx"); code != exitUsage {
		t.Errorf("an unknown language: exit %d", code)
	}
	if code, _, said := portal(t, map[string]string{}, "user", "list"); code != exitFailed || !strings.Contains(said, "no record given") {
		t.Errorf("without a record: exit %d, %s", code, said)
	}
	if n := count(t, db, `SELECT count(*) FROM memberships WHERE role = 'administrator'`); n != 0 {
		t.Errorf("%d administrators came of it", n)
	}
}
