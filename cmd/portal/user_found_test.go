package main

import (
	"io"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// typed runs a command line and fails unless it ends with that code and says
// those words.
func typed(t *testing.T, env map[string]string, want int, says, line string, more ...string) string {
	t.Helper()
	code, out, said := portal(t, env, append(strings.Fields(line), more...)...)
	if code != want || !strings.Contains(out+said, says) {
		t.Fatalf("portal %s: exit %d, want %d and %q\n%s%s", line, code, want, says, out, said)
	}
	return out
}

// installed is an empty record that an operator begins to set up.
func installed(t *testing.T) (*workplace, map[string]string) {
	t.Helper()
	env := served(t, testkit.DB(t))
	typed(t, env, exitDone, "is complete", "keys ensure")
	p := &program{ctx: t.Context(), getenv: func(name string) string { return env[name] }, stderr: io.Discard}
	conf, err := config.Load(p.getenv, config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := openWorkplace(p, &record{conf: conf}, "web")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	return w, env
}

// accepted has the administrator invite somebody, who accepts: they are nobody
// yet and cannot sign in.
func accepted(t *testing.T, w *workplace, admin identity.Actor, email string) {
	t.Helper()
	_, code, err := w.subjects.staff.Invite(t.Context(), admin, identity.Newcomer{Email: email, Name: "Somebody"})
	if err != nil {
		t.Fatal(err)
	}
	entry, err := w.subjects.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: testkit.Passphrase})
	if err != nil || entry.Token != "" || entry.KeyID == "" {
		t.Fatalf("%s: %v", email, err)
	}
}

func signedIn(t *testing.T, w *workplace, email string) identity.Holder {
	t.Helper()
	token := testkit.SignIn(t, w.subjects.sessions, email)
	s, err := w.subjects.sessions.Recognise(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	by, err := s.Holder(token)
	if err != nil {
		t.Fatal(err)
	}
	return by
}

// As docs/operations.md tells it: from an empty record to a complaint that the
// first commander and the first overseer open.
func TestAnInstallationIsSetUpFromNothing(t *testing.T) {
	w, env := installed(t)
	admin := invited(t, w.subjects.sessions, env, "seven quiet rivers", "admin@portal.example", "Sok Example")
	for _, first := range []struct{ unit, kind, email, role string }{
		{"ministry-hq", "ministry", "desk@ministry.example", "complaints_officer"},
		{"police", "police", "chief@police.example", "commander"},
		{"oversight", "oversight", "head@oversight.example", "overseer"},
		{"support", "support", "worker@support.example", "support_worker"},
	} {
		typed(t, env, exitDone, first.unit+" is founded", "user found --unit "+first.unit+" --kind "+first.kind, "--name-en", "Unit", "--name-km", "អង្គភាព")
		accepted(t, w, admin.Actor, first.email)
		out := typed(t, env, exitDone, "on record as founded", "user appoint "+first.email+" --unit "+first.unit+" --role "+first.role)
		if by := signedIn(t, w, first.email); string(by.Role) != first.role || !strings.Contains(out, "    "+by.Member.ID()+"\n") {
			t.Errorf("%s signs in as %s; their key is %s\n%s", first.email, by.Role, by.Member.ID(), out)
		}
	}
	typed(t, env, exitDone, "east is founded", "user found --unit east --kind province --province East --parent ministry-hq", "--name-en", "East", "--name-km", "កើត")
	typed(t, env, exitDone, "kuala is founded", "user found --unit kuala --kind embassy --countries my,sg --parent ministry-hq", "--name-en", "Kuala", "--name-km", "កូឡា")
	typed(t, env, exitDone, "4 made", "keys create")
	opens(t, w, "chief@police.example", complaint.Intake{Language: "en", Narrative: "They keep my passport.", MayAct: []complaint.MayAct{complaint.Police}})
	opens(t, w, "head@oversight.example", complaint.Intake{Language: "en", Narrative: "An official takes money.", Official: true, MayAct: []complaint.MayAct{complaint.LabourDesk}})
	err := w.db.Read(t.Context(), identity.System("audit"), func(tx postgres.Tx) error {
		fakes, err := people.Unbacked(tx, w.subjects.people)
		if len(fakes) != 0 {
			t.Errorf("with nothing behind them: %v", fakes)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// opens files the complaint and has that person open it.
func opens(t *testing.T, w *workplace, email string, in complaint.Intake) {
	t.Helper()
	receipt := complaint.NewReceipt()
	filed, err := w.subjects.complaints.File(t.Context(), identity.Public(), in, receipt, "nonce-"+receipt.Code())
	if err != nil {
		t.Fatal(err)
	}
	contents, err := w.subjects.complaints.OpenFor(t.Context(), signedIn(t, w, email), filed.ID)
	if err != nil || contents.Narrative == nil || *contents.Narrative != in.Narrative {
		t.Errorf("%s: %v", email, err)
	}
}

func TestTheHostAppointsNobodyWhereTheSiteCould(t *testing.T) {
	w, env := installed(t)
	admin := invited(t, w.subjects.sessions, env, "seven quiet rivers", "admin@portal.example", "Sok Example")
	found := func(code int, says, line string) {
		t.Helper()
		typed(t, env, code, says, "user found "+line, "--name-en", "Unit", "--name-km", "អង្គភាព")
	}
	found(exitDone, "founded", "--unit police --kind police")
	found(exitFailed, "code", "--unit police --kind police")
	found(exitFailed, "under", "--unit east --kind province --province East")
	found(exitFailed, "cannot stand there", "--unit east --kind province --province East --parent nowhere")
	found(exitFailed, "cannot stand there", "--unit east --kind province --province East --parent police")
	found(exitFailed, "province", "--unit east --kind province")
	found(exitUsage, "--kind", "--unit own --kind administration")

	appoint := func(code int, says, email, role string) {
		t.Helper()
		typed(t, env, code, says, "user appoint "+email+" --unit police --role "+role)
	}
	appoint(exitFailed, "No account has this address", "chief@police.example", "commander")
	// Whoever holds the code could be anybody.
	if _, _, err := w.subjects.staff.Invite(t.Context(), admin.Actor, identity.Newcomer{Email: "late@police.example", Name: "Late"}); err != nil {
		t.Fatal(err)
	}
	appoint(exitFailed, "accept their invitation first", "late@police.example", "commander")
	accepted(t, w, admin.Actor, "chief@police.example")
	accepted(t, w, admin.Actor, "second@police.example")
	appoint(exitFailed, "Nobody of this role admits others", "chief@police.example", "investigator")
	appoint(exitFailed, "reads no case", "admin@portal.example", "commander")
	appoint(exitDone, "on record", "chief@police.example", "commander")
	appoint(exitFailed, "proposed and approved on the site", "second@police.example", "commander")
	// When nobody is left who could decide, the host begins anew.
	typed(t, env, exitDone, "closed", "user deactivate chief@police.example")
	appoint(exitFailed, "", "chief@police.example", "commander")
	appoint(exitDone, "on record", "second@police.example", "commander")
	if _, err := w.subjects.staff.Appoint(t.Context(), admin.Actor, people.Appointment{}); err == nil {
		t.Error("an administrator appoints from the site")
	}
	if _, err := w.subjects.staff.Found(t.Context(), admin.Actor, people.NewUnit{}, uuid.Nil.String()); err == nil {
		t.Error("an administrator founds from the site")
	}
}
