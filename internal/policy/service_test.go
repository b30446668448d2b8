package policy_test

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

func TestWhatNobodySetIsUnset(t *testing.T) {
	w := newWorld(t)
	o, err := w.policies.Overview(t.Context(), w.officer().Actor)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range policy.Laws() {
		if e, set := o.Book.On(l.Key, o.Today); set {
			t.Errorf("%s is %s", l.Key, e.Value)
		}
	}
	if _, known := o.Book.Calendar(o.Today).End(o.Today, policy.Span{Days: 3, Basis: policy.WorkingDays}); known {
		t.Error("working days end without a calendar")
	}
}

func TestALawThatTwoOfficersSetHoldsFromItsDayOn(t *testing.T) {
	w := newWorld(t)
	first, second := w.officer(), w.officer()
	w.set(w.term("24", -400))
	key := w.ask(first, w.term("36", 10))
	p, err := w.decisions.Get(t.Context(), second.Actor, key)
	if err != nil || len(p.Facts) != 6 || p.Facts[0].Word != "policy.law.licence.term" || p.Facts[1].Text != "36" || p.Facts[5].Text != "24" {
		t.Errorf("the facts: %+v, %v", p.Facts, err)
	}
	today := w.policies.Today()
	if got := w.months(today.AddDate(0, 1, 0)); got != 24 {
		t.Errorf("a proposal that waits holds: %d", got)
	}
	if err := w.approve(second, key); err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]int{-401: 0, -400: 24, 0: 24, 9: 24, 10: 36, 4000: 36} {
		if got := w.months(today.AddDate(0, 0, days)); got != want {
			t.Errorf("in %d days the term is %d, want %d", days, got, want)
		}
	}
	b := w.book()
	if next, set := b.Next(policy.LicenceTerm, today); !set || next.Decision != key || len(b.History(policy.LicenceTerm)) != 2 || b.Forged != 0 {
		t.Errorf("%+v", next)
	}
}

func TestNobodyButTwoLicensingOfficersSetsALaw(t *testing.T) {
	w := newWorld(t)
	first, second := w.officer(), w.officer()
	outsiders := []identity.Holder{
		w.holder("ministry", identity.RoleComplaintsOfficer), w.holder("police", identity.RoleCommander), w.holder("oversight", identity.RoleOverseer),
	}
	for _, who := range outsiders {
		if _, err := w.policies.Ask(t.Context(), who.Actor, w.term("36", 0), w.decisions); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s proposes: %v", who.Role, err)
		}
		if _, err := w.policies.Overview(t.Context(), who.Actor); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s reads: %v", who.Role, err)
		}
		if err := w.policies.Set(t.Context(), who.Actor, w.term("36", 0)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s sets: %v", who.Role, err)
		}
	}
	key := w.ask(first, w.term("36", 0))
	for _, who := range append(outsiders, first) {
		if err := w.approve(who, key); err == nil {
			t.Errorf("%s approves", who.Role)
		}
	}
	if _, err := w.policies.Ask(t.Context(), second.Actor, w.term("48", 5), w.decisions); fault.CodeOf(err) != "policy.error.waits" {
		t.Errorf("a second one: %v", err)
	}
	if n := w.count(`SELECT count(*) FROM policies WHERE key = 'licence.term'`); n != 0 {
		t.Errorf("%d are set", n)
	}
}

func TestAMistakenLawIsToldAtItsFieldAndNothingIsProposed(t *testing.T) {
	w := newWorld(t)
	by := w.officer()
	w.set(w.term("24", 0))
	for field, e := range map[string]policy.Entry{
		"months": w.term("0", 1), "from": w.term("36", -1), "key": {Key: "licence.tea", Value: json.RawMessage(`{}`)},
		"source": {Key: policy.LicenceTerm, Value: json.RawMessage(`{"months":36}`), From: w.policies.Today()},
	} {
		if _, err := w.policies.Ask(t.Context(), by.Actor, e, w.decisions); fault.FieldsOf(err)[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := w.policies.Ask(t.Context(), by.Actor, w.term("36", 0), w.decisions); fault.FieldsOf(err)["from"] != "policy.error.same_day" {
		t.Errorf("two of one day: %v", err)
	}
	if n := w.count(`SELECT count(*) FROM decisions`); n != 0 {
		t.Errorf("%d proposals", n)
	}
}

// The database asks for the decision; the pin is for whoever writes that, too.
func TestALawThatIsOnlyWrittenDownHoldsNothing(t *testing.T) {
	w := newWorld(t)
	first, second := w.officer(), w.officer()
	today := w.policies.Today()
	insert := func(key string, months int, decided uuid.UUID) func(*sql.Tx) error {
		return run(`INSERT INTO policies (key, valid_from, value, source, pin, decision_id)
			VALUES ($1, $2, jsonb_build_object('months', $3::int), 'Law on <Examples> & Samples, Art. 5', 'x', NULLIF($4, '00000000-0000-0000-0000-000000000000'::uuid))`,
			key, today, months, decided)
	}
	approve := func(key uuid.UUID) func(*sql.Tx) error {
		return run(`UPDATE decisions SET state = 'approved', decided_by = $2, decided_unit = $3, decided_at = now(), key_id = 'x', signature = 'x' WHERE id = $1`,
			key, second.PersonID, second.UnitID)
	}
	key := w.ask(first, w.term("36", 0))
	for name, statements := range map[string][]func(*sql.Tx) error{
		"no decision":                {insert("licence.term", 36, uuid.Nil)},
		"one that waits":             {insert("licence.term", 36, key)},
		"another value than decided": {approve(key), insert("licence.term", 99, key)},
		"another law than decided":   {approve(key), insert("licence.renewal", 36, key)},
	} {
		if err := w.asStaff(second.Actor, statements...); !postgres.Violates(err, "decision_required") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, foreign := range []string{"complaint.first_reading", "retention.narrative", "escalation.acknowledge_minutes"} {
		if err := w.asStaff(second.Actor, insert(foreign, 36, key)); err == nil {
			t.Errorf("a licensing officer writes %s", foreign)
		}
	}
	if err := w.asStaff(second.Actor, approve(key), insert("licence.term", 36, key)); err != nil {
		t.Fatal(err)
	}
	if b := w.book(); w.months(today) != 0 || b.Forged != 1 {
		t.Errorf("a forged law holds: %d, and %d are forged", w.months(today), b.Forged)
	}
}

func TestARowThatSomebodyChangedIsUnset(t *testing.T) {
	w := newWorld(t)
	w.set(w.term("24", 0))
	w.exec(`UPDATE policies SET value = '{"months": 360}' WHERE key = 'licence.term'`)
	if got := w.months(w.policies.Today()); got != 0 {
		t.Errorf("the term is %d", got)
	}
}

func TestTheLawOfEveryCountryThatComesWithThePortalIsWhole(t *testing.T) {
	for _, name := range policy.Countries() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			first, err := w.policies.Load(t.Context(), identity.Setup("policy"), name)
			if err != nil || first == 0 {
				t.Fatalf("%d, %v", first, err)
			}
			if again, err := w.policies.Load(t.Context(), identity.Setup("policy"), name); err != nil || again != 0 {
				t.Errorf("again %d, %v", again, err)
			}
			if b := w.book(); b.Forged != 0 {
				t.Errorf("%d do not read", b.Forged)
			}
		})
	}
	w := newWorld(t)
	if _, err := w.policies.Load(t.Context(), identity.Setup("policy"), "../secrets"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err := w.policies.Load(t.Context(), identity.Setup("policy"), "kh"); err != nil {
		t.Fatal(err)
	}
	// What no source documents stays unset.
	for _, key := range []policy.Key{policy.LicenceTerm, policy.LicenceFee, policy.LicenceReply, policy.LicenceAppeal} {
		if e, set := w.book().On(key, time.Now()); set {
			t.Errorf("Cambodia: %s is %s", key, e.Value)
		}
	}
}
