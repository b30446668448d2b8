package identity_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/seal"
)

func TestASignInIsFreshForTenMinutes(t *testing.T) {
	o := newOffice(t)
	s, token := o.session(t, sok)
	if !s.Fresh || s.Actor.RequireFresh(o.clock.Now()) != nil {
		t.Fatal("a new session is not fresh")
	}
	o.clock.Advance(10 * time.Minute)
	stale := o.recognise(t, token)
	if stale.Fresh || fault.KindOf(stale.Actor.RequireFresh(o.clock.Now())) != fault.Forbidden {
		t.Error("fresh after ten minutes")
	}
	if err := (identity.Actor{Kind: identity.KindSystem, FreshUntil: o.clock.Now().Add(time.Hour)}).RequireFresh(o.clock.Now()); err == nil {
		t.Error("a process is fresh")
	}
}

// The routes send people to confirm first; a program that is not a browser gets
// nothing done either.
func TestPassphraseAndFactorsChangeInAFreshSessionAlone(t *testing.T) {
	o := newOffice(t)
	_, token := o.session(t, sok)
	o.clock.Advance(10 * time.Minute)
	s := o.recognise(t, token)
	refuse := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"passphrase": o.sessions.ChangePassphrase(t.Context(), s, token, identity.Change{Old: passphrase, New: "seven quiet rivers"}),
		"app":        o.sessions.AddApp(t.Context(), s.Actor, "", ""),
		"codes":      refuse(o.sessions.NewRecoveryCodes(t.Context(), s.Actor)),
		"removal":    o.sessions.RemoveFactor(t.Context(), s.Actor, s.Actor.PersonID, true),
		"key":        o.sessions.AddKey(t.Context(), s.Actor, "", ""),
		"new key":    refuse(o.sessions.NewKey(t.Context(), s.Actor, "")),
	} {
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConfirmingMakesTheSessionFreshUnderANewToken(t *testing.T) {
	o := newOffice(t)
	s, token := o.session(t, sok)
	o.clock.Advance(20 * time.Minute)
	if _, err := o.sessions.Confirm(t.Context(), s, token, identity.Proof{Passphrase: "wrong"}); fault.KindOf(err) != fault.Invalid {
		t.Fatalf("a wrong passphrase: %v", err)
	}
	fresh, err := o.sessions.Confirm(t.Context(), s, token, identity.Proof{Passphrase: passphrase})
	if err != nil || fresh == token {
		t.Fatalf("%q, %v", fresh, err)
	}
	if o.alive(t, token) {
		t.Error("the former token goes on")
	}
	now := o.recognise(t, fresh)
	member, err := now.Member(fresh)
	if err != nil || member.Locked() || !now.Fresh || now.Actor.SessionID != s.Actor.SessionID {
		t.Errorf("fresh %v, key %v", now.Fresh, err)
	}
}

func TestWhoeverHasASecondFactorConfirmsByIt(t *testing.T) {
	o := newOffice(t)
	key := o.enrolKey(t)
	half := o.half(t, sok)
	entry, err := o.finish(t, half, identity.Proof{Answer: key.Get(t, o.ask(t, half))})
	if err != nil {
		t.Fatal(err)
	}
	s := o.recognise(t, entry.Token)
	o.clock.Advance(20 * time.Minute)
	if _, err := o.sessions.Confirm(t.Context(), s, entry.Token, identity.Proof{Passphrase: passphrase}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("by the passphrase: %v", err)
	}
	options, err := o.sessions.ConfirmQuestion(t.Context(), s.Actor)
	if err != nil || options == "" {
		t.Fatalf("options %q, %v", options, err)
	}
	answer := key.Get(t, options)
	fresh, err := o.sessions.Confirm(t.Context(), s, entry.Token, identity.Proof{Answer: answer})
	if err != nil || !o.recognise(t, fresh).Fresh {
		t.Fatalf("by the key: %v", err)
	}
	if _, err := o.sessions.Confirm(t.Context(), s, fresh, identity.Proof{Answer: answer}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("by the same answer again: %v", err)
	}
}

func TestConfirmingIsTriedTenTimesAQuarterOfAnHour(t *testing.T) {
	o := newOffice(t)
	s, token := o.session(t, sok)
	for range 10 {
		_, _ = o.sessions.Confirm(t.Context(), s, token, identity.Proof{Passphrase: "wrong"})
	}
	if _, err := o.sessions.Confirm(t.Context(), s, token, identity.Proof{Passphrase: passphrase}); fault.KindOf(err) != fault.TooMany {
		t.Errorf("err = %v, want TooMany", err)
	}
}

func TestTheDatabaseAloneMakesNoSessionFreshNorLonger(t *testing.T) {
	o := newOffice(t)
	token := o.signIn(t)
	for _, forge := range []string{
		`UPDATE sessions SET fresh_at = fresh_at + interval '1 hour'`, `UPDATE sessions SET expires_at = expires_at + interval '1 day', fresh_at = fresh_at - interval '1 hour'`,
	} {
		o.super(t, forge)
		if o.alive(t, token) {
			t.Errorf("it counts after: %s", forge)
		}
	}
}

func TestOwnSessionsAreListedAndEndedOneByOneOrAllOthers(t *testing.T) {
	o := newOffice(t)
	o.db.Hire(t, o.clock, "clerk@police.example", "Clerk", o.unit, identity.RoleDutyOfficer)
	s, token := o.session(t, sok)
	second, secondToken := o.session(t, sok)
	_, thirdToken := o.session(t, sok)
	stranger, strangerToken := o.session(t, "clerk@police.example")
	o.clock.Advance(time.Minute)
	list, err := o.sessions.List(t.Context(), s.Actor)
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, l := range list {
		if l.Here != (l.ID == s.Actor.SessionID) {
			t.Errorf("%+v", l)
		}
	}
	if err := o.sessions.End(t.Context(), s.Actor, stranger.Actor.SessionID); fault.KindOf(err) != fault.NotFound || !o.alive(t, strangerToken) {
		t.Errorf("another person's session: %v", err)
	}
	if err := o.sessions.End(t.Context(), s.Actor, second.Actor.SessionID); err != nil || o.alive(t, secondToken) || !o.alive(t, thirdToken) {
		t.Errorf("one session: %v", err)
	}
	if err := o.sessions.EndOthers(t.Context(), s.Actor); err != nil || o.alive(t, thirdToken) || !o.alive(t, token) || !o.alive(t, strangerToken) {
		t.Errorf("all others: %v", err)
	}
}

func TestAnotherPassphraseKeepsTheKeyAndTheFactorAndEndsOtherSessions(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	other, err := o.finish(t, o.half(t, sok), identity.Proof{Code: o.code(t, secret)})
	if err != nil {
		t.Fatal(err)
	}
	o.clock.Advance(time.Minute)
	entry, err := o.finish(t, o.half(t, sok), identity.Proof{Code: o.code(t, secret)})
	if err != nil {
		t.Fatal(err)
	}
	s := o.recognise(t, entry.Token)
	before := o.member(t, s, entry.Token)
	change := func(old, fresh string) error {
		return o.sessions.ChangePassphrase(t.Context(), s, entry.Token, identity.Change{Old: old, New: fresh})
	}
	const fresh = "eleven loud mountains"
	for field, err := range map[string]error{"old": change("wrong", fresh), "new": change(passphrase, "short")} {
		if fault.FieldsOf(err)[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := change(passphrase, fresh); err != nil {
		t.Fatal(err)
	}
	if o.alive(t, other.Token) || !o.alive(t, entry.Token) {
		t.Error("another session goes on, or this one ended")
	}
	if _, err := o.attempt(t, sok, passphrase, ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the old passphrase: %v", err)
	}
	o.clock.Advance(time.Minute)
	again, err := o.attempt(t, sok, fresh, "")
	if err != nil || !again.Halfway {
		t.Fatalf("the new passphrase: %+v, %v", again, err)
	}
	done, err := o.finish(t, again.Token, identity.Proof{Code: o.code(t, secret)})
	if err != nil || o.member(t, o.recognise(t, done.Token), done.Token).ID() != before.ID() {
		t.Errorf("the key is another: %v", err)
	}
}

func (o *office) member(t *testing.T, s identity.Session, token string) seal.Member {
	t.Helper()
	m, err := s.Member(token)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnInvitationIsAcceptedOnceAndLeadsIn(t *testing.T) {
	o := newOffice(t)
	person := o.newcomer(t, "new@police.example")
	code := o.invite(t, identity.Invitation{Person: person, Email: "new@police.example"})
	accept := func(code, passphrase string) (identity.Entry, error) {
		return o.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: passphrase})
	}
	for _, weak := range []string{"short", "newcomer newcomer", "password 12345678"} {
		if _, err := accept(code, weak); fault.FieldsOf(err)["passphrase"] == "" {
			t.Errorf("%q: %v", weak, err)
		}
	}
	entry, err := accept(code[:5]+" "+code[5:], "seven quiet rivers")
	if err != nil {
		t.Fatal(err)
	}
	s := o.recognise(t, entry.Token)
	if s.Actor.PersonID != person || s.Guarded || o.member(t, s, entry.Token).Locked() {
		t.Errorf("%+v", s)
	}
	if _, err := accept(code, "nine quiet rivers"); fault.FieldsOf(err)["code"] != "account.invitation.refused" {
		t.Errorf("a second time: %v", err)
	}
}

func TestWrongExpiredRevokedAndForgedInvitationsGetTheSameAnswer(t *testing.T) {
	o := newOffice(t)
	fresh := func(email string) string {
		return o.invite(t, identity.Invitation{Person: o.newcomer(t, email), Email: email})
	}
	revoked := o.newcomer(t, "revoked@police.example")
	cases := map[string]string{
		"wrong":              "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"replaced":           o.invite(t, identity.Invitation{Person: revoked, Email: "revoked@police.example"}),
		"of another address": fresh("moved@police.example"),
		"of somebody gone":   fresh("gone@police.example"),
		"made another's":     fresh("forged@police.example"),
		"made longer":        fresh("longer@police.example"),
		"of one alone":       o.invite(t, identity.Invitation{Person: o.person, Email: sok, IssuedBy: o.newcomer(t, "admin@police.example")}),
	}
	robbed, administrator := o.newcomer(t, "robbed@police.example"), o.newcomer(t, "second@police.example")
	cases["of one whose passphrase was deleted"] = o.invite(t, identity.Invitation{Person: robbed, Email: "robbed@police.example", IssuedBy: administrator})
	o.super(t, `UPDATE memberships SET decision_id = $1 WHERE person_id = $2`, o.decision(t, robbed, administrator), robbed)
	o.invite(t, identity.Invitation{Person: revoked, Email: "revoked@police.example"})
	o.super(t, `UPDATE people SET email = 'elsewhere@police.example' WHERE email = 'moved@police.example'`)
	o.super(t, `UPDATE people SET deactivated_at = now() WHERE email = 'gone@police.example'`)
	other := o.newcomer(t, "other@police.example")
	o.super(t, `UPDATE invitations SET person_id = $1 WHERE email = 'forged@police.example'`, other)
	o.super(t, `UPDATE invitations SET expires_at = expires_at + interval '9 days' WHERE email = 'longer@police.example'`)
	try := func(name, code string) {
		_, err := o.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "seven quiet rivers"})
		if f := fault.FieldsOf(err); len(f) != 1 || f["code"] != "account.invitation.refused" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, code := range cases {
		try(name, code)
	}
	late := fresh("late@police.example")
	o.clock.Advance(72 * time.Hour)
	try("expired", late)
}

// Two people decided that somebody who lost their passphrase gets another.
func TestReadmissionGivesANewKeyAndTakesTheFormerFactors(t *testing.T) {
	o := newOffice(t)
	s, token := o.session(t, sok)
	before := o.member(t, s, token)
	o.enrolApp(t, sok)
	administrator := o.newcomer(t, "admin@police.example")
	code := o.invite(t, identity.Invitation{Person: o.person, Email: sok, IssuedBy: administrator, Decision: o.decision(t, o.person, administrator)})
	entry, err := o.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "seven quiet rivers"})
	if err != nil {
		t.Fatal(err)
	}
	now := o.recognise(t, entry.Token)
	if o.member(t, now, entry.Token).ID() == before.ID() || now.Guarded || o.alive(t, token) {
		t.Errorf("the key, the factor or the session of before goes on: %+v", now)
	}
}

func TestSomebodyWithoutARoleGetsAPassphraseAndNoSession(t *testing.T) {
	o := newOffice(t)
	person := o.newcomer(t, "new@police.example")
	o.super(t, `DELETE FROM memberships WHERE person_id = $1`, person)
	code := o.invite(t, identity.Invitation{Person: person, Email: "new@police.example"})
	entry, err := o.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "seven quiet rivers"})
	if err != nil || entry.Token != "" {
		t.Fatalf("%+v, %v", entry, err)
	}
}

func TestAPassphraseIsLongAndNotOneThatEverybodyTries(t *testing.T) {
	for passphrase, want := range map[string]string{
		"seven quiet rivers": "",
		"ទន្លេស្ងាត់ប្រាំពីរ":                                                 "",
		"    \U0001F41F\U0001F419\U0001F40B\U0001F42C\U0001F42B\U0001F418 ok": "",
		"elevenchars":                  "account.passphrase.too_short",
		"Password-12345":               "account.passphrase.common",
		"qwerty 1234567":               "account.passphrase.common",
		"aaaaaaaaaaaaaaaa":             "account.passphrase.common",
		"123123123123123":              "account.passphrase.common",
		"123456789012":                 "account.passphrase.common",
		"nmlkjihgfedcba":               "account.passphrase.common",
		"correct horse battery staple": "account.passphrase.common",
		"sokha by the river":           "account.passphrase.own",
		"the VANNAK family":            "account.passphrase.own",
	} {
		err := identity.CheckPassphrase("new", passphrase, "sokha@police.example", "Vannak Li")
		if got := fault.FieldsOf(err)["new"]; got != want {
			t.Errorf("%q: %q, want %q", passphrase, got, want)
		}
	}
}
