package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

const passphrase = testkit.Passphrase

// office is a database with one police unit and one investigator.
type office struct {
	db       *testkit.Database
	clock    *clock.Fake
	people   *identity.People
	sessions *identity.Sessions
	unit     uuid.UUID
	person   uuid.UUID
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{db: testkit.DB(t), clock: testkit.Clock(), unit: id.New()}
	o.people = testkit.People(o.clock)
	o.sessions = identity.NewSessions(o.db.DB, o.people)
	if _, err := o.db.Super(t).Exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'police-unit', 'police', '{"en":"Police unit"}')`, o.unit); err != nil {
		t.Fatal(err)
	}
	o.person = o.db.Hire(t, o.clock, "sok@police.example", "Sok", o.unit, identity.RoleInvestigator)
	return o
}

func (o *office) signIn(t *testing.T) string {
	t.Helper()
	token, _, err := o.sessions.SignIn(t.Context(), "SOK@police.example ", passphrase)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (o *office) alive(t *testing.T, token string) bool {
	t.Helper()
	_, err := o.sessions.Recognise(t.Context(), token)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	return err == nil
}

func TestSignInOpensASessionInTheRightUnitAndRole(t *testing.T) {
	o := newOffice(t)
	s, err := o.sessions.Recognise(t.Context(), o.signIn(t))
	if err != nil {
		t.Fatal(err)
	}
	if s.Actor.PersonID != o.person || s.Actor.UnitKind != identity.UnitPolice || s.Actor.Role != identity.RoleInvestigator || s.Name != "Sok" {
		t.Fatalf("session = %+v", s)
	}
}

func TestAWrongAddressAndAWrongPassphraseGetTheSameAnswer(t *testing.T) {
	o := newOffice(t)
	_, _, wrongPass := o.sessions.SignIn(t.Context(), "sok@police.example", "wrong")
	_, _, wrongName := o.sessions.SignIn(t.Context(), "nobody@police.example", passphrase)
	if wrongPass == nil || wrongName == nil || wrongPass.Error() != wrongName.Error() {
		t.Fatalf("answers differ: %v, %v", wrongPass, wrongName)
	}
	if _, err := o.db.Super(t).Exec(`UPDATE people SET deactivated_at = now()`); err != nil {
		t.Fatal(err)
	}
	if _, _, gone := o.sessions.SignIn(t.Context(), "sok@police.example", passphrase); gone == nil || gone.Error() != wrongName.Error() {
		t.Fatalf("a deactivated person is told apart: %v", gone)
	}
}

func TestTheEleventhAttemptInAWindowIsNotLookedAt(t *testing.T) {
	o := newOffice(t)
	for range 10 {
		_, _, _ = o.sessions.SignIn(t.Context(), "sok@police.example", "wrong")
	}
	if _, _, err := o.sessions.SignIn(t.Context(), "sok@police.example", passphrase); fault.KindOf(err) != fault.TooMany {
		t.Fatalf("err = %v, want TooMany", err)
	}
	o.clock.Advance(16 * time.Minute)
	o.signIn(t)
}

// Whoever tries made-up addresses fills no table for ever.
func TestAttemptsOfAWindowThatIsOverAreForgotten(t *testing.T) {
	o := newOffice(t)
	for _, address := range []string{"a@police.example", "b@police.example"} {
		_, _, _ = o.sessions.SignIn(t.Context(), address, "wrong")
	}
	o.clock.Advance(16 * time.Minute)
	o.signIn(t)
	var left int
	if err := o.db.Super(t).QueryRow(`SELECT count(*) FROM attempts`).Scan(&left); err != nil || left != 1 {
		t.Fatalf("%d attempts are kept (%v), want the newest", left, err)
	}
}

func TestASessionEnds(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, o *office, token string){
		"after half an hour without use": func(_ *testing.T, o *office, _ string) { o.clock.Advance(30 * time.Minute) },
		"after eight hours of use": func(t *testing.T, o *office, token string) {
			for range 24 {
				o.clock.Advance(20 * time.Minute)
				o.alive(t, token)
			}
		},
		"on signing out": func(t *testing.T, o *office, token string) {
			s, err := o.sessions.Recognise(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			if err := o.sessions.Close(t.Context(), s.Actor); err != nil {
				t.Fatal(err)
			}
		},
		"when the person is deactivated": func(t *testing.T, o *office, _ string) {
			if _, err := o.db.Super(t).Exec(`UPDATE people SET deactivated_at = now()`); err != nil {
				t.Fatal(err)
			}
		},
		"when the role is taken away": func(t *testing.T, o *office, _ string) {
			if _, err := o.db.Super(t).Exec(`DELETE FROM memberships`); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			token := o.signIn(t)
			if !o.alive(t, token) {
				t.Fatal("the session was never alive")
			}
			end(t, o, token)
			if o.alive(t, token) {
				t.Fatal("the session goes on")
			}
		})
	}
}

func TestTheDatabaseNeverHoldsAToken(t *testing.T) {
	o := newOffice(t)
	token := o.signIn(t)
	var dump string
	if err := o.db.Super(t).QueryRow(`SELECT string_agg(s::text, '') FROM sessions s`).Scan(&dump); err != nil {
		t.Fatal(err)
	}
	if len(token) < 26 || strings.Contains(dump, token) {
		t.Fatal("the token stands in the table, or is too short")
	}
}
