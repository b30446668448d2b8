package certificate_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/google/go-cmp/cmp"
)

func day(text string) time.Time {
	at, _ := time.Parse(time.DateOnly, text)
	return at
}

func signer(t testing.TB, mark byte) *certificate.Signer {
	t.Helper()
	s, err := certificate.NewSigner(bytes.Repeat([]byte{mark}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func payload() certificate.Payload {
	return certificate.Payload{
		Kind: certificate.Licence, Day: day("2026-03-02"), Serial: 71, State: licensing.Licensed, Number: "L-2026/0001", Name: certificate.NameMark("Sample", "គំរូ"),
		From: day("2026-03-02"), Until: day("2029-03-01"), Scope: []licensing.ScopeLine{{Destination: "JP"}, {Destination: "SG", Occupation: "53"}, {Destination: "TH", Occupation: "9329"}},
	}
}

func TestACodeIsReadBackByWhoeverHasTheKeyHoweverItIsTyped(t *testing.T) {
	s := signer(t, 1)
	code := s.Sign(payload())
	if len(code) > 200 { // a QR of 45 modules at most, with the address before it
		t.Errorf("%d characters", len(code))
	}
	typed := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(code, "0", "o"), "1", "l"))
	for i := 4; i < len(typed); i += 9 {
		typed = typed[:i] + " - " + typed[i:]
	}
	for _, c := range []string{code, typed} {
		got, reason := certificate.Read(c, certificate.KeysOf(s.Public()))
		got.KeyID = [4]byte{}
		if diff := cmp.Diff(payload(), got); reason != certificate.Valid || diff != "" {
			t.Errorf("%s: %s", reason, diff)
		}
	}
}

func TestWhatWasTouchedOrSignedByOthersIsRefusedWithItsReason(t *testing.T) {
	s, other := signer(t, 1), signer(t, 2)
	code := s.Sign(payload())
	keys := certificate.KeysOf(s.Public())
	if _, reason := certificate.Read(other.Sign(payload()), keys); reason != certificate.UnknownKey {
		t.Errorf("another key's: %s", reason)
	}
	for i := range code {
		touched := []byte(code)
		touched[i] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(strings.IndexByte("0123456789ABCDEFGHJKMNPQRSTVWXYZ", code[i])+1)%32]
		if p, reason := certificate.Read(string(touched), keys); reason == certificate.Valid && p.Number != "L-2026/0001" {
			t.Fatalf("changed at %d it is read as another", i)
		}
	}
	for _, c := range []string{"", "no code", code[:40], code + code, strings.Repeat("0", 5000)} {
		if _, reason := certificate.Read(c, keys); reason != certificate.Unreadable {
			t.Errorf("%.20q: %s", c, reason)
		}
	}
}

func TestACheckWithoutThePortalGoesByTheDayAndTheListOfThoseThatDoNotHold(t *testing.T) {
	s := signer(t, 1)
	text := s.SignList(certificate.List{Day: day("2026-06-01"), States: map[string]licensing.State{"L-2026/0001": licensing.Revoked, "L-2": licensing.Suspended}}, []string{"L-2", "L-2026/0001"})
	list, err := certificate.ParseList(text, certificate.KeysOf(s.Public()))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		on     string
		number string
		list   *certificate.List
		want   certificate.Reason
	}{
		"before it begins":     {"2026-03-01", "L-3", nil, certificate.NotYet},
		"its first day":        {"2026-03-02", "L-3", nil, certificate.Valid},
		"its last day":         {"2029-03-01", "L-3", &list, certificate.Valid},
		"the day after":        {"2029-03-02", "L-3", &list, certificate.Expired},
		"revoked":              {"2026-07-01", "L-2026/0001", &list, certificate.Revoked},
		"revoked, but no list": {"2026-07-01", "L-2026/0001", nil, certificate.Valid},
		"suspended":            {"2026-07-01", "L-2", &list, certificate.Suspended},
	} {
		p := payload()
		p.Number = c.number
		if got := certificate.Offline(p, day(c.on), c.list); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if _, err := certificate.ParseList(strings.Replace(text, "revoked\n", "licensed\n", 1), certificate.KeysOf(s.Public())); err == nil {
		t.Error("a list that somebody changed is believed")
	}
	if _, err := certificate.ParseList(text, certificate.KeysOf(signer(t, 2).Public())); err == nil {
		t.Error("a list of another key is believed")
	}
	keys, err := certificate.ParseKeys("# ours\n\n" + certificate.KeysOf(s.Public()).String())
	if err != nil || len(keys) != 1 {
		t.Errorf("%v %v", keys, err)
	}
	if _, err := certificate.ParseKeys("rubbish"); err == nil {
		t.Error("rubbish is a key")
	}
}

func FuzzReadingACodeNeverBreaks(f *testing.F) {
	s := signer(f, 1)
	f.Add(s.Sign(payload()))
	f.Add("0000")
	keys := certificate.KeysOf(s.Public())
	f.Fuzz(func(t *testing.T, code string) {
		p, reason := certificate.Read(code, keys)
		if reason == certificate.Valid && s.Sign(p) == "" {
			t.Error("what was read cannot be signed")
		}
	})
}
