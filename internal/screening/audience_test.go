package screening_test

import (
	"testing"

	"github.com/google/uuid"
)

// voices are independent accounts of one employer, each of another person.
func voices(n int, accuses uuid.UUID) (all []told) {
	for i := range n {
		all = append(all, told{
			employer: "the-employer", reporter: string(rune('a'+i)) + accuses.String(), country: "TH", said: append(unpaidAndHeld[i%3:], overworked...), firstHand: true,
			accuses: accuses,
		})
	}
	return all
}

func (w *world) raisedTo(unit uuid.UUID) int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM escalations WHERE unit_id = $1`, unit)
}

// policeSee is all that reaches police, in a form that two records share.
func (w *world) policeSee() string {
	w.t.Helper()
	return w.text(`SELECT coalesce(string_agg(concat_ws(' ', e.grade, e.joined, e.pattern - 'findings' - 'voices',
			(SELECT string_agg(concat_ws('/', f->>'rule', f->>'score', f->>'grade', f->'reasons'), ';') FROM jsonb_array_elements(e.pattern->'findings') f),
			(SELECT count(*) FROM escalation_complaints c WHERE c.escalation_id = e.id)), E'\n' ORDER BY e.raised_at, e.grade), '')
			FROM escalations e WHERE unit_id = $1`, w.police) + "\n" +
		w.text(`SELECT coalesce(string_agg(concat_ws(' ', rule, grade, score, reason, window_from, window_to, cardinality(evidence)), E'\n' ORDER BY rule, window_from, window_to, score), '')
			FROM findings WHERE audience = 'police'`) + "\n" +
		w.text(`SELECT coalesce(string_agg(concat_ws(' ', subject_kind, grade, score), E'\n' ORDER BY subject_kind, subject_key), '') FROM alerts WHERE audience = 'police'`) + "\n" +
		w.text(`SELECT coalesce(string_agg(status, ' ' ORDER BY filed_at, reporter_token), '') FROM complaints WHERE NOT police_excluded`)
}

func TestOneWhoAccusesAPolicemanAddsToNoPatternOfThePolice(t *testing.T) {
	for name, before := range map[string]int{"alone": 0, "beside one voice": 1, "beside a pattern that was raised": 3} {
		t.Run(name, func(t *testing.T) {
			with, without := newWorld(t), newWorld(t)
			for _, w := range []*world{with, without} {
				w.tell(voices(before, uuid.Nil)...)
			}
			with.tell(voices(3, with.police)...)
			for _, w := range []*world{with, without} {
				w.tell(told{employer: "the-employer", reporter: "later", country: "TH", said: unpaidAndHeld})
			}
			if a, b := with.policeSee(), without.policeSee(); a != b {
				t.Errorf("police see\n%s\nand without it\n%s", a, b)
			}
			if n := with.raisedTo(with.oversight); n == 0 {
				t.Error("oversight has no escalation of its own")
			}
			if n := without.raisedTo(without.oversight); n != 0 {
				t.Error("oversight has an escalation of what police see whole")
			}
			if n := with.count(`SELECT count(*) FROM complaints WHERE police_excluded AND status <> 'with_investigators'`); n != 0 {
				t.Errorf("%d of the hidden ones are noted as with nobody", n)
			}
		})
	}
}

func TestOversightSeesThePatternWhole(t *testing.T) {
	w := newWorld(t)
	w.tell(voices(2, uuid.Nil)...)
	w.tell(voices(2, w.police)...)
	linked := `SELECT max(n) FROM (SELECT count(*) AS n FROM escalation_complaints c JOIN escalations e ON e.id = c.escalation_id WHERE e.unit_id = $1 GROUP BY e.id) x`
	if got := w.count(linked, w.oversight); got != 4 {
		t.Errorf("oversight's escalation has %d, want all 4", got)
	}
	if got := w.count(linked, w.police); got != 2 {
		t.Errorf("that of police has %d, want 2", got)
	}
}

func TestOneWhoAccusesAnOverseerIsNoPartOfWhatOversightSees(t *testing.T) {
	with, without := newWorld(t), newWorld(t)
	for _, w := range []*world{with, without} {
		w.tell(voices(2, w.police)...)
	}
	with.tell(voices(2, with.oversight)...)
	see := func(w *world) string {
		return w.text(`SELECT coalesce(string_agg(concat_ws(' ', grade, joined, pattern->'counts'), ';' ORDER BY raised_at, grade), '') FROM escalations WHERE unit_id = $1`, w.oversight)
	}
	if a, b := see(with), see(without); a != b || b == "" {
		t.Errorf("oversight sees %q, and without it %q", a, b)
	}
	if with.raisedTo(with.police) == 0 {
		t.Error("police lost it")
	}
}

// A flood of what police may not see must not push out what they may.
func TestAFloodOfHiddenOnesPushesNothingOut(t *testing.T) {
	with, without := newWorld(t), newWorld(t)
	for _, w := range []*world{with, without} {
		w.tell(voices(1, uuid.Nil)...)
	}
	with.exec(`INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand, danger_now, missing_person,
			never_departed, minor, official, employer_token, reporter_token, country, police_excluded)
		SELECT gen_random_uuid(), decode(md5('a' || i) || md5('n' || i), 'hex'), decode(md5('b' || i) || md5('r' || i), 'hex'), $1, 'screened', 'km', 'web',
			'self', true, false, false, false, false, true, 'the-employer', 'flood' || i, 'TH', true FROM generate_series(1, 600) i`, with.clk.Now())
	for _, w := range []*world{with, without} {
		w.tell(voices(2, uuid.Nil)[1:]...)
	}
	if a, b := with.policeSee(), without.policeSee(); a != b {
		t.Errorf("police see\n%s\nand without the flood\n%s", a, b)
	}
}
