package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
)

// desksInOrder tells which desks have no key, or one that nobody holds: the
// first receive nothing, what the others receive nobody reads.
func desksInOrder(ctx context.Context, conf config.Config, db *postgres.DB) error {
	if conf.KeysDir == "" {
		return fmt.Errorf("%w: PORTAL_KEYS is not set", errNotChecked)
	}
	secret, err := seal.ReadSecret(seal.SecretFile(conf.KeysDir, seal.SecretPins))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the key folder is not made yet", errNotChecked)
	}
	if err != nil {
		return err
	}
	pins, clk := seal.NewPins(secret), clock.System{}
	desks := desk.New(desk.Deps{DB: db, Clock: clk, People: identity.NewPeople(pins, clk), Pins: pins})
	all, err := desks.List(ctx, operator)
	if err != nil {
		return err
	}
	forged, err := desks.Forged(ctx, operator)
	if err != nil {
		return err
	}
	var without, lost []string
	for _, o := range all {
		switch {
		case o.KeyID == "":
			without = append(without, o.Unit)
		case o.Admitted == 0:
			lost = append(lost, o.Unit)
		}
	}
	var wrong []string
	if len(forged) > 0 {
		wrong = append(wrong, "made or changed past the portal, so that they receive nothing: "+strings.Join(forged, ", ")+
			" (new ones: portal keys create; changed ones: put back what was changed)")
	}
	if len(without) > 0 {
		wrong = append(wrong, "no key: "+strings.Join(without, ", ")+" (portal keys create)")
	}
	if len(lost) > 0 {
		wrong = append(wrong, "nobody holds the key: "+strings.Join(lost, ", ")+" (portal keys recover)")
	}
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "; "))
	}
	return nil
}
