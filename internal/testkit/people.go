package testkit

import (
	"bytes"
	"slices"
	"sync"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Passphrase is that of everybody whom Hire hires.
const Passphrase = "an invented passphrase of tests"

// secret is drawn once: stretching a passphrase is slow on purpose.
var secret = sync.OnceValues(func() (identity.Secret, error) { return identity.NewSecret(Passphrase) })

// Pins are those of all tests.
func Pins() seal.Pins { return seal.NewPins(bytes.Repeat([]byte{9}, seal.KeySize)) }

// People keeps people under the pins of tests.
func People(clk clock.Clock) *identity.People { return identity.NewPeople(Pins(), clk) }

// Hire makes a person with Passphrase, a key of their own and a role in the
// unit, and returns their id.
func (d *Database) Hire(t testing.TB, clk clock.Clock, email, name string, unit uuid.UUID, roles ...identity.Role) uuid.UUID {
	t.Helper()
	secret, err := secret()
	if err != nil {
		t.Fatal(err)
	}
	people, person := People(clk), id.New()
	err = d.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		err := tx.Gorm().Exec(`INSERT INTO people (id, email, name, created_at) VALUES (?, ?, ?, ?)`, person, email, name, clk.Now()).Error
		if err != nil {
			return err
		}
		if _, err := people.SetSecret(tx, person, secret); err != nil {
			return err
		}
		for _, role := range roles {
			if err := people.Grant(tx, person, unit, role, uuid.Nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return person
}

// Grant gives somebody who exists more roles in a unit.
func (d *Database) Grant(t testing.TB, clk clock.Clock, person, unit uuid.UUID, roles ...identity.Role) {
	t.Helper()
	people := People(clk)
	err := d.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		for _, role := range roles {
			if err := people.Grant(tx, person, unit, role, uuid.Nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// SignIn signs in somebody whom Hire hired, who has no second factor, and
// returns the session's token. Of several roles it is in that one, or in the
// first when none is named.
func SignIn(t testing.TB, sessions *identity.Sessions, email string, as ...identity.Role) string {
	t.Helper()
	entry, err := sessions.SignIn(t.Context(), identity.Attempt{Email: email, Passphrase: Passphrase})
	if err != nil {
		t.Fatal(err)
	}
	if !entry.Choosing {
		return entry.Token
	}
	hats, err := sessions.Choices(t.Context(), entry.Token)
	if err != nil {
		t.Fatal(err)
	}
	chosen := hats[0]
	for _, hat := range hats {
		if slices.Contains(as, hat.Role) {
			chosen = hat
			break
		}
	}
	if entry, err = sessions.Choose(t.Context(), entry.Token, chosen.UnitID, chosen.Role); err != nil {
		t.Fatal(err)
	}
	return entry.Token
}
