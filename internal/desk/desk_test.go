package desk_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// country is four desks with a key and one member each.
type country struct {
	db        *testkit.Database
	super     *sql.DB
	clock     *clock.Fake
	desks     *desk.Service
	decisions *decision.Service
	units     map[string]uuid.UUID
}

func found(t *testing.T) *country {
	t.Helper()
	c := &country{db: testkit.DB(t), clock: testkit.Clock(), units: map[string]uuid.UUID{}}
	c.super = c.db.Super(t)
	var codes []string
	for _, kind := range []string{"ministry", "oversight", "police", "support"} {
		c.units[kind] = id.New()
		c.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en":"Unit"}')`, c.units[kind], kind)
		codes = append(codes, kind)
	}
	c.desks = c.db.Desks(t, c.clock, codes...)
	var err error
	if c.decisions, err = decision.NewService(c.db.DB, c.clock, testkit.People(c.clock), c.desks.Rules()...); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *country) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := c.super.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func (c *country) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := c.super.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (c *country) holder(t *testing.T, unit string) identity.Holder {
	t.Helper()
	return c.db.Keyholder(t, c.clock, unit)
}

// hire adds a member of the unit and gives them in hand.
func (c *country) hire(t *testing.T, email, unit string, role identity.Role) identity.Holder {
	t.Helper()
	c.db.Hire(t, c.clock, email, "Member "+email, c.units[unit], role)
	return c.db.AtTerminal(t, c.clock, email)
}

// forget gives the person another passphrase and key, as after an invitation.
func (c *country) forget(t *testing.T, email string, person uuid.UUID) identity.Holder {
	t.Helper()
	secret, err := identity.NewSecret(testkit.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	err = c.db.InTx(t.Context(), identity.Door(), func(tx postgres.Tx) error {
		_, err := testkit.People(c.clock).SetSecret(tx, person, secret)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.db.AtTerminal(t, c.clock, email)
}

// told is a complaint that was sealed to some desks.
type told struct {
	id   uuid.UUID
	text []byte // the ciphertext of its narrative
}

// file seals a complaint to the desks and writes its rows.
func (c *country) file(t *testing.T, units ...string) told {
	t.Helper()
	out := told{id: id.New()}
	sealer := seal.New(out.id)
	var err error
	if out.text, err = sealer.Put(seal.Narrative, [seal.KeySize]byte{}, []byte("canary")); err != nil {
		t.Fatal(err)
	}
	c.exec(t, `INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about,
			first_hand, danger_now, missing_person, never_departed, minor, official)
		VALUES ($1, sha256($2), sha256($3), now(), 'received', 'en', 'web', 'self', true, false, false, false, false, false)`,
		out.id, []byte("n"+out.id.String()), []byte("r"+out.id.String()))
	for _, unit := range units {
		to, err := c.desks.Public(t.Context(), unit)
		if err != nil {
			t.Fatal(err)
		}
		envelope, err := sealer.EnvelopeFor(to, seal.Narrative)
		if err != nil {
			t.Fatal(err)
		}
		c.exec(t, `INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) VALUES ($1, $2, $3, '{narrative}', $4)`,
			out.id, unit, to.KeyID, envelope)
	}
	return out
}

// reads reports whether the holder reads the complaint as it lies there now.
func (c *country) reads(t *testing.T, by identity.Holder, filed told) bool {
	t.Helper()
	var keyID string
	var envelope []byte
	err := c.super.QueryRowContext(t.Context(), `SELECT key_id, envelope FROM complaint_envelopes WHERE complaint_id = $1 AND recipient = $2`, filed.id, by.UnitCode).Scan(&keyID, &envelope)
	if err != nil {
		t.Fatal(err)
	}
	key, err := c.desks.Unlock(t.Context(), by, keyID)
	if err != nil {
		return false
	}
	opened, err := key.Open(filed.id, envelope)
	if err != nil {
		return false
	}
	text, err := opened.Item(seal.Narrative, seal.Schema, [seal.KeySize]byte{}, filed.text)
	return err == nil && string(text) == "canary"
}

// goOn does all that waits.
func (c *country) goOn(t *testing.T, by identity.Holder) {
	t.Helper()
	for {
		more, err := c.desks.Continue(t.Context(), by, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// decide approves the waiting proposal of that kind as this holder.
func (c *country) decide(t *testing.T, by identity.Holder, kind decision.Kind) error {
	t.Helper()
	var key uuid.UUID
	err := c.super.QueryRowContext(t.Context(), `SELECT id FROM decisions WHERE kind = $1 AND state = 'waiting' AND unit_id = $2`, kind, by.UnitID).Scan(&key)
	if err != nil {
		t.Fatal(err)
	}
	return c.decisions.Approve(t.Context(), by.Actor, by.Member, key)
}

func (c *country) state(t *testing.T, by identity.Holder) desk.State {
	t.Helper()
	st, err := c.desks.State(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// dump is what a stolen copy of the database holds of the desk's keys and
// envelopes.
type dump struct {
	wraps     map[string][]byte // key id + member key → wrapped
	envelopes []stolen
}

type stolen struct {
	complaint uuid.UUID
	keyID     string
	envelope  []byte
}

func (c *country) dump(t *testing.T, unit string) dump {
	t.Helper()
	d := dump{wraps: map[string][]byte{}}
	rows, err := c.super.QueryContext(t.Context(), `SELECT key_id, member_key, wrapped FROM desk_key_wraps WHERE unit_id = $1`, c.units[unit])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key, member string
		var wrapped []byte
		if err := rows.Scan(&key, &member, &wrapped); err != nil {
			t.Fatal(err)
		}
		d.wraps[key+" "+member] = wrapped
	}
	sealed, err := c.super.QueryContext(t.Context(), `SELECT complaint_id, key_id, envelope FROM complaint_envelopes WHERE recipient = $1`, unit)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sealed.Close() }()
	for sealed.Next() {
		var s stolen
		if err := sealed.Scan(&s.complaint, &s.keyID, &s.envelope); err != nil {
			t.Fatal(err)
		}
		d.envelopes = append(d.envelopes, s)
	}
	return d
}

// opens lists what somebody opens with their own key, keys of before and a dump.
func (d dump) opens(m seal.Member, unit string, kept ...dump) map[uuid.UUID]bool {
	out := map[uuid.UUID]bool{}
	for _, s := range d.envelopes {
		for _, from := range append(kept, d) {
			wrapped, has := from.wraps[s.keyID+" "+m.ID()]
			if !has {
				continue
			}
			key, err := seal.UnwrapDesk(m, unit, s.keyID, wrapped)
			if err != nil {
				continue
			}
			if _, err := key.Open(s.complaint, s.envelope); err == nil {
				out[s.complaint] = true
			}
		}
	}
	return out
}
