package desk_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
)

func TestTheOperatorTakesUpNewUnitsAndNoneThatWasChanged(t *testing.T) {
	c := found(t)
	c.exec(t, `INSERT INTO units (id, code, kind, name) VALUES (gen_random_uuid(), 'border', 'border', '{"en":"Border"}')`)
	c.exec(t, `UPDATE units SET province = 'Elsewhere' WHERE code = 'support'`)
	operator := identity.Setup("keys")
	if forged, err := c.desks.Forged(t.Context(), operator); err != nil || !slices.Equal(forged, []string{"border", "support"}) {
		t.Fatal(forged, err)
	}
	if taken, err := c.desks.Adopt(t.Context(), operator); err != nil || !slices.Equal(taken, []string{"border"}) {
		t.Fatal(taken, err)
	}
	if forged, err := c.desks.Forged(t.Context(), operator); err != nil || !slices.Equal(forged, []string{"support"}) {
		t.Fatal(forged, err)
	}
	if n := c.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'unit.adopt' AND object_id = (SELECT id FROM units WHERE code = 'border')`); n != 1 {
		t.Error("taking it up is not written down")
	}
	if _, err := c.desks.Adopt(t.Context(), c.holder(t, "police").Actor); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a member: %v", err)
	}
}

func TestAUnitThatWasChangedPastThePortalGetsNoKeyAndHoldsNoShare(t *testing.T) {
	c := found(t)
	c.exec(t, `UPDATE units SET province = 'Elsewhere' WHERE code = 'support'`)
	if _, err := c.desks.Create(t.Context(), identity.Setup("keys"), "support"); !errors.Is(err, desk.ErrForged) {
		t.Errorf("a key: %v", err)
	}
	by := c.holder(t, "ministry")
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	st := c.state(t, by)
	if n := c.count(t, `SELECT count(*) FROM desk_shares s JOIN units u ON u.id = s.holder_id WHERE u.code = 'support' AND s.key_id = $1`, st.KeyID); n != 0 {
		t.Error("it got a share of the new key")
	}
	others, err := c.desks.Others(t.Context(), by.Actor)
	if err != nil || len(others) == 0 {
		t.Fatal(others, err)
	}
	for _, o := range others {
		if o.ID == c.units["support"] {
			t.Error("it is offered what others hold")
		}
	}
}
