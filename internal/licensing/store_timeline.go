package licensing

import (
	"strconv"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// happeningSource is one kind of line of a timeline: the part that it belongs to, and
// where it is read. Each table shows whom its own policies let see. Where a thing comes
// to several days that can be one, microseconds keep them in order: a page begins after
// the moment and the thing that the one before ended with.
type happeningSource struct{ what, at, kind, object, words, from string }

var happeningSources = []happeningSource{
	{"step", "done_at", "kind", "id", "text", "licence_steps WHERE agency_id = asked.agency"},
	{"licence", "on_day::timestamp AT TIME ZONE 'UTC'", "kind", "id", "reason", "licence_events WHERE agency_id = asked.agency AND step_id IS NULL"},
	{"application", "begun_at", "'begun'", "id", "''", "applications WHERE agency_id = asked.agency"},
	{"application", "v.filed_at", "'filed'", "a.id", "''", "application_versions v JOIN applications a ON a.id = v.application_id WHERE a.agency_id = asked.agency"},
	{"application", "r.returned_at", "'returned'", "a.id", "''", "application_returns r JOIN applications a ON a.id = r.application_id WHERE a.agency_id = asked.agency"},
	{"application", "decided_at", "status", "id", "reason", "applications WHERE agency_id = asked.agency AND decided_at IS NOT NULL"},
	{"fee", "f.recorded_at", "'received'", "a.id", "''", "fee_receipts f JOIN applications a ON a.id = f.application_id WHERE a.agency_id = asked.agency"},
	{"part", "since::timestamp AT TIME ZONE 'UTC'", "kind", "id", "coalesce(nullif(name_latin, ''), name_local)", "agency_parts WHERE agency_id = asked.agency"},
	{"part_ended", "until::timestamp AT TIME ZONE 'UTC' + interval '1 microsecond'", "kind", "id", "coalesce(nullif(name_latin, ''), name_local)", "agency_parts WHERE agency_id = asked.agency AND until IS NOT NULL"},
	{"name", "until::timestamp AT TIME ZONE 'UTC'", "'changed'", "application_id", "coalesce(nullif(name_latin, ''), name_local)", "agency_former_names WHERE agency_id = asked.agency"},
	{"placement", "registered_at", "'registered'", "id", "country", "placements WHERE agency_id = asked.agency"},
	{"notice", "made_at", "kind", "id", "due_on::text", "agency_notices WHERE agency_id = asked.agency AND kind <> 'step'"},
	{"inspection", "d.at::timestamp AT TIME ZONE 'UTC' + d.n * interval '1 microsecond'", "d.what", "i.id", "coalesce(d.outcome, '')", inspectionDays},
	{"guarantee", "e.made_at", "e.kind", "e.id", guaranteeSums, "guarantee_entries e WHERE e.agency_id = asked.agency"},
	{"document", "uploaded_at", "kind", "id", "''", "documents WHERE agency_id = asked.agency AND owner_kind <> 'inspection'"},
	{"document_removed", "removed_at", "kind", "id", "''", "documents WHERE agency_id = asked.agency AND owner_kind <> 'inspection' AND removed_at IS NOT NULL"},
	{"fitness", "made_at", "grade", "application_id", "''", "fitness_checks WHERE agency_id = asked.agency"},
}

// sealedSources derive from complaints: patterns about the agency that were handed to
// the unit of whoever reads, and the complaints that these carry. Of any other there is
// no word. They are found from the few patterns, not from the many complaints.
var sealedSources = []happeningSource{
	{"escalation", "raised_at", "grade", "id", "ref", "escalations WHERE subject_kind = 'agency' AND subject_key = asked.agency::text"},
	{"complaint", "c.filed_at", "'filed'", "c.id", "''", `complaints c WHERE c.id IN (SELECT e.complaint_id FROM escalations s
		JOIN escalation_complaints e ON e.escalation_id = s.id WHERE s.subject_kind = 'agency' AND s.subject_key = asked.agency::text)`},
}

// inspectionDays are the days that an inspection has come to. One that was not made is
// on the day for which it is planned.
const inspectionDays = `inspections i CROSS JOIN LATERAL (VALUES
		(0, CASE WHEN i.visited_on IS NULL THEN i.planned_for END, CASE i.status WHEN 'called_off' THEN 'called_off' ELSE 'planned' END, NULL),
		(1, i.visited_on, 'visited', NULL), (2, i.sent_on, 'sent', NULL), (3, i.replied_on, 'replied', NULL), (4, i.lapsed_on, 'lapsed', NULL),
		(5, i.closed_on, 'closed', i.outcome)) AS d(n, at, what, outcome)
	WHERE i.agency_id = asked.agency AND d.at IS NOT NULL`

// guaranteeSums are the sums of an entry, one for each currency.
const guaranteeSums = `(SELECT string_agg(m.minor || ' ' || m.currency, ',' ORDER BY m.currency)
	FROM (SELECT p.currency, sum(p.minor) AS minor FROM guarantee_postings p WHERE p.entry_id = e.id AND p.minor > 0 GROUP BY p.currency) AS m)`

// title reads whose timeline it is.
func title(tx postgres.Tx, t *Timeline, today time.Time) error {
	var r struct{ NameLatin, NameLocal, State string }
	res := tx.Gorm().Raw(`SELECT name_latin, name_local, licence_state(id, CAST(? AS date)) AS state FROM agencies WHERE id = ?`, today, t.Agency).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	t.NameLatin, t.NameLocal, t.State = r.NameLatin, r.NameLocal, State(r.State)
	return res.Error
}

// happenings reads the timeline backwards from a moment. Each source gives no more
// than a page holds, so that an agency with a long history costs what another does.
func happenings(tx postgres.Tx, from []happeningSource, agency uuid.UUID, f TimelineFilter, limit int) (all []Happening, err error) {
	// The limit stands in the statement: only with it does the server know what the
	// statement costs, and keep one plan for all agencies.
	newest := ` ORDER BY at DESC, object_id DESC LIMIT ` + strconv.Itoa(limit)
	var parts []string
	for _, s := range from {
		if f.What == "" || f.What == s.what {
			parts = append(parts, `(SELECT `+s.at+` AS at, '`+s.what+`' AS what, `+s.kind+` AS kind, `+s.object+` AS object_id, `+s.words+` AS words
				FROM `+s.from+` AND (`+s.at+`, `+s.object+`) < (asked.at, asked.object)`+newest+`)`)
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	err = tx.Gorm().Raw(`SELECT h.* FROM (SELECT CAST(? AS uuid) AS agency, CAST(? AS timestamptz) AS at, CAST(? AS uuid) AS object) AS asked
		CROSS JOIN LATERAL (`+strings.Join(parts, " UNION ALL ")+`) AS h`+newest, agency, f.Before, f.BeforeID).Find(&all).Error
	return all, err
}
