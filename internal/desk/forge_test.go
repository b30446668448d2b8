package desk_test

import (
	"errors"
	"testing"
	"time"

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
	c.exec(t, `INSERT INTO desk_key_wraps (key_id, unit_id, person_id, member_key, wrapped, made_at, pin) VALUES ($1, $2, $3, $4, $5, now(), '')`,
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

// Somebody who left a desk with a copy of its old key has the owner of the
// database put that key back.
func TestNothingIsWrappedToAnOlderKeyThatIsPutBack(t *testing.T) {
	for name, fresh := range map[string]bool{"in a process that saw the newer one": false, "in one that did not": true} {
		t.Run(name, func(t *testing.T) {
			c := found(t)
			by := c.holder(t, "police")
			leaver := c.hire(t, "leaver@police.example", "police", identity.RoleInvestigator)
			if err := c.desks.Admit(t.Context(), by, leaver.PersonID); err != nil {
				t.Fatal(err)
			}
			old, kept := c.state(t, by).KeyID, c.dump(t, "police")
			c.exec(t, `CREATE TABLE copied AS SELECT * FROM desk_key_wraps`)
			c.exec(t, `UPDATE people SET deactivated_at = now() WHERE id = $1`, leaver.PersonID)
			c.goOn(t, by)
			after := c.file(t, "police")
			c.exec(t, `ALTER TABLE desk_keys DISABLE TRIGGER ALL`)
			c.exec(t, `UPDATE desk_keys SET retired_at = now(), reason = 'asked' WHERE unit_id = $1 AND retired_at IS NULL`, by.UnitID)
			c.exec(t, `UPDATE desk_keys SET retired_at = NULL, reason = NULL, destroyed_at = NULL WHERE id = $1`, old)
			c.exec(t, `INSERT INTO desk_key_wraps SELECT * FROM copied WHERE unit_id = $1 ON CONFLICT DO NOTHING`, by.UnitID)
			if fresh {
				c.desks = c.db.DeskService(c.clock)
			} else {
				// Not even the table tells any more.
				c.exec(t, `DELETE FROM desk_shares WHERE unit_id = $1 OR holder_id = $1`, by.UnitID)
				c.exec(t, `DELETE FROM desk_key_wraps WHERE unit_id = $1 AND key_id <> $2`, by.UnitID, old)
				c.exec(t, `DELETE FROM desk_keys WHERE unit_id = $1 AND id <> $2`, by.UnitID, old)
			}
			for what, err := range map[string]error{
				"go on":  func() error { _, err := c.desks.Continue(t.Context(), by, time.Minute); return err }(),
				"rotate": c.desks.Rotate(t.Context(), by, desk.Asked),
				"tend":   c.desks.Tend(t.Context(), by),
				"list":   func() error { _, err := c.desks.List(t.Context(), identity.Setup("keys")); return err }(),
			} {
				if !errors.Is(err, desk.ErrForged) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if got := c.dump(t, "police").opens(leaver.Member, "police", kept); got[after.id] {
				t.Error("who left opens what was filed after")
			}
		})
	}
}

func TestAKeyIsNumberedAfterEveryOtherOfItsDesk(t *testing.T) {
	c := found(t)
	by := c.holder(t, "police")
	forged, err := seal.NewDesk("police", 2)
	if err != nil {
		t.Fatal(err)
	}
	c.exec(t, `INSERT INTO desk_keys (id, unit_id, sequence, public, pin, made_at, retired_at, reason) VALUES ($1, $2, 2, $3, '', now(), now(), 'asked')`,
		forged.ID(), by.UnitID, forged.Recipient().Key.Bytes())
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	if got := c.state(t, by).KeyID; got[:2] != "3-" {
		t.Errorf("the key is %s", got)
	}
	// The place in the order that the table says is not what counts.
	c.exec(t, `ALTER TABLE desk_keys DISABLE TRIGGER ALL`)
	c.exec(t, `UPDATE desk_keys SET sequence = 9 WHERE unit_id = $1 AND retired_at IS NULL`, by.UnitID)
	if _, err := c.desks.Continue(t.Context(), by, time.Minute); !errors.Is(err, desk.ErrForged) {
		t.Errorf("%v", err)
	}
}

func TestAWrapThatThePortalDidNotMakeAdmitsNobody(t *testing.T) {
	c := found(t)
	by := c.holder(t, "police")
	newcomer := c.hire(t, "new@police.example", "police", identity.RoleInvestigator)
	again := c.forget(t, "new@police.example", newcomer.PersonID)
	filed := c.file(t, "police")
	current := c.state(t, by).KeyID
	for name, pin := range map[string]string{"no pin": `''`, "a colleague's pin": `(SELECT pin FROM desk_key_wraps WHERE unit_id = @unit LIMIT 1)`} {
		err := c.db.InTx(t.Context(), again.Actor, func(tx postgres.Tx) error {
			return tx.Gorm().Exec(`INSERT INTO desk_key_wraps (key_id, unit_id, person_id, member_key, wrapped, made_at, made_by, pin)
				VALUES (@key, @unit, @person, @member, '\x00', now(), @person, `+pin+`)
				ON CONFLICT DO NOTHING`, map[string]any{"key": current, "unit": by.UnitID, "person": again.PersonID, "member": again.Member.ID()}).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		if c.state(t, again).Admitted {
			t.Errorf("%s: admitted", name)
		}
		if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
			t.Fatal(err)
		}
		c.goOn(t, by)
		if current = c.state(t, by).KeyID; c.reads(t, again, filed) {
			t.Errorf("%s: somebody whom nobody readmitted reads", name)
		}
	}
	// A row that stands in the way keeps nobody out.
	c.exec(t, `INSERT INTO desk_key_wraps (key_id, unit_id, person_id, member_key, wrapped, made_at, pin) VALUES ($1, $2, $3, $4, '\x00', now(), '')`,
		current, by.UnitID, again.PersonID, again.Member.ID())
	if err := c.desks.AskReadmission(t.Context(), again, c.decisions); err != nil {
		t.Fatal(err)
	}
	if err := c.decide(t, by, desk.Readmit); err != nil {
		t.Fatal(err)
	}
	if !c.state(t, again).Admitted || !c.reads(t, again, filed) {
		t.Error("not readmitted")
	}
	// Nor does one make a desk seem to have somebody who holds its key.
	c.exec(t, `UPDATE desk_key_wraps SET pin = '' WHERE unit_id = $1`, by.UnitID)
	if st := c.state(t, by); !st.Lost || st.Admitted {
		t.Errorf("%+v", st)
	}
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
