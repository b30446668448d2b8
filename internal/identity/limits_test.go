package identity_test

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
)

const sok = "sok@police.example"

func TestAWrongAddressAndAWrongPassphraseGetTheSameAnswer(t *testing.T) {
	o := newOffice(t)
	guarded := o.db.Hire(t, o.clock, "guarded@police.example", "Guarded", o.unit, identity.RoleInvestigator)
	o.enrolApp(t, "guarded@police.example")
	gone := o.db.Hire(t, o.clock, "gone@police.example", "Gone", o.unit, identity.RoleInvestigator)
	o.super(t, `UPDATE people SET deactivated_at = now() WHERE id = $1`, gone)
	o.newcomer(t, "invited@police.example")
	if guarded == gone {
		t.Fatal("two people are one")
	}
	want := ""
	for name, c := range map[string]struct{ email, passphrase string }{
		"an unknown address":                      {"nobody@police.example", passphrase},
		"a wrong passphrase":                      {sok, "wrong"},
		"a wrong passphrase and a second factor":  {"guarded@police.example", "wrong"},
		"a deactivated person, all being right":   {"gone@police.example", passphrase},
		"somebody who never took the invitation":  {"invited@police.example", passphrase},
		"an address that is none":                 {"'; --", passphrase},
		"a passphrase that is longer than we say": {sok, strings.Repeat("x", 5000)},
	} {
		_, err := o.attempt(t, c.email, c.passphrase, "")
		if err == nil || fault.KindOf(err) != fault.Invalid {
			t.Fatalf("%s: %v", name, err)
		}
		if want == "" {
			want = err.Error()
		}
		if err.Error() != want || len(fault.FieldsOf(err)) != 1 || fault.FieldsOf(err)["email"] != "account.not_recognised" {
			t.Errorf("%s is told apart: %v", name, err)
		}
	}
}

// The same work: an unknown address passes one Argon2id too, which is known by
// the memory that it fills. A clock would tell of whatever else the machine does.
func TestAnUnknownAddressCostsWhatAKnownOneCosts(t *testing.T) {
	o := newOffice(t)
	filled := func(email string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = o.attempt(t, email, "wrong", "")
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	const pass = 46 << 20
	for name, email := range map[string]string{"known": sok, "unknown": "nobody@police.example"} {
		if n := filled(email); n < pass || n > 2*pass {
			t.Errorf("%s: %d MiB filled, want one pass of 46", name, n>>20)
		}
	}
}

func TestTheEleventhAttemptInAWindowIsNotLookedAt(t *testing.T) {
	o := newOffice(t)
	for range 10 {
		_, _ = o.attempt(t, sok, "wrong", "")
	}
	if _, err := o.attempt(t, sok, passphrase, ""); fault.KindOf(err) != fault.TooMany {
		t.Fatalf("err = %v, want TooMany", err)
	}
	o.clock.Advance(16 * time.Minute)
	o.signIn(t)
}

func TestAStrangerCannotKeepAPersonOutOfABrowserTheyUsedBefore(t *testing.T) {
	o := newOffice(t)
	entry, err := o.attempt(t, sok, passphrase, "")
	if err != nil || entry.Device == "" {
		t.Fatalf("no mark for the browser: %v", err)
	}
	for range 15 {
		_, _ = o.attempt(t, sok, "wrong", "")
	}
	if _, err := o.attempt(t, sok, passphrase, entry.Device); err != nil {
		t.Errorf("kept out of their own browser: %v", err)
	}
	other := o.db.Hire(t, o.clock, "clerk@police.example", "Clerk", o.unit, identity.RoleDutyOfficer)
	for _, mark := range []string{"", "rubbish", entry.Device + "x", strings.Repeat("A", 300)} {
		if _, err := o.attempt(t, sok, passphrase, mark); fault.KindOf(err) != fault.TooMany {
			t.Errorf("the mark %.10q of nobody counts as a browser: %v", mark, err)
		}
	}
	// A mark is good for the account it was given for.
	for range 15 {
		_, _ = o.attempt(t, "clerk@police.example", "wrong", "")
	}
	if _, err := o.attempt(t, "clerk@police.example", passphrase, entry.Device); fault.KindOf(err) != fault.TooMany {
		t.Errorf("another person's browser counts as %s's: %v", other, err)
	}
}

func TestAStolenMarkGuessesNoFasterThanAStranger(t *testing.T) {
	o := newOffice(t)
	entry, err := o.attempt(t, sok, passphrase, "")
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for range 30 {
		if _, err := o.attempt(t, sok, "wrong", entry.Device); fault.KindOf(err) == fault.Invalid {
			looked++
		}
	}
	if looked != 10 {
		t.Errorf("%d guesses were looked at, want 10", looked)
	}
}

func TestTwoProcessesCountTogether(t *testing.T) {
	o := newOffice(t)
	processes := []*identity.Sessions{identity.NewSessions(o.db.DB, o.people), identity.NewSessions(o.db.DB, o.people)}
	var looked, refused atomic.Int32
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			_, err := processes[i%2].SignIn(t.Context(), identity.Attempt{Email: sok, Passphrase: "wrong"})
			if kind := fault.KindOf(err); kind == fault.Invalid {
				looked.Add(1)
			} else if kind == fault.TooMany {
				refused.Add(1)
			}
		})
	}
	all.Wait()
	if looked.Load() != 10 || refused.Load() != 30 {
		t.Errorf("%d looked at, %d refused; want 10 and 30", looked.Load(), refused.Load())
	}
}

func TestARightAttemptIsNotCounted(t *testing.T) {
	o := newOffice(t)
	for range 12 {
		o.signIn(t)
	}
}

func TestWhenNobodyCanCountNobodyGetsIn(t *testing.T) {
	o := newOffice(t)
	o.super(t, `REVOKE ALL ON attempts FROM portal_door`)
	if _, err := o.attempt(t, sok, passphrase, ""); err == nil {
		t.Error("signed in uncounted")
	}
}

// Strangers who fill every bucket that they can name keep nobody else out: there
// is none for everybody.
func TestNoNumberOfAttemptsByStrangersKeepsOthersOut(t *testing.T) {
	o := newOffice(t)
	code := o.invite(t, identity.Invitation{Person: o.newcomer(t, "new@police.example"), Email: "new@police.example"})
	secret := o.enrolApp(t, sok)
	for _, address := range []string{"a@police.example", "new@police.example"} {
		_, _ = o.attempt(t, address, "wrong", "")
	}
	_, _ = o.sessions.Accept(t.Context(), identity.Acceptance{Code: "no such code", Passphrase: "seven quiet rivers"})
	_, _ = o.finish(t, o.half(t, sok), identity.Proof{Code: "no recovery code"})
	// Those of the person themselves were right, and were taken off.
	o.super(t, `UPDATE attempts SET count = 1000000 WHERE count > 0`)
	if _, err := o.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "seven quiet rivers"}); err != nil {
		t.Errorf("a newcomer is kept out: %v", err)
	}
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: o.code(t, secret)}); err != nil {
		t.Errorf("somebody in a new browser is kept out: %v", err)
	}
}

// While strangers queue for the machine, who is known does not queue behind them.
func TestAFloodOfStrangersIsShedAndKeepsNoKnownBrowserWaiting(t *testing.T) {
	o := newOffice(t)
	entry, err := o.attempt(t, sok, passphrase, "")
	if err != nil {
		t.Fatal(err)
	}
	var other atomic.Int32
	var all sync.WaitGroup
	for range 80 {
		address := id.New().String() + "@police.example"
		all.Go(func() {
			_, err := o.sessions.SignIn(t.Context(), identity.Attempt{Email: address, Passphrase: "wrong"})
			if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.Unavailable {
				other.Add(1)
			}
		})
	}
	if _, err := o.attempt(t, sok, passphrase, entry.Device); err != nil {
		t.Errorf("in the flood: %v", err)
	}
	all.Wait()
	if other.Load() != 0 {
		t.Errorf("%d strangers got another answer than a refusal or a full queue", other.Load())
	}
	if _, err := o.attempt(t, sok, passphrase, ""); err != nil {
		t.Errorf("a moment after the flood: %v", err)
	}
}

// What costs much is done for a good code alone.
func TestACodeOfNobodyCostsNoStretching(t *testing.T) {
	o := newOffice(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 20 {
		if _, err := o.sessions.Accept(t.Context(), identity.Acceptance{Code: "no such code", Passphrase: "seven quiet rivers"}); fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if filled := after.TotalAlloc - before.TotalAlloc; filled > 46<<20 {
		t.Errorf("20 of them filled %d MiB", filled>>20)
	}
}

// Whoever tries made-up addresses fills no table for ever.
func TestAttemptsOfAWindowThatIsOverAreForgotten(t *testing.T) {
	o := newOffice(t)
	for _, address := range []string{"a@police.example", "b@police.example"} {
		_, _ = o.attempt(t, address, "wrong", "")
	}
	o.clock.Advance(16 * time.Minute)
	_, _ = o.attempt(t, "c@police.example", "wrong", "")
	var left int
	if err := o.db.Super(t).QueryRow(`SELECT count(*) FROM attempts WHERE bucket = 'sign-in'`).Scan(&left); err != nil || left != 1 {
		t.Fatalf("%d attempts are kept (%v), want the newest", left, err)
	}
}

func TestTheRecordOfAttemptsNamesNobody(t *testing.T) {
	o := newOffice(t)
	_, _ = o.attempt(t, sok, "wrong", "")
	var dump string
	if err := o.db.Super(t).QueryRow(`SELECT string_agg(a::text, '') FROM attempts a`).Scan(&dump); err != nil || strings.Contains(dump, "police.example") {
		t.Fatalf("%s, %v", dump, err)
	}
}

// A flood of made-up receipts is shed; that nobody can count keeps no reporter out.
func TestMissedReceiptsAreCountedAndNothingElseOfThem(t *testing.T) {
	o := newOffice(t)
	closed := func(string) ([]byte, error) { return []byte("sealed"), nil }
	if _, err := o.sessions.OpenReceipt(t.Context(), []byte("no such receipt"), closed); fault.KindOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	o.super(t, `UPDATE attempts SET count = 1200 WHERE bucket = 'receipts'`)
	if _, err := o.sessions.OpenReceipt(t.Context(), []byte("no such receipt"), closed); fault.KindOf(err) != fault.TooMany {
		t.Errorf("in a flood: %v, want TooMany", err)
	}
	o.clock.Advance(time.Minute)
	o.super(t, `REVOKE ALL ON attempts FROM portal_public`)
	if _, err := o.sessions.OpenReceipt(t.Context(), []byte("no such receipt"), closed); fault.KindOf(err) != fault.NotFound {
		t.Errorf("when nobody can count: %v, want the look-up", err)
	}
}
