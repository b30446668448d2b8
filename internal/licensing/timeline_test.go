package licensing_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/licensing"
)

// An inspection that was made, sent and closed on one day is three lines, and the end of
// a page falls between them.
func TestATimelineLosesNothingBetweenItsPages(t *testing.T) {
	o := open(t)
	o.exec(t, `SET session_replication_role = replica; -- as if it had gone its way
		INSERT INTO inspections (id, agency_id, status, moved_at, planned_for, place, announced, visited_on, sent_on, closed_on, outcome, reason)
		VALUES (gen_random_uuid(), '`+o.agency.String()+`', 'closed', now(), '2026-02-02', 'An office', false, '2026-02-02', '2026-02-02', '2026-02-02', 'passed', 'It is.');
		RESET session_replication_role`)
	for before := licensing.PageSize - 3; before < licensing.PageSize; before++ {
		more := before - o.count(t, `SELECT count(*) FROM agency_notices`)
		o.exec(t, `INSERT INTO agency_notices (id, agency_id, kind, object_id, due_on, days, made_at)
			SELECT gen_random_uuid(), $1, 'renewal', gen_random_uuid(), '2026-03-01', 30, '2026-02-10 12:00+00' FROM generate_series(1, $2)`, o.agency, more)
		var kinds []string
		f := licensing.TimelineFilter{}
		for pages := 0; ; pages++ {
			page, err := o.Timeline(t.Context(), o.holder(t, "a", "ministry").Actor, o.agency, f)
			if err != nil || pages > 5 {
				t.Fatal(pages, err)
			}
			for _, h := range page.Lines {
				if h.What == "inspection" {
					kinds = append(kinds, h.Kind)
				}
			}
			if !page.More {
				break
			}
			last := page.Lines[len(page.Lines)-1]
			f.Before, f.BeforeID = last.At, last.ObjectID
		}
		if len(kinds) != 3 || kinds[0] != "closed" || kinds[1] != "sent" || kinds[2] != "visited" {
			t.Errorf("after %d others: %v", before, kinds)
		}
	}
}
