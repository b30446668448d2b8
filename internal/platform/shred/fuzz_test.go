package shred_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/shred"
)

// Whatever lies in the folder, opening refuses it or takes it for a store whose
// slots answer; it neither panics nor gives a key that was destroyed.
func FuzzOpen(f *testing.F) {
	dir := folder(f)
	s := open(f, dir, "")
	keys := take(f, s, 2)
	if err := s.Destroy(keys[0].Slot); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "slots-000000"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(0, []byte{}, 0)
	f.Add(len(whole), []byte{}, 0)
	f.Add(len(whole)-1, []byte{}, 0)
	f.Add(len(whole), []byte("fpshred2"), 0)
	f.Add(len(whole), []byte{1}, 27)
	f.Add(len(whole), []byte{0}, shred.HeaderSize)
	f.Fuzz(func(t *testing.T, size int, patch []byte, at int) {
		damaged := append([]byte(nil), whole...)
		if at >= 0 && at < len(damaged) {
			copy(damaged[at:], patch)
		}
		if size >= 0 && size < len(damaged) {
			damaged = damaged[:size]
		}
		dir := folder(t)
		if err := os.WriteFile(filepath.Join(dir, "slots-000000"), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := shred.Open(shred.Options{Dir: dir, Clock: clock.NewFake(morning)})
		if err != nil {
			return
		}
		defer func() { _ = s.Close() }()
		if got, err := s.Secret(keys[0].Slot); err == nil && got == keys[0].Secret {
			t.Error("a destroyed key was given")
		}
		if _, err := s.Take(1); err != nil {
			t.Errorf("a store that opened takes no key: %v", err)
		}
	})
}
