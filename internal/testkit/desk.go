package testkit

import (
	"testing"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// readers is the role in which somebody of that kind of unit reads cases.
var readers = map[identity.UnitKind]identity.Role{
	identity.UnitMinistry: identity.RoleComplaintsOfficer, identity.UnitProvince: identity.RoleComplaintsOfficer,
	identity.UnitEmbassy: identity.RoleComplaintsOfficer, identity.UnitPolice: identity.RoleInvestigator,
	identity.UnitSupport: identity.RoleSupportWorker, identity.UnitOversight: identity.RoleOverseer, identity.UnitBorder: identity.RoleBorderOfficer,
}

// DeskService keeps the keys of desks under the pins of tests.
func (d *Database) DeskService(clk clock.Clock) *desk.Service {
	return desk.New(desk.Deps{DB: d.DB, Clock: clk, People: People(clk), Pins: Pins()})
}

// Desks gives each of the units, which exist, a key and one member who holds it:
// see Keyholder.
func (d *Database) Desks(t testing.TB, clk clock.Clock, codes ...string) *desk.Service {
	t.Helper()
	for _, code := range codes {
		unit, kind := d.unit(t, code)
		d.Hire(t, clk, keyholder(code), "Keyholder of "+code, unit, readers[kind])
	}
	s := d.DeskService(clk)
	if _, err := s.Create(t.Context(), identity.Setup("keys"), codes...); err != nil {
		t.Fatal(err)
	}
	return s
}

func keyholder(code string) string { return "keyholder@" + code + ".example" }

// Keyholder is the member whom Desks made for the unit, with their key in hand.
func (d *Database) Keyholder(t testing.TB, clk clock.Clock, code string) identity.Holder {
	t.Helper()
	return d.AtTerminal(t, clk, keyholder(code))
}

// AtTerminal is somebody whom Hire hired, with their key in hand.
func (d *Database) AtTerminal(t testing.TB, clk clock.Clock, email string) identity.Holder {
	t.Helper()
	h, err := identity.NewSessions(d.DB, People(clk)).AtTerminal(t.Context(), identity.Terminal{Email: email, Passphrase: Passphrase, Optional: true})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (d *Database) unit(t testing.TB, code string) (unit uuid.UUID, kind identity.UnitKind) {
	t.Helper()
	var row struct {
		ID   uuid.UUID
		Kind identity.UnitKind
	}
	err := d.Read(t.Context(), identity.Setup("keys"), func(tx postgres.Tx) error {
		return tx.Gorm().Raw(`SELECT id, kind FROM units WHERE code = ?`, code).Scan(&row).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return row.ID, row.Kind
}
