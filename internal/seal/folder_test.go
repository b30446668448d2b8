package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/fairpassage/portal/internal/seal"
)

func ensure(t *testing.T, dir string) *seal.Ring {
	t.Helper()
	ring, err := seal.Ensure(dir)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestAFolderKeepsItsKeysAndGainsMissingOnes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	first, second := ensure(t, dir), ensure(t, dir)
	for _, name := range []seal.Secret{seal.SecretMatching, seal.SecretReceipt, seal.SecretForm, seal.SecretCSRF, seal.SecretAudit, seal.SecretFiles} {
		if k := first.Secret(name); len(k) != 32 || !bytes.Equal(k, second.Secret(name)) {
			t.Errorf("%s has %d bytes or changed", name, len(k))
		}
	}
	if bytes.Equal(first.Secret(seal.SecretForm), first.Secret(seal.SecretCSRF)) {
		t.Error("two secrets are one")
	}
}

func TestNobodyElseMayReadTheKeys(t *testing.T) {
	dir := t.TempDir()
	ensure(t, dir)
	files, _ := filepath.Glob(filepath.Join(dir, "*.key"))
	if len(files) != 8 {
		t.Fatalf("%d key files", len(files))
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode %o", info.Mode().Perm())
		}
		if err := os.Chmod(file, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Ensure(dir); err == nil || !strings.Contains(err.Error(), "read by others") {
			t.Errorf("a key readable by the group: %v", err)
		}
		if err := os.Chmod(file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o777); err != nil { // #nosec G302 -- what the test refuses
		t.Fatal(err)
	}
	if _, err := seal.Ensure(dir); err == nil {
		t.Error("a folder that others may write to")
	}
}

func TestManyProcessesAtOnceMakeOneSecretEach(t *testing.T) {
	dir := t.TempDir()
	found := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range found {
		wg.Go(func() {
			ring, err := seal.Ensure(dir)
			if err != nil {
				t.Error(err)
				return
			}
			found[i] = ring.Secret(seal.SecretPins)
		})
	}
	wg.Wait()
	for _, secret := range found {
		if !bytes.Equal(secret, found[0]) {
			t.Error("two secrets of one name")
		}
	}
}

func TestAKeyFileThatCannotBeReadIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(file string) error{
		"cut":   func(file string) error { return os.Truncate(file, 20) },
		"empty": func(file string) error { return os.Truncate(file, 0) },
		"junk":  func(file string) error { return os.WriteFile(file, []byte("\x00not base64"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			ensure(t, dir)
			if err := spoil(filepath.Join(dir, "pins.key")); err != nil {
				t.Fatal(err)
			}
			if _, err := seal.Ensure(dir); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestASecretThatIsHeldElsewhereIsNeitherMadeNorRead(t *testing.T) {
	dir := t.TempDir()
	ring, err := seal.Ensure(dir, seal.SecretMatching)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "matching.key")
	if _, err := os.Stat(file); !os.IsNotExist(err) || ring.Secret(seal.SecretMatching) != nil || len(ring.Secret(seal.SecretForm)) != 32 {
		t.Errorf("made, or another is missing: %v", err)
	}
	if _, err := seal.ReadSecret(file); !os.IsNotExist(errors.Unwrap(err)) {
		t.Errorf("read from nowhere: %v", err)
	}
	if err := seal.MakeSecret(file); err != nil {
		t.Fatal(err)
	}
	key, err := seal.ReadSecret(file)
	if err != nil || len(key) != 32 {
		t.Fatal(err)
	}
	if err := seal.MakeSecret(file); err == nil {
		t.Error("a key was replaced")
	}
	if ring, err = seal.Ensure(dir, seal.SecretMatching); err != nil || ring.Secret(seal.SecretMatching) != nil {
		t.Errorf("it was read where it was to be elsewhere: %v", err)
	}
	if whole := ensure(t, dir); !bytes.Equal(whole.Secret(seal.SecretMatching), key) {
		t.Error("the folder has another")
	}
}
