package certificate

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Keys are the public keys that somebody trusts.
type Keys map[[4]byte]ed25519.PublicKey

// KeysOf trusts one key.
func KeysOf(public ed25519.PublicKey) Keys { return Keys{keyID(public): public} }

// And trusts those of another, too.
func (k Keys) And(more Keys) Keys {
	all := maps.Clone(k)
	maps.Copy(all, more)
	return all
}

// String writes the keys, one a line and always in one order, as ParseKeys reads them.
func (k Keys) String() string {
	lines := make([]string, 0, len(k))
	for _, public := range k {
		lines = append(lines, base64.StdEncoding.EncodeToString(public)+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// ParseKeys reads keys, one a line in base64; empty lines and those that begin with
// # are passed over.
func ParseKeys(text string) (Keys, error) {
	keys := Keys{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		public, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(public) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("line %d is no public key", i+1)
		}
		keys[keyID(public)] = public
	}
	return keys, nil
}

// formerFile has the public keys of before, in the key folder: what they signed stays
// good after a new one was made.
const formerFile = "licence.former"

// ReadFormer returns the public keys of before that a key folder still trusts.
func ReadFormer(dir string) (Keys, error) {
	text, err := os.ReadFile(filepath.Join(dir, formerFile)) // #nosec G304 -- the configured key folder
	if errors.Is(err, fs.ErrNotExist) {
		return Keys{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read former keys: %w", err)
	}
	keys, err := ParseKeys(string(text))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", formerFile, err)
	}
	return keys, nil
}

// KeepFormer adds a key to them. It is written before the key is replaced: to trust a
// key that still signs does no harm.
func KeepFormer(dir string, public ed25519.PublicKey) error {
	keys, err := ReadFormer(dir)
	if err != nil {
		return err
	}
	return writeFormer(dir, keys.And(KeysOf(public)))
}

// DropFormer takes a key out of them, where a renewal that did not
// come to its end left it.
func DropFormer(dir string, public ed25519.PublicKey) error {
	keys, err := ReadFormer(dir)
	if err != nil {
		return err
	}
	delete(keys, keyID(public))
	return writeFormer(dir, keys)
}

// writeFormer writes them whole or not at all.
func writeFormer(dir string, keys Keys) error {
	tmp, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("write former keys: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString(keys.String())
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(dir, formerFile))
	}
	if err != nil {
		return fmt.Errorf("write former keys: %w", err)
	}
	return nil
}
