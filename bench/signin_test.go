package bench_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"
)

// BenchmarkSignIn opens sessions by passphrase, and by passphrase and an app's
// code, and takes turns with one bare Argon2id of the same parameters: what is
// above it is the portal's own.
func BenchmarkSignIn(b *testing.B) {
	d := newDoor(b)
	t := race(b, 20,
		plain("sign-in", func() { d.signIn(b, "plain@police.example") }),
		plain("two-steps", func() { d.twoSteps(b) }),
		plain("refused", func() {
			_, _ = d.sessions.SignIn(b.Context(), identity.Attempt{Email: id.New().String() + "@police.example", Passphrase: "wrong"})
			d.clock.Advance(time.Minute)
		}),
		plain("argon2id", func() { _ = argon2.IDKey([]byte(testkit.Passphrase), make([]byte, 16), 1, 46*1024, 1, 32) }),
		lane{"recognise", func() func() {
			token := d.signIn(b, "plain@police.example").Token
			return func() { _, err := d.sessions.Recognise(b.Context(), token); check(b, err) }
		}},
	)
	for _, name := range []string{"sign-in", "two-steps", "refused", "recognise"} {
		t.ratio(b, name, "argon2id")
		b.ReportMetric(1000*ms(t.at(name, 50)), name+"-µs")
	}
}

// door is an office of two people, of whom one has an authenticator app.
type door struct {
	*testkit.Database
	clock    *clock.Fake
	sessions *identity.Sessions
	secret   string
}

func newDoor(b *testing.B) *door {
	b.Helper()
	d := &door{Database: testkit.DB(b), clock: testkit.Clock()}
	unit := id.New()
	_, err := d.Super(b).ExecContext(b.Context(), `INSERT INTO units (id, code, kind, name) VALUES ($1, 'police-unit', 'police', '{"en":"Police unit"}')`, unit)
	check(b, err)
	people := testkit.People(d.clock)
	d.sessions = identity.NewSessions(d.DB, people)
	for _, email := range []string{"plain@police.example", "guarded@police.example"} {
		d.Hire(b, d.clock, email, "Officer", unit, identity.RoleInvestigator)
	}
	who := d.signIn(b, "guarded@police.example").Actor
	app, err := d.sessions.NewApp(who)
	check(b, err)
	d.secret = app.Secret
	check(b, d.sessions.AddApp(b.Context(), who, app.Sealed, d.code(b)))
	return d
}

func (d *door) signIn(b *testing.B, email string) identity.Entry {
	b.Helper()
	entry, err := d.sessions.SignIn(b.Context(), identity.Attempt{Email: email, Passphrase: testkit.Passphrase})
	check(b, err)
	return entry
}

func (d *door) twoSteps(b *testing.B) {
	b.Helper()
	half := d.signIn(b, "guarded@police.example")
	d.clock.Advance(time.Minute)
	_, err := d.sessions.Finish(b.Context(), half.Token, identity.Proof{Code: d.code(b)}, "")
	check(b, err)
}

func (d *door) code(b *testing.B) string {
	b.Helper()
	code, err := totp.GenerateCode(d.secret, d.clock.Now())
	check(b, err)
	return code
}
