package shred_test

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/shred"
)

var errStopped = errors.New("stopped here")

// A process that stops between any two steps loses no key that was handed out,
// and brings back none that was destroyed.
func TestAStopBetweenAnyTwoStepsLosesNothingAndResurrectsNothing(t *testing.T) {
	for _, mirrored := range []bool{false, true} {
		for stopAt := 1; ; stopAt++ {
			dir, mirror := folder(t), ""
			if mirrored {
				mirror = folder(t)
			}
			s := open(t, dir, mirror)
			kept, doomed := take(t, s, 3), take(t, s, 2)
			if err := s.Destroy(doomed[0].Slot); err != nil {
				t.Fatal(err)
			}
			steps, where := 0, ""
			s.Steps(func(step string) error {
				if steps++; steps == stopAt {
					where = step
					return errStopped
				}
				return nil
			})
			err := errors.Join(s.Destroy(doomed[1].Slot), func() error { _, err := s.Take(shred.BlockSlots); return err }())
			again := open(t, dir, mirror)
			for _, k := range kept {
				if got, err := again.Secret(k.Slot); err != nil || got != k.Secret {
					t.Errorf("mirror %v, stopped at %q: a key is lost: %v", mirrored, where, err)
				}
			}
			if _, err := again.Secret(doomed[0].Slot); !errors.Is(err, shred.ErrDestroyed) {
				t.Errorf("mirror %v, stopped at %q: a destroyed key is back: %v", mirrored, where, err)
			}
			// Done again, as the record asks for it, the other is gone as well.
			if err := again.Destroy(doomed[1].Slot); err != nil {
				t.Fatal(err)
			}
			for _, folder := range []string{dir, mirror} {
				if folder != "" && (remains(t, folder, doomed[0].Secret) || remains(t, folder, doomed[1].Secret)) {
					t.Errorf("mirror %v, stopped at %q: a destroyed key is in a file", mirrored, where)
				}
			}
			fresh := take(t, again, 1)[0]
			if _, err := again.Secret(fresh.Slot); err != nil {
				t.Errorf("mirror %v, stopped at %q: no new key: %v", mirrored, where, err)
			}
			if err == nil {
				break // beyond the last step
			}
		}
	}
}

func TestAnEmptyDiskIsFilledFromTheOtherCopyAndDestructionWins(t *testing.T) {
	dir, mirror := folder(t), folder(t)
	s := open(t, dir, mirror)
	keys := take(t, s, 4)
	old := copied(t, mirror)
	if err := s.Destroy(keys[0].Slot); err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]string{
		"a new first disk":      {folder(t), mirror},
		"a new second disk":     {dir, folder(t)},
		"an old copy as mirror": {dir, old},
	} {
		again := open(t, pair[0], pair[1])
		for i, k := range keys {
			_, err := again.Secret(k.Slot)
			if errors.Is(err, shred.ErrDestroyed) != (i == 0) || (err != nil) != (i == 0) {
				t.Errorf("%s: key %d: %v", name, i, err)
			}
		}
		for _, folder := range pair {
			if remains(t, folder, keys[0].Secret) {
				t.Errorf("%s: the destroyed key is in %s", name, folder)
			}
		}
	}
	other := folder(t)
	take(t, open(t, other, ""), 1)
	if _, err := shred.Open(shred.Options{Dir: dir, Mirror: other, Clock: clock.NewFake(morning)}); err == nil {
		t.Error("two different stores were taken for copies of one")
	}
}

func TestTheMirrorIsReadWhereTheFirstCannotBe(t *testing.T) {
	dir, mirror := folder(t), folder(t)
	s := open(t, dir, mirror)
	k := take(t, s, 1)[0]
	again := open(t, dir, mirror)
	if err := os.Truncate(filepath.Join(dir, "slots-000000"), 100); err != nil {
		t.Fatal(err)
	}
	if got, err := again.Secret(k.Slot); err != nil || got != k.Secret {
		t.Errorf("%v", err)
	}
}

func copied(t *testing.T, dir string) string {
	t.Helper()
	to := folder(t)
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(to, "slots-000000"), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// shredChild makes this test program a process that takes and destroys until
// it is killed, and says of each only what has been promised.
const shredChild = "SHRED_TEST_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(shredChild); dir != "" {
		err := churn(dir)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func churn(dir string) error {
	s, err := shred.Open(shred.Options{Dir: dir, Mirror: dir + "-mirror", Clock: clock.System{}})
	if err != nil {
		return err
	}
	for {
		keys, err := s.Take(50)
		if err != nil {
			return err
		}
		for i, k := range keys {
			fmt.Printf("taken %d %x\n", k.Slot, k.Secret)
			if i%2 == 0 {
				continue
			}
			fmt.Printf("doomed %d %x\n", k.Slot, k.Secret)
			if err := s.Destroy(k.Slot); err != nil {
				return err
			}
			fmt.Printf("destroyed %d %x\n", k.Slot, k.Secret)
		}
	}
}

func TestAKilledProcessLosesNothingAndResurrectsNothing(t *testing.T) {
	dir := filepath.Join(folder(t), "shred")
	said := map[string]string{} // key → the last thing that was said of it
	const kills, linesEach = 6, 200
	for kill := range kills {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), shredChild+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			word, key, _ := strings.Cut(lines.Text(), " ")
			if len(strings.Fields(key)) == 2 && len(strings.Fields(key)[1]) == 2*shred.Size {
				said[key] = word
			}
			if n == linesEach+37*kill {
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait()
	}
	s := open(t, dir, dir+"-mirror")
	counts := map[string]int{}
	for key, word := range said {
		var slot int64
		var text string
		if _, err := fmt.Sscan(key, &slot, &text); err != nil {
			t.Fatal(err)
		}
		want, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Secret(slot)
		counts[word]++
		switch {
		case word == "taken" && (err != nil || string(got[:]) != string(want)):
			t.Errorf("a key that was handed out is lost: %v", err)
		case word == "destroyed" && !errors.Is(err, shred.ErrDestroyed):
			t.Errorf("a destroyed key is back: %v", err)
		}
	}
	t.Logf("after %d kills: %v", kills, counts)
	if counts["taken"] < kills*50 || counts["destroyed"] < kills*50 {
		t.Errorf("too little happened: %v", counts)
	}
}
