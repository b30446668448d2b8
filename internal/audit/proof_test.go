package audit_test

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func newKey(t testing.TB) *audit.Key {
	t.Helper()
	seed := make([]byte, 32)
	_, _ = rand.Read(seed)
	key, err := audit.NewKey(seed)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// proved is a proof of the third of five leaves, made without a database.
func proved(t testing.TB, key *audit.Key) audit.Proof {
	t.Helper()
	var hashes []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (all []tlog.Hash, err error) {
		for _, i := range indexes {
			all = append(all, hashes[i])
		}
		return all, nil
	})
	leaf := func(n int64) []byte { return []byte(strings.Repeat("leaf", int(n)+1)) }
	const size, index = 5, 2
	for n := range int64(size) {
		more, err := tlog.StoredHashes(n, leaf(n), reader)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	root, err := tlog.TreeHash(size, reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := note.Sign(&note.Note{Text: key.Name() + "\n5\n" + root.String() + "\ntime 1772442900\n"}, key)
	if err != nil {
		t.Fatal(err)
	}
	p := audit.Proof{Leaf: leaf(index), Index: index, Checkpoint: text}
	if p.Hashes, err = tlog.ProveRecord(size, index, reader); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAProofSurvivesItsFile(t *testing.T) {
	key := newKey(t)
	text, err := proved(t, key).MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range [][]byte{text, bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))} {
		var p audit.Proof
		if err := p.UnmarshalText(file); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		at, err := p.Verify(key.Verifier())
		if err != nil || at.Size != 5 || !at.At.Equal(time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)) {
			t.Fatalf("%+v, %v", at, err)
		}
		t.Logf("verified in %v", time.Since(begun).Round(time.Microsecond))
	}
}

func TestAnotherLeafPlaceKeyOrTreeIsNotProved(t *testing.T) {
	key := newKey(t)
	for name, change := range map[string]func(*audit.Proof){
		"leaf":       func(p *audit.Proof) { p.Leaf = append(p.Leaf, '.') },
		"place":      func(p *audit.Proof) { p.Index++ },
		"far place":  func(p *audit.Proof) { p.Index = 5 },
		"hash":       func(p *audit.Proof) { p.Hashes[0][0] ^= 1 },
		"short":      func(p *audit.Proof) { p.Hashes = p.Hashes[1:] },
		"signature":  func(p *audit.Proof) { p.Checkpoint = bytes.Replace(p.Checkpoint, []byte("\n5\n"), []byte("\n6\n"), 1) },
		"other key":  func(p *audit.Proof) { p.Checkpoint = proved(t, newKey(t)).Checkpoint },
		"no signing": func(p *audit.Proof) { p.Checkpoint = nil },
	} {
		p := proved(t, key)
		change(&p)
		if _, err := p.Verify(key.Verifier()); err == nil {
			t.Errorf("another %s is proved too", name)
		}
	}
}

func FuzzProof(f *testing.F) {
	key := newKey(f)
	text, _ := proved(f, key).MarshalText()
	f.Add(text)
	f.Add([]byte("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var p audit.Proof
		if p.UnmarshalText(text) != nil {
			return
		}
		again, err := p.MarshalText()
		if err != nil || !bytes.Equal(again, bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))) {
			t.Fatalf("read %q, wrote %q (%v)", text, again, err)
		}
		_, _ = p.Verify(key.Verifier())
	})
}

func FuzzCheckpoint(f *testing.F) {
	key := newKey(f)
	f.Add("5\n4BYp1qmTq3kZ9t4hLzSPjBBxW3dFpN0jv8l7m2aB1cQ=\ntime 1772442900\n")
	f.Add("0\n\ntime -1\n")
	f.Fuzz(func(t *testing.T, body string) {
		text, err := note.Sign(&note.Note{Text: key.Name() + "\n" + body}, key)
		if err != nil {
			return
		}
		c, err := audit.OpenCheckpoint(text, key.Verifier())
		if err == nil && (c.Size < 1 || c.At.Unix() < 0) {
			t.Fatalf("%+v", c)
		}
	})
}
