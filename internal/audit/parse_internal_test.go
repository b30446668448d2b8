package audit

import (
	"bytes"
	"strings"
	"testing"
)

func FuzzSubmission(f *testing.F) {
	f.Add([]byte("old 0\n\norigin\n5\nroot\n\n"))
	f.Add([]byte("old 64\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\nx"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := parseSubmission(body)
		if err != nil {
			return
		}
		if !bytes.Equal(s.marshal(), body) {
			t.Fatalf("read %q, wrote %q", body, s.marshal())
		}
	})
}

// An export comes from somebody else's disk.
func FuzzExport(f *testing.F) {
	f.Add(`{"position":0,"entry":{"id":"0199c0de-0000-7000-8000-000000000001","at":"2026-03-02T09:15:00Z","actor":"public","action":"a.b","kind":"x","salt":"AAAA"}}`)
	f.Add(`{"padding":{"first":0,"leaves":64,"seed":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}` + "\n" + `{"tile":{"level":0,"n":0,"hashes":"AAAA"}}`)
	f.Add(`{"position":9}` + "\n" + `{"position":-9}` + "\n" + `{"checkpoint":"x"}`)
	f.Add(`{"tile":{"level":99,"n":-1,"hashes":""}}`)
	key, err := NewKey(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		f.Fatal(err)
	}
	v := key.Verifier()
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = VerifyExport(strings.NewReader(text), v, [][]byte{[]byte(text)})
	})
}
