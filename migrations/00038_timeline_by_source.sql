-- A timeline is read source by source, each from its index and no further than the
-- page goes; the view of all of them sorted an agency's whole history each time.
-- +goose Up
DROP VIEW agency_timeline;
-- In the whole order of a timeline, so that the newest are read and nothing is sorted.
CREATE INDEX placements_registered ON placements (agency_id, registered_at DESC, id DESC);
DROP INDEX agency_notices_agency;
CREATE INDEX agency_notices_agency ON agency_notices (agency_id, made_at DESC, id DESC);
-- So is the list of an agency's placements, which would read all of them otherwise, by
-- the one index as well as by the other.
DROP INDEX placements_agency;
CREATE INDEX placements_agency ON placements (agency_id, departed_on DESC, id DESC);

-- +goose Down
DROP INDEX placements_registered;
DROP INDEX placements_agency;
CREATE INDEX placements_agency ON placements (agency_id, departed_on);
DROP INDEX agency_notices_agency;
CREATE INDEX agency_notices_agency ON agency_notices (agency_id, made_at DESC);
CREATE VIEW agency_timeline WITH (security_invoker = true) AS
    SELECT agency_id, done_at AS at, 'step' AS what, kind, id AS object_id, text AS words FROM licence_steps
    UNION ALL SELECT agency_id, on_day::timestamp AT TIME ZONE 'UTC', 'licence', kind, id, reason FROM licence_events WHERE step_id IS NULL
    UNION ALL SELECT agency_id, begun_at, 'application', 'begun', id, '' FROM applications
    UNION ALL SELECT a.agency_id, v.filed_at, 'application', 'filed', a.id, '' FROM application_versions v JOIN applications a ON a.id = v.application_id
    UNION ALL SELECT a.agency_id, r.returned_at, 'application', 'returned', a.id, '' FROM application_returns r JOIN applications a ON a.id = r.application_id
    UNION ALL SELECT agency_id, decided_at, 'application', status, id, reason FROM applications WHERE decided_at IS NOT NULL
    UNION ALL SELECT a.agency_id, f.recorded_at, 'fee', 'received', a.id, '' FROM fee_receipts f JOIN applications a ON a.id = f.application_id
    UNION ALL SELECT agency_id, since::timestamp AT TIME ZONE 'UTC', 'part', kind, id, coalesce(nullif(name_latin, ''), name_local) FROM agency_parts
    UNION ALL SELECT agency_id, until::timestamp AT TIME ZONE 'UTC', 'part_ended', kind, id, coalesce(nullif(name_latin, ''), name_local) FROM agency_parts WHERE until IS NOT NULL
    UNION ALL SELECT agency_id, until::timestamp AT TIME ZONE 'UTC', 'name', 'changed', application_id, coalesce(nullif(name_latin, ''), name_local) FROM agency_former_names
    UNION ALL SELECT agency_id, registered_at, 'placement', 'registered', id, country FROM placements
    UNION ALL SELECT agency_id, made_at, 'notice', kind, id, due_on::text FROM agency_notices WHERE kind <> 'step'
    UNION ALL SELECT i.agency_id, d.at::timestamp AT TIME ZONE 'UTC', 'inspection', d.what, i.id, coalesce(d.outcome, '') FROM inspections i
        CROSS JOIN LATERAL (VALUES (CASE WHEN i.visited_on IS NULL THEN i.planned_for END, CASE i.status WHEN 'called_off' THEN 'called_off' ELSE 'planned' END, NULL),
            (i.visited_on, 'visited', NULL), (i.sent_on, 'sent', NULL), (i.replied_on, 'replied', NULL), (i.lapsed_on, 'lapsed', NULL), (i.closed_on, 'closed', i.outcome))
            AS d(at, what, outcome) WHERE d.at IS NOT NULL
    UNION ALL SELECT e.agency_id, e.made_at, 'guarantee', e.kind, e.id, (SELECT string_agg(m.minor || ' ' || m.currency, ',' ORDER BY m.currency)
        FROM (SELECT p.currency, sum(p.minor) AS minor FROM guarantee_postings p WHERE p.entry_id = e.id AND p.minor > 0 GROUP BY p.currency) AS m) FROM guarantee_entries e;
GRANT SELECT ON agency_timeline TO portal_staff;
