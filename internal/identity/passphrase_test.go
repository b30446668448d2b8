package identity

import (
	"context"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
)

func TestAPassphraseMatchesItsOwnHashOnly(t *testing.T) {
	hash, err := HashPassphrase("seven quiet rivers")
	if err != nil {
		t.Fatal(err)
	}
	if !passphraseMatches(hash, "seven quiet rivers") {
		t.Error("the right passphrase is refused")
	}
	if passphraseMatches(hash, "Seven quiet rivers") || passphraseMatches("", "seven quiet rivers") || passphraseMatches("$argon2id$rubbish", "") {
		t.Error("a wrong passphrase or an unreadable hash is accepted")
	}
}

func TestTwoHashesOfOnePassphraseDiffer(t *testing.T) {
	a, _ := HashPassphrase("x")
	b, _ := HashPassphrase("x")
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Fatalf("%s, %s", a, b)
	}
}

// Each comparison takes 46 MiB: a hundred strangers at once would take it all.
func TestPassphrasesAreComparedAFewAtATime(t *testing.T) {
	s := NewSessions(nil, nil)
	hash, err := HashPassphrase("seven quiet rivers")
	if err != nil {
		t.Fatal(err)
	}
	for range compareAtOnce {
		s.comparing <- struct{}{}
	}
	impatient, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.compare(impatient, hash, "seven quiet rivers"); fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("err = %v, want Unavailable", err)
	}
	<-s.comparing
	if ok, err := s.compare(t.Context(), hash, "seven quiet rivers"); !ok || err != nil {
		t.Fatalf("with a place free: %v, %v", ok, err)
	}
	if len(s.comparing) != compareAtOnce-1 {
		t.Error("the place was not given back")
	}
}
