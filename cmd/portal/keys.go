package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
)

// keysCmd looks after the key folder.
type keysCmd struct {
	Ensure keysEnsureCmd `cmd:"" help:"Make the key folder and what is missing in it: the portal's secrets, and a key pair for each unit."`
}

type keysEnsureCmd struct{ dataFlag }

// Run makes missing keys and tells what to do with the folder.
func (c *keysEnsureCmd) Run(p *program) (err error) {
	at, err := c.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	db, err := at.open(p.ctx, "keys")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := openKeys(p.ctx, at, db); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "the key folder %s is complete\nBack it up apart from the database: without it nothing that was sealed opens again.\n", at.conf.KeysDir)
	return nil
}

// openKeys opens the key folder with a key pair for every unit of the record.
func openKeys(ctx context.Context, at *record, db *postgres.DB) (*seal.Ring, error) {
	if at.conf.KeysDir == "" {
		return nil, errors.New("PORTAL_KEYS is not set: name the folder of the key files")
	}
	units, err := identity.SealingUnits(ctx, db)
	if err != nil {
		return nil, err
	}
	var elsewhere []seal.Secret
	if at.conf.Vault != "" {
		elsewhere = append(elsewhere, seal.SecretMatching)
	}
	return seal.Ensure(at.conf.KeysDir, units, elsewhere...)
}
