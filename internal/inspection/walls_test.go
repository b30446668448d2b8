package inspection_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func TestWhatWasSentIsNotChanged(t *testing.T) {
	w := open(t)
	w.configure()
	key := w.sent(notMet("fees.no_debt")...)
	refused(t, w.Record(t.Context(), w.inspector, key, w.sheet(key)), "inspection.moved_on")
	for name, query := range map[string]string{
		"an answer":       `UPDATE inspection_answers SET answer = 'met' WHERE inspection_id = ?`,
		"another answer":  `INSERT INTO inspection_answers (inspection_id, code, valid_from, answer, seen) SELECT ?, code, valid_from, 'met', '' FROM inspection_standards`,
		"the deadline":    `UPDATE inspections SET reply_by = '2020-01-01' WHERE id = ?`,
		"the points":      `UPDATE inspections SET points_from = NULL WHERE id = ?`,
		"a save":          `UPDATE inspection_saves SET dangers = '{}' WHERE inspection_id = ?`,
		"all of it":       `DELETE FROM inspections WHERE id = ?`,
		"who goes":        `UPDATE inspection_people SET person_id = acting_person() WHERE inspection_id = ?`,
		"one more person": `INSERT INTO inspection_team (inspection_id, seat, role, unit_id) SELECT ?, 9, 'inspector', acting_unit()`,
	} {
		if err := w.raw(w.officers[0], query, key); err == nil {
			t.Errorf("%s is changed", name)
		}
	}
}

func TestWhatGoRefusesAtTheEndTheDatabaseRefusesToo(t *testing.T) {
	w := open(t)
	unscored := w.sent()
	w.configure()
	failing, unseen := w.sent(notMet("fees.no_debt")...), w.sent(inspection.Given{Code: "fees.no_debt", Answer: inspection.NotSeen})
	passes := `UPDATE inspections SET status = 'closed', moved_at = now(), closed_on = '2026-03-02', outcome = 'passed', reason = 'r' WHERE id = ?`
	replies := `UPDATE inspections SET status = 'replied', moved_at = now(), replied_on = '2026-03-02', reply = 'We agree.' WHERE id = ?`
	for _, key := range []uuid.UUID{failing, unseen} {
		if err := w.raw(w.officers[1], replies, key); err == nil {
			t.Error("an officer replies in the agency's stead")
		}
		if err := w.raw(w.officers[1], passes, key); err == nil {
			t.Error("it is closed while the agency may reply")
		}
		w.must(w.Reply(t.Context(), w.heads[0], key, said()))
	}
	for name, key := range map[string]uuid.UUID{"unscored": unscored, "failing": failing, "unseen": unseen} {
		if err := w.raw(w.officers[1], passes, key); !postgres.Violates(err, "inspection_passed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.raw(w.officers[1], `INSERT INTO inspection_withdrawals (inspection_id, code) VALUES (?, 'fees.receipts')`, failing); !postgres.Violates(err, "inspection_finding") {
		t.Errorf("what was met is withdrawn: %v", err)
	}
	if err := w.raw(w.officers[0], `INSERT INTO inspection_withdrawals (inspection_id, code) VALUES (?, 'fees.no_debt')`, failing); err == nil {
		t.Error("who inspected withdraws a finding")
	}
}

func TestWhatIsAskedIsWhatHoldsOnTheDayOfTheVisit(t *testing.T) {
	w := open(t)
	add := func(code, from string, dropped bool) {
		t.Helper()
		w.exec(`INSERT INTO inspection_standards (code, valid_from, dropped, topic, weight, place, wording, source) VALUES ($1, $2, $3, 'records', 'minor', 1, '{"en": "A wording"}', 'test')`, code, from, dropped)
	}
	asked := func(key uuid.UUID) (codes map[string]bool) {
		t.Helper()
		codes = map[string]bool{}
		for _, l := range w.get(key).Lines {
			codes[l.Code] = true
		}
		return codes
	}
	sent, open := w.sent(), w.plan()
	w.must(w.Visit(t.Context(), w.inspector, open, w.Today()))
	add("records.tomorrow", w.Today().AddDate(0, 0, 1).Format(time.DateOnly), false)
	add("records.today", w.Today().Format(time.DateOnly), false)
	add("records.arrivals", w.Today().Format(time.DateOnly), true)
	if got := asked(open); len(got) != 20 || got["records.tomorrow"] || !got["records.today"] || got["records.arrivals"] {
		t.Errorf("asked: %v", got)
	}
	if got := asked(sent); len(got) != 20 || got["records.today"] || !got["records.arrivals"] {
		t.Errorf("what was sent asks: %v", got)
	}
	if err := w.raw(w.officers[0], `INSERT INTO inspection_standards SELECT 'records.mine', valid_from, dropped, topic, weight, place, wording, source FROM inspection_standards WHERE code = ? LIMIT 1`, "fees.no_debt"); err == nil {
		t.Error("an officer writes a standard")
	}
	if _, err := w.super.Exec(`UPDATE inspection_standards SET weight = 'minor'`); err == nil {
		t.Error("a standard is changed")
	}
}
