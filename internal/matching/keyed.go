package matching

import (
	"context"
	"errors"
	"strings"
	"unicode"
)

// Keyed makes tokens and signatures under the one secret key of a deployment,
// wherever that key is: in this process (Hasher), or in another that is asked
// over a socket (internal/vault). It is the only door to that key.
type Keyed interface {
	// Hash returns a mark for each input, in their order. It answers all or
	// nothing: after an error nothing may be stored. An error that will pass is
	// an Unavailable fault.
	Hash(ctx context.Context, inputs []Input) ([]Mark, error)
}

// Kind says what a value is. The same value under two kinds has two tokens, and
// a vault counts and limits each kind for itself.
type Kind uint8

// The kinds. Their numbers are spoken over the vault's socket, their names are
// under the tokens: neither ever changes.
const (
	KindPhone Kind = iota + 1
	KindReporter
	KindDocument
	KindAccount
	KindName
	KindText
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{KindPhone, KindReporter, KindDocument, KindAccount, KindName, KindText}
}

// String returns the kind's name, or "" of what is none.
func (k Kind) String() string {
	names := [...]string{"", "phone", "reporter", "document", "account", "name", "text"}
	if int(k) >= len(names) {
		return ""
	}
	return names[k]
}

// MaxInput is the longest value in bytes: a text of the longest length in four
// bytes a letter.
const MaxInput = 4 * maxSignatureRunes

// ErrInput says that an input has no kind or is longer than MaxInput.
var ErrInput = errors.New("matching: the input cannot be hashed")

// Input is something to hash, already in the form in which notations no longer
// differ. The functions below make it; the fields are open for the vault's
// protocol. It is personal data.
type Input struct {
	Kind Kind
	// Country, ISO 3166-1 alpha-2, of a document; "" for the other kinds.
	Country string
	// Value is "" for what was not given.
	Value string
}

// Mark is what an input became: the signature of a text, the token of
// everything else. That of an empty value is the zero Mark.
type Mark struct {
	Token     Token
	Signature uint64
}

// Phone is one number as returned by Phones.
func Phone(e164 string) Input { return Input{Kind: KindPhone, Value: e164} }

// Reporter is the phone of somebody who complains. It is a kind of its own: by
// the tokens of Phone, whoever reads the database could find the same person
// among the workers that agencies registered.
func Reporter(e164 string) Input { return Input{Kind: KindReporter, Value: e164} }

// Document is an identity document's number with its issuing country (ISO
// 3166-1 alpha-2). Case, spaces and punctuation do not matter.
func Document(country, number string) Input {
	return Input{Kind: KindDocument, Country: alphanumeric(country), Value: alphanumeric(number)}
}

// Account is a bank account, wallet or similar as typed. Case, spaces and
// punctuation do not matter.
func Account(raw string) Input { return Input{Kind: KindAccount, Value: alphanumeric(raw)} }

// Name is a name already folded by Fold, Skeleton or CompanyFold. A caller
// keeps the three apart by keeping them in different columns.
func Name(folded string) Input { return Input{Kind: KindName, Value: folded} }

// Text is a free text, to be compared by its signature: see NearDuplicate. Of
// one under 40 letters nothing is left, since two honest people write the same
// words.
func Text(text string) Input {
	runes := signatureRunes(text)
	if len(runes) < minSignatureLetters {
		runes = nil
	}
	return Input{Kind: KindText, Value: string(runes)}
}

// Check returns ErrInput for an input that no Keyed takes.
func (i Input) Check() error {
	if i.Kind < KindPhone || i.Kind > KindText || len(i.Value) > MaxInput || len(i.Country) > maxCountry {
		return ErrInput
	}
	return nil
}

const maxCountry = 64 // bytes; "" or two letters unless somebody wrote a word

// TokenOf hashes one input.
func TokenOf(ctx context.Context, key Keyed, input Input) (Token, error) {
	marks, err := key.Hash(ctx, []Input{input})
	if err != nil {
		return "", err
	}
	return marks[0].Token, nil
}

// alphanumeric keeps letters, marks and digits, upper case.
func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, plain(s))
}
