package identity_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/pquerna/otp/totp"
)

// session signs in without a second factor.
func (o *office) session(t *testing.T, email string) (identity.Session, string) {
	t.Helper()
	token := testkit.SignIn(t, o.sessions, email)
	return o.recognise(t, token), token
}

func (o *office) recognise(t *testing.T, token string) identity.Session {
	t.Helper()
	s, err := o.sessions.Recognise(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// enrolApp gives the person an authenticator app and returns its secret. The
// clock moves on, so that the next code is another.
func (o *office) enrolApp(t *testing.T, email string) (secret string) {
	t.Helper()
	s, _ := o.session(t, email)
	app, err := o.sessions.NewApp(s.Actor)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.sessions.AddApp(t.Context(), s.Actor, app.Sealed, o.code(t, app.Secret)); err != nil {
		t.Fatal(err)
	}
	o.clock.Advance(time.Minute)
	return app.Secret
}

func (o *office) code(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, o.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// half passes the first step and returns the token of the second.
func (o *office) half(t *testing.T, email string) string {
	t.Helper()
	entry, err := o.attempt(t, email, passphrase, "")
	if err != nil || !entry.Halfway || entry.Actor.Kind != "" || entry.Device != "" {
		t.Fatalf("the passphrase alone leads to %+v, %v", entry, err)
	}
	return entry.Token
}

func (o *office) finish(t *testing.T, half string, proof identity.Proof) (identity.Entry, error) {
	t.Helper()
	return o.sessions.Finish(t.Context(), half, proof, "")
}

func TestASecondFactorIsAskedForAndOpensTheSessionUnderANewToken(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	half := o.half(t, sok)
	entry, err := o.finish(t, half, identity.Proof{Code: o.code(t, secret)})
	if err != nil || entry.Token == half || entry.Device == "" {
		t.Fatalf("%+v, %v", entry, err)
	}
	s := o.recognise(t, entry.Token)
	member, err := s.Member(entry.Token)
	if err != nil || member.Locked() || !s.Guarded || !s.Fresh {
		t.Fatalf("locked, unguarded or stale: %v", err)
	}
	if _, err := o.finish(t, half, identity.Proof{Code: o.code(t, secret)}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the second step goes twice: %v", err)
	}
}

func TestAHalfSessionIsNoSession(t *testing.T) {
	o := newOffice(t)
	o.enrolApp(t, sok)
	if half := o.half(t, sok); o.alive(t, half) {
		t.Error("the passphrase alone opens a session")
	}
}

func TestTheSecondStepEndsAfterFiveMinutesAndFiveTries(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	late := o.half(t, sok)
	o.clock.Advance(5 * time.Minute)
	if _, err := o.finish(t, late, identity.Proof{Code: o.code(t, secret)}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("after five minutes: %v", err)
	}
	tried := o.half(t, sok)
	for range 5 {
		if _, err := o.finish(t, tried, identity.Proof{Code: "no code at all"}); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a wrong code: %v", err)
		}
	}
	if _, err := o.finish(t, tried, identity.Proof{Code: o.code(t, secret)}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("after five tries: %v", err)
	}
}

func TestASecondStepEndsWithItsPerson(t *testing.T) {
	for name, end := range map[string]string{
		"deactivated":             `UPDATE people SET deactivated_at = now()`,
		"without the role":        `DELETE FROM memberships`,
		"made another's":          `UPDATE sign_ins SET role = 'commander'`,
		"longer than it was":      `UPDATE sign_ins SET expires_at = expires_at + interval '1 day'`,
		"with another passphrase": `UPDATE credentials SET verifier = verifier || 'x'`,
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			secret := o.enrolApp(t, sok)
			half := o.half(t, sok)
			o.super(t, end)
			if _, err := o.finish(t, half, identity.Proof{Code: o.code(t, secret)}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("err = %v, want NotFound", err)
			}
		})
	}
}

func TestACodeOfAnAppWorksOnce(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	code := o.code(t, secret)
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: code[:3] + " " + code[3:]}); err != nil {
		t.Fatal(err)
	}
	// Another process, and one that was started again.
	o.sessions = identity.NewSessions(o.db.DB, testkit.People(o.clock))
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: code}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the code works twice: %v", err)
	}
}

func TestACodeOfAnAppWorksOnceInTwoProcessesAtOnce(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	code := o.code(t, secret)
	entered := o.rush(t, func() identity.Proof { return identity.Proof{Code: code} })
	if entered != 1 {
		t.Errorf("%d entered by one code", entered)
	}
}

// rush shows proofs in eight second steps of two processes at once, and returns
// how many entered.
func (o *office) rush(t *testing.T, proof func() identity.Proof) int32 {
	t.Helper()
	processes := []*identity.Sessions{identity.NewSessions(o.db.DB, o.people), identity.NewSessions(o.db.DB, o.people)}
	halves := make([]string, 8)
	for i := range halves {
		halves[i] = o.half(t, sok)
	}
	var entered atomic.Int32
	var all sync.WaitGroup
	for i, half := range halves {
		all.Go(func() {
			if _, err := processes[i%2].Finish(t.Context(), half, proof(), ""); err == nil {
				entered.Add(1)
			}
		})
	}
	all.Wait()
	return entered.Load()
}

func TestAClockThatIsAStepOffIsForgivenAndNoMore(t *testing.T) {
	for off, want := range map[time.Duration]bool{
		-30 * time.Second: true, 30 * time.Second: true, -60 * time.Second: false, 60 * time.Second: false,
	} {
		o := newOffice(t)
		secret := o.enrolApp(t, sok)
		o.clock.Advance(time.Minute)
		code, err := totp.GenerateCode(secret, o.clock.Now().Add(off))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: code}); (err == nil) != want {
			t.Errorf("a clock %v off: %v", off, err)
		}
	}
}

func TestTheCodeThatEnrolsAnAppIsUsedUpByIt(t *testing.T) {
	o := newOffice(t)
	s, _ := o.session(t, sok)
	app, err := o.sessions.NewApp(s.Actor)
	if err != nil {
		t.Fatal(err)
	}
	code := o.code(t, app.Secret)
	if err := o.sessions.AddApp(t.Context(), s.Actor, app.Sealed, code); err != nil {
		t.Fatal(err)
	}
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: code}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the enrolling code signs in: %v", err)
	}
}

func TestAnAppIsEnrolledByItsOwnCodeInItsOwnSession(t *testing.T) {
	o := newOffice(t)
	s, _ := o.session(t, sok)
	other, _ := o.session(t, sok)
	app, err := o.sessions.NewApp(s.Actor)
	if err != nil {
		t.Fatal(err)
	}
	for name, enrol := range map[string]func() error{
		"a wrong code": func() error { return o.sessions.AddApp(t.Context(), s.Actor, app.Sealed, "000000x") },
		"another session": func() error {
			return o.sessions.AddApp(t.Context(), other.Actor, app.Sealed, o.code(t, app.Secret))
		},
		"rubbish": func() error { return o.sessions.AddApp(t.Context(), s.Actor, "rubbish", o.code(t, app.Secret)) },
	} {
		if err := enrol(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.clock.Advance(16 * time.Minute)
	s.Actor.FreshUntil = o.clock.Now().Add(time.Minute)
	if err := o.sessions.AddApp(t.Context(), s.Actor, app.Sealed, o.code(t, app.Secret)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("too late: %v", err)
	}
}

func TestTheDatabaseNeverHoldsAnAppsSecretNorARecoveryCode(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	codes := o.recoveryCodes(t, secret)
	var dump string
	if err := o.db.Super(t).QueryRow(`SELECT string_agg(f::text || encode(f.material, 'escape'), '') FROM factors f`).Scan(&dump); err != nil {
		t.Fatal(err)
	}
	for _, s := range append(codes, secret) {
		if strings.Contains(dump, s) {
			t.Fatal("a secret stands in the table")
		}
	}
}

func (o *office) recoveryCodes(t *testing.T, secret string) []string {
	t.Helper()
	entry, err := o.finish(t, o.half(t, sok), identity.Proof{Code: o.code(t, secret)})
	if err != nil {
		t.Fatal(err)
	}
	codes, err := o.sessions.NewRecoveryCodes(t.Context(), entry.Actor)
	if err != nil || len(codes) != 10 {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	o.clock.Advance(time.Minute)
	return codes
}

func TestARecoveryCodeWorksOnceHoweverItIsTyped(t *testing.T) {
	o := newOffice(t)
	codes := o.recoveryCodes(t, o.enrolApp(t, sok))
	typed := strings.ToLower(codes[0][:4] + " " + codes[0][4:8] + "-" + codes[0][8:] + " ")
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: typed}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: codes[0]}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the code works twice: %v", err)
	}
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: codes[1]}); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

func TestARecoveryCodeWorksOnceForManyAtOnce(t *testing.T) {
	o := newOffice(t)
	codes := o.recoveryCodes(t, o.enrolApp(t, sok))
	if entered := o.rush(t, func() identity.Proof { return identity.Proof{Code: codes[3]} }); entered != 1 {
		t.Errorf("%d entered by one code", entered)
	}
}

func TestANewSetOfRecoveryCodesReplacesTheOld(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	old := o.recoveryCodes(t, secret)
	fresh := o.recoveryCodes(t, secret)
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: old[0]}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a code of the old set works: %v", err)
	}
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: fresh[0]}); err != nil {
		t.Errorf("a code of the new set: %v", err)
	}
}

func TestTheFirstFactorEndsSessionsThatWereOpenedWithoutIt(t *testing.T) {
	o := newOffice(t)
	_, before := o.session(t, sok)
	o.enrolApp(t, sok)
	if o.alive(t, before) {
		t.Error("a session of before goes on without a second factor")
	}
}

func TestTheLastFactorStaysUnlessOneIsOptional(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	entry, err := o.finish(t, o.half(t, sok), identity.Proof{Code: o.code(t, secret)})
	if err != nil {
		t.Fatal(err)
	}
	list, err := o.sessions.Factors(t.Context(), entry.Actor)
	if err != nil || len(list.All) != 1 || list.All[0].UsedAt == nil {
		t.Fatalf("%+v, %v", list, err)
	}
	app := list.All[0].ID
	if err := o.sessions.RemoveFactor(t.Context(), entry.Actor, app, false); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the last factor goes: %v", err)
	}
	if err := o.sessions.RemoveFactor(t.Context(), entry.Actor, id.New(), true); fault.KindOf(err) != fault.NotFound {
		t.Errorf("what is not one's own: %v", err)
	}
	if err := o.sessions.RemoveFactor(t.Context(), entry.Actor, app, true); err != nil {
		t.Fatal(err)
	}
	o.signIn(t)
}

func TestCodesOfSixDigitsAreGuessedTenTimesAnHour(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	codes := o.recoveryCodes(t, secret)
	looked := 0
	for range 6 {
		half := o.half(t, sok)
		for range 4 {
			if _, err := o.finish(t, half, identity.Proof{Code: "12 34 56"}); fault.KindOf(err) == fault.Invalid {
				looked++
			}
		}
	}
	if looked != 10 {
		t.Errorf("%d guesses were looked at, want 10", looked)
	}
	// Whoever knows the passphrase does not lock the person out by it.
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: codes[0]}); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
}
