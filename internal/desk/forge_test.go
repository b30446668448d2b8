package desk_test

import (
	"errors"
	"testing"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
)

func faultOf(err error) (*fault.Error, bool) { return errors.AsType[*fault.Error](err) }

// Each is what somebody with the whole database, and without the key folder and
// anybody's passphrase, would write to read along.
func TestTheDatabaseAloneReceivesNothing(t *testing.T) {
	forged, err := seal.NewDesk("police", 9)
	if err != nil {
		t.Fatal(err)
	}
	public := forged.Recipient().Key.Bytes()
	for name, tt := range map[string]struct {
		change string
		args   []any
	}{
		"a public half of one's own": {`INSERT INTO desk_keys (id, unit_id, sequence, public, pin, made_at)
			SELECT $1, unit_id, 9, $2, k.pin, now() FROM desk_keys k JOIN units u ON u.id = k.unit_id WHERE u.code = 'police'`, []any{forged.ID(), public}},
		"another desk's key under this unit": {`INSERT INTO desk_keys (id, unit_id, sequence, public, pin, made_at)
			SELECT '9' || substr(k.id, 2), (SELECT id FROM units WHERE code = 'police'), 9, public, k.pin, now() FROM desk_keys k JOIN units u ON u.id = k.unit_id WHERE u.code = 'ministry'`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := found(t)
			c.exec(t, `UPDATE desk_keys SET retired_at = now(), reason = 'asked' WHERE unit_id = $1`, c.units["police"])
			c.exec(t, tt.change, tt.args...)
			c.desks.Refresh()
			if _, err := c.desks.Public(t.Context(), "police"); !errors.Is(err, desk.ErrForged) {
				t.Errorf("addressed: %v", err)
			}
			if _, err := c.desks.Public(t.Context(), "ministry"); err != nil {
				t.Errorf("another desk suffers: %v", err)
			}
			if _, err := c.desks.List(t.Context(), identity.Setup("keys")); !errors.Is(err, desk.ErrForged) {
				t.Errorf("the list does not tell: %v", err)
			}
		})
	}
}

func TestAnOlderKeyThatIsPutBackIsRefused(t *testing.T) {
	c := found(t)
	by := c.holder(t, "police")
	old := c.state(t, by).KeyID
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	if _, err := c.desks.Public(t.Context(), "police"); err != nil {
		t.Fatal(err)
	}
	c.exec(t, `ALTER TABLE desk_keys DISABLE TRIGGER ALL`)
	c.exec(t, `UPDATE desk_keys SET retired_at = now(), reason = 'asked' WHERE unit_id = $1`, c.units["police"])
	c.exec(t, `UPDATE desk_keys SET retired_at = NULL, reason = NULL WHERE id = $1`, old)
	c.desks.Refresh()
	if _, err := c.desks.Public(t.Context(), "police"); !errors.Is(err, desk.ErrForged) {
		t.Errorf("%v", err)
	}
}

func TestAForgedMemberOrWrapOpensNothing(t *testing.T) {
	c := found(t)
	by := c.holder(t, "police")
	intruder := c.hire(t, "clerk@ministry.example", "ministry", identity.RoleLicensingOfficer)
	c.exec(t, `INSERT INTO memberships (person_id, unit_id, role) VALUES ($1, $2, 'investigator')`, intruder.PersonID, c.units["police"])
	if err := c.desks.Admit(t.Context(), by, intruder.PersonID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a membership without a pin is admitted: %v", err)
	}
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	if n := c.count(t, `SELECT count(*) FROM desk_key_wraps WHERE person_id = $1`, intruder.PersonID); n != 0 {
		t.Error("the new key was wrapped to them")
	}
	// A key of the administrator's, wrapped to a member's public key: the member
	// would read the administrator's words as a complaint.
	forged, err := seal.NewDesk("police", 7)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := forged.WrapFor(by.Member.Public())
	if err != nil {
		t.Fatal(err)
	}
	c.exec(t, `INSERT INTO desk_keys (id, unit_id, sequence, public, pin, made_at, retired_at, reason) VALUES ($1, $2, 7, $3, '', now(), now(), 'asked')`,
		forged.ID(), c.units["police"], forged.Recipient().Key.Bytes())
	c.exec(t, `INSERT INTO desk_key_wraps (key_id, unit_id, person_id, member_key, wrapped, made_at) VALUES ($1, $2, $3, $4, $5, now())`,
		forged.ID(), c.units["police"], by.PersonID, by.Member.ID(), wrapped)
	if _, err := c.desks.Unlock(t.Context(), by, forged.ID()); !errors.Is(err, desk.ErrForged) {
		t.Errorf("%v", err)
	}
	// The real key's wrap exchanged for that of the forged one.
	current := c.state(t, by).KeyID
	c.exec(t, `UPDATE desk_key_wraps SET wrapped = $1 WHERE key_id = $2 AND member_key = $3`, wrapped, current, by.Member.ID())
	if _, err := c.desks.Unlock(t.Context(), by, current); errCode(err) != desk.NotAdmitted {
		t.Errorf("%v", err)
	}
}

// What the roles of the database may not read or write, whoever connects.
func TestNoProcessHasAWayToAPrivateKey(t *testing.T) {
	c := found(t)
	for role, statements := range map[string][]string{
		postgres.WorkerRole: {
			`SELECT wrapped FROM desk_key_wraps`, `SELECT sealed FROM desk_shares`, `SELECT sealed FROM desk_contributions`,
			`INSERT INTO desk_keys (id, unit_id, sequence, public, pin, made_at) SELECT '9-0011223344556677', unit_id, 9, public, pin, now() FROM desk_keys LIMIT 1`,
			`UPDATE complaint_envelopes SET key_id = 'x'`, `SELECT envelope FROM complaint_envelopes`,
		},
		postgres.PublicRole: {`SELECT key_id FROM desk_key_wraps`, `SELECT sealed FROM desk_shares`, `SELECT id FROM desk_work`, `UPDATE desk_keys SET retired_at = now(), reason = 'asked'`},
		postgres.DoorRole:   {`SELECT key_id FROM desk_key_wraps`, `SELECT id FROM desk_keys`, `SELECT sealed FROM desk_shares`},
		postgres.SetupRole:  {`SELECT wrapped FROM desk_key_wraps`, `SELECT sealed FROM desk_shares`, `DELETE FROM desk_key_wraps`},
	} {
		db := c.db.As(t, role)
		for _, statement := range statements {
			if _, err := db.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s may: %s", role, statement)
			}
		}
	}
	// The staff role outside of a desk sees nothing of it.
	outsider := c.holder(t, "ministry")
	outsider.UnitID, outsider.UnitCode = id.New(), "elsewhere"
	err := c.db.Read(t.Context(), outsider, func(tx postgres.Tx) error {
		var n int
		if err := tx.Gorm().Raw(`SELECT (SELECT count(*) FROM desk_key_wraps) + (SELECT count(*) FROM desk_shares) + (SELECT count(*) FROM desk_work)`).Scan(&n).Error; err != nil {
			return err
		}
		if n != 0 {
			t.Errorf("%d rows are seen from elsewhere", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestADeskMovesItsOwnEnvelopesAndNoOthers(t *testing.T) {
	c := found(t)
	filed := c.file(t, "police", "ministry")
	by := c.holder(t, "police")
	for name, statement := range map[string]string{
		"another desk's":      `UPDATE complaint_envelopes SET envelope = '' WHERE recipient = 'ministry'`,
		"another complaint's": `UPDATE complaint_envelopes SET complaint_id = gen_random_uuid()`,
		"what it holds":       `UPDATE complaint_envelopes SET items = '{}'`,
		"a key of its own":    `UPDATE complaint_envelopes SET key_id = '9-0011223344556677' WHERE recipient = 'police'`,
	} {
		moved := int64(0)
		err := c.db.InTx(t.Context(), by, func(tx postgres.Tx) error {
			res := tx.Gorm().Exec(statement)
			moved = res.RowsAffected
			return res.Error
		})
		if err == nil && moved > 0 {
			t.Errorf("%s: %d rows", name, moved)
		}
	}
	if !c.reads(t, by, filed) || !c.reads(t, c.holder(t, "ministry"), filed) {
		t.Error("something was changed")
	}
}
