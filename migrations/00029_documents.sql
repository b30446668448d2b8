-- Documents that agencies and inspectors hand in. The bytes lie sealed outside the
-- database (internal/platform/blob); the keys that they open with lie here wrapped,
-- and half of each in the store of shred keys.
-- +goose Up
CREATE TABLE documents (
    id          uuid PRIMARY KEY,
    agency_id   uuid NOT NULL REFERENCES agencies,
    -- What it is attached to. An agency's own papers are attached to the agency.
    owner_kind  text NOT NULL CHECK (owner_kind IN ('agency','application','inspection')),
    owner_id    uuid NOT NULL,
    kind        text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{1,39}$'),
    media_type  text NOT NULL CHECK (media_type IN ('application/pdf','image/jpeg','image/png')),
    size        integer NOT NULL CHECK (size BETWEEN 1 AND 10485760),
    sha256      bytea NOT NULL CHECK (octet_length(sha256) = 32), -- of the original
    pages       integer CHECK (pages BETWEEN 1 AND 100), -- null: they could not be counted
    view        text NOT NULL CHECK (view IN ('made','no_renderer')),
    scan        text NOT NULL CHECK (scan IN ('clean','not_configured','unreachable')),
    expires_on  date,
    uploaded_by uuid NOT NULL REFERENCES people,
    uploaded_at timestamptz NOT NULL,
    removed_by  uuid REFERENCES people,
    removed_at  timestamptz,
    -- Made by the portal when it is removed, under a secret that the database does
    -- not hold: without a good one no key is destroyed.
    removal_pin bytea,
    erased_at   timestamptz,
    CHECK (owner_kind <> 'agency' OR owner_id = agency_id),
    CHECK (view = 'no_renderer' OR pages IS NOT NULL),
    CHECK (num_nonnulls(removed_by, removed_at, removal_pin) IN (0, 3)),
    CHECK (erased_at IS NULL OR removed_at IS NOT NULL)
);
CREATE INDEX documents_owner ON documents (owner_kind, owner_id, uploaded_at);
CREATE INDEX documents_agency ON documents (agency_id, uploaded_at);
CREATE INDEX documents_expiry ON documents (expires_on) WHERE removed_at IS NULL AND expires_on IS NOT NULL;
CREATE INDEX documents_to_erase ON documents (removed_at) WHERE removed_at IS NOT NULL AND erased_at IS NULL;

-- The original and the viewing copy. The data key is wrapped by the portal's ring,
-- or lies in an envelope to one desk.
CREATE TABLE document_parts (
    document_id uuid NOT NULL REFERENCES documents,
    part        text NOT NULL CHECK (part IN ('original','view')),
    slot        bigint NOT NULL UNIQUE CHECK (slot > 0), -- of its shred key
    blob        text NOT NULL UNIQUE CHECK (blob ~ '^[0-9a-f]{32}$'),
    wrapped     bytea, -- null: in an envelope
    -- Binds slot and blob to the part: a row that points at the key of something
    -- else destroys nothing.
    pin         bytea NOT NULL,
    PRIMARY KEY (document_id, part),
    -- Officials look at it through the portal, in no session of a desk.
    CHECK (part = 'original' OR wrapped IS NOT NULL)
);
CREATE TABLE document_envelopes (
    document_id uuid NOT NULL,
    part        text NOT NULL DEFAULT 'original' CHECK (part = 'original'),
    recipient   text NOT NULL,
    key_id      text NOT NULL,
    envelope    bytea NOT NULL,
    PRIMARY KEY (document_id, recipient),
    FOREIGN KEY (document_id, part) REFERENCES document_parts
);
CREATE INDEX document_envelopes_desk ON document_envelopes (recipient, key_id, document_id);

-- A document changes twice: it is removed, and then erased.
-- +goose StatementBegin
CREATE FUNCTION document_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - ARRAY['removed_by','removed_at','removal_pin','erased_at']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['removed_by','removed_at','removal_pin','erased_at'])
        OR OLD.erased_at IS NOT NULL
        OR (OLD.removed_at IS NOT NULL AND (NEW.removed_by, NEW.removed_at, NEW.removal_pin) IS DISTINCT FROM (OLD.removed_by, OLD.removed_at, OLD.removal_pin)) THEN
        RAISE EXCEPTION 'a document can only be removed, once, and then erased' USING ERRCODE = 'check_violation', CONSTRAINT = 'document_moves';
    END IF;
    RETURN NEW;
END $$;

-- Every document has both parts, and its original opens for somebody.
CREATE FUNCTION document_is_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF 2 <> (SELECT count(*) FROM document_parts p WHERE p.document_id = NEW.id)
        OR EXISTS (SELECT FROM document_parts p WHERE p.document_id = NEW.id
            AND (p.wrapped IS NULL) <> EXISTS (SELECT FROM document_envelopes e WHERE e.document_id = p.document_id AND e.part = p.part)) THEN
        RAISE EXCEPTION 'a document without one of its parts' USING ERRCODE = 'check_violation', CONSTRAINT = 'document_is_whole';
    END IF;
    RETURN NULL;
END $$;

-- item_slot_open of 00014, of the slots here.
CREATE FUNCTION document_slot_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM shred_marks WHERE closed_at IS NOT NULL AND slot > NEW.slot) THEN
        RAISE EXCEPTION 'the shred key was reserved too long ago' USING ERRCODE = 'check_violation', CONSTRAINT = 'document_slot_open';
    END IF;
    RETURN NEW;
END $$;

-- As in 00012, with the originals of documents: an older key that one is sealed to
-- is not destroyed.
CREATE OR REPLACE FUNCTION desk_older_keys_needed() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM desk_keys k JOIN complaint_envelopes e ON e.recipient = acting_desk() AND e.key_id = k.id
        WHERE k.unit_id = acting_unit() AND k.retired_at IS NOT NULL AND k.destroyed_at IS NULL
          AND NOT EXISTS (SELECT FROM desk_given_up g WHERE g.unit_id = k.unit_id AND g.complaint_id = e.complaint_id AND g.key_id = e.key_id))
        OR EXISTS (SELECT FROM desk_keys k JOIN document_envelopes e ON e.recipient = acting_desk() AND e.key_id = k.id
        JOIN documents d ON d.id = e.document_id
        WHERE k.unit_id = acting_unit() AND k.retired_at IS NOT NULL AND k.destroyed_at IS NULL AND d.erased_at IS NULL) $$;
-- +goose StatementEnd
CREATE TRIGGER documents_move BEFORE UPDATE ON documents FOR EACH ROW EXECUTE FUNCTION document_moves();
CREATE TRIGGER documents_stay BEFORE DELETE OR TRUNCATE ON documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER documents_whole AFTER INSERT ON documents DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION document_is_whole();
CREATE TRIGGER document_parts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON document_parts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER document_parts_slot_open BEFORE INSERT ON document_parts FOR EACH ROW EXECUTE FUNCTION document_slot_open();
CREATE TRIGGER document_envelopes_stay BEFORE DELETE OR TRUNCATE ON document_envelopes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER document_envelopes_current BEFORE INSERT OR UPDATE OF key_id ON document_envelopes FOR EACH ROW EXECUTE FUNCTION envelope_key_is_current();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['documents','document_parts','document_envelopes'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    END LOOP;
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    REVOKE ALL ON FUNCTION document_is_whole() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION document_is_whole() TO portal_staff, portal_setup;
    ALTER FUNCTION document_is_whole() OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd
GRANT SELECT ON documents, document_envelopes TO portal_receipt;
GRANT SELECT (document_id, part, wrapped) ON document_parts TO portal_receipt;
CREATE POLICY functions ON documents FOR SELECT TO portal_receipt USING (true);
CREATE POLICY functions ON document_parts FOR SELECT TO portal_receipt USING (true);
CREATE POLICY functions ON document_envelopes FOR SELECT TO portal_receipt USING (true);

-- An agency its own, the ministry's licensing officers all, its inspectors those of
-- inspections.
GRANT SELECT, INSERT ON documents TO portal_staff;
GRANT UPDATE (removed_by, removed_at, removal_pin) ON documents TO portal_staff;
-- What belongs to an inspection says who was there, and comes before it is sent: an
-- agency sees none of it here. Whoever attaches to inspections says what it sees.
CREATE POLICY own_agency ON documents FOR SELECT TO portal_staff USING (agency_id = acting_agency() AND owner_kind <> 'inspection');
CREATE POLICY own_agency_adds ON documents FOR INSERT TO portal_staff
    WITH CHECK (agency_id = acting_agency() AND owner_kind <> 'inspection' AND uploaded_by = acting_person() AND removed_at IS NULL);
-- What somebody else handed in about the agency is not its to remove.
CREATE POLICY own_agency_removes ON documents FOR UPDATE TO portal_staff
    USING (agency_id = acting_agency() AND owner_kind <> 'inspection' AND removed_at IS NULL)
    WITH CHECK (agency_id = acting_agency() AND removed_by = acting_person() AND erased_at IS NULL);
CREATE POLICY officers ON documents FOR SELECT TO portal_staff
    USING (acting_kind() = 'ministry' AND (acting_as() = 'licensing_officer' OR acting_as() = 'inspector' AND owner_kind = 'inspection'));
CREATE POLICY inspectors_add ON documents FOR INSERT TO portal_staff
    WITH CHECK (acting_kind() = 'ministry' AND acting_as() IN ('licensing_officer','inspector') AND owner_kind = 'inspection'
        AND uploaded_by = acting_person() AND removed_at IS NULL);
CREATE POLICY inspectors_remove ON documents FOR UPDATE TO portal_staff
    USING (acting_kind() = 'ministry' AND acting_as() IN ('licensing_officer','inspector') AND owner_kind = 'inspection' AND uploaded_by = acting_person() AND removed_at IS NULL)
    WITH CHECK (removed_by = acting_person() AND erased_at IS NULL);

-- Slots are handed out in order, and by their gaps an agency could count the
-- complaints of that hour: nobody of it sees one (00014).
GRANT SELECT (document_id, part, blob, wrapped), INSERT ON document_parts TO portal_staff;
CREATE POLICY of_documents ON document_parts FOR SELECT TO portal_staff USING (EXISTS (SELECT FROM documents d WHERE d.id = document_id));
CREATE POLICY with_documents ON document_parts FOR INSERT TO portal_staff
    WITH CHECK (EXISTS (SELECT FROM documents d WHERE d.id = document_id AND d.uploaded_by = acting_person()));
GRANT SELECT (document_id, part, slot) ON document_parts TO portal_door;
CREATE POLICY door_locates ON document_parts FOR SELECT TO portal_door USING (true);

GRANT SELECT, INSERT ON document_envelopes TO portal_staff;
GRANT UPDATE (key_id, envelope) ON document_envelopes TO portal_staff;
CREATE POLICY with_documents ON document_envelopes FOR INSERT TO portal_staff
    WITH CHECK (EXISTS (SELECT FROM documents d WHERE d.id = document_id AND d.uploaded_by = acting_person()));
CREATE POLICY own_desk ON document_envelopes FOR SELECT TO portal_staff USING (recipient = acting_desk());
CREATE POLICY own_desk_rewraps ON document_envelopes FOR UPDATE TO portal_staff USING (recipient = acting_desk())
    WITH CHECK (recipient = acting_desk() AND key_id = (SELECT k.id FROM desk_keys k WHERE k.unit_id = acting_unit() AND k.retired_at IS NULL));

-- The worker erases, and reminds.
GRANT SELECT ON documents TO portal_worker;
GRANT UPDATE (erased_at) ON documents TO portal_worker;
CREATE POLICY worker_reads ON documents FOR SELECT TO portal_worker USING (true);
CREATE POLICY worker_erases ON documents FOR UPDATE TO portal_worker USING (removed_at IS NOT NULL AND erased_at IS NULL) WITH CHECK (erased_at IS NOT NULL);
GRANT SELECT (document_id, part, slot, blob, pin) ON document_parts TO portal_worker;
CREATE POLICY worker_reads ON document_parts FOR SELECT TO portal_worker USING (true);

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION desk_older_keys_needed() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM desk_keys k JOIN complaint_envelopes e ON e.recipient = acting_desk() AND e.key_id = k.id
        WHERE k.unit_id = acting_unit() AND k.retired_at IS NOT NULL AND k.destroyed_at IS NULL
          AND NOT EXISTS (SELECT FROM desk_given_up g WHERE g.unit_id = k.unit_id AND g.complaint_id = e.complaint_id AND g.key_id = e.key_id)) $$;
-- +goose StatementEnd
DROP TABLE document_envelopes, document_parts, documents;
DROP FUNCTION document_moves(), document_is_whole(), document_slot_open();
