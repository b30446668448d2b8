package testkit

import (
	"path/filepath"
	"testing"

	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/shred"
)

// Shred returns a store of shred keys that goes with the test.
func Shred(t testing.TB, clk clock.Clock) *shred.Store {
	t.Helper()
	s, err := shred.Open(shred.Options{Dir: filepath.Join(t.TempDir(), "shred"), Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
