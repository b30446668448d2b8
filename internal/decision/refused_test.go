package decision_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

const verdict = `UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3, decided_at = now(), key_id = 'm-0000000000000000', signature = 'x' WHERE id = $1`

// What the database itself refuses to whoever speaks SQL as the application.
func TestTheDatabaseRefusesOnePerson(t *testing.T) {
	o := newOffice(t)
	me, unit := o.first.PersonID, o.unit
	other := o.second.PersonID
	waiting := func() uuid.UUID { return o.propose(t, o.first, kindOne, o.unit) }
	insert := `INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at, state, decided_by, decided_unit, decided_at, key_id, signature, decided_in)
		VALUES ($1, 'thing.do', $1, $2, '{}', sha256('{}'), false, $3, $2, now(), 'approved', $4, $2, now(), 'm', 'x', pg_current_xact_id())`
	for name, attempt := range map[string]func() func(*sql.Tx) error{
		"approving one's own":          func() func(*sql.Tx) error { return exec(verdict, waiting(), me, unit) },
		"approving in another's name":  func() func(*sql.Tx) error { return exec(verdict, waiting(), other, unit) },
		"approving for another unit":   func() func(*sql.Tx) error { return exec(verdict, waiting(), me, o.elsewhere) },
		"an approval without proposal": func() func(*sql.Tx) error { return exec(insert, id.New(), unit, other, me) },
		"no signature": func() func(*sql.Tx) error {
			return exec(`UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3, decided_at = now() WHERE id = $1`, waiting(), me, unit)
		},
		"other proposers": func() func(*sql.Tx) error {
			return exec(`UPDATE decisions SET proposed_by = $2 WHERE id = $1`, waiting(), other)
		},
		"another subject": func() func(*sql.Tx) error {
			return exec(`UPDATE decisions SET subject_id = unit_id WHERE id = $1`, waiting())
		},
		"deleting": func() func(*sql.Tx) error { return exec(`DELETE FROM decisions WHERE id = $1`, waiting()) },
		"proposing as another": func() func(*sql.Tx) error {
			return exec(`INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at)
				VALUES ($1, 'thing.do', $1, $2, '{}', sha256('{}'), false, $3, $2, now())`, id.New(), unit, other)
		},
		"one's own unit where it takes two": func() func(*sql.Tx) error {
			return exec(`INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at)
				VALUES ($1, 'thing.do', $1, $2, '{}', sha256('{}'), true, $3, $2, now())`, id.New(), unit, me)
		},
	} {
		if err := o.asStaff(t, me, unit, "police", "commander", attempt()); err == nil {
			t.Errorf("%s: the database allows it", name)
		}
	}
}

func TestAVerdictDoesNotChange(t *testing.T) {
	o := newOffice(t)
	key := o.propose(t, o.first, kindOne, o.unit)
	if err := o.decisions.Refuse(t.Context(), o.second.Actor, o.second.member, key, "No."); err != nil {
		t.Fatal(err)
	}
	for name, query := range map[string]string{
		"approved after all": `UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3 WHERE id = $1`,
		"another reason":     `UPDATE decisions SET reason = 'Because', decided_by = $2, decided_unit = $3 WHERE id = $1`,
		"waiting again":      `UPDATE decisions SET state = 'waiting', decided_by = NULL, decided_unit = NULL WHERE id = $1 AND $2::uuid IS NOT NULL AND $3::uuid IS NOT NULL`,
	} {
		err := o.asStaff(t, o.second.PersonID, o.unit, "police", "commander", exec(query, key, o.second.PersonID, o.unit))
		if err == nil || o.state(t, key) != decision.Refused {
			t.Errorf("%s: %v, %s", name, err, o.state(t, key))
		}
	}
}

// Whoever speaks SQL as the application can take another's name by a setting of
// their own. What they write has no effect, and is found.
func TestAnApprovalWrittenInAnothersNameHasNoEffectAndIsReported(t *testing.T) {
	o := newOffice(t)
	honest := o.propose(t, o.first, kindOne, o.unit)
	if err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, honest); err != nil {
		t.Fatal(err)
	}
	o.done = nil
	key := o.propose(t, o.first, kindOne, o.unit)
	if err := o.asStaff(t, o.second.PersonID, o.unit, "police", "commander", exec(verdict, key, o.second.PersonID, o.unit)); err != nil {
		t.Fatal(err)
	}
	replayed := o.propose(t, o.first, kindOne, o.unit)
	o.super(t, `UPDATE decisions d SET state = 'approved', decided_by = h.decided_by, decided_unit = h.decided_unit, decided_at = h.decided_at,
		key_id = h.key_id, signature = h.signature FROM decisions h WHERE d.id = $1 AND h.id = $2`, replayed, honest)
	if len(o.done) != 0 {
		t.Error("an effect ran")
	}
	if err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, key); err == nil || len(o.done) != 0 {
		t.Error("what was written by hand can be carried out afterwards")
	}
	fakes, err := o.decisions.Verify(t.Context(), identity.System("audit"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[uuid.UUID]string{}
	for _, f := range fakes {
		found[f.ID] = f.Why
	}
	if len(found) != 2 || found[key] != decision.WhyNoKey || found[replayed] != decision.WhySignature {
		t.Errorf("reported: %v", found)
	}
}

func TestAnAlteredVerdictIsReported(t *testing.T) {
	o := newOffice(t)
	for name, change := range map[string]string{
		"subject": `subject_id = gen_random_uuid()`, "unit": `proposed_unit = (SELECT id FROM units WHERE code = 'elsewhere')`,
		"detail": `detail = '{"role": "commander"}'`, "moment": `decided_at = decided_at + interval '1 microsecond'`,
		"kind": `kind = 'thing.send'`, "verdict": `state = 'approved', reason = ''`, "decider": `decided_by = (SELECT id FROM people WHERE name = 'junior')`,
	} {
		key := o.propose(t, o.first, kindOne, o.unit)
		if err := o.decisions.Refuse(t.Context(), o.second.Actor, o.second.member, key, "No."); err != nil {
			t.Fatal(err)
		}
		tx, err := o.db.Super(t).BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{`SET LOCAL session_replication_role = replica`, `UPDATE decisions SET ` + change + ` WHERE id = '` + key.String() + `'`} {
			if _, err := tx.Exec(s); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		fakes, err := o.decisions.Verify(t.Context(), identity.System("audit"))
		if err != nil || len(fakes) == 0 || fakes[0].ID != key || fakes[0].Why == decision.WhyGone {
			t.Errorf("%s: %v, %v", name, fakes, err)
		}
		o.superAside(t, key)
	}
}

func TestAVerdictThatWasTakenAwayIsReported(t *testing.T) {
	o := newOffice(t)
	approved, refused, waiting := o.propose(t, o.first, kindOne, o.unit), o.propose(t, o.first, kindOne, o.unit), o.propose(t, o.first, kindOne, o.unit)
	if err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, approved); err != nil {
		t.Fatal(err)
	}
	if err := o.decisions.Refuse(t.Context(), o.second.Actor, o.second.member, refused, "No."); err != nil {
		t.Fatal(err)
	}
	for _, key := range []uuid.UUID{approved, refused, waiting} {
		o.superAside(t, key)
	}
	fakes, err := o.decisions.Verify(t.Context(), identity.System("audit"))
	if err != nil || len(fakes) != 2 {
		t.Fatalf("%v, %v", fakes, err)
	}
	for _, f := range fakes {
		if f.Why != decision.WhyGone || f.ID != approved && f.ID != refused {
			t.Errorf("%+v", f)
		}
	}
}

// Somebody's own key is genuine, and they may not decide there: by SQL they sign
// all the same. The portal did not take that verdict.
func TestASignatureOfSomebodyWhoWasNotAskedIsNoVerdict(t *testing.T) {
	o := newOffice(t)
	honest, key := o.propose(t, o.first, kindOne, o.unit), o.propose(t, o.first, kindOne, o.unit)
	if err := o.decisions.Approve(t.Context(), o.second.Actor, o.second.member, honest); err != nil {
		t.Fatal(err)
	}
	page, err := o.decisions.Get(t.Context(), o.junior.Actor, key)
	if err != nil {
		t.Fatal(err)
	}
	d := page.Decision
	d.State, d.DecidedBy, d.DecidedUnit, d.DecidedAt = decision.Approved, o.junior.PersonID, o.unit, o.clock.Now()
	signature, err := o.junior.member.Sign("decision", d.Statement())
	if err != nil {
		t.Fatal(err)
	}
	err = o.asStaff(t, o.junior.PersonID, o.unit, "police", "commander", exec(`UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3,
		decided_at = $4, key_id = $5, signature = $6, pin = (SELECT pin FROM decisions WHERE id = $7) WHERE id = $1`,
		key, d.DecidedBy, d.DecidedUnit, d.DecidedAt, o.junior.member.ID(), signature, honest))
	if err != nil {
		t.Fatal(err)
	}
	fakes, err := o.decisions.Verify(t.Context(), identity.System("audit"))
	if err != nil || len(fakes) != 1 || fakes[0].ID != key || fakes[0].Why != decision.WhyPin {
		t.Errorf("reported: %v, %v", fakes, err)
	}
	subject := map[uuid.UUID]uuid.UUID{key: d.Subject}
	if page, err = o.decisions.Get(t.Context(), o.first.Actor, honest); err != nil {
		t.Fatal(err)
	}
	subject[honest] = page.Subject
	approval := func(key uuid.UUID, kind decision.Kind, since time.Time) error {
		return o.db.Read(t.Context(), o.first.Actor, func(tx postgres.Tx) error {
			_, err := decision.Approval(tx, testkit.People(o.clock), key, kind, subject[key], since)
			return err
		})
	}
	for name, err := range map[string]error{
		"what nobody was asked":    approval(key, kindOne, time.Time{}),
		"one of another kind":      approval(honest, kindOther, time.Time{}),
		"one that is too old":      approval(honest, kindOne, o.clock.Now().Add(time.Second)),
		"one that was never given": approval(id.New(), kindOne, time.Time{}),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s counts: %v", name, err)
		}
	}
	if err := approval(honest, kindOne, o.clock.Now()); err != nil {
		t.Errorf("the honest one: %v", err)
	}
}

// superAside takes the row away, past the trigger that keeps it.
func (o *office) superAside(t *testing.T, key uuid.UUID) {
	t.Helper()
	tx, err := o.db.Super(t).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{`SET LOCAL session_replication_role = replica`, `DELETE FROM decisions WHERE id = '` + key.String() + `'`} {
		if _, err := tx.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestAMembershipThatReadsCasesNeedsItsOwnDecision(t *testing.T) {
	o := newOffice(t)
	newcomer := o.db.Hire(t, o.clock, "newcomer@police.example", "newcomer", o.unit)
	grant := `INSERT INTO memberships (person_id, unit_id, role, pin, granted_at, decision_id) VALUES ($1, $2, $3, '', now(), $4)`
	decided := id.New()
	detail := []byte(`{"role":"investigator"}`)
	sum := sha256.Sum256(detail)
	o.super(t, `INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at) VALUES ($1, 'role.grant', $2, $3, $4, $5, false, $6, $3, now())`,
		decided, newcomer, o.unit, string(detail), bytes.Clone(sum[:]), o.first.PersonID)
	for name, attempt := range map[string]func(*sql.Tx) error{
		"no decision":                           exec(grant, newcomer, o.unit, "investigator", nil),
		"an invented one":                       exec(grant, newcomer, o.unit, "investigator", id.New()),
		"one that waits":                        exec(grant, newcomer, o.unit, "investigator", decided),
		"an administrator":                      exec(grant, newcomer, o.unit, "administrator", nil),
		"border, where the desk's key goes too": exec(grant, newcomer, o.unit, "border_officer", nil),
	} {
		err := o.asStaff(t, o.second.PersonID, o.unit, "administration", "administrator", attempt)
		if !postgresViolates(err) && !postgres.Violates(err, "memberships_decision_id_fkey") {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.super(t, verdict, decided, o.second.PersonID, o.unit)
	for name, attempt := range map[string]func(*sql.Tx) error{
		"one of yesterday": exec(grant, newcomer, o.unit, "investigator", decided),
	} {
		if err := o.asStaff(t, o.second.PersonID, o.unit, "police", "commander", attempt); !postgresViolates(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func postgresViolates(err error) bool { return postgres.Violates(err, "decision_required") }

func TestWhoManagesPeopleReadsNoCaseUnderAnotherHat(t *testing.T) {
	o := newOffice(t)
	err := o.db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		return tx.Gorm().Exec(`INSERT INTO memberships (person_id, unit_id, role) VALUES (?, ?, 'administrator')`, o.first.PersonID, o.unit).Error
	})
	if !postgres.Violates(err, "memberships_apart") {
		t.Errorf("err = %v", err)
	}
}

func TestWhatTheHostGrantsIsWrittenDown(t *testing.T) {
	o := newOffice(t)
	var n int
	err := o.db.Super(t).QueryRowContext(t.Context(), `SELECT count(*) FROM founding_grants WHERE role = 'commander' AND process = 'setup:test'`).Scan(&n)
	if err != nil || n != 3 {
		t.Errorf("%d grants (%v), want three", n, err)
	}
}
