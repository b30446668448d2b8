package blob_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/blob"
)

func open(t testing.TB) (s *blob.Store, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "blobs")
	s, err := blob.Open("file://" + dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

func TestABlobIsReadBackAndForgotten(t *testing.T) {
	s, _ := open(t)
	want := bytes.Repeat([]byte("sealed "), 1000)
	name, err := s.Put(want)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(b)
	if err != nil || !bytes.Equal(got, want) || b.Size != int64(len(want)) {
		t.Errorf("%d of %d bytes, %v", len(got), b.Size, err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := s.Delete(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Get(name); !errors.Is(err, blob.ErrUnknown) {
		t.Errorf("after it was deleted: %v", err)
	}
}

func TestANameThatWasNotDrawnLeadsNowhere(t *testing.T) {
	s, dir := open(t)
	outside := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(outside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "../secret", "/etc/passwd", "..%2fsecret", "00/../../secret", "ABCDEF00112233445566778899aabbcc", "contract.pdf"} {
		if _, err := s.Get(name); !errors.Is(err, blob.ErrUnknown) {
			t.Errorf("%q: %v", name, err)
		}
		if err := s.Delete(name); err != nil {
			t.Errorf("delete %q: %v", name, err)
		}
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error("a file outside is gone")
	}
}

func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	s, dir := open(t)
	name, err := s.Put([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, name[:2], name)
	if err := errors.Join(os.Remove(at), os.Symlink("/etc/hostname", at)); err != nil {
		t.Fatal(err)
	}
	if b, err := s.Get(name); err == nil {
		_ = b.Close()
		t.Error("a link to the outside was read")
	}
}

func TestAFolderThatOthersMayLookIntoIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Open("file://" + dir); err == nil {
		t.Error("mode 755 was taken")
	}
	for _, address := range []string{"", "blobs", "s3://bucket", "file://host/folder", "file:///a?b=c", "file://relative"} {
		if _, err := blob.Open(address); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}

func TestWhatIsOldIsListedAndHalfWrittenOnesGo(t *testing.T) {
	s, dir := open(t)
	old, err := s.Put([]byte("old"))
	if err != nil {
		t.Fatal(err)
	}
	young, err := s.Put([]byte("young"))
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, old[:2], old+".part")
	if err := os.WriteFile(half, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, at := range []string{filepath.Join(dir, old[:2], old), half} {
		if err := os.Chtimes(at, long, long); err != nil {
			t.Fatal(err)
		}
	}
	var found []string
	if err := s.OlderThan(long.Add(time.Hour), func(names []string) error { found = append(found, names...); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0] != old {
		t.Errorf("found %v, want %s and not %s", found, old, young)
	}
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Error("the half written one is there")
	}
}
