-- Each transaction runs under the role of its actor (portal_public, portal_door,
-- portal_staff, portal_worker, portal_setup), and row-level security says which
-- rows that actor may see: a second wall behind internal/authority. The roles are
-- made by `portal migrate bootstrap`. Law and the register are open to all, and
-- their owner may fill them in migrations: they are not FORCEd.
-- +goose Up
-- 00014 gives each sealed item a second key, which nothing can give to those of
-- before. It is said here, while the portal of before still runs as it was.
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM complaint_items) THEN
        RAISE EXCEPTION 'this record holds items that were sealed without a shred key: begin with a new data folder or database';
    END IF;
END $$;
-- +goose StatementEnd
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM portal_app;

-- Who acts, as the transaction says. '' is nobody.
-- +goose StatementBegin
CREATE FUNCTION acting_person() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT NULLIF(current_setting('portal.person', true), '')::uuid $$;
CREATE FUNCTION acting_unit()   RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT NULLIF(current_setting('portal.unit', true), '')::uuid $$;
CREATE FUNCTION acting_agency() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT NULLIF(current_setting('portal.agency', true), '')::uuid $$;
CREATE FUNCTION acting_desk()   RETURNS text LANGUAGE sql STABLE AS $$ SELECT coalesce(current_setting('portal.desk', true), '') $$;
CREATE FUNCTION acting_kind()   RETURNS text LANGUAGE sql STABLE AS $$ SELECT coalesce(current_setting('portal.kind', true), '') $$;
CREATE FUNCTION acting_as()     RETURNS text LANGUAGE sql STABLE AS $$ SELECT coalesce(current_setting('portal.as', true), '') $$;
-- +goose StatementEnd

-- A receipt's holder has sessions of a kind of their own: nothing of them is
-- readable but through the functions below.
CREATE TABLE receipt_sessions (
    id           uuid PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    complaint_id uuid NOT NULL REFERENCES complaints,
    -- The receipt's mailbox key, encrypted under the session's token.
    sealed_key   bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz
);
CREATE INDEX receipt_sessions_expiry ON receipt_sessions (expires_at);
DELETE FROM sessions WHERE kind = 'receipt';
ALTER TABLE sessions DROP COLUMN kind, DROP COLUMN complaint_id,
    ALTER COLUMN person_id SET NOT NULL, ALTER COLUMN unit_id SET NOT NULL, ALTER COLUMN role SET NOT NULL;
-- sealed_key: the person's own key, encrypted under the session's token.

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['policies','rule_settings','agencies','agency_names','agency_contacts','licences','licence_periods','licence_events','units'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['people','memberships','sessions','receipt_sessions','attempts','audit_entries','promises',
        'applications','employers','placements','complaints','complaint_indicators','complaint_items','complaint_envelopes','complaint_disclosures',
        'evaluations','findings','alerts','alert_findings','escalations','escalation_complaints','deliveries',
        'import_runs','import_rejections','import_keys'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- Law, and the public register.
GRANT SELECT ON policies, rule_settings, agencies, agency_names, agency_contacts, licences, licence_periods, licence_events, units
    TO portal_public, portal_door, portal_staff, portal_worker, portal_setup, portal_receipt;
CREATE POLICY anybody_reads ON policies FOR SELECT USING (true);
CREATE POLICY anybody_reads ON rule_settings FOR SELECT USING (true);
CREATE POLICY anybody_reads ON agencies FOR SELECT USING (true);
CREATE POLICY anybody_reads ON agency_names FOR SELECT USING (true);
CREATE POLICY anybody_reads ON agency_contacts FOR SELECT USING (true);
CREATE POLICY anybody_reads ON licences FOR SELECT USING (true);
CREATE POLICY anybody_reads ON licence_periods FOR SELECT USING (true);
CREATE POLICY anybody_reads ON licence_events FOR SELECT USING (true);
CREATE POLICY anybody_reads ON units FOR SELECT USING (true);

-- Registers are brought in by a process; licences change by an officer's decision.
GRANT INSERT ON agencies, agency_names, agency_contacts, licences TO portal_worker, portal_setup;
GRANT UPDATE (name_latin, name_local, state, valid_since_year, district, address, kinds, fingerprint, updated_at) ON agencies TO portal_worker, portal_setup;
GRANT DELETE ON agency_names, agency_contacts TO portal_worker, portal_setup;
GRANT INSERT ON licence_periods, licence_events TO portal_setup;
GRANT INSERT ON licences, licence_periods, licence_events TO portal_staff;
GRANT UPDATE (state, updated_at) ON agencies TO portal_staff;
CREATE POLICY processes_write ON agencies TO portal_worker, portal_setup USING (true) WITH CHECK (true);
CREATE POLICY processes_write ON agency_names TO portal_worker, portal_setup USING (true) WITH CHECK (true);
CREATE POLICY processes_write ON agency_contacts TO portal_worker, portal_setup USING (true) WITH CHECK (true);
CREATE POLICY processes_write ON licences FOR INSERT TO portal_worker, portal_setup WITH CHECK (true);
CREATE POLICY setup_writes ON licence_periods FOR INSERT TO portal_setup WITH CHECK (true);
CREATE POLICY setup_writes ON licence_events FOR INSERT TO portal_setup WITH CHECK (true);
CREATE POLICY officers_write ON licences FOR INSERT TO portal_staff WITH CHECK (acting_as() = 'licensing_officer');
CREATE POLICY officers_write ON licence_periods FOR INSERT TO portal_staff WITH CHECK (acting_as() = 'licensing_officer');
CREATE POLICY officers_write ON licence_events FOR INSERT TO portal_staff WITH CHECK (acting_as() = 'licensing_officer');
-- An agency's people may hold the row while they file; only an officer changes it.
CREATE POLICY officers_write ON agencies FOR UPDATE TO portal_staff USING (true) WITH CHECK (acting_as() = 'licensing_officer');

GRANT SELECT, INSERT ON import_runs, import_rejections TO portal_worker;
GRANT UPDATE (next_row, rows_read, created, updated, unchanged, finished_at) ON import_runs TO portal_worker;
GRANT SELECT, INSERT, DELETE ON import_keys TO portal_worker;
CREATE POLICY processes_import ON import_runs TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY processes_import ON import_rejections TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY processes_import ON import_keys TO portal_worker USING (true) WITH CHECK (true);

-- People. The door recognises them; colleagues see names, never a passphrase.
GRANT SELECT ON people, memberships TO portal_door, portal_setup;
GRANT SELECT (id, name, language, deactivated_at, created_at) ON people TO portal_staff;
GRANT SELECT (id, email, name, language, deactivated_at, created_at) ON people TO portal_worker;
GRANT SELECT ON memberships TO portal_staff, portal_worker;
GRANT INSERT ON units, people, memberships TO portal_setup;
CREATE POLICY readers ON people FOR SELECT TO portal_door, portal_setup, portal_staff, portal_worker USING (true);
CREATE POLICY readers ON memberships FOR SELECT TO portal_door, portal_setup, portal_staff, portal_worker USING (true);
CREATE POLICY setup_writes ON units FOR INSERT TO portal_setup WITH CHECK (true);
CREATE POLICY setup_writes ON people FOR INSERT TO portal_setup WITH CHECK (true);
CREATE POLICY setup_writes ON memberships FOR INSERT TO portal_setup WITH CHECK (true);

GRANT SELECT, INSERT ON sessions TO portal_door;
GRANT UPDATE (seen_at, revoked_at) ON sessions TO portal_door;
CREATE POLICY door ON sessions TO portal_door USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON attempts TO portal_door;
CREATE POLICY door ON attempts TO portal_door USING (true) WITH CHECK (true);

-- The record of deeds: all add, the worker reads, and staff find their own.
GRANT INSERT (id, actor_kind, actor_id, unit_id, process, action, object_kind, object_id) ON audit_entries
    TO portal_public, portal_door, portal_staff, portal_worker, portal_setup;
GRANT SELECT ON audit_entries TO portal_staff, portal_worker, portal_setup;
CREATE POLICY all_add ON audit_entries FOR INSERT WITH CHECK (true);
CREATE POLICY processes_read ON audit_entries FOR SELECT TO portal_worker, portal_setup USING (true);
CREATE POLICY own_deeds ON audit_entries FOR SELECT TO portal_staff USING (actor_id = acting_person());
ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_actor_kind_check,
    ADD CONSTRAINT audit_entries_actor_kind_check CHECK (actor_kind IN ('public','receipt','staff','door','system','setup'));

-- Promises: whoever acts may make one, only the worker keeps it.
GRANT INSERT ON promises TO portal_public, portal_door, portal_staff, portal_setup;
GRANT SELECT, INSERT ON promises TO portal_worker;
GRANT UPDATE (retry_at, attempt, rung_at, tries, kept_at, dead_at, error) ON promises TO portal_worker;
CREATE POLICY all_promise ON promises FOR INSERT WITH CHECK (kept_at IS NULL AND dead_at IS NULL AND tries = 0);
CREATE POLICY worker ON promises TO portal_worker USING (true) WITH CHECK (true);

-- Licensing: an agency sees its own papers, licensing officers all.
GRANT SELECT, INSERT ON applications TO portal_staff;
GRANT UPDATE (status, decided_by, decided_at, reason) ON applications TO portal_staff;
GRANT SELECT, INSERT ON applications TO portal_setup;
CREATE POLICY own_agency ON applications TO portal_staff USING (agency_id = acting_agency()) WITH CHECK (agency_id = acting_agency() AND status = 'filed');
CREATE POLICY officers ON applications TO portal_staff
    USING (acting_kind() = 'ministry' AND acting_as() = 'licensing_officer') WITH CHECK (acting_kind() = 'ministry' AND acting_as() = 'licensing_officer');
CREATE POLICY setup ON applications TO portal_setup USING (true) WITH CHECK (true);

-- Placements: an agency its own; detection all.
GRANT SELECT, INSERT ON employers TO portal_staff, portal_setup;
GRANT SELECT ON employers TO portal_worker;
GRANT SELECT, INSERT ON placements TO portal_staff, portal_setup;
GRANT SELECT ON placements TO portal_worker, portal_receipt;
CREATE POLICY staff ON employers TO portal_staff, portal_setup, portal_worker USING (true) WITH CHECK (true);
CREATE POLICY own_agency ON placements TO portal_staff USING (agency_id = acting_agency()) WITH CHECK (agency_id = acting_agency());
CREATE POLICY processes ON placements TO portal_worker, portal_setup, portal_receipt USING (true) WITH CHECK (true);

-- Complaints: the public adds and reads none; a desk sees those that sealed
-- something to it; detection reads coarse answers and never a sealed item.
GRANT INSERT ON complaints, complaint_indicators, complaint_items, complaint_envelopes, complaint_disclosures TO portal_public;
CREATE POLICY public_files ON complaints FOR INSERT TO portal_public WITH CHECK (status = 'received');
CREATE POLICY public_files ON complaint_indicators FOR INSERT TO portal_public WITH CHECK (true);
CREATE POLICY public_files ON complaint_items FOR INSERT TO portal_public WITH CHECK (true);
CREATE POLICY public_files ON complaint_envelopes FOR INSERT TO portal_public WITH CHECK (true);
CREATE POLICY public_files ON complaint_disclosures FOR INSERT TO portal_public WITH CHECK (true);

GRANT SELECT ON complaints, complaint_indicators, complaint_items, complaint_envelopes, complaint_disclosures TO portal_staff;
CREATE POLICY own_desk ON complaint_envelopes FOR SELECT TO portal_staff USING (recipient = acting_desk());
CREATE POLICY own_desk ON complaint_disclosures FOR SELECT TO portal_staff USING (recipient = acting_desk());
CREATE POLICY own_desk ON complaints FOR SELECT TO portal_staff
    USING (EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = complaints.id));
CREATE POLICY own_desk ON complaint_indicators FOR SELECT TO portal_staff
    USING (EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = complaint_indicators.complaint_id));
CREATE POLICY own_desk ON complaint_items FOR SELECT TO portal_staff
    USING (EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = complaint_items.complaint_id));

GRANT SELECT ON complaints, complaint_indicators TO portal_worker;
GRANT UPDATE (status) ON complaints TO portal_worker;
CREATE POLICY worker ON complaints TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY worker ON complaint_indicators TO portal_worker USING (true) WITH CHECK (true);

-- Detection is the worker's; a police unit sees what was escalated to it.
GRANT SELECT, INSERT ON evaluations, findings, alerts, alert_findings, escalations, escalation_complaints, deliveries TO portal_worker;
GRANT UPDATE (grade, score, closed_at) ON alerts TO portal_worker;
GRANT UPDATE (acknowledged_at, acknowledged_by, climbed_at, joined) ON escalations TO portal_worker;
GRANT UPDATE (sent_at) ON deliveries TO portal_worker;
CREATE POLICY worker ON evaluations TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY worker ON findings TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY worker ON alerts TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY worker ON alert_findings TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY worker ON escalations TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY worker ON escalation_complaints TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY worker ON deliveries TO portal_worker USING (true) WITH CHECK (true);
GRANT SELECT ON escalations, escalation_complaints TO portal_staff;
GRANT UPDATE (acknowledged_at, acknowledged_by) ON escalations TO portal_staff;
CREATE POLICY own_unit ON escalations FOR SELECT TO portal_staff USING (unit_id = acting_unit());
CREATE POLICY own_unit_acknowledges ON escalations FOR UPDATE TO portal_staff
    USING (unit_id = acting_unit()) WITH CHECK (unit_id = acting_unit() AND (acknowledged_by IS NULL OR acknowledged_by = acting_person()));
CREATE POLICY own_unit ON escalation_complaints FOR SELECT TO portal_staff
    USING (EXISTS (SELECT FROM escalations e WHERE e.id = escalation_complaints.escalation_id));

-- The receipt's way in. The functions belong to a role that nobody can become,
-- with policies of its own: one owned by the tables' owner would see nothing.
GRANT SELECT ON complaints, complaint_items, complaint_envelopes, complaint_disclosures TO portal_receipt;
GRANT SELECT, INSERT ON receipt_sessions TO portal_receipt;
GRANT UPDATE (seen_at, revoked_at) ON receipt_sessions TO portal_receipt;
CREATE POLICY receipts ON complaints FOR SELECT TO portal_receipt USING (true);
CREATE POLICY receipts ON complaint_items FOR SELECT TO portal_receipt USING (true);
CREATE POLICY receipts ON complaint_envelopes FOR SELECT TO portal_receipt USING (true);
CREATE POLICY receipts ON complaint_disclosures FOR SELECT TO portal_receipt USING (true);
CREATE POLICY receipts ON receipt_sessions TO portal_receipt USING (true) WITH CHECK (true);

-- +goose StatementBegin
CREATE FUNCTION receipt_find(receipt bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM complaints WHERE receipt_hash = receipt $$;

CREATE FUNCTION receipt_nonce(nonce bytea) RETURNS TABLE (id uuid, filed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id, c.filed_at FROM complaints c WHERE c.nonce_hash = nonce $$;

-- Opens a session for whoever shows the receipt, and for nobody else.
CREATE FUNCTION receipt_open(receipt bytea, session uuid, token bytea, sealed bytea, opened timestamptz, ends timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH made AS (
        INSERT INTO receipt_sessions (id, token_hash, complaint_id, sealed_key, created_at, seen_at, expires_at)
        SELECT session, token, id, sealed, opened, opened, ends FROM complaints WHERE receipt_hash = receipt RETURNING 1)
    SELECT EXISTS (SELECT FROM made) $$;

CREATE FUNCTION receipt_session(token bytea)
RETURNS TABLE (id uuid, complaint_id uuid, sealed_key bytea, seen_at timestamptz, expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.id, s.complaint_id, s.sealed_key, s.seen_at, s.expires_at, s.revoked_at FROM receipt_sessions s WHERE s.token_hash = token $$;

CREATE FUNCTION receipt_touch(token bytea, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE receipt_sessions SET seen_at = at WHERE token_hash = token AND seen_at < at $$;

CREATE FUNCTION receipt_close(token bytea, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE receipt_sessions SET revoked_at = at WHERE token_hash = token AND revoked_at IS NULL $$;

-- What the holder of an open receipt may read, by the session's token.
CREATE FUNCTION receipt_outline(token bytea) RETURNS TABLE (filed_at timestamptz, status text, key_id text, envelope bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.filed_at, c.status, e.key_id, e.envelope
    FROM receipt_sessions s JOIN complaints c ON c.id = s.complaint_id
    JOIN complaint_envelopes e ON e.complaint_id = c.id AND e.recipient = 'reporter'
    WHERE s.token_hash = token AND s.revoked_at IS NULL $$;

CREATE FUNCTION receipt_items(token bytea) RETURNS TABLE (item text, schema integer, ciphertext bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.item, i.schema, i.ciphertext
    FROM receipt_sessions s JOIN complaint_items i ON i.complaint_id = s.complaint_id
    WHERE s.token_hash = token AND s.revoked_at IS NULL $$;

-- Whether the agency placed somebody with one of these phones: an answer, no row.
CREATE FUNCTION placed_by_phone(agency uuid, phones text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM placements p WHERE p.phone_token = ANY (phones) AND p.phone_token <> '' AND p.agency_id = agency) $$;
-- +goose StatementEnd

-- The check of envelopes looks where the public may not.
ALTER FUNCTION envelope_needs_basis() SECURITY DEFINER SET search_path = public, pg_temp;

-- +goose StatementBegin
DO $$
DECLARE f text;
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    FOREACH f IN ARRAY ARRAY['receipt_find(bytea)','receipt_nonce(bytea)','receipt_open(bytea,uuid,bytea,bytea,timestamptz,timestamptz)',
        'receipt_session(bytea)','receipt_touch(bytea,timestamptz)','receipt_close(bytea,timestamptz)','receipt_outline(bytea)','receipt_items(bytea)',
        'placed_by_phone(uuid,text[])','envelope_needs_basis()'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO portal_public';
        EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO portal_receipt';
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$
DECLARE p record;
BEGIN
    FOR p IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
    END LOOP;
    FOR p IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity LOOP
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', p.relname);
    END LOOP;
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM portal_public, portal_door, portal_staff, portal_worker, portal_setup, portal_receipt;
END $$;
-- +goose StatementEnd
DROP FUNCTION receipt_find(bytea), receipt_nonce(bytea), receipt_open(bytea,uuid,bytea,bytea,timestamptz,timestamptz), receipt_session(bytea),
    receipt_touch(bytea,timestamptz), receipt_close(bytea,timestamptz), receipt_outline(bytea), receipt_items(bytea), placed_by_phone(uuid,text[]);
ALTER FUNCTION envelope_needs_basis() OWNER TO CURRENT_USER;
ALTER FUNCTION envelope_needs_basis() SECURITY INVOKER;
DROP FUNCTION acting_person(), acting_unit(), acting_agency(), acting_desk(), acting_kind(), acting_as();
DROP TABLE receipt_sessions;
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN kind text NOT NULL CHECK (kind IN ('staff','receipt')), ADD COLUMN complaint_id uuid REFERENCES complaints,
    ALTER COLUMN person_id DROP NOT NULL, ALTER COLUMN unit_id DROP NOT NULL, ALTER COLUMN role DROP NOT NULL;
-- What earlier files granted, more than once said: the schema before this one
-- trusted one role with everything.
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO portal_app;
REVOKE ALL ON goose_db_version FROM portal_app;
GRANT UPDATE ON sessions, promises, applications, agencies, import_runs, complaints, alerts, escalations, deliveries TO portal_app;
GRANT UPDATE, DELETE ON attempts TO portal_app;
GRANT DELETE ON import_keys, agency_names, agency_contacts TO portal_app;
