package shred_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/shred"
)

var morning = time.Date(2026, time.March, 2, 9, 15, 0, 0, time.UTC)

func open(t testing.TB, dir, mirror string) *shred.Store {
	t.Helper()
	s, err := shred.Open(shred.Options{Dir: dir, Mirror: mirror, Clock: clock.NewFake(morning)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func take(t testing.TB, s *shred.Store, n int) []shred.Key {
	t.Helper()
	keys, err := s.Take(n)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// remains reports whether a key is anywhere in the folder, whatever the file.
func remains(t testing.TB, dir string, key [shred.Size]byte) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		found = found || bytes.Contains(text, key[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAKeyIsReadByEveryProcessUntilItIsDestroyed(t *testing.T) {
	dir := folder(t)
	one, two := open(t, dir, ""), open(t, dir, "")
	if one.ID() != two.ID() {
		t.Fatal("one folder is two stores")
	}
	keys := take(t, one, 5)
	for _, k := range keys {
		if got, err := two.Secret(k.Slot); err != nil || got != k.Secret {
			t.Errorf("slot %d: %v", k.Slot, err)
		}
	}
	if err := two.Destroy(keys[1].Slot, keys[3].Slot); err != nil {
		t.Fatal(err)
	}
	for i, k := range keys {
		_, err := one.Secret(k.Slot)
		if gone := i == 1 || i == 3; errors.Is(err, shred.ErrDestroyed) != gone || (err == nil) == gone {
			t.Errorf("slot %d of the five: %v", i, err)
		}
	}
	if err := one.Destroy(keys[1].Slot); err != nil {
		t.Errorf("to destroy again: %v", err)
	}
	for _, slot := range []int64{0, -1, 1 << 40} {
		if _, err := one.Secret(slot); err == nil {
			t.Errorf("slot %d has a key", slot)
		}
		if err := one.Destroy(keys[0].Slot, slot); !errors.Is(err, shred.ErrNoKey) {
			t.Errorf("slot %d: %v", slot, err)
		}
	}
	if _, err := one.Secret(keys[0].Slot); err != nil {
		t.Error("a refused destruction destroyed something")
	}
}

func TestADestroyedKeyIsInNoFileOfTheFolder(t *testing.T) {
	dir, mirror := folder(t), folder(t)
	s := open(t, dir, mirror)
	keys := take(t, s, 150)
	before := listing(t, dir)
	for _, k := range keys[:50] {
		if err := s.Destroy(k.Slot); err != nil {
			t.Fatal(err)
		}
	}
	for i, k := range keys {
		for _, folder := range []string{dir, mirror} {
			if remains(t, folder, k.Secret) != (i >= 50) {
				t.Fatalf("key %d of 150, of which 50 were destroyed: found %v", i, i < 50)
			}
		}
	}
	if after := listing(t, dir); after != before {
		t.Errorf("destroying left or renamed files:\n%s\n%s", before, after)
	}
}

// listing names each file with the place of its content on the disk.
func listing(t testing.TB, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s %d %+v\n", e.Name(), info.Size(), inode(info))
	}
	return out.String()
}

func TestNoSlotIsUsedTwiceByWhateverNumberOfProcesses(t *testing.T) {
	dir := folder(t)
	var mu sync.Mutex
	seen := map[int64]bool{}
	var wait sync.WaitGroup
	for range 4 {
		s := open(t, dir, "")
		for range 2 {
			wait.Go(func() {
				for range 40 {
					keys, err := s.Take(7)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					for _, k := range keys {
						if seen[k.Slot] {
							t.Errorf("slot %d was given twice", k.Slot)
						}
						seen[k.Slot] = true
					}
					mu.Unlock()
					if err := s.Destroy(keys[0].Slot); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wait.Wait()
	if len(seen) != 4*2*40*7 {
		t.Errorf("%d slots", len(seen))
	}
}

func TestTheStoreGrowsByFiles(t *testing.T) {
	dir, mirror := folder(t), folder(t)
	s := open(t, dir, mirror)
	last := take(t, s, shred.SlotsPerFile+10)[shred.SlotsPerFile+9]
	for name, s := range map[string]*shred.Store{"itself": s, "opened again": open(t, dir, mirror), "by the mirror": open(t, mirror, "")} {
		if got, err := s.Secret(last.Slot); err != nil || got != last.Secret {
			t.Errorf("%s: %v", name, err)
		}
	}
	next, err := s.Next()
	if err != nil || next != shred.SlotsPerFile+shred.BlockSlots+1 {
		t.Errorf("next %d, %v", next, err)
	}
	live, err := s.Live(1, next)
	if err != nil || len(live) != shred.SlotsPerFile+shred.BlockSlots {
		t.Errorf("%d live, %v", len(live), err)
	}
}

func TestWhatWasReservedAndNotUsedIsDestroyedAtTheEndAndAfterAnHour(t *testing.T) {
	dir := folder(t)
	clk := clock.NewFake(morning)
	s, err := shred.Open(shred.Options{Dir: dir, Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	first := take(t, s, 1)[0]
	clk.Advance(time.Hour)
	second := take(t, s, 1)[0]
	if second.Slot != first.Slot+shred.BlockSlots {
		t.Errorf("after an hour slot %d follows %d: an old reservation was used", second.Slot, first.Slot)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir, "")
	live, err := again.Live(1, second.Slot+shred.BlockSlots)
	if err != nil || len(live) != 2 {
		t.Errorf("%v live, %v", live, err)
	}
}

func TestAFolderThatIsNotPrivateOrNotApartIsRefused(t *testing.T) {
	keys := folder(t)
	wide := filepath.Join(folder(t), "wide")
	if err := os.Mkdir(wide, 0o750); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder(t), "link")
	if err := os.MkdirAll(filepath.Join(keys, "inside"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(keys, "inside"), link); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]shred.Options{
		"readable by others":         {Dir: wide},
		"a mirror that others read":  {Dir: folder(t), Mirror: wide},
		"the key folder":             {Dir: keys},
		"inside the key folder":      {Dir: filepath.Join(keys, "shred")},
		"inside it by a link":        {Dir: link},
		"around the key folder":      {Dir: filepath.Dir(keys)},
		"its own mirror":             {Dir: link, Mirror: link},
		"a mirror in the key folder": {Dir: folder(t), Mirror: filepath.Join(keys, "m")},
	} {
		o.Clock, o.Apart = clock.NewFake(morning), []string{keys}
		if name == "its own mirror" {
			o.Apart = nil
		}
		if _, err := shred.Open(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	dir := folder(t)
	take(t, open(t, dir, ""), 1)
	if err := os.Chmod(filepath.Join(dir, "slots-000000"), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := shred.Open(shred.Options{Dir: dir, Clock: clock.NewFake(morning)}); err == nil {
		t.Error("a file that others may read: accepted")
	}
}

func TestAKeyDoesNotPrint(t *testing.T) {
	k := take(t, open(t, folder(t), ""), 1)[0]
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if text := fmt.Sprintf(verb, k); text != "(shred key 1)" {
			t.Errorf("%s: %s", verb, text)
		}
	}
}

// folder is a new folder that is private, as t.TempDir's are not.
func folder(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}
