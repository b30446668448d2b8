package desk_test

import (
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// forge writes a proposal in somebody's name with the login of the application.
func (c *country) forge(t *testing.T, kind decision.Kind, name identity.Holder, to uuid.UUID, detail string) uuid.UUID {
	t.Helper()
	key, sum := id.New(), sha256.Sum256([]byte(detail))
	err := c.db.InTx(t.Context(), name.Actor, func(tx postgres.Tx) error {
		return tx.Gorm().Exec(`INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at)
			VALUES (?, ?, ?, ?, ?::json, ?, true, ?, ?, ?)`, key, kind, name.UnitID, to, detail, sum[:], name.PersonID, name.UnitID, c.clock.Now()).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// approveBySQL writes a verdict and the hand-over with the login of the
// application, the signature as given.
func (c *country) approveBySQL(t *testing.T, key uuid.UUID, victim, by identity.Holder, memberKey string, signature, pin []byte) {
	t.Helper()
	err := c.db.InTx(t.Context(), by.Actor, func(tx postgres.Tx) error {
		err := tx.Gorm().Exec(`UPDATE decisions SET state = 'approved', decided_by = ?, decided_unit = ?, decided_at = ?, key_id = ?, signature = ?, pin = ? WHERE id = ?`,
			by.PersonID, by.UnitID, c.clock.Now(), memberKey, signature, pin, key).Error
		if err != nil {
			return err
		}
		return tx.Gorm().Exec(`INSERT INTO desk_work (id, unit_id, kind, to_unit_id, decision_id, asked_at, asked_by) VALUES (?, ?, 'handover', ?, ?, now(), ?)`,
			id.New(), victim.UnitID, by.UnitID, key, victim.PersonID).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// given counts the receiver's envelopes of the complaint.
func (c *country) given(t *testing.T, filed told, unit string) int {
	t.Helper()
	return c.count(t, `SELECT count(*) FROM complaint_envelopes WHERE complaint_id = $1 AND recipient = $2`, filed.id, unit)
}

func (c *country) doubts(t *testing.T) map[string]string {
	t.Helper()
	all, err := c.desks.Doubts(t.Context(), identity.System("doctor"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, d := range all {
		out[d.What] = d.Why
	}
	return out
}

// Each is a hand-over that somebody made up with the login of the application,
// alone or together with a corrupt member of the unit that would receive.
func TestAHandOverThatNobodySignedIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		forge func(t *testing.T, c *country, victim, evil identity.Holder)
		why   string
	}{
		"no signature at all": {func(t *testing.T, c *country, victim, evil identity.Holder) {
			t.Helper()
			key := c.forge(t, desk.HandOver, victim, evil.UnitID, `{}`)
			c.approveBySQL(t, key, victim, evil, "m-0000000000000000", []byte{0}, []byte{0})
		}, decision.WhyNoKey},
		"asked for genuinely, the approval is made up": {func(t *testing.T, c *country, victim, evil identity.Holder) {
			t.Helper()
			if err := c.desks.AskHandOver(t.Context(), victim, evil.UnitID, c.decisions); err != nil {
				t.Fatal(err)
			}
			var key uuid.UUID
			if err := c.super.QueryRow(`SELECT id FROM decisions WHERE kind = 'desk.handover'`).Scan(&key); err != nil {
				t.Fatal(err)
			}
			c.approveBySQL(t, key, victim, evil, evil.Member.ID(), []byte("not a signature"), []byte{0})
		}, decision.WhySignature},
		"a request that went back is approved all the same": {func(t *testing.T, c *country, victim, evil identity.Holder) {
			t.Helper()
			if err := c.desks.AskHandOver(t.Context(), victim, evil.UnitID, c.decisions); err != nil {
				t.Fatal(err)
			}
			var key uuid.UUID
			var detail string
			if err := c.super.QueryRow(`SELECT id, detail::text FROM decisions WHERE kind = 'desk.handover'`).Scan(&key, &detail); err != nil {
				t.Fatal(err)
			}
			if err := c.decisions.Withdraw(t.Context(), victim.Actor, key); err != nil {
				t.Fatal(err)
			}
			second := c.forge(t, desk.HandOver, victim, evil.UnitID, detail)
			signature, pin := c.signed(t, second, evil)
			c.approveBySQL(t, second, victim, evil, evil.Member.ID(), signature, pin)
		}, desk.WhyUnasked},
		"another's signature under the request": {func(t *testing.T, c *country, victim, evil identity.Holder) {
			t.Helper()
			detail, err := json.Marshal(map[string]any{
				"person": victim.PersonID, "member_key": victim.Member.ID(), "at": c.clock.Now(), "signature": []byte("of whoever"),
			})
			if err != nil {
				t.Fatal(err)
			}
			key := c.forge(t, desk.HandOver, victim, evil.UnitID, string(detail))
			signature, pin := c.signed(t, key, evil)
			c.approveBySQL(t, key, victim, evil, evil.Member.ID(), signature, pin)
		}, desk.WhyUnasked},
	} {
		t.Run(name, func(t *testing.T) {
			c := found(t)
			filed := c.file(t, "ministry")
			victim, evil := c.holder(t, "ministry"), c.holder(t, "support")
			tt.forge(t, c, victim, evil)
			c.goOn(t, victim)
			if c.given(t, filed, "support") != 0 {
				t.Fatal("the complaint was handed over")
			}
			if st := c.state(t, victim); len(st.Work) != 1 || !st.Work[0].Refused || st.Waits() {
				t.Errorf("the page does not tell: %+v", st.Work)
			}
			if got := c.doubts(t)["desk.work"]; got != tt.why {
				t.Errorf("reported as %q, want %q", got, tt.why)
			}
		})
	}
}

// signed is the approval of somebody corrupt who has the whole database, signs
// with their own key, and has the key folder too: what is left is the request.
func (c *country) signed(t *testing.T, key uuid.UUID, by identity.Holder) (signature, pin []byte) {
	t.Helper()
	var d decision.Decision
	err := c.db.Read(t.Context(), identity.System("audit"), func(tx postgres.Tx) (err error) {
		d, _, err = decision.Find(tx, key)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.State, d.DecidedBy, d.DecidedUnit, d.DecidedAt = decision.Approved, by.PersonID, by.UnitID, c.clock.Now()
	signature, err = by.Member.Sign("decision", d.Statement())
	if err != nil {
		t.Fatal(err)
	}
	return signature, testkit.People(c.clock).PinVerdict(d.Statement(), signature)
}

func TestAForgedRequestIsNotApproved(t *testing.T) {
	c := found(t)
	filed := c.file(t, "ministry")
	victim, support := c.holder(t, "ministry"), c.holder(t, "support")
	c.forge(t, desk.HandOver, victim, support.UnitID, `{}`)
	if err := c.decide(t, support, desk.HandOver); errCode(err) != "desk.error.unsigned" {
		t.Errorf("a hand-over: %v", err)
	}
	c.goOn(t, victim)
	if c.given(t, filed, "support") != 0 {
		t.Error("the complaint was handed over")
	}
	again := c.forget(t, "keyholder@ministry.example", victim.PersonID)
	c.forge(t, desk.Recover, again, support.UnitID, `{"person":"`+again.PersonID.String()+`","member_key":"`+again.Member.ID()+`"}`)
	if err := c.decide(t, support, desk.Recover); errCode(err) != "desk.error.unsigned" {
		t.Errorf("a recovery share: %v", err)
	}
	if n := c.count(t, `SELECT count(*) FROM desk_contributions`); n != 0 {
		t.Error("a share was given")
	}
}

func TestAHandOverLapsesAndIsNotTakenUpAgain(t *testing.T) {
	c := found(t)
	ministry, support := c.holder(t, "ministry"), c.holder(t, "support")
	first := c.file(t, "ministry")
	agree := func() {
		t.Helper()
		if err := c.desks.AskHandOver(t.Context(), ministry, support.UnitID, c.decisions); err != nil {
			t.Fatal(err)
		}
		if err := c.decide(t, support, desk.HandOver); err != nil {
			t.Fatal(err)
		}
	}
	agree()
	if err := c.desks.AskHandOver(t.Context(), ministry, support.UnitID, c.decisions); errCode(err) != "desk.error.under_way" {
		t.Errorf("a second one: %v", err)
	}
	c.goOn(t, ministry)
	for name, statement := range map[string]string{
		"taken up again":    `UPDATE desk_work SET finished_at = NULL, walked_at = NULL`,
		"to somebody else":  `UPDATE desk_work SET to_unit_id = unit_id`,
		"asked for anew":    `UPDATE desk_work SET asked_at = now()`,
		"under another one": `UPDATE desk_work SET decision_id = gen_random_uuid()`,
	} {
		err := c.db.InTx(t.Context(), ministry, func(tx postgres.Tx) error { return tx.Gorm().Exec(statement).Error })
		if err == nil {
			t.Errorf("the application may have it %s", name)
		}
	}
	later := c.file(t, "ministry")
	c.exec(t, `ALTER TABLE desk_work DISABLE TRIGGER USER`)
	c.exec(t, `UPDATE desk_work SET finished_at = NULL`)
	c.exec(t, `ALTER TABLE desk_work ENABLE TRIGGER USER`)
	c.clock.Advance(91 * 24 * time.Hour)
	ministry, support = c.holder(t, "ministry"), c.holder(t, "support") // who decides signed in a moment ago
	c.goOn(t, ministry)
	if c.given(t, first, "support") != 1 || c.given(t, later, "support") != 0 {
		t.Error("what was agreed once carries what came later")
	}
	if st := c.state(t, ministry); len(st.Work) != 1 || !st.Work[0].Refused {
		t.Errorf("%+v", st.Work)
	}
	agree()
	if st := c.state(t, ministry); len(st.Work) != 1 || st.Work[0].Refused {
		t.Errorf("what lapsed is not put away: %+v", st.Work)
	}
	c.goOn(t, ministry)
	if c.given(t, later, "support") != 1 {
		t.Error("a new hand-over does nothing")
	}
}

func TestAHandOverOfWhoIsNoMemberAnyMoreIsRefused(t *testing.T) {
	c := found(t)
	c.file(t, "ministry")
	ministry, support := c.holder(t, "ministry"), c.holder(t, "support")
	asker := c.hire(t, "asks@ministry.example", "ministry", identity.RoleInspector)
	if err := c.desks.Admit(t.Context(), ministry, asker.PersonID); err != nil {
		t.Fatal(err)
	}
	if err := c.desks.AskHandOver(t.Context(), asker, support.UnitID, c.decisions); err != nil {
		t.Fatal(err)
	}
	if err := c.decide(t, support, desk.HandOver); err != nil {
		t.Fatal(err)
	}
	c.exec(t, `UPDATE people SET deactivated_at = now() WHERE id = $1`, asker.PersonID)
	c.goOn(t, ministry)
	if n := c.count(t, `SELECT count(*) FROM complaint_envelopes WHERE recipient = 'support'`); n != 0 {
		t.Error("handed over")
	}
	if got := c.doubts(t)["desk.work"]; got != desk.WhyNobody {
		t.Errorf("reported as %q", got)
	}
}

func TestEveryKindOfUnitReceivesWhatItMayHave(t *testing.T) {
	c := found(t)
	for _, kind := range []string{"province", "embassy", "border"} {
		c.units[kind] = id.New()
		c.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en":"Unit"}')`, c.units[kind], kind)
	}
	c.desks = c.db.Desks(t, c.clock, "province", "embassy", "border")
	from := map[string]identity.Holder{"ministry": c.holder(t, "ministry"), "police": c.holder(t, "police")}
	read := func(filed told, state, verdict string) {
		t.Helper()
		c.exec(t, `INSERT INTO readings (id, complaint_id, unit_id, red, made_at, due_at, state, verdict, handed_to, read_by, read_at)
			VALUES (gen_random_uuid(), $1, $2, false, now(), now(), $3, NULLIF($4, ''), CASE WHEN $4 = 'official_named' THEN $2::uuid END,
				CASE WHEN $4 <> '' THEN $5::uuid END, CASE WHEN $4 <> '' THEN now() END)`,
			filed.id, c.units["oversight"], state, verdict, from["ministry"].PersonID)
	}
	for to, giver := range map[string]string{
		"province": "ministry", "embassy": "ministry", "police": "ministry", "support": "ministry", "oversight": "ministry", "border": "ministry", "ministry": "police",
	} {
		t.Run(to, func(t *testing.T) {
			local := to == "province" || to == "embassy"
			by, receiver := from[giver], c.holder(t, to)
			waiting, named, free := c.file(t, giver), c.file(t, giver), c.file(t, giver)
			read(waiting, "waiting", "")
			read(named, "read", "official_named")
			read(free, "not_needed", "")
			if err := c.desks.AskHandOver(t.Context(), by, receiver.UnitID, c.decisions); err != nil {
				t.Fatal(err)
			}
			if err := c.decide(t, receiver, desk.HandOver); err != nil {
				t.Fatal(err)
			}
			c.goOn(t, by)
			if !c.reads(t, receiver, free) {
				t.Error("what waits for a reader keeps back what does not")
			}
			if !local {
				if st := c.state(t, by); st.Waits() || !c.reads(t, receiver, waiting) || !c.reads(t, receiver, named) {
					t.Errorf("%+v", st.Work)
				}
				return
			}
			if c.given(t, waiting, to)+c.given(t, named, to) != 0 {
				t.Error("a local desk received what nobody read")
			}
			// Those of the other kinds' turns wait too.
			if st := c.state(t, by); len(st.Work) != 1 || !st.Work[0].Stuck || st.Work[0].Left == 0 || st.Work[0].Skipped == 0 {
				t.Errorf("%+v", st.Work)
			}
			c.exec(t, `UPDATE readings SET state = 'read', verdict = 'none_named', read_by = $1, read_at = now() WHERE state = 'waiting'`, from["ministry"].PersonID)
			c.goOn(t, by)
			if st := c.state(t, by); st.Waits() || !c.reads(t, receiver, waiting) || c.given(t, named, to) != 0 {
				t.Errorf("after the reading: %+v", st.Work)
			}
		})
	}
}

func TestTheUnitThatReceivesDoesNotSeeHowAHandOverGoes(t *testing.T) {
	c := found(t)
	ministry, support := c.holder(t, "ministry"), c.holder(t, "support")
	accuses := c.file(t, "ministry")
	c.file(t, "ministry")
	c.exec(t, `INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'accused')`, accuses.id, support.UnitID)
	if err := c.desks.AskHandOver(t.Context(), ministry, support.UnitID, c.decisions); err != nil {
		t.Fatal(err)
	}
	if err := c.decide(t, support, desk.HandOver); err != nil {
		t.Fatal(err)
	}
	c.goOn(t, ministry)
	for _, table := range []string{"desk_work", "desk_handed"} {
		n := -1
		err := c.db.Read(t.Context(), support, func(tx postgres.Tx) error {
			return tx.Gorm().Raw(`SELECT count(*) FROM ` + table + ` WHERE true`).Scan(&n).Error
		})
		want := 0
		if table == "desk_handed" {
			want = 1 // of the complaint that they hold
		}
		if err != nil || n != want {
			t.Errorf("the receiver sees %d rows of %s: %v", n, table, err)
		}
	}
	if err := c.desks.AskForget(t.Context(), ministry, c.decisions); fault.KindOf(err) != fault.Conflict {
		t.Errorf("with nothing to give up: %v", err)
	}
}
