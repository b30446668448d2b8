package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
)

func TestACertificateIsCheckedWithoutThePortal(t *testing.T) {
	signer, err := certificate.NewSigner(bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	day := func(text string) time.Time { at, _ := time.Parse(time.DateOnly, text); return at }
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	code := signer.Sign(certificate.Payload{
		Kind: certificate.Licence, Day: day("2026-03-02"), Serial: 7, State: licensing.Licensed, Number: "L-0001", From: day("2026-03-02"), Until: day("2029-03-01"),
		Scope: []licensing.ScopeLine{{Destination: "JP"}},
	})
	keys := file("keys", certificate.KeysOf(signer.Public()).String())
	other, err := certificate.NewSigner(bytes.Repeat([]byte{4}, 32))
	if err != nil {
		t.Fatal(err)
	}
	others := file("others", certificate.KeysOf(other.Public()).String())
	list := file("revoked", signer.SignList(certificate.List{Day: day("2027-01-01"), States: map[string]licensing.State{"L-0001": licensing.Suspended}}, []string{"L-0001"}))
	for name, c := range map[string]struct {
		args []string
		want certificate.Reason
		exit int
	}{
		"it holds":      {[]string{code, "--keys", keys, "--on", "2026-05-01"}, certificate.Valid, exitDone},
		"before":        {[]string{code, "--keys", keys, "--on", "2026-03-01"}, certificate.NotYet, exitFailed},
		"after":         {[]string{code, "--keys", keys, "--on", "2029-03-02"}, certificate.Expired, exitFailed},
		"suspended":     {[]string{code, "--keys", keys, "--on", "2027-01-02", "--revoked", list}, certificate.Suspended, exitFailed},
		"of others":     {[]string{code, "--keys", others}, certificate.UnknownKey, exitFailed},
		"half a code":   {[]string{code[:50], "--keys", keys}, certificate.Unreadable, exitFailed},
		"small letters": {[]string{strings.ToLower(code), "--keys", keys, "--on", "2026-05-01"}, certificate.Valid, exitDone},
	} {
		exit, out, said := portal(t, nil, append([]string{"certificate", "verify", "--json"}, c.args...)...)
		var v verdict
		if err := json.Unmarshal([]byte(out), &v); err != nil || v.Reason != c.want || exit != c.exit {
			t.Errorf("%s: exit %d, %s %s %v", name, exit, out, said, err)
		}
	}
	if exit, _, said := portal(t, nil, "certificate", "verify", code, "--keys", keys, "--revoked", keys); exit != exitFailed || !strings.Contains(said, "trusted key") {
		t.Errorf("rubbish is a list: %d %s", exit, said)
	}
	if exit, out, _ := portal(t, nil, "certificate", "verify", code, "--keys", keys, "--on", "2026-05-01"); exit != exitDone || !strings.Contains(out, "a revocation would not show") {
		t.Errorf("without a list nothing warns: %s", out)
	}
}

func TestWhatTheOldKeySignedStaysGoodUnlessItIsDistrusted(t *testing.T) {
	env := served(t, testkit.DB(t))
	code := func() string {
		t.Helper()
		ring, err := seal.Ensure(env["PORTAL_KEYS"])
		if err != nil {
			t.Fatal(err)
		}
		signer, err := certificate.NewSigner(ring.Secret(seal.SecretLicence))
		if err != nil {
			t.Fatal(err)
		}
		return signer.Sign(certificate.Payload{Kind: certificate.Check, Number: "L-0001", State: licensing.Licensed})
	}
	trusted := func(of string) bool {
		t.Helper()
		exit, out, said := portal(t, env, "certificate", "keys")
		keys, err := certificate.ParseKeys(out)
		if exit != exitDone || err != nil {
			t.Fatalf("exit %d: %s %s %v", exit, out, said, err)
		}
		_, reason := certificate.Read(of, keys)
		return reason == certificate.Valid
	}
	first := code()
	if exit, out, said := portal(t, env, "certificate", "renew"); exit != exitDone || !strings.Contains(out, "new key") {
		t.Fatalf("exit %d: %s %s", exit, out, said)
	}
	second := code()
	if second == first || !trusted(first) || !trusted(second) {
		t.Error("after a new key, what the old one signed is not good")
	}
	// A renewal that died half way has left the key among the former ones.
	ring, err := seal.Ensure(env["PORTAL_KEYS"])
	if err != nil {
		t.Fatal(err)
	}
	half, err := certificate.NewSigner(ring.Secret(seal.SecretLicence))
	if err != nil {
		t.Fatal(err)
	}
	if err := certificate.KeepFormer(env["PORTAL_KEYS"], half.Public()); err != nil {
		t.Fatal(err)
	}
	if exit, out, _ := portal(t, env, "certificate", "renew", "--distrust"); exit != exitDone || !strings.Contains(out, "print its certificate anew") {
		t.Fatalf("exit %d: %s", exit, out)
	}
	if trusted(second) || !trusted(first) || !trusted(code()) {
		t.Error("a key that got out is believed, or one that did not is not")
	}
}
