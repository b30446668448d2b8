package seal

import (
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Ensure opens the key folder, makes what is missing of the folder itself, of
// its secrets and of a key pair for each unit, and returns its keys. Several
// processes may do so at once. A folder that others may write to, or a key that
// others may read, is refused.
//
// The files are <unit>.<sequence>-<hash>.pub, the same with .key, and
// <secret>.key; each holds one line of base64. A folder may hold a unit's .pub
// without its .key: then it can address that desk and not read for it.
//
// A secret that is held elsewhere is neither made nor read, and the ring has
// nothing for it.
func Ensure(dir string, units []string, elsewhere ...Secret) (*Ring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make key folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("look at key folder: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("the key folder can be written by others (mode %o, want 700)", info.Mode().Perm())
	}
	f := folder{dir: dir}
	unlock, err := f.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	ring := &Ring{secrets: map[Secret][]byte{}, current: map[string]Recipient{}, private: map[string]map[string]hpke.PrivateKey{}}
	for _, name := range secrets() {
		if slices.Contains(elsewhere, name) {
			continue
		}
		if ring.secrets[name], err = f.secret(name); err != nil {
			return nil, err
		}
	}
	if err := f.readDesks(ring); err != nil {
		return nil, err
	}
	for _, unit := range units {
		if _, has := ring.current[unit]; has {
			continue
		}
		if err := f.makeDesk(ring, unit); err != nil {
			return nil, err
		}
	}
	return ring, nil
}

type folder struct{ dir string }

// lock keeps a second process from making a second key for the same desk.
func (f folder) lock() (func(), error) {
	file, err := os.OpenFile(filepath.Join(f.dir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock key folder: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock key folder: %w", err)
	}
	return func() { _ = file.Close() }, nil
}

func (f folder) secret(name Secret) ([]byte, error) {
	file := string(name) + ".key"
	_, err := f.read(file, true)
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.draw(file); err != nil {
			return nil, err
		}
	}
	return ReadSecret(filepath.Join(f.dir, file))
}

// SecretFile is where a key folder keeps the secret.
func SecretFile(dir string, name Secret) string { return filepath.Join(dir, string(name)+".key") }

// draw writes a new secret.
func (f folder) draw(file string) error {
	key := make([]byte, KeySize)
	if _, err := rand.Read(key); err != nil {
		return fmt.Errorf("draw secret: %w", err)
	}
	return f.write(file, key)
}

var deskFile = regexp.MustCompile(`^([a-z0-9-]{2,40})\.(([0-9]{1,6})-[0-9a-f]{16})\.(pub|key)$`)

// readDesks reads every key pair there is; the highest sequence of a unit is
// its current key.
func (f folder) readDesks(ring *Ring) error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return fmt.Errorf("list key folder: %w", err)
	}
	newest := map[string]int{}
	for _, entry := range entries {
		m := deskFile.FindStringSubmatch(entry.Name())
		if m == nil {
			continue
		}
		unit, keyID, kind := m[1], m[2], m[4]
		body, err := f.read(entry.Name(), kind == "key")
		if err != nil {
			return err
		}
		pub, err := ring.take(unit, keyID, kind, body)
		if err != nil {
			return fmt.Errorf("the key file %s: %w", entry.Name(), err)
		}
		sequence, _ := strconv.Atoi(m[3]) // digits by the pattern
		if _, has := ring.current[unit]; !has || sequence > newest[unit] {
			newest[unit] = sequence
			ring.current[unit] = Recipient{Name: unit, KeyID: keyID, Key: pub}
		}
	}
	return nil
}

var errKeyFile = errors.New("is not the key that its name says")

// take adds one key of a file and returns its public half.
func (r *Ring) take(unit, keyID, kind string, body []byte) (hpke.PublicKey, error) {
	kem := hpke.MLKEM768X25519()
	var pub hpke.PublicKey
	var err error
	if kind == "pub" {
		pub, err = kem.NewPublicKey(body)
	} else {
		var key hpke.PrivateKey
		if key, err = kem.NewPrivateKey(body); err == nil {
			pub = key.PublicKey()
			if r.private[unit] == nil {
				r.private[unit] = map[string]hpke.PrivateKey{}
			}
			r.private[unit][keyID] = key
		}
	}
	if err != nil || !strings.HasSuffix(keyID, "-"+fingerprint(pub)) {
		return nil, errKeyFile
	}
	return pub, nil
}

func fingerprint(pub hpke.PublicKey) string {
	sum := sha256.Sum256(pub.Bytes())
	return hex.EncodeToString(sum[:8])
}

func (f folder) makeDesk(ring *Ring, unit string) error {
	key, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return fmt.Errorf("make key of %s: %w", unit, err)
	}
	private, err := key.Bytes()
	if err != nil {
		return fmt.Errorf("write key of %s: %w", unit, err)
	}
	keyID := "1-" + fingerprint(key.PublicKey())
	if !deskFile.MatchString(unit + "." + keyID + ".pub") {
		return fmt.Errorf("make key: %q is not the code of a unit", unit)
	}
	// The private half first: a public one alone would collect what nobody opens.
	if err := f.write(unit+"."+keyID+".key", private); err != nil {
		return err
	}
	if err := f.write(unit+"."+keyID+".pub", key.PublicKey().Bytes()); err != nil {
		return err
	}
	ring.current[unit] = Recipient{Name: unit, KeyID: keyID, Key: key.PublicKey()}
	ring.private[unit] = map[string]hpke.PrivateKey{keyID: key}
	return nil
}
