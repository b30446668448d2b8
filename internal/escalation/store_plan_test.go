package escalation

import (
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
)

// What an officer has done in all their years must not slow their inbox down.
func TestThePageOfAnInboxReadsTheAuditByItsLines(t *testing.T) {
	db := testkit.DB(t)
	by := identity.Actor{Kind: identity.KindStaff, PersonID: id.New(), UnitID: id.New()}
	owner := db.Super(t)
	for _, c := range []struct {
		statement string
		args      []any
	}{
		{`INSERT INTO units (id, code, kind, name) VALUES ($1, 'national', 'police', '{"en":"National unit"}')`, []any{by.UnitID}},
		{`INSERT INTO people (id, email, name, created_at) VALUES ($1, 'officer@police.example', 'Officer', now())`, []any{by.PersonID}},
		{`INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at)
			SELECT gen_random_uuid(), 'phone', i, 'red', 1, now() FROM generate_series(1, 20000) i`, nil},
		{`INSERT INTO escalations (id, ref, alert_id, grade, subject_kind, subject_key, pattern, unit_id, raised_at, acknowledge_by)
			SELECT gen_random_uuid(), 'E-0000-' || lpad(subject_key::text, 4, '0'), id, 'red', 'phone', subject_key, '{}', $1, now(), now()
			FROM alerts WHERE subject_key::integer < 10000`, []any{by.UnitID}},
		{`INSERT INTO escalations (id, ref, alert_id, grade, subject_kind, subject_key, pattern, unit_id, raised_at, acknowledge_by)
			SELECT gen_random_uuid(), 'E-0001-' || right(subject_key, 4), id, 'red', 'phone', subject_key, '{}', $1, now(), now()
			FROM alerts WHERE subject_key::integer BETWEEN 10000 AND 19999`, []any{by.UnitID}},
		{`INSERT INTO audit_entries (id, actor_kind, actor_id, action, object_kind, object_id)
			SELECT gen_random_uuid(), 'staff', $1, 'escalation.read', 'escalation', e.id FROM escalations e, generate_series(1, 3)`, []any{by.PersonID}},
		{`ANALYZE`, nil},
	} {
		if _, err := owner.Exec(c.statement, c.args...); err != nil {
			t.Fatal(err)
		}
	}
	query, args := listQuery(by, Filter{}, testkit.Clock().Now())
	var plan []string
	err := db.Read(t.Context(), by, func(tx postgres.Tx) error {
		return tx.Gorm().Raw(`EXPLAIN `+query, args).Scan(&plan).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plan, "\n")
	if !strings.Contains(text, "audit_entries_object") || strings.Contains(text, "Seq Scan on audit_entries") {
		t.Errorf("the plan reads more than the lines need:\n%s", text)
	}
}

// Open inboxes ask often. Whom an escalation is kept from is asked once, and not
// of each of them.
func TestCountingAnInboxReadsItsIndexAndAsksOnceWhatIsKeptFromIt(t *testing.T) {
	db := testkit.DB(t)
	by := identity.Actor{Kind: identity.KindStaff, PersonID: id.New(), UnitID: id.New()}
	owner := db.Super(t)
	for _, c := range []struct {
		statement string
		args      []any
	}{
		{`INSERT INTO units (id, code, kind, name) VALUES ($1, 'national', 'police', '{"en":"National unit"}')`, []any{by.UnitID}},
		{`INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at)
			SELECT gen_random_uuid(), 'phone', i, 'red', 1, now() FROM generate_series(1, 20000) i`, nil},
		{`INSERT INTO escalations (id, ref, alert_id, grade, subject_kind, subject_key, pattern, unit_id, raised_at, acknowledge_by)
			SELECT gen_random_uuid(), 'E-' || lpad((subject_key::integer / 10000)::text, 4, '0') || '-' || right('0000' || subject_key, 4), id, 'red', 'phone', subject_key,
				jsonb_build_object('a', repeat('x', 500)), $1, now(), now() FROM alerts`, []any{by.UnitID}},
		{`VACUUM ANALYZE`, nil},
	} {
		if _, err := owner.Exec(c.statement, c.args...); err != nil {
			t.Fatal(err)
		}
	}
	var plan []string
	err := db.Read(t.Context(), by, func(tx postgres.Tx) error {
		return tx.Gorm().Raw(`EXPLAIN SELECT count(*) + count(acknowledged_at) + count(climbed_at) + coalesce(sum(joined), 0)
			FROM escalations WHERE unit_id = ?`, by.UnitID).Scan(&plan).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plan, "\n")
	if !strings.Contains(text, "Index Only Scan using escalations_changes") || !strings.Contains(text, "hashed SubPlan") {
		t.Errorf("the plan reads more than it counts:\n%s", text)
	}
}
