package certificate

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/licensing"
)

// List names the licences that do not hold although a certificate of theirs says so,
// on a day, for those who check without the portal.
type List struct {
	Day    time.Time
	States map[string]licensing.State // by licence number
}

const (
	listHead = "fairpassage revoked 1"
	listSign = "signature "
)

// SignList writes the list with its signature: a line a licence, "NUMBER state".
func (s *Signer) SignList(l List, numbers []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n", listHead, l.Day.Format(time.DateOnly))
	for _, number := range numbers {
		fmt.Fprintf(&b, "%s %s\n", number, l.States[number])
	}
	body := b.String()
	return body + listSign + base64.StdEncoding.EncodeToString(ed25519.Sign(s.private, []byte(body))) + "\n"
}

// ErrList says that a list is not one that a trusted key signed.
var ErrList = errors.New("this is no list that a trusted key signed")

// ParseList reads and checks a list.
func ParseList(text string, keys Keys) (List, error) {
	at := strings.LastIndex(text, listSign)
	if at < 0 {
		return List{}, ErrList
	}
	body := text[:at]
	signature, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text[at+len(listSign):]))
	if err != nil {
		return List{}, ErrList
	}
	signed := false
	for _, public := range keys {
		signed = signed || ed25519.Verify(public, []byte(body), signature)
	}
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	if !signed || len(lines) < 2 || lines[0] != listHead {
		return List{}, ErrList
	}
	l := List{States: map[string]licensing.State{}}
	if l.Day, err = time.Parse(time.DateOnly, lines[1]); err != nil {
		return List{}, ErrList
	}
	for _, line := range lines[2:] {
		number, state, ok := strings.Cut(line, " ")
		if !ok {
			return List{}, ErrList
		}
		l.States[number] = licensing.State(state)
	}
	return l, nil
}

// Offline says what a payload that was read comes to on a day, by the list that the
// checker has; nil is none.
func Offline(p Payload, today time.Time, list *List) Reason {
	if list != nil {
		switch list.States[p.Number] {
		case licensing.Revoked, licensing.Surrendered:
			return Revoked
		case licensing.Suspended:
			return Suspended
		default:
		}
	}
	switch {
	case p.State != licensing.Licensed && p.State != licensing.NotYet:
		return NotLicence
	case p.From.IsZero() || p.Until.IsZero():
		return NotLicence
	case today.Before(p.From):
		return NotYet
	case today.After(p.Until):
		return Expired
	}
	return Valid
}
