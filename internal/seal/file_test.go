package seal_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

func sealFile(t testing.TB, p seal.Part, content []byte) (*seal.FileKey, []byte) {
	t.Helper()
	k, err := seal.NewFileKey(p)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Seal(shredKey, content)
	if err != nil {
		t.Fatal(err)
	}
	return k, sealed
}

func readFile(k *seal.FileKey, shred [seal.KeySize]byte, sealed []byte) ([]byte, error) {
	f, err := k.Open(shred, bytes.NewReader(sealed), int64(len(sealed)))
	if err != nil {
		return nil, err
	}
	out := make([]byte, f.Size())
	if _, err := f.ReadAt(out, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return out, nil
}

func content(size int) []byte {
	out := make([]byte, size)
	for i := range out {
		out[i] = byte(i * 7)
	}
	return out
}

func TestAFileIsReadBackWhateverItsSizeAndPaddedToAPowerOfTwo(t *testing.T) {
	for _, size := range []int{0, 1, seal.ChunkSize - 8, seal.ChunkSize - 7, 3 * seal.ChunkSize, 300_000} {
		k, sealed := sealFile(t, seal.Part{Document: one, Name: "view"}, content(size))
		if chunks := len(sealed) / (seal.ChunkSize + 16); chunks&(chunks-1) != 0 {
			t.Errorf("%d bytes: %d chunks", size, chunks)
		}
		back, err := readFile(k, shredKey, sealed)
		if err != nil || !bytes.Equal(back, content(size)) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestAFileIsReadInPieces(t *testing.T) {
	whole := content(200_000)
	k, sealed := sealFile(t, seal.Part{Document: one, Name: "view"}, whole)
	f, err := k.Open(shredKey, bytes.NewReader(sealed), int64(len(sealed)))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]int{{0, 10}, {65_520, 40}, {65_528, 8}, {131_000, 69_000}, {199_999, 1}} {
		got := make([]byte, c[1])
		if _, err := f.ReadAt(got, int64(c[0])); err != nil || !bytes.Equal(got, whole[c[0]:c[0]+c[1]]) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if n, err := f.ReadAt(make([]byte, 10), 199_995); n != 5 || !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %d, %v", n, err)
	}
}

func TestAFileOpensAtItsPlaceWithBothKeysAndUnchanged(t *testing.T) {
	p := seal.Part{Document: one, Name: "view"}
	k, sealed := sealFile(t, p, content(200_000))
	box, err := seal.NewBox(bytes.Repeat([]byte{3}, 32), "files")
	if err != nil {
		t.Fatal(err)
	}
	wrapped := k.WrapIn(box)
	back, err := seal.UnwrapFile(box, p, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readFile(back, shredKey, sealed); err != nil {
		t.Errorf("unwrapped: %v", err)
	}
	chunk := seal.ChunkSize + 16
	swapped := bytes.Clone(sealed)
	copy(swapped[chunk:2*chunk], sealed[2*chunk:3*chunk])
	changed := bytes.Clone(sealed)
	changed[3*chunk+5] ^= 1
	for name, try := range map[string]func() error{
		"another document": func() error {
			_, err := seal.UnwrapFile(box, seal.Part{Document: uuid.New(), Name: "view"}, wrapped)
			return err
		},
		"another part": func() error {
			_, err := seal.UnwrapFile(box, seal.Part{Document: one, Name: "original"}, wrapped)
			return err
		},
		"another shred key": func() error { _, err := readFile(k, [seal.KeySize]byte{1}, sealed); return err },
		"cut":               func() error { _, err := readFile(k, shredKey, sealed[:2*chunk]); return err },
		"cut in a chunk":    func() error { _, err := readFile(k, shredKey, sealed[:len(sealed)-1]); return err },
		"lengthened":        func() error { _, err := readFile(k, shredKey, append(bytes.Clone(sealed), sealed...)); return err },
		"chunks swapped":    func() error { _, err := readFile(k, shredKey, swapped); return err },
		"changed":           func() error { _, err := readFile(k, shredKey, changed); return err },
		"nothing":           func() error { _, err := readFile(k, shredKey, nil); return err },
	} {
		if err := try(); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := k.Seal(shredKey, nil); err == nil {
		t.Error("one key sealed twice")
	}
}

func TestAFilesEnvelopeOpensForItsDeskAlone(t *testing.T) {
	p := seal.Part{Document: one, Name: "original"}
	k, sealed := sealFile(t, p, content(1000))
	police, other := newDesk(t, "police"), newDesk(t, "police")
	envelope, err := k.EnvelopeFor(police.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	back, err := police.OpenFile(p, envelope)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readFile(back, shredKey, sealed); err != nil || !bytes.Equal(got, content(1000)) {
		t.Errorf("%v", err)
	}
	for name, try := range map[string]func() error{
		"another key":  func() error { _, err := other.OpenFile(p, envelope); return err },
		"nobody":       func() error { _, err := seal.Desk{}.OpenFile(p, envelope); return err },
		"another part": func() error { _, err := police.OpenFile(seal.Part{Document: one, Name: "view"}, envelope); return err },
		"a complaint's": func() error {
			_, err := police.Open(one, envelope)
			return err
		},
	} {
		if err := try(); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSealedFile(f *testing.F) {
	k, sealed := sealFile(f, seal.Part{Document: one, Name: "view"}, content(100))
	f.Add(sealed, int64(0))
	f.Add([]byte{}, int64(5))
	f.Fuzz(func(t *testing.T, data []byte, at int64) {
		file, err := k.Open(shredKey, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		_, _ = file.ReadAt(make([]byte, 50), at)
		if !bytes.Equal(data, sealed) {
			t.Fatal("something else opened")
		}
	})
}
