-- Investigators read what became of an agency: its licence, people, inspections,
-- guarantee and departures. What the agency types and hands in stays between it and
-- the ministry.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION acts_as_investigator() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT acting_kind() = 'police' AND acting_as() IN ('investigator','commander','duty_officer') $$;
-- +goose StatementEnd
CREATE POLICY investigators ON licence_steps FOR SELECT TO portal_staff USING (acts_as_investigator());
CREATE POLICY investigators ON agency_parts FOR SELECT TO portal_staff USING (acts_as_investigator());
CREATE POLICY investigators ON inspections FOR SELECT TO portal_staff USING (acts_as_investigator());
CREATE POLICY investigators ON placements FOR SELECT TO portal_staff USING (acts_as_investigator());
CREATE POLICY investigators ON guarantee_entries FOR SELECT TO portal_staff USING (acts_as_investigator());
CREATE POLICY investigators ON guarantee_postings FOR SELECT TO portal_staff USING (acts_as_investigator());
CREATE INDEX escalations_subject ON escalations (subject_kind, subject_key);

-- +goose Down
DROP INDEX escalations_subject;
DROP POLICY investigators ON guarantee_postings;
DROP POLICY investigators ON guarantee_entries;
DROP POLICY investigators ON placements;
DROP POLICY investigators ON inspections;
DROP POLICY investigators ON agency_parts;
DROP POLICY investigators ON licence_steps;
DROP FUNCTION acts_as_investigator();
