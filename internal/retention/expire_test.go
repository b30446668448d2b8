package retention_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/go-cmp/cmp"
)

func TestWhatIsDueIsDeletedForEverybodyAndSaysSo(t *testing.T) {
	w := newWorld(t)
	w.keep(map[retention.Kind]int{retention.Narrative: 365, retention.Identity: 365})
	old := w.file()
	w.years(1)
	young := w.file()
	w.expire()

	mine, err := w.byReceipt(old)
	if err != nil {
		t.Fatal(err)
	}
	police, err := w.complains.OpenFor(t.Context(), w.police(), old.ID)
	if err != nil {
		t.Fatal(err)
	}
	for who, c := range map[string]complaint.Contents{"the reporter": mine.Contents, "police": police} {
		if c.Narrative != nil || c.Reporter != nil || c.Worker != nil || c.Answers == nil || c.Contact == nil {
			t.Errorf("%s: %+v", who, c)
		}
		var gone []seal.Item
		for _, d := range c.Deleted {
			gone = append(gone, d.Item)
			if !d.At.Equal(w.clock.Now()) || d.Rule == "" {
				t.Errorf("%s: deleted %s at %s by %q", who, d.Item, d.At, d.Rule)
			}
		}
		if diff := cmp.Diff([]seal.Item{seal.Identity("reporter"), seal.Identity("worker"), seal.Narrative}, gone); diff != "" {
			t.Errorf("%s: %s", who, diff)
		}
	}
	if c, err := w.byReceipt(young); err != nil || len(c.Contents.Deleted) > 0 || c.Contents.Narrative == nil {
		t.Errorf("the young one: %v", err)
	}
	if n := w.count(`SELECT count(*) FROM shreddings s JOIN policies p ON (p.key, p.valid_from) = (s.policy, s.policy_from)
		WHERE s.complaint_id = $1 AND s.shredded_at IS NOT NULL AND s.due_at <= s.shredded_at`, old.ID); n != 3 {
		t.Errorf("%d deletions are written down", n)
	}
	if n := w.count(`SELECT count(*) FROM audit_entries WHERE action = 'shredding.done' AND object_id IN (SELECT id FROM shreddings)`); n != 3 {
		t.Errorf("%d deletions are in the audit", n)
	}
	if n := w.count(`SELECT count(*) FROM complaint_items WHERE shredded_at IS NOT NULL AND octet_length(ciphertext) > 0`); n != 0 {
		t.Errorf("%d ciphertexts are left", n)
	}
	before := w.count(`SELECT count(*) FROM audit_entries`)
	w.expire()
	if after := w.count(`SELECT count(*) FROM audit_entries`); after != before {
		t.Error("a second round did something")
	}
}

func TestAReceiptOfWhichNothingIsLeftIsOneThatNeverWas(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(365))
	f := w.file()
	token, err := w.complains.Find(t.Context(), identity.Public(), f.receipt.Grouped())
	if err != nil {
		t.Fatal(err)
	}
	w.years(1)
	w.expire()
	_, unknown := w.byReceipt(filed{receipt: complaint.NewReceipt()})
	_, gone := w.byReceipt(f)
	if unknown == nil || gone == nil || unknown.Error() != gone.Error() || fault.KindOf(gone) != fault.KindOf(unknown) ||
		cmp.Diff(fault.FieldsOf(gone), fault.FieldsOf(unknown)) != "" {
		t.Errorf("unknown: %v; expired: %v", unknown, gone)
	}
	if _, err := w.sessions.RecogniseReceipt(t.Context(), token); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a session of the receipt: %v", err)
	}
	if n := w.count(`SELECT count(*) FROM complaints WHERE id = $1 AND reporter_token = '' AND text_signature = 0`, f.ID); n != 1 {
		t.Error("what was derived from number and words is left")
	}
	// The form that was sent then is not answered as one that is known either.
	again, err := w.complains.File(t.Context(), identity.Public(), complaint.Intake{Narrative: "x"}, f.receipt, "nonce-"+f.receipt.Code())
	if err != nil || again.Again {
		t.Errorf("the form of then: %+v, %v", again, err)
	}
}

func TestUnknownLawIsNoShortDefault(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	w.years(60)
	w.expire()
	if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) > 0 {
		t.Errorf("without a policy: %v", err)
	}
	unset, _, err := w.retention.Unset(t.Context(), identity.System("test"))
	if err != nil || !slices.Equal(unset, retention.Kinds()) {
		t.Errorf("unset: %v, %v", unset, err)
	}
}

// Whoever can write to the database alone makes nothing expire.
func TestAPolicyThatThePortalDidNotWriteDeletesNothing(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	w.keep(everyItem(3650))
	// A row by hand, a real one shortened, and a real pin on another day.
	w.exec(`INSERT INTO policies (key, valid_from, value, source) VALUES ('retention.narrative', '2026-01-01', '{"days": 1}', 'law')`)
	w.exec(`UPDATE policies SET value = '{"days": 1}' WHERE key = 'retention.answers'`)
	w.exec(`INSERT INTO policies (key, valid_from, value, source, pin) SELECT key, '2026-01-02', '{"days": 1}', source, pin FROM policies WHERE key = 'retention.contact'`)
	w.exec(`INSERT INTO policies (key, valid_from, value, source) VALUES ('retention.everything', '2026-01-01', '"x"', 'law')`)
	w.years(1)
	w.expire()
	if n := w.count(`SELECT count(*) FROM shreddings`); n != 0 {
		t.Errorf("%d deletions", n)
	}
	if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) > 0 {
		t.Error(err)
	}
	if _, forged, err := w.retention.Policies(t.Context(), identity.System("test")); err != nil || forged != 4 {
		t.Errorf("%d forged, %v", forged, err)
	}
}

func TestTheLatestPolicyHoldsFromItsDay(t *testing.T) {
	w := newWorld(t)
	w.keep(map[retention.Kind]int{retention.Narrative: 365})
	f := w.file()
	longer := retention.Policy{Kind: retention.Narrative, Days: 3650, From: w.clock.Now().AddDate(0, 6, 0), Source: "a longer rule"}
	if err := w.retention.SetPolicy(t.Context(), identity.Setup("retention"), longer); err != nil {
		t.Fatal(err)
	}
	if err := w.retention.SetPolicy(t.Context(), identity.Setup("retention"), longer); fault.KindOf(err) != fault.Conflict {
		t.Errorf("twice for one day: %v", err)
	}
	w.years(1)
	w.expire()
	if mine, err := w.byReceipt(f); err != nil || mine.Contents.Narrative == nil {
		t.Errorf("before the longer rule ran out: %v", err)
	}
	w.years(10)
	w.expire()
	if mine, err := w.byReceipt(f); err != nil || mine.Contents.Narrative != nil {
		t.Errorf("after it: %v", err)
	}
	for name, p := range map[string]retention.Policy{
		"no days": {Kind: retention.Narrative, From: w.clock.Now(), Source: "x"}, "no source": {Kind: retention.Narrative, Days: 1, From: w.clock.Now()},
		"no kind": {Kind: "x", Days: 1, From: w.clock.Now(), Source: "x"}, "no day": {Kind: retention.Narrative, Days: 1, Source: "x"},
	} {
		if err := w.retention.SetPolicy(t.Context(), identity.Setup("retention"), p); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.retention.SetPolicy(t.Context(), w.overseer(), longer); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("one person alone: %v", err)
	}
}

func TestEvidenceIsKept(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(365))
	now := w.clock.Now()
	found, escalated, linked, plain := w.file(), w.file(), w.file(), w.file()
	w.finding(now, found.ID)
	alert, escalation := w.finding(now, plain.ID), w.finding(now, plain.ID) // ids to use
	w.exec(`DELETE FROM findings WHERE evidence @> ARRAY[$1::uuid]`, plain.ID)
	w.exec(`INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at) VALUES ($1, 'phone', 'x', 'red', 1, now())`, alert)
	w.exec(`INSERT INTO escalations (id, ref, alert_id, grade, subject_kind, subject_key, pattern, unit_id, raised_at, acknowledge_by)
		VALUES ($1, 'E-0000-0000', $2, 'red', 'phone', 'x', '{}', $3, $4, $4)`, escalation, alert, w.units["police"], now)
	w.exec(`INSERT INTO escalation_complaints (escalation_id, complaint_id) VALUES ($1, $2)`, escalation, escalated.ID)
	err := w.db.InTx(t.Context(), w.police(), func(tx postgres.Tx) error {
		return retention.Link(tx, linked.ID, retention.LinkLicenceStep, alert, now)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.years(1)
	w.expire()
	for name, f := range map[string]filed{"a finding's": found, "an escalation's": escalated, "a licence step's": linked} {
		if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) > 0 {
			t.Errorf("%s evidence: %v", name, err)
		}
	}
	if _, err := w.byReceipt(plain); err == nil {
		t.Error("what is no evidence was kept")
	}
	// Once limitation and appeals have run, and no sooner.
	w.keep(map[retention.Kind]int{retention.Evidence: 30 * 365})
	w.years(28)
	w.expire()
	if n := w.count(`SELECT count(*) FROM shreddings`); n != items {
		t.Errorf("%d deletions after 29 years", n)
	}
	w.years(2)
	w.expire()
	if n := w.count(`SELECT count(*) FROM shreddings WHERE shredded_at IS NOT NULL`); n != 4*items {
		t.Errorf("%d deletions after 31 years", n)
	}
}

// Between any two steps a process may stop: nothing is lost that is not due,
// nothing comes back, and the next round ends what was begun.
func TestARoundThatStopsAnywhereIsEndedByTheNext(t *testing.T) {
	stopped := errors.New("stopped here")
	for stopAt := 1; ; stopAt++ {
		w := newWorld(t)
		w.keep(everyItem(365))
		old := w.file()
		w.years(1)
		young := w.file()
		steps, where := 0, ""
		w.retention.Steps(func(step string) error {
			if steps++; steps == stopAt {
				where = step
				return stopped
			}
			return nil
		})
		err := w.retention.Expire(t.Context())
		// Whatever the record says meanwhile, every page opens.
		police, perr := w.complains.OpenFor(t.Context(), w.police(), old.ID)
		if perr != nil || (police.Narrative == nil) == (len(police.Deleted) == 0) {
			t.Errorf("stopped at %q: %v, %+v", where, perr, police)
		}
		w.retention = w.service()
		w.expire()
		if _, err := w.byReceipt(old); err == nil {
			t.Errorf("stopped at %q: the next round did not end it", where)
		}
		if n := w.count(`SELECT count(*) FROM shreddings WHERE shredded_at IS NOT NULL`); n != items {
			t.Errorf("stopped at %q: %d deletions", where, n)
		}
		if mine, err := w.byReceipt(young); err != nil || len(mine.Contents.Deleted) > 0 {
			t.Errorf("stopped at %q: the young one: %v", where, err)
		}
		if err == nil {
			break
		}
	}
}

func TestAHoldOrALinkThatCameAfterTheIntentWithdrawsIt(t *testing.T) {
	stopped := errors.New("stopped here")
	for name, arrive := range map[string]func(w *world, f filed){
		"a hold": func(w *world, f filed) {
			if _, err := w.retention.Place(t.Context(), w.overseer(), retention.Held{Complaint: f.ID}, "court"); err != nil {
				t.Fatal(err)
			}
		},
		"a finding": func(w *world, f filed) { w.finding(w.clock.Now(), f.ID) },
		"a longer rule": func(w *world, _ filed) {
			for _, kind := range retention.ItemKinds() {
				p := retention.Policy{Kind: kind, Days: 9999, From: w.clock.Now(), Source: "x"}
				if err := w.retention.SetPolicy(t.Context(), identity.Setup("retention"), p); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		for _, at := range []string{"intended", "keys destroyed"} {
			w := newWorld(t)
			w.keep(everyItem(365))
			f := w.file()
			w.years(1)
			w.retention.Steps(func(step string) error {
				if step == at {
					return stopped
				}
				return nil
			})
			if err := w.retention.Expire(t.Context()); !errors.Is(err, stopped) {
				t.Fatal(err)
			}
			arrive(w, f)
			w.retention = w.service()
			w.expire()
			mine, err := w.byReceipt(f)
			switch at {
			case "intended":
				if err != nil || len(mine.Contents.Deleted) > 0 {
					t.Errorf("%s after the intent: %v", name, err)
				}
				if n := w.count(`SELECT count(*) FROM audit_entries WHERE action = 'shredding.withdrawn'`); n != items {
					t.Errorf("%s: %d withdrawn", name, n)
				}
			default: // too late: it is written down as it is
				if err == nil || w.count(`SELECT count(*) FROM shreddings WHERE shredded_at IS NOT NULL`) != items {
					t.Errorf("%s after the keys were destroyed: %v", name, err)
				}
			}
		}
	}
}

// While somebody makes evidence of a complaint, nobody deletes it.
func TestAFindingUnderWayIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(365))
	f := w.file()
	w.years(1)
	tx, err := w.super.Begin()
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Exec(`INSERT INTO findings (id, rule, version, subject_kind, subject_key, window_from, window_to, grade, score, reason, evidence, evidence_sum, found_at)
		VALUES ($1, 'test', 1, 'phone', 'x', '2026-01-01', '2026-02-01', 'watch', 1, '{}', ARRAY[$1::uuid], 'x', now())`, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.expire()
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	w.expire()
	if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) > 0 {
		t.Errorf("%v", err)
	}
}

func TestManyAreDeletedByManyAtOnce(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(365))
	const many = 60
	for range many {
		w.file()
	}
	w.years(1)
	done := make(chan error)
	for range 3 {
		s := w.service()
		go func() { done <- s.Expire(t.Context()) }()
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := w.count(`SELECT count(*) FROM shreddings WHERE shredded_at IS NOT NULL`); n != many*items {
		t.Errorf("%d deletions", n)
	}
	if n := w.count(`SELECT count(*) FROM audit_entries WHERE action = 'shredding.done'`); n != many*items {
		t.Errorf("%d entries", n)
	}
}
