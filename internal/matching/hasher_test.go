package matching

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
)

// tokens hashes one input at a time.
func tokens(t *testing.T, seed byte) func(Input) Token {
	h := testHasher(t, seed)
	return func(in Input) Token {
		token, err := TokenOf(t.Context(), h, in)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
}

func TestTokensAreSeparatedByDomainKeyAndPart(t *testing.T) {
	a, b := tokens(t, 1), tokens(t, 2)
	seen := map[Token]string{}
	for name, token := range map[string]Token{
		"phone":                a(Phone("12345678")),
		"reporter":             a(Reporter("12345678")),
		"account":              a(Account("12345678")),
		"name":                 a(Name("12345678")),
		"document":             a(Document("", "12345678")),
		"document of KH":       a(Document("KH", "12345678")),
		"country and number":   a(Document("KH1", "2345678")),
		"phone of another key": b(Phone("12345678")),
	} {
		if other, taken := seen[token]; taken {
			t.Errorf("%s and %s share a token", name, other)
		}
		seen[token] = name
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(string(token)) {
			t.Errorf("%s: %q has another shape", name, token)
		}
	}
}

// Tokens are stored: a change of this value orphans every one of them.
func TestTokensNeverChange(t *testing.T) {
	const want = "ESmNOXLmJXeQL6bcn6zRYgymRNpJdXlP7vXiWd2cX_k"
	if got := tokens(t, 1)(Phone("+85512345678")); got != want {
		t.Errorf("got %s", got)
	}
}

func TestDocumentsAndAccountsMatchAcrossNotations(t *testing.T) {
	h := tokens(t, 1)
	if h(Document("kh", "n 0123-456")) != h(Document("KH", "N០១២៣៤៥៦")) {
		t.Error("document differs")
	}
	if h(Account("001 234-567")) != h(Account("001234567")) {
		t.Error("account differs")
	}
}

func TestWhatIsNotGivenHasNoToken(t *testing.T) {
	h := tokens(t, 1)
	for _, token := range []Token{h(Phone("")), h(Reporter("")), h(Account(" - ")), h(Name("")), h(Document("KH", ""))} {
		if token != "" {
			t.Errorf("got %q", token)
		}
	}
}

func TestAShortKeyIsRefused(t *testing.T) {
	if _, err := NewHasher(bytes.Repeat([]byte{1}, minKey-1)); !errors.Is(err, ErrShortKey) {
		t.Errorf("got %v", err)
	}
}

func TestWhatNoKeyTakesIsRefusedWhole(t *testing.T) {
	h := testHasher(t, 1)
	for name, in := range map[string]Input{
		"no kind":      {Value: "x"},
		"unknown kind": {Kind: KindText + 1, Value: "x"},
		"too long":     Name(strings.Repeat("x", MaxInput+1)),
	} {
		if marks, err := h.Hash(t.Context(), []Input{Phone("+85512345678"), in}); !errors.Is(err, ErrInput) || marks != nil {
			t.Errorf("%s: %v, %v", name, marks, err)
		}
	}
	if in := Text(strings.Repeat("ក", 3*maxSignatureRunes)); in.Check() != nil {
		t.Error("a long text is refused")
	}
}

func TestATokenIsItsBytesWrittenOut(t *testing.T) {
	token := tokens(t, 1)(Phone("+85512345678"))
	if got := TokenFrom(token.Bytes()); got != token {
		t.Errorf("%s became %s", token, got)
	}
	for _, bad := range []Token{"", "short", token + "x"} {
		if bad.Bytes() != nil {
			t.Errorf("%q has bytes", bad)
		}
	}
}
