package bench_test

import (
	"fmt"
	"time"
)

// largest is the agency that every hundredth complaint and placement concerns.
const largest = 0

// subject spreads things over so many subjects, and every hundredth on the
// largest.
func subject(i, step, of int) int {
	if i%100 == 99 {
		return largest
	}
	return (1 + i*step) % of
}

// cases makes complaints, placements and escalations. A complaint says one
// thing and names an agency, an employer and a broker.
func (r *record) cases() []table {
	return append([]table{
		{"placements", cols(`id agency_id employer_id country occupation document_token phone_token departed_on registered_at`), r.placements, func(i int) []any {
			on := r.day(i, r.placements)
			employer := subject(i, 13, r.employers)
			return []any{key('p', i), key('a', subject(i, 7, r.agencies)), key('e', employer), destination(employer), "9329", token('d', i), token('w', i), on, on}
		}},
		{"complaints", cols(`id nonce_hash receipt_hash filed_at status language channel about first_hand danger_now missing_person
			never_departed minor official agency_id employer_token broker_token reporter_token text_signature country departed`), r.complaints, func(i int) []any {
			employer := subject(i, 13, r.employers)
			return []any{
				key('c', i), hash('n', i), hash('r', i), r.day(i, r.complaints), "screened", "km", "web", "self", true, false, false,
				false, false, false, key('a', subject(i, 7, r.agencies)), token('e', employer), token('b', subject(i, 17, r.employers)), token('t', i), 0, destination(employer), true,
			}
		}},
		{"complaint_indicators", cols(`complaint_id indicator phase`), r.complaints, func(i int) []any {
			return []any{key('c', i), "excessive_overtime", "work"}
		}},
	}, r.escalated()...)
}

// escalated makes escalations of which the newest hundred wait and the rest
// was acknowledged and read.
func (r *record) escalated() []table {
	const open = 100
	pattern := `{"findings":[],"counts":{"complaints":2,"first_hand":2,"reporters":2},"voices":[],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}`
	return []table{
		{"alerts", cols(`id subject_kind subject_key grade score opened_at`), r.escalations, func(i int) []any {
			return []any{key('l', i), "phone", token('b', -1-i), "amber", 0.5, r.day(i, r.escalations)}
		}},
		{"escalations", cols(`id ref alert_id grade subject_kind subject_key pattern unit_id raised_at acknowledge_by acknowledged_at acknowledged_by`), r.escalations, func(i int) []any {
			raised := r.day(i, r.escalations)
			row := []any{key('s', i), reference(i), key('l', i), "amber", "phone", token('b', -1-i), pattern, policeUnit, raised, raised.Add(24 * time.Hour), nil, nil}
			if i < r.escalations-open {
				row[10], row[11] = raised.Add(time.Hour), investigator
			}
			return row
		}},
		{"escalation_complaints", cols(`escalation_id complaint_id`), r.escalations * r.complaintsPerEscalation, func(i int) []any {
			n, nth := i/r.complaintsPerEscalation, i%r.complaintsPerEscalation
			return []any{key('s', n), key('c', (n+nth)%r.complaints)}
		}},
		{"audit_entries", cols(`id at actor_kind actor_id unit_id action object_kind object_id`), 3 * r.escalations, func(i int) []any {
			n := i / 3
			row := []any{key('j', i), r.day(n, r.escalations), "staff", investigator, policeUnit, "escalation.read", "escalation", key('s', n)}
			if i%3 == 0 {
				row[2], row[3], row[4], row[5] = "system", nil, nil, "escalation.raise"
			}
			return row
		}},
	}
}

// reference spells n in the 32 characters that references are made of.
func reference(n int) string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	text := make([]byte, 8)
	for i := range text {
		text[7-i] = digits[n%32]
		n /= 32
	}
	return fmt.Sprintf("E-%s-%s", text[:4], text[4:])
}

// work makes promises and sessions.
func (r *record) work() []table {
	now := r.clock.Now()
	return []table{
		{"promises", cols(`id topic subject_id made_at kept_at attempt tries`), r.promises + r.waiting, func(i int) []any {
			made := r.day(i, r.promises+r.waiting)
			row := []any{key('o', i), "complaint.filed", key('c', i), made, made.Add(time.Second), 1, 1}
			if i >= r.promises {
				row[4], row[5], row[6] = nil, 0, 0
			}
			return row
		}},
		{"sessions", cols(`id token_hash pin person_id unit_id role created_at seen_at expires_at`), r.sessions, func(i int) []any {
			return []any{key('v', i), hash('v', i), hash('v', i), investigator, policeUnit, "investigator", now, now, now.Add(time.Hour)}
		}},
	}
}
