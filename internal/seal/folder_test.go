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

func ensure(t *testing.T, dir string, units ...string) *seal.Ring {
	t.Helper()
	ring, err := seal.Ensure(dir, units)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestAFolderKeepsItsKeysAndGainsMissingOnes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	first := ensure(t, dir, "police-national")
	second := ensure(t, dir, "police-national", "ministry-labour")
	a, _ := first.Desk("police-national")
	b, _ := second.Desk("police-national")
	if a.KeyID != b.KeyID || !bytes.Equal(a.Key.Bytes(), b.Key.Bytes()) {
		t.Error("the key changed")
	}
	if _, ok := first.Desk("ministry-labour"); ok {
		t.Error("a key nobody asked for")
	}
	to, ok := second.Desk("ministry-labour")
	key, held := second.Private("ministry-labour", to.KeyID)
	if !ok || !held || !bytes.Equal(key.PublicKey().Bytes(), to.Key.Bytes()) {
		t.Error("no pair for the new unit")
	}
	for _, name := range []seal.Secret{seal.SecretMatching, seal.SecretReceipt, seal.SecretForm, seal.SecretCSRF, seal.SecretAudit} {
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
	ensure(t, dir, "police-national")
	files, _ := filepath.Glob(filepath.Join(dir, "*.key"))
	if len(files) != 7 {
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
		if _, err := seal.Ensure(dir, nil); err == nil || !strings.Contains(err.Error(), "read by others") {
			t.Errorf("a key readable by the group: %v", err)
		}
		if err := os.Chmod(file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o777); err != nil { // #nosec G302 -- what the test refuses
		t.Fatal(err)
	}
	if _, err := seal.Ensure(dir, nil); err == nil {
		t.Error("a folder that others may write to")
	}
}

func TestManyProcessesAtOnceMakeOneKeyEach(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := seal.Ensure(dir, []string{"police-national"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	files, _ := filepath.Glob(filepath.Join(dir, "police-national.*.key"))
	if len(files) != 1 {
		t.Errorf("%d keys", len(files))
	}
}

func TestADeskCanBeAddressedWithoutItsPrivateKey(t *testing.T) {
	dir := t.TempDir()
	to, _ := ensure(t, dir, "police-national").Desk("police-national")
	if err := os.Remove(filepath.Join(dir, "police-national."+to.KeyID+".key")); err != nil {
		t.Fatal(err)
	}
	ring := ensure(t, dir, "police-national")
	if again, ok := ring.Desk("police-national"); !ok || again.KeyID != to.KeyID {
		t.Error("the desk's address was lost or replaced")
	}
	if _, held := ring.Private("police-national", to.KeyID); held {
		t.Error("a private key came back")
	}
}

func TestAKeyFileThatIsNotWhatItSaysIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(dir, file string) error{
		"another key under this name": func(dir, file string) error {
			other, err := filepath.Glob(filepath.Join(dir, "ministry-labour.*.pub"))
			if err != nil {
				return err
			}
			return os.Rename(other[0], file)
		},
		"cut":   func(_, file string) error { return os.Truncate(file, 40) },
		"empty": func(_, file string) error { return os.Truncate(file, 0) },
		"junk":  func(_, file string) error { return os.WriteFile(file, []byte("\x00not base64"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			to, _ := ensure(t, dir, "police-national", "ministry-labour").Desk("police-national")
			if err := spoil(dir, filepath.Join(dir, "police-national."+to.KeyID+".pub")); err != nil {
				t.Fatal(err)
			}
			if _, err := seal.Ensure(dir, nil); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func TestAUnitCodeCannotLeaveTheFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	for _, code := range []string{"../x", "a/b", "", "UPPER", "a.b"} {
		if _, err := seal.Ensure(dir, []string{code}); err == nil {
			t.Errorf("%q accepted", code)
		}
	}
}

func TestASecretThatIsHeldElsewhereIsNeitherMadeNorRead(t *testing.T) {
	dir := t.TempDir()
	ring, err := seal.Ensure(dir, nil, seal.SecretMatching)
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
	if ring, err = seal.Ensure(dir, nil, seal.SecretMatching); err != nil || ring.Secret(seal.SecretMatching) != nil {
		t.Errorf("it was read where it was to be elsewhere: %v", err)
	}
	if whole := ensure(t, dir); !bytes.Equal(whole.Secret(seal.SecretMatching), key) {
		t.Error("the folder has another")
	}
}
