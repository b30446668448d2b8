package identity

import (
	"strings"
	"testing"
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
