package identity_test

import (
	"net/url"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/testkit"
)

const origin = "http://localhost:8080"

// enrolKey gives Sok a security key.
func (o *office) enrolKey(t *testing.T) *testkit.SecurityKey {
	t.Helper()
	o.useKeys(t, o.sessions)
	s, _ := o.session(t, sok)
	key := testkit.NewSecurityKey(t, origin)
	options, err := o.sessions.NewKey(t.Context(), s.Actor, "Sok")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.sessions.AddKey(t.Context(), s.Actor, "Blue one", key.Create(t, options)); err != nil {
		t.Fatal(err)
	}
	return key
}

func (o *office) useKeys(t *testing.T, s *identity.Sessions) {
	t.Helper()
	site, err := url.Parse(origin)
	if err == nil {
		err = s.UseKeys(site)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (o *office) ask(t *testing.T, half string) string {
	t.Helper()
	options, err := o.sessions.KeyQuestion(t.Context(), half)
	if err != nil || options == "" {
		t.Fatalf("options %q, %v", options, err)
	}
	return options
}

func TestASecurityKeyIsASecondFactor(t *testing.T) {
	o := newOffice(t)
	key := o.enrolKey(t)
	half := o.half(t, sok)
	answer := key.Get(t, o.ask(t, half))
	entry, err := o.finish(t, half, identity.Proof{Answer: answer})
	if err != nil {
		t.Fatal(err)
	}
	list, err := o.sessions.Factors(t.Context(), entry.Actor)
	if err != nil || len(list.All) != 1 || list.All[0].Name != "Blue one" || list.All[0].Kind != identity.FactorKey {
		t.Fatalf("%+v, %v", list, err)
	}
	half = o.half(t, sok)
	o.ask(t, half)
	if _, err := o.finish(t, half, identity.Proof{Answer: answer}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an answer of before: %v", err)
	}
}

func TestAKeyAnswersOneQuestionOnce(t *testing.T) {
	o := newOffice(t)
	key := o.enrolKey(t)
	half := o.half(t, sok)
	options := o.ask(t, half)
	if _, err := o.finish(t, half, identity.Proof{Code: "no code"}); fault.KindOf(err) != fault.Invalid {
		t.Fatal(err)
	}
	if _, err := o.finish(t, half, identity.Proof{Answer: key.Get(t, options)}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the question was taken away with the try before: %v", err)
	}
	if _, err := o.finish(t, half, identity.Proof{Answer: key.Get(t, o.ask(t, half))}); err != nil {
		t.Errorf("the next question: %v", err)
	}
}

func TestAKeyThatIsNotThePersonsAtThisSiteIsRefused(t *testing.T) {
	o := newOffice(t)
	key := o.enrolKey(t)
	for name, answer := range map[string]func(options string) string{
		"rubbish":     func(string) string { return `{"id":"x"}` },
		"another key": func(options string) string { return testkit.NewSecurityKey(t, origin).Get(t, options) },
		"a page that imitates": func(options string) string {
			key.Origin = "https://localh0st.example"
			defer func() { key.Origin = origin }()
			return key.Get(t, options)
		},
		"a copy that counts behind": func(options string) string {
			copied := *key
			copied.Count = 0
			if _, err := o.finish(t, o.half(t, sok), identity.Proof{}); err == nil {
				t.Fatal("nothing signs in")
			}
			used := o.half(t, sok)
			for range 2 {
				key.Count++
			}
			if _, err := o.finish(t, used, identity.Proof{Answer: key.Get(t, o.ask(t, used))}); err != nil {
				t.Fatal(err)
			}
			return copied.Get(t, options)
		},
	} {
		half := o.half(t, sok)
		options := o.ask(t, half)
		if _, err := o.finish(t, half, identity.Proof{Answer: answer(options)}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever writes to the database puts an old question back, whose answer they saw.
func TestAQuestionOfAnotherSignInDoesNotCount(t *testing.T) {
	o := newOffice(t)
	key := o.enrolKey(t)
	first, second := o.half(t, sok), o.half(t, sok)
	answer := key.Get(t, o.ask(t, first))
	o.super(t, `UPDATE sign_ins SET challenge = (SELECT challenge FROM sign_ins WHERE challenge IS NOT NULL)`)
	if _, err := o.finish(t, second, identity.Proof{Answer: answer}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("err = %v, want Invalid", err)
	}
}

func TestAKeyIsAddedOnceAndUnderTheNameOfASite(t *testing.T) {
	o := newOffice(t)
	o.useKeys(t, o.sessions)
	s, _ := o.session(t, sok)
	key := testkit.NewSecurityKey(t, origin)
	options, err := o.sessions.NewKey(t.Context(), s.Actor, "Sok")
	if err != nil {
		t.Fatal(err)
	}
	answer := key.Create(t, options)
	if err := o.sessions.AddKey(t.Context(), s.Actor, "One", answer); err != nil {
		t.Fatal(err)
	}
	if err := o.sessions.AddKey(t.Context(), s.Actor, "Again", answer); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the same answer adds a key twice: %v", err)
	}
	if options, err = o.sessions.NewKey(t.Context(), s.Actor, "Sok"); err != nil {
		t.Fatal(err)
	}
	if err := o.sessions.AddKey(t.Context(), s.Actor, "Again", key.Create(t, options)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("the same key is added twice: %v", err)
	}
	numbers, err := url.Parse("http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	bare := identity.NewSessions(o.db.DB, o.people)
	if err := bare.UseKeys(numbers); err != nil || bare.KeysUsable() {
		t.Errorf("keys at an address of numbers: %v", err)
	}
}
