-- An application is a dossier: what an agency answers, round by round, what
-- officers remark, what one recommends and another decides. A grant has a scope,
-- and the parts of the agency that the dossier names.
-- +goose Up
ALTER TABLE applications NO FORCE ROW LEVEL SECURITY;
ALTER TABLE applications
    ADD COLUMN kind           text NOT NULL DEFAULT 'first' CHECK (kind IN ('first','renewal','change')),
    -- How often it was filed; 0 is a draft that nobody but the agency sees.
    ADD COLUMN round          integer NOT NULL DEFAULT 1 CHECK (round >= 0),
    ADD COLUMN begun_by       uuid REFERENCES people,
    ADD COLUMN begun_at       timestamptz,
    ADD COLUMN recommended_by uuid REFERENCES people,
    ADD COLUMN decision_id    uuid REFERENCES decisions;
UPDATE applications SET begun_by = filed_by, begun_at = filed_at;

-- What the agency types and has not filed. The revision tells two tabs apart.
CREATE TABLE application_drafts (
    application_id uuid PRIMARY KEY REFERENCES applications,
    answers        jsonb NOT NULL,
    revision       integer NOT NULL DEFAULT 1 CHECK (revision > 0),
    saved_by       uuid NOT NULL REFERENCES people,
    saved_at       timestamptz NOT NULL
);
-- What was filed each time: append only, so that two rounds can be compared.
CREATE TABLE application_versions (
    application_id uuid NOT NULL REFERENCES applications,
    round          integer NOT NULL CHECK (round > 0),
    answers        jsonb NOT NULL,
    filed_by       uuid NOT NULL REFERENCES people,
    filed_at       timestamptz NOT NULL,
    PRIMARY KEY (application_id, round)
);
INSERT INTO application_versions (application_id, round, answers, filed_by, filed_at)
SELECT id, 1, jsonb_build_object(
    'company', jsonb_build_array(jsonb_build_object('id', '1', 'fields', jsonb_build_object('address', address, 'phone', phone))),
    'directors', jsonb_build_array(jsonb_build_object('id', '1', 'fields', jsonb_build_object('name_latin', director))),
    'scope', jsonb_build_array(jsonb_build_object('id', '1', 'fields', jsonb_build_object('destinations', array_to_string(destinations, ' ')))),
    'declaration', jsonb_build_array(jsonb_build_object('id', '1', 'fields', jsonb_build_object('declared', 'yes')))), filed_by, filed_at
FROM applications;
INSERT INTO application_drafts (application_id, answers, saved_by, saved_at)
SELECT application_id, answers, filed_by, filed_at FROM application_versions;

DROP INDEX applications_one_open;
ALTER TABLE applications
    DROP CONSTRAINT applications_status_check, DROP CONSTRAINT applications_check, DROP CONSTRAINT applications_check1,
    DROP CONSTRAINT applications_check2, DROP CONSTRAINT applications_check3,
    DROP COLUMN director, DROP COLUMN address, DROP COLUMN phone, DROP COLUMN destinations, DROP COLUMN declaration,
    ALTER COLUMN filed_by DROP NOT NULL, ALTER COLUMN filed_at DROP NOT NULL,
    ALTER COLUMN begun_by SET NOT NULL, ALTER COLUMN begun_at SET NOT NULL,
    ALTER COLUMN round SET DEFAULT 0, ALTER COLUMN kind DROP DEFAULT,
    ADD CONSTRAINT applications_status CHECK (status IN ('draft','filed','returned','granted','refused','withdrawn')),
    ADD CONSTRAINT applications_decided CHECK ((status IN ('granted','refused')) = (decided_by IS NOT NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    ADD CONSTRAINT applications_reasoned CHECK (decided_by IS NULL OR reason <> ''),
    ADD CONSTRAINT applications_by_others CHECK (decided_by IS NULL OR decided_by <> filed_by AND decided_by IS DISTINCT FROM recommended_by),
    ADD CONSTRAINT applications_filed CHECK ((round = 0) = (filed_by IS NULL) AND (filed_by IS NULL) = (filed_at IS NULL)),
    ADD CONSTRAINT applications_draft CHECK ((status = 'draft') = (round = 0) OR status = 'withdrawn');
-- One open application an agency.
CREATE UNIQUE INDEX applications_one_open ON applications (agency_id) WHERE status IN ('draft','filed','returned');
CREATE INDEX applications_agency ON applications (agency_id, begun_at DESC);

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION application_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.agency_id, NEW.kind, NEW.begun_by, NEW.begun_at) IS DISTINCT FROM (OLD.id, OLD.agency_id, OLD.kind, OLD.begun_by, OLD.begun_at)
        OR NOT (OLD.status, NEW.status) IN (('draft','filed'), ('draft','withdrawn'), ('filed','returned'), ('filed','granted'), ('filed','refused'),
            ('filed','withdrawn'), ('returned','filed'), ('returned','withdrawn'))
        OR NEW.round <> OLD.round + (NEW.status = 'filed')::integer THEN
        RAISE EXCEPTION 'an application does not move so' USING ERRCODE = 'check_violation', CONSTRAINT = 'applications_moves';
    END IF;
    RETURN NEW;
END $$;

-- Two people decide: the decision was approved in this very transaction.
CREATE FUNCTION application_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status NOT IN ('granted','refused') OR current_user = 'portal_setup' OR current_setting('is_superuser') = 'on' THEN
        RETURN NULL;
    END IF;
    IF NEW.recommended_by IS NULL THEN
        RAISE EXCEPTION 'nobody recommended it' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
    END IF;
    PERFORM require_decision_now(NEW.decision_id, CASE NEW.status WHEN 'granted' THEN 'application.grant' ELSE 'application.refuse' END, NEW.id);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER applications_need_decision AFTER UPDATE ON applications
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION application_decided();

-- What an officer finds wrong with one answer. The agency reads it when the round
-- is sent back.
CREATE TABLE application_remarks (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    round          integer NOT NULL,
    section        text NOT NULL CHECK (section <> ''),
    item           text NOT NULL DEFAULT '', -- '' is the section as a whole
    field          text NOT NULL DEFAULT '', -- '' is the item as a whole
    text           text NOT NULL CHECK (text <> '' AND length(text) <= 2000),
    made_by        uuid NOT NULL REFERENCES people,
    made_at        timestamptz NOT NULL,
    FOREIGN KEY (application_id, round) REFERENCES application_versions,
    UNIQUE (application_id, round, section, item, field)
);
CREATE TABLE application_returns (
    application_id uuid NOT NULL,
    round          integer NOT NULL,
    returned_by    uuid NOT NULL REFERENCES people,
    returned_at    timestamptz NOT NULL,
    PRIMARY KEY (application_id, round),
    FOREIGN KEY (application_id, round) REFERENCES application_versions
);
-- What one officer wants decided, in words; the decision holds ids alone.
CREATE TABLE application_recommendations (
    decision_id    uuid PRIMARY KEY REFERENCES decisions,
    application_id uuid NOT NULL,
    round          integer NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('grant','refuse')),
    reason         text NOT NULL CHECK (reason <> '' AND length(reason) <= 2000),
    number         text NOT NULL DEFAULT '',
    valid_from     date,
    valid_until    date,
    scope          text[] NOT NULL DEFAULT '{}', -- as licence_scopes: 'SG', 'SG 53'
    made_by        uuid NOT NULL REFERENCES people,
    made_at        timestamptz NOT NULL,
    FOREIGN KEY (application_id, round) REFERENCES application_versions,
    CHECK ((valid_from IS NULL) = (valid_until IS NULL) AND valid_from <= valid_until)
);
CREATE INDEX application_recommendations_of ON application_recommendations (application_id);
-- The ministry's receipt for a fee, numbered without gaps that mean anything.
CREATE TABLE fee_receipts (
    number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application_id uuid NOT NULL UNIQUE REFERENCES applications,
    minor          bigint NOT NULL CHECK (minor >= 0),
    currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    paid_on        date NOT NULL,
    reference      text NOT NULL CHECK (reference <> '' AND length(reference) <= 100),
    recorded_by    uuid NOT NULL REFERENCES people,
    recorded_at    timestamptz NOT NULL
);

-- Where and for which work a period licenses: '' is every occupation.
CREATE TABLE licence_scopes (
    period_id   uuid NOT NULL REFERENCES licence_periods,
    destination text NOT NULL CHECK (destination ~ '^[A-Z]{2}$'),
    occupation  text NOT NULL DEFAULT '' CHECK (occupation ~ '^[0-9]{0,4}$'),
    since       date NOT NULL, -- a change can widen the scope of a period
    PRIMARY KEY (period_id, destination, occupation)
);
INSERT INTO licence_scopes (period_id, destination, since)
SELECT p.id, d.field, p.valid_from FROM licence_periods p
JOIN application_versions v ON v.application_id = p.application_id AND v.round = 1
CROSS JOIN LATERAL unnest(string_to_array(v.answers #>> '{scope,0,fields,destinations}', ' ')) AS d(field);
-- +goose StatementBegin
CREATE FUNCTION licence_scopes_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM licence_scopes s WHERE s.period_id = NEW.period_id AND s.destination = NEW.destination AND s.occupation <> NEW.occupation
        AND (starts_with(s.occupation, NEW.occupation) OR starts_with(NEW.occupation, s.occupation))) THEN
        RAISE EXCEPTION 'two lines of the scope overlap' USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_scopes_apart';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER licence_scopes_apart AFTER INSERT ON licence_scopes
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION licence_scopes_apart();

-- The people, places and accounts of an agency, as the last grant has them. A part
-- that ends keeps its row.
CREATE TABLE agency_parts (
    id             uuid PRIMARY KEY,
    agency_id      uuid NOT NULL REFERENCES agencies,
    application_id uuid REFERENCES applications,
    kind           text NOT NULL CHECK (kind IN ('office','director','owner','staff','branch','agent','training_site','representative','account')),
    item           text NOT NULL CHECK (item <> ''),
    name_latin     text NOT NULL DEFAULT '',
    name_local     text NOT NULL DEFAULT '',
    born_on        date,
    country        text NOT NULL DEFAULT '' CHECK (country ~ '^([A-Z]{2})?$'),
    position       text NOT NULL DEFAULT '', -- a word of the code
    share_bp       integer CHECK (share_bp BETWEEN 0 AND 10000), -- basis points
    province       text NOT NULL DEFAULT '',
    address        text NOT NULL DEFAULT '',
    phone          text NOT NULL DEFAULT '',
    email          text NOT NULL DEFAULT '',
    -- Keyed hash of a document's or an account's number, and its last characters.
    token          text NOT NULL DEFAULT '',
    last4          text NOT NULL DEFAULT '',
    since          date NOT NULL,
    until          date,
    CHECK (until IS NULL OR until >= since),
    CHECK (share_bp IS NULL OR kind = 'owner')
);
CREATE UNIQUE INDEX agency_parts_now ON agency_parts (agency_id, kind, item) WHERE until IS NULL;
CREATE UNIQUE INDEX agency_parts_one_document ON agency_parts (agency_id, kind, token) WHERE until IS NULL AND token <> '' AND kind IN ('director','account');
CREATE INDEX agency_parts_token ON agency_parts (token) WHERE token <> '';
CREATE INDEX agency_parts_phone ON agency_parts (phone) WHERE phone <> '';
-- +goose StatementBegin
CREATE FUNCTION agency_shares_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(share_bp) FROM agency_parts WHERE agency_id = NEW.agency_id AND kind = 'owner' AND until IS NULL) > 10000 THEN
        RAISE EXCEPTION 'more than all of it is owned' USING ERRCODE = 'check_violation', CONSTRAINT = 'agency_shares_whole';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER agency_shares_whole AFTER INSERT OR UPDATE ON agency_parts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'owner') EXECUTE FUNCTION agency_shares_whole();

-- What an agency was called before a grant gave it another name.
CREATE TABLE agency_former_names (
    agency_id  uuid NOT NULL REFERENCES agencies,
    name_latin text NOT NULL DEFAULT '',
    name_local text NOT NULL DEFAULT '',
    until      date NOT NULL,
    application_id uuid PRIMARY KEY REFERENCES applications
);
CREATE INDEX agency_former_names_of ON agency_former_names (agency_id, until);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['agency_former_names','application_versions','application_returns','application_recommendations','fee_receipts','licence_scopes'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['application_drafts','application_versions','application_remarks','application_returns','application_recommendations',
        'fee_receipts','licence_scopes','agency_parts','agency_former_names'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;

-- Whether whoever acts is a licensing officer.
CREATE FUNCTION acts_as_licensing() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT acting_kind() = 'ministry' AND acting_as() = 'licensing_officer' $$;
-- Whether an application is of the agency of whoever acts, and not of a draft's
-- time alone: read past the policies of applications, which ask for the same.
CREATE FUNCTION own_application(application uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM applications a WHERE a.id = application AND a.agency_id = acting_agency()) $$;
-- +goose StatementEnd

DROP POLICY own_agency ON applications;
DROP POLICY officers ON applications;
ALTER TABLE applications FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON applications TO portal_staff USING (agency_id = acting_agency())
    WITH CHECK (agency_id = acting_agency() AND status IN ('draft','filed','withdrawn'));
CREATE POLICY officers_read ON applications FOR SELECT TO portal_staff USING (acts_as_licensing() AND round > 0);
CREATE POLICY officers_move ON applications FOR UPDATE TO portal_staff USING (acts_as_licensing() AND round > 0)
    WITH CHECK (acts_as_licensing() AND status IN ('returned','granted','refused'));
REVOKE UPDATE (status, decided_by, decided_at, reason) ON applications FROM portal_staff;
GRANT UPDATE (status, round, filed_by, filed_at, recommended_by, decision_id, decided_by, decided_at, reason) ON applications TO portal_staff;

GRANT SELECT, INSERT ON application_drafts, application_versions, application_remarks, application_returns, application_recommendations, fee_receipts TO portal_staff;
GRANT UPDATE (answers, revision, saved_by, saved_at) ON application_drafts TO portal_staff;
GRANT UPDATE (text, made_by, made_at), DELETE ON application_remarks TO portal_staff;
GRANT SELECT, INSERT ON application_drafts, application_versions, fee_receipts, licence_scopes, agency_parts TO portal_setup;
GRANT SELECT ON application_versions, agency_parts TO portal_worker;
GRANT SELECT ON licence_scopes, agency_parts, agency_former_names TO portal_public, portal_staff, portal_worker;
GRANT INSERT ON licence_scopes, agency_parts, agency_former_names TO portal_staff;
GRANT UPDATE (until) ON agency_parts TO portal_staff;

CREATE POLICY own_agency ON application_drafts TO portal_staff USING (own_application(application_id)) WITH CHECK (own_application(application_id));
CREATE POLICY own_agency ON application_versions TO portal_staff USING (own_application(application_id)) WITH CHECK (own_application(application_id));
CREATE POLICY officers ON application_versions FOR SELECT TO portal_staff USING (acts_as_licensing());
CREATE POLICY own_agency ON application_returns FOR SELECT TO portal_staff USING (own_application(application_id));
CREATE POLICY officers ON application_returns TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing() AND returned_by = acting_person());
-- What is not sent back yet is the officers' own.
CREATE POLICY own_agency ON application_remarks FOR SELECT TO portal_staff USING (own_application(application_id)
    AND EXISTS (SELECT FROM application_returns r WHERE r.application_id = application_remarks.application_id AND r.round = application_remarks.round));
CREATE POLICY officers_read ON application_remarks FOR SELECT TO portal_staff USING (acts_as_licensing());
CREATE POLICY officers_write ON application_remarks TO portal_staff USING (acts_as_licensing()
        AND NOT EXISTS (SELECT FROM application_returns r WHERE r.application_id = application_remarks.application_id AND r.round = application_remarks.round))
    WITH CHECK (acts_as_licensing() AND made_by = acting_person()
        AND NOT EXISTS (SELECT FROM application_returns r WHERE r.application_id = application_remarks.application_id AND r.round = application_remarks.round));
CREATE POLICY officers ON application_recommendations TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing() AND made_by = acting_person());
CREATE POLICY own_agency ON fee_receipts FOR SELECT TO portal_staff USING (own_application(application_id));
CREATE POLICY officers ON fee_receipts TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing() AND recorded_by = acting_person());
CREATE POLICY anybody_reads ON licence_scopes FOR SELECT USING (true);
CREATE POLICY anybody_reads ON agency_former_names FOR SELECT USING (true);
CREATE POLICY officers ON agency_former_names FOR INSERT TO portal_staff WITH CHECK (acts_as_licensing());
CREATE POLICY officers ON licence_scopes FOR INSERT TO portal_staff WITH CHECK (acts_as_licensing());
CREATE POLICY public_reads ON agency_parts FOR SELECT TO portal_public
    USING (until IS NULL AND kind IN ('branch','agent','training_site','representative'));
CREATE POLICY own_agency ON agency_parts FOR SELECT TO portal_staff USING (agency_id = acting_agency());
CREATE POLICY officers ON agency_parts TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());
CREATE POLICY processes ON agency_parts FOR SELECT TO portal_worker USING (true);
CREATE POLICY processes ON application_versions FOR SELECT TO portal_worker USING (true);
CREATE POLICY setup ON application_drafts TO portal_setup USING (true) WITH CHECK (true);
CREATE POLICY setup ON application_versions TO portal_setup USING (true) WITH CHECK (true);
CREATE POLICY setup ON fee_receipts TO portal_setup USING (true) WITH CHECK (true);
CREATE POLICY setup ON licence_scopes TO portal_setup USING (true) WITH CHECK (true);
CREATE POLICY setup ON agency_parts TO portal_setup USING (true) WITH CHECK (true);

-- A grant can give the agency another name, and its spellings with it.
GRANT UPDATE (name_latin, name_local, address, district) ON agencies TO portal_staff;
GRANT INSERT, DELETE ON agency_names, agency_contacts TO portal_staff;
CREATE POLICY officers_write ON agency_names TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());
CREATE POLICY officers_write ON agency_contacts TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());

-- A first reader never had a hand in what the agency was granted, by recommending
-- it either.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION reading_conflict(told uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM memberships m WHERE m.person_id = person AND excluded(told, m.unit_id))
        OR EXISTS (SELECT FROM memberships m JOIN units u ON u.id = m.unit_id JOIN readings r ON r.complaint_id = told
            WHERE m.person_id = person AND lower(btrim(u.province)) = ANY (r.provinces))
        OR EXISTS (SELECT FROM complaints c JOIN applications a ON a.agency_id = c.agency_id
            WHERE c.id = told AND (a.decided_by = person OR a.recommended_by = person)) $$;
-- +goose StatementEnd
GRANT SELECT (recommended_by) ON applications TO portal_receipt;

-- +goose Down
ALTER TABLE applications NO FORCE ROW LEVEL SECURITY;
ALTER TABLE application_versions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE licence_periods NO FORCE ROW LEVEL SECURITY;
REVOKE SELECT (recommended_by) ON applications FROM portal_receipt;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION reading_conflict(told uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM memberships m WHERE m.person_id = person AND excluded(told, m.unit_id))
        OR EXISTS (SELECT FROM memberships m JOIN units u ON u.id = m.unit_id JOIN readings r ON r.complaint_id = told
            WHERE m.person_id = person AND lower(btrim(u.province)) = ANY (r.provinces))
        OR EXISTS (SELECT FROM complaints c JOIN applications a ON a.agency_id = c.agency_id
            WHERE c.id = told AND a.decided_by = person) $$;
-- +goose StatementEnd
DROP POLICY officers_write ON agency_names;
DROP POLICY officers_write ON agency_contacts;
REVOKE INSERT, DELETE ON agency_names, agency_contacts FROM portal_staff;
REVOKE UPDATE (name_latin, name_local, address, district) ON agencies FROM portal_staff;
DROP POLICY own_agency ON applications;
DROP POLICY officers_read ON applications;
DROP POLICY officers_move ON applications;
DROP TRIGGER applications_need_decision ON applications;
DROP TRIGGER applications_moves ON applications;
DROP FUNCTION application_decided();
ALTER TABLE applications
    DROP CONSTRAINT applications_status, DROP CONSTRAINT applications_decided, DROP CONSTRAINT applications_reasoned,
    DROP CONSTRAINT applications_by_others, DROP CONSTRAINT applications_filed, DROP CONSTRAINT applications_draft,
    ADD COLUMN director text, ADD COLUMN address text, ADD COLUMN phone text, ADD COLUMN destinations text[], ADD COLUMN declaration boolean;
DROP INDEX applications_one_open, applications_agency;
-- The older record knows filed, granted and refused alone.
UPDATE licence_periods SET application_id = NULL WHERE application_id IN (SELECT id FROM applications WHERE status NOT IN ('filed','granted','refused'));
CREATE TEMPORARY TABLE older ON COMMIT DROP AS SELECT a.id, v.answers, v.filed_by, v.filed_at FROM applications a
    JOIN LATERAL (SELECT * FROM application_versions v WHERE v.application_id = a.id ORDER BY round DESC LIMIT 1) v ON true
    WHERE a.status IN ('filed','granted','refused');
DROP TABLE agency_former_names, agency_parts, licence_scopes, fee_receipts, application_recommendations, application_returns, application_remarks, application_versions, application_drafts;
DROP FUNCTION agency_shares_whole(), licence_scopes_apart();
DELETE FROM applications WHERE id NOT IN (SELECT id FROM older);
UPDATE applications a SET director = coalesce(o.answers #>> '{directors,0,fields,name_latin}', '-'), address = coalesce(o.answers #>> '{company,0,fields,address}', '-'),
    phone = coalesce(o.answers #>> '{company,0,fields,phone}', '-'),
    destinations = string_to_array(coalesce(o.answers #>> '{scope,0,fields,destinations}', 'XX'), ' '), declaration = true,
    filed_by = o.filed_by, filed_at = o.filed_at
FROM older o WHERE o.id = a.id;
ALTER TABLE applications
    DROP COLUMN kind, DROP COLUMN round, DROP COLUMN begun_by, DROP COLUMN begun_at, DROP COLUMN recommended_by, DROP COLUMN decision_id,
    ALTER COLUMN filed_by SET NOT NULL, ALTER COLUMN filed_at SET NOT NULL,
    ALTER COLUMN director SET NOT NULL, ALTER COLUMN address SET NOT NULL, ALTER COLUMN phone SET NOT NULL,
    ALTER COLUMN destinations SET NOT NULL, ALTER COLUMN declaration SET NOT NULL,
    ADD CONSTRAINT applications_status_check CHECK (status IN ('filed','granted','refused')),
    ADD CHECK (director <> ''), ADD CHECK (address <> ''), ADD CHECK (phone <> ''), ADD CHECK (cardinality(destinations) > 0), ADD CHECK (declaration),
    ADD CONSTRAINT applications_check CHECK ((status = 'filed') = (decided_by IS NULL)),
    ADD CONSTRAINT applications_check1 CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    ADD CONSTRAINT applications_check2 CHECK (decided_by IS NULL OR decided_by <> filed_by),
    ADD CONSTRAINT applications_check3 CHECK (status = 'filed' OR reason <> '');
CREATE UNIQUE INDEX applications_one_open ON applications (agency_id) WHERE status = 'filed';
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION application_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'filed' THEN
        RAISE EXCEPTION 'application already decided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER applications_moves BEFORE UPDATE ON applications FOR EACH ROW EXECUTE FUNCTION application_moves();
GRANT UPDATE (status, decided_by, decided_at, reason) ON applications TO portal_staff;
CREATE POLICY own_agency ON applications TO portal_staff USING (agency_id = acting_agency()) WITH CHECK (agency_id = acting_agency() AND status = 'filed');
CREATE POLICY officers ON applications TO portal_staff
    USING (acting_kind() = 'ministry' AND acting_as() = 'licensing_officer') WITH CHECK (acting_kind() = 'ministry' AND acting_as() = 'licensing_officer');
DROP FUNCTION acts_as_licensing(), own_application(uuid);
ALTER TABLE applications FORCE ROW LEVEL SECURITY;
ALTER TABLE licence_periods FORCE ROW LEVEL SECURITY;
