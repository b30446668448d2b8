package identity_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
)

func (o *office) terminal(t *testing.T, code string, asked *identity.Codes) (identity.Holder, error) {
	t.Helper()
	return o.sessions.AtTerminal(t.Context(), identity.Terminal{
		Email: sok, Passphrase: passphrase, Unit: "police-unit",
		Code: func(has identity.Codes) (string, error) {
			if asked != nil {
				*asked = has
			}
			return code, nil
		},
	})
}

func TestATerminalAsksForTheSecondFactorOnce(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	code := o.code(t, secret)
	var asked identity.Codes
	h, err := o.terminal(t, code, &asked)
	if err != nil || h.Member.Locked() || h.PersonID != o.person || asked != (identity.Codes{App: true}) {
		t.Fatalf("%+v, asked for %+v: %v", h.Actor, asked, err)
	}
	if _, err := o.terminal(t, code, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a code opens twice: %v", err)
	}
	if _, err := o.finish(t, o.half(t, sok), identity.Proof{Code: code}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a code that was given at a terminal opens a session: %v", err)
	}
}

func TestARecoveryCodeWorksAtATerminalOnce(t *testing.T) {
	o := newOffice(t)
	s, _ := o.session(t, sok)
	o.enrolApp(t, sok)
	codes, err := o.sessions.NewRecoveryCodes(t.Context(), s.Actor)
	if err != nil {
		t.Fatal(err)
	}
	var asked identity.Codes
	if _, err := o.terminal(t, codes[0], &asked); err != nil || asked != (identity.Codes{App: true, Recovery: true}) {
		t.Fatalf("asked for %+v: %v", asked, err)
	}
	if _, err := o.terminal(t, codes[0], nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a code opens twice: %v", err)
	}
}

func TestAtATerminalThereIsNothingWithoutAFactor(t *testing.T) {
	o := newOffice(t)
	if _, err := o.terminal(t, "", nil); fault.CodeOf(err) != "account.terminal.no_factor" {
		t.Errorf("somebody who has to enrol one: %v", err)
	}
	o.enrolKey(t)
	if _, err := o.terminal(t, "000000", nil); fault.CodeOf(err) != "account.terminal.no_code" {
		t.Errorf("somebody with a security key alone: %v", err)
	}
}

func TestTheFactorIsAskedForOnlyAfterTheRightPassphrase(t *testing.T) {
	o := newOffice(t)
	o.enrolApp(t, sok)
	for _, email := range []string{sok, "nobody@police.example"} {
		_, err := o.sessions.AtTerminal(t.Context(), identity.Terminal{
			Email: email, Passphrase: "a wrong passphrase",
			Code: func(identity.Codes) (string, error) {
				t.Error("a code is asked for")
				return "", nil
			},
		})
		if fault.CodeOf(err) != "account.not_recognised" && fault.KindOf(err) != fault.Invalid {
			t.Errorf("err = %v", err)
		}
	}
}

func TestCodesAtATerminalCountWithThoseOfTheWeb(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	half := o.half(t, sok)
	for range 5 {
		if _, err := o.finish(t, half, identity.Proof{Code: "000000"}); fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	}
	for range 5 {
		if _, err := o.terminal(t, "000000", nil); fault.KindOf(err) != fault.Invalid {
			t.Fatal(err)
		}
	}
	if _, err := o.terminal(t, o.code(t, secret), nil); fault.KindOf(err) != fault.TooMany {
		t.Errorf("the eleventh try: %v", err)
	}
}

func TestWhoeverGoesWhileTheCodeIsTypedIsGone(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	code := o.code(t, secret)
	for _, end := range []string{`UPDATE people SET deactivated_at = now()`, `DELETE FROM memberships`} {
		_, err := o.sessions.AtTerminal(t.Context(), identity.Terminal{
			Email: sok, Passphrase: passphrase,
			Code: func(identity.Codes) (string, error) {
				o.super(t, end)
				return code, nil
			},
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", end, err)
		}
		o.super(t, `SET LOCAL session_replication_role = replica; UPDATE people SET deactivated_at = NULL, closings = 0`)
	}
}
