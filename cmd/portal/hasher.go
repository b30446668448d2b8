package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/vault"
)

// How long to wait for a vault whose limit is used up: people at a page have
// little patience, an import has hours.
const (
	patienceOfPeople = 3 * time.Second
	patienceOfImport = 6 * time.Hour
)

// newHasher is the one place where the matching key comes from: the vault where
// one is named, else the key folder.
func newHasher(conf config.Config, keys *seal.Ring, patience time.Duration) (matching.Keyed, error) {
	if conf.Vault != "" {
		return vault.NewClient(conf.Vault, patience, conf.VaultUser), nil
	}
	hasher, err := matching.NewHasher(keys.Secret(seal.SecretMatching))
	if err != nil {
		return nil, fmt.Errorf("read the matching key: %w", err)
	}
	return hasher, nil
}

// openHasher is newHasher for a command that needs no other key.
func openHasher(at *record) (matching.Keyed, error) {
	if at.conf.Vault != "" {
		return newHasher(at.conf, nil, patienceOfImport)
	}
	keys, err := openKeys(at)
	if err != nil {
		return nil, err
	}
	return newHasher(at.conf, keys, patienceOfImport)
}

// vaultAnswers is in order when no vault is named.
func vaultAnswers(ctx context.Context, conf config.Config) error {
	if conf.Vault == "" {
		return nil
	}
	client := vault.NewClient(conf.Vault, 0, conf.VaultUser)
	defer client.Close()
	return client.Ping(ctx)
}

// keyIsAway finds a matching key that lies where the vault was to keep it from.
func keyIsAway(conf config.Config) error {
	if conf.KeysDir == "" {
		return nil
	}
	file := filepath.Join(conf.KeysDir, string(seal.SecretMatching)+".key")
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is still here: it belongs to the vault alone", file)
	}
	return nil
}
