package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/google/uuid"
)

// entries lists what the audit log has, "kind of actor: action of kind of
// object", sorted: entries of one moment have no order.
func (o *office) entries(t *testing.T) []string {
	t.Helper()
	rows, err := o.db.Super(t).Query(`SELECT actor_kind, action, object_kind FROM audit_entries ORDER BY actor_kind, action`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var actor, action, kind string
		if err := rows.Scan(&actor, &action, &kind); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s: %s of %s", actor, action, kind))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func (o *office) forgetEntries(t *testing.T) {
	t.Helper()
	o.super(t, `ALTER TABLE audit_entries DISABLE TRIGGER ALL`)
	o.super(t, `DELETE FROM audit_entries`)
	o.super(t, `ALTER TABLE audit_entries ENABLE TRIGGER ALL`)
}

// Each deed of the door, and what the audit log has of it.
func TestTheAuditLogHasWhatHappensAtTheDoor(t *testing.T) {
	const opened, ended, halfway = "staff: session.opened of session", "staff: session.ended of session", "staff: session.halfway of person"
	for name, deed := range map[string]struct {
		do   func(t *testing.T, o *office, s identity.Session, token string)
		want []string
	}{
		"signing in": {func(t *testing.T, o *office, _ identity.Session, _ string) { o.signIn(t) }, []string{opened}},
		"signing out, twice": {func(t *testing.T, o *office, s identity.Session, _ string) {
			must(t, o.sessions.Close(t.Context(), s.Actor))
			must(t, o.sessions.Close(t.Context(), s.Actor))
		}, []string{ended}},
		"ending the others": {func(t *testing.T, o *office, s identity.Session, _ string) {
			o.signIn(t)
			o.signIn(t)
			must(t, o.sessions.EndOthers(t.Context(), s.Actor))
		}, []string{ended, ended, opened, opened}},
		"ending one": {func(t *testing.T, o *office, s identity.Session, _ string) {
			must(t, o.sessions.End(t.Context(), s.Actor, s.Actor.SessionID))
		}, []string{ended}},
		"confirming": {func(t *testing.T, o *office, s identity.Session, token string) {
			_, err := o.sessions.Confirm(t.Context(), s, token, identity.Proof{Passphrase: passphrase})
			must(t, err)
		}, []string{"staff: session.confirmed of session"}},
		"another passphrase": {func(t *testing.T, o *office, s identity.Session, token string) {
			o.signIn(t)
			must(t, o.sessions.ChangePassphrase(t.Context(), s, token, identity.Change{Old: passphrase, New: "another invented passphrase"}))
		}, []string{"staff: passphrase.changed of person", ended, opened}},
		"an app, and another in its place": {func(t *testing.T, o *office, s identity.Session, _ string) {
			for range 2 {
				app, err := o.sessions.NewApp(s.Actor)
				must(t, err)
				must(t, o.sessions.AddApp(t.Context(), s.Actor, app.Sealed, o.code(t, app.Secret)))
			}
		}, []string{"staff: factor.added of factor", "staff: factor.added of factor", "staff: factor.removed of factor"}},
		"taking the last factor away": {func(t *testing.T, o *office, s identity.Session, _ string) {
			app, err := o.sessions.NewApp(s.Actor)
			must(t, err)
			must(t, o.sessions.AddApp(t.Context(), s.Actor, app.Sealed, o.code(t, app.Secret)))
			own, err := o.sessions.Factors(t.Context(), s.Actor)
			must(t, err)
			must(t, o.sessions.RemoveFactor(t.Context(), s.Actor, own.All[0].ID, true))
		}, []string{"staff: factor.added of factor", "staff: factor.removed of factor"}},
		"a sign-in in two steps, by a code on paper": {func(t *testing.T, o *office, s identity.Session, _ string) {
			app, err := o.sessions.NewApp(s.Actor)
			must(t, err)
			must(t, o.sessions.AddApp(t.Context(), s.Actor, app.Sealed, o.code(t, app.Secret)))
			codes, err := o.sessions.NewRecoveryCodes(t.Context(), s.Actor)
			must(t, err)
			_, err = o.finish(t, o.half(t, sok), identity.Proof{Code: codes[0]})
			must(t, err)
		}, []string{"staff: factor.added of factor", "staff: recovery.code_used of person", "staff: recovery.codes_made of person", halfway, opened}},
		"an invitation": {func(t *testing.T, o *office, _ identity.Session, _ string) {
			code := o.invite(t, identity.Invitation{Person: o.newcomer(t, "new@police.example"), Email: "new@police.example"})
			_, err := o.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "words of somebody new here"})
			must(t, err)
		}, []string{"door: invitation.accepted of person", "door: member_key.replaced of person", opened}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			s, token := o.session(t, sok)
			o.forgetEntries(t)
			deed.do(t, o, s, token)
			slices.Sort(deed.want)
			if got := o.entries(t); !slices.Equal(got, deed.want) {
				t.Errorf("the log has\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(deed.want, "\n  "))
			}
		})
	}
}

func TestARefusedAttemptLeavesNoEntryButARightPassphraseDoes(t *testing.T) {
	o := newOffice(t)
	o.enrolApp(t, sok)
	o.forgetEntries(t)
	for _, email := range []string{sok, "nobody@police.example"} {
		if _, err := o.attempt(t, email, "a wrong passphrase", ""); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a wrong passphrase: %v", err)
		}
	}
	if got := o.entries(t); len(got) != 0 {
		t.Errorf("who guesses writes into the log: %v", got)
	}
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: "000 000"}); fault.KindOf(err) != fault.Invalid {
		t.Fatalf("a wrong code: %v", err)
	}
	if got := o.entries(t); !slices.Equal(got, []string{"staff: session.halfway of person"}) {
		t.Errorf("of a passphrase without its factor the log has %v", got)
	}
}

func TestADeedAtTheDoorAndItsEntryComeTogether(t *testing.T) {
	o := newOffice(t)
	o.super(t, `REVOKE INSERT (id) ON audit_entries FROM portal_door`)
	if _, err := o.attempt(t, sok, passphrase, ""); err == nil {
		t.Error("somebody is let in whom the log cannot tell of")
	}
	var sessions int
	if err := o.db.Super(t).QueryRow(`SELECT count(*) FROM sessions`).Scan(&sessions); err != nil || sessions != 0 {
		t.Errorf("%d sessions (%v)", sessions, err)
	}
}

func TestAnEntryOfTheDoorNamesWhoItWas(t *testing.T) {
	o := newOffice(t)
	s, _ := o.session(t, sok)
	var person, unit, object uuid.UUID
	err := o.db.Super(t).QueryRow(`SELECT actor_id, unit_id, object_id FROM audit_entries WHERE action = 'session.opened'`).Scan(&person, &unit, &object)
	if err != nil || person != o.person || unit != o.unit || object != s.Actor.SessionID {
		t.Errorf("person %s, unit %s, session %s, %v", person, unit, object, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
