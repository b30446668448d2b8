package identity

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
)

func TestAPassphraseMatchesItsOwnVerifierOnly(t *testing.T) {
	secret, err := NewSecret("seven quiet rivers")
	if err != nil {
		t.Fatal(err)
	}
	under, ok := unlock(secret.verifier, "seven quiet rivers")
	if !ok || !bytes.Equal(under, secret.under) {
		t.Error("the right passphrase does not unlock")
	}
	for _, wrong := range []struct{ verifier, passphrase string }{
		{secret.verifier, "Seven quiet rivers"}, {"", "seven quiet rivers"}, {"$argon2id$rubbish", ""},
	} {
		if under, ok := unlock(wrong.verifier, wrong.passphrase); ok || under != nil {
			t.Error("a wrong passphrase or an unreadable verifier unlocks")
		}
	}
}

func TestTwoSecretsOfOnePassphraseDiffer(t *testing.T) {
	a, _ := NewSecret("x")
	b, _ := NewSecret("x")
	if a.verifier == b.verifier || bytes.Equal(a.under, b.under) || !strings.HasPrefix(a.verifier, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Fatalf("%s, %s", a.verifier, b.verifier)
	}
}

// Each comparison takes 46 MiB: a hundred strangers at once would take it all.
func TestPassphrasesAreComparedAFewAtATime(t *testing.T) {
	in := newTurns(2, 1)
	secret, err := NewSecret("seven quiet rivers")
	if err != nil {
		t.Fatal(err)
	}
	fill := func(places chan struct{}) {
		for range cap(places) {
			places <- struct{}{}
		}
	}
	fill(in.places)
	impatient, leave := context.WithCancel(t.Context())
	leave()
	if _, _, err := compare(impatient, in, secret.verifier, "seven quiet rivers"); fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("err = %v, want Unavailable", err)
	}
	fill(in.queue)
	if _, _, err := compare(t.Context(), in, secret.verifier, "seven quiet rivers"); fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("with a full queue: %v, want Unavailable at once", err)
	}
	<-in.places
	<-in.queue
	if _, ok, err := compare(t.Context(), in, secret.verifier, "seven quiet rivers"); !ok || err != nil {
		t.Fatalf("with a place free: %v, %v", ok, err)
	}
	if len(in.places) != 1 || len(in.queue) != 2 {
		t.Error("the place was not given back")
	}
}
