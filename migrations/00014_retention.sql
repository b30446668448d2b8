-- What is kept how long, what was deleted, and what must not be. The keys that
-- deleting destroys lie outside the database (internal/platform/shred).
-- +goose Up

-- An item opens with its data key and its shred key; the slot says where the
-- latter lies. Items of before have none, and nothing here can give them one:
-- 00008 refuses a record that holds any, before anything is changed. One that was
-- stopped between is refused here: the owner, who migrates, sees no row while
-- row-level security is forced.
ALTER TABLE complaint_items NO FORCE ROW LEVEL SECURITY;
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM complaint_items) THEN
        RAISE EXCEPTION 'this record holds items that were sealed without a shred key: begin with a new data folder or database';
    END IF;
END $$;
-- +goose StatementEnd
ALTER TABLE complaint_items FORCE ROW LEVEL SECURITY;
ALTER TABLE complaint_items
    -- Two items on one slot would be deleted together.
    ADD COLUMN slot bigint NOT NULL UNIQUE CHECK (slot > 0),
    ADD COLUMN shredded_at timestamptz,
    ADD COLUMN policy text NOT NULL DEFAULT '',
    ADD CHECK ((shredded_at IS NULL) = (policy = '')),
    ADD CHECK (shredded_at IS NULL OR octet_length(ciphertext) = 0),
    ADD CONSTRAINT complaint_items_own_slot UNIQUE (complaint_id, item, slot);
CREATE INDEX complaint_items_kept ON complaint_items (complaint_id) WHERE shredded_at IS NULL;

-- Which store of shred keys this record was written with.
CREATE TABLE shred_stores (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id  bytea NOT NULL CHECK (octet_length(id) = 16)
);

-- The rules of retention are policies with a pin made under a secret that the
-- database does not hold: a row that somebody writes here by hand deletes nothing.
ALTER TABLE policies ADD COLUMN pin bytea;

-- What was deleted, or is about to be, by which rule. The intent is written
-- down first; shredded_at once the key is destroyed, with a pin made under a
-- secret that the database does not hold. A row without a good one destroys
-- nothing.
CREATE TABLE shreddings (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL,
    item         text NOT NULL,
    slot         bigint NOT NULL UNIQUE,
    policy       text NOT NULL,
    policy_from  date NOT NULL,
    due_at       timestamptz NOT NULL,
    intended_at  timestamptz NOT NULL,
    shredded_at  timestamptz,
    pin          bytea,
    UNIQUE (complaint_id, item),
    -- The key of that item, and of no other.
    FOREIGN KEY (complaint_id, item, slot) REFERENCES complaint_items (complaint_id, item, slot),
    FOREIGN KEY (policy, policy_from) REFERENCES policies
);
CREATE INDEX shreddings_open ON shreddings (complaint_id) WHERE shredded_at IS NULL;

-- Rows of other kinds that were deleted: how many, when, by which rule.
CREATE TABLE purges (
    id          uuid PRIMARY KEY,
    policy      text NOT NULL,
    policy_from date NOT NULL,
    rows        bigint NOT NULL CHECK (rows > 0),
    at          timestamptz NOT NULL,
    FOREIGN KEY (policy, policy_from) REFERENCES policies
);

-- What other subjects keep a complaint as evidence for. Findings, alerts and
-- escalations have tables of their own.
CREATE TABLE evidence_links (
    complaint_id uuid NOT NULL REFERENCES complaints,
    kind         text NOT NULL CHECK (kind IN ('licence_step','guarantee_call','dismissal','prosecution')),
    object_id    uuid NOT NULL,
    linked_at    timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, kind, object_id)
);
CREATE INDEX findings_evidence ON findings USING gin (evidence);

-- A finding and a deletion of its evidence take turns: the deletion locks the
-- complaint, and so does whoever links it. (escalation_complaints and
-- evidence_links do so by their foreign keys.)
-- +goose StatementBegin
CREATE FUNCTION finding_holds_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM complaints WHERE id = ANY (NEW.evidence) ORDER BY id FOR KEY SHARE;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER findings_hold_evidence BEFORE INSERT ON findings
    FOR EACH ROW EXECUTE FUNCTION finding_holds_evidence();

-- A legal hold. To freeze is safe, so one person may; to lift takes two, of two
-- units.
CREATE TABLE holds (
    id                 uuid PRIMARY KEY,
    -- No foreign key: whether a complaint exists is not told to who may not know.
    complaint_id       uuid,
    agency_id          uuid REFERENCES agencies,
    filed_from         date,
    filed_until        date, -- that day included
    reason             text NOT NULL CHECK (reason IN ('prosecution','court','appeal','inquiry','complainant')),
    placed_by          uuid NOT NULL REFERENCES people,
    placed_unit        uuid NOT NULL REFERENCES units,
    placed_at          timestamptz NOT NULL,
    lift_proposed_by   uuid REFERENCES people,
    lift_proposed_unit uuid REFERENCES units,
    lift_approved_by   uuid REFERENCES people,
    lift_approved_unit uuid REFERENCES units,
    lifted_at          timestamptz,
    CHECK (num_nonnulls(complaint_id, agency_id, filed_from) = 1),
    CHECK ((filed_from IS NULL) = (filed_until IS NULL) AND filed_from <= filed_until),
    CHECK (num_nonnulls(lift_proposed_by, lift_proposed_unit, lift_approved_by, lift_approved_unit, lifted_at) IN (0, 5)),
    CONSTRAINT holds_lifted_by_two CHECK (lift_proposed_by <> lift_approved_by AND lift_proposed_unit <> lift_approved_unit)
);
CREATE INDEX holds_in_force ON holds (complaint_id) WHERE lifted_at IS NULL;

-- +goose StatementBegin
CREATE FUNCTION hold_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.lifted_at IS NOT NULL OR (NEW.id, NEW.complaint_id, NEW.agency_id, NEW.filed_from, NEW.filed_until, NEW.reason, NEW.placed_by, NEW.placed_unit, NEW.placed_at)
       IS DISTINCT FROM (OLD.id, OLD.complaint_id, OLD.agency_id, OLD.filed_from, OLD.filed_until, OLD.reason, OLD.placed_by, OLD.placed_unit, OLD.placed_at) THEN
        RAISE EXCEPTION 'a hold can only be lifted, once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- Both are people who work in the units that they are said to act for.
CREATE FUNCTION hold_lifters_belong() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.lifted_at IS NOT NULL AND 2 <> (
        SELECT count(DISTINCT p.id) FROM people p JOIN memberships m ON m.person_id = p.id
        WHERE p.deactivated_at IS NULL AND (m.person_id, m.unit_id) IN
            ((NEW.lift_proposed_by, NEW.lift_proposed_unit), (NEW.lift_approved_by, NEW.lift_approved_unit))) THEN
        RAISE EXCEPTION 'a hold is lifted by two people of two units' USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_lifters_belong';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER holds_frozen BEFORE UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION hold_frozen();
CREATE TRIGGER holds_stay BEFORE DELETE OR TRUNCATE ON holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER holds_lifters_belong AFTER INSERT OR UPDATE ON holds
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_lifters_belong();

-- What becomes due in the next thirty days, as the last round counted it.
CREATE TABLE retention_outlook (
    kind       text PRIMARY KEY,
    due        bigint NOT NULL,
    counted_at timestamptz NOT NULL
);

-- How far the store of shred keys had been handed out, and when. What is older
-- than a week and belongs to no item was reserved for nothing; a swept range is
-- closed, so that no item that comes late uses a key that is gone.
CREATE TABLE shred_marks (
    slot      bigint PRIMARY KEY CHECK (slot > 0), -- the first that was not reserved
    at        timestamptz NOT NULL,
    closed_at timestamptz,
    swept_at  timestamptz,
    CHECK (swept_at IS NULL OR closed_at IS NOT NULL)
);
-- +goose StatementBegin
CREATE FUNCTION item_slot_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM shred_marks WHERE closed_at IS NOT NULL AND slot > NEW.slot) THEN
        RAISE EXCEPTION 'the shred key was reserved too long ago' USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_items_slot_open';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER complaint_items_slot_open BEFORE INSERT ON complaint_items
    FOR EACH ROW EXECUTE FUNCTION item_slot_open();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['shred_stores','shreddings','purges','evidence_links','holds','retention_outlook','shred_marks'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
-- +goose StatementEnd
GRANT SELECT ON shred_stores TO portal_public, portal_staff, portal_worker, portal_setup;
GRANT INSERT (id) ON shred_stores TO portal_setup;
CREATE POLICY anybody_reads ON shred_stores FOR SELECT USING (true);
CREATE POLICY setup_writes ON shred_stores FOR INSERT TO portal_setup WITH CHECK (true);

-- Rules come by an operator's command or by a decision of two.
GRANT INSERT ON policies TO portal_setup, portal_staff;
CREATE POLICY setup_writes ON policies FOR INSERT TO portal_setup WITH CHECK (key LIKE 'retention.%' AND pin IS NOT NULL);
CREATE POLICY oversight_writes ON policies FOR INSERT TO portal_staff
    WITH CHECK (key LIKE 'retention.%' AND pin IS NOT NULL AND acting_kind() = 'oversight' AND acting_as() = 'overseer');

-- Slots are handed out in order: a desk that saw those of its own items could
-- count, by the gaps, the complaints that are kept from it. The door finds where
-- a key lies, once the desk's envelope is in hand.
REVOKE SELECT ON complaint_items FROM portal_staff;
GRANT SELECT (complaint_id, item, schema, ciphertext, shredded_at, policy) ON complaint_items TO portal_staff;
GRANT SELECT (complaint_id, item, slot) ON complaint_items TO portal_door;
CREATE POLICY door_locates ON complaint_items FOR SELECT TO portal_door USING (true);

-- The worker never sees a ciphertext: it needs to know where an item is.
GRANT SELECT (complaint_id, item, slot, shredded_at) ON complaint_items TO portal_worker;
GRANT UPDATE (ciphertext, shredded_at, policy) ON complaint_items TO portal_worker;
CREATE POLICY worker_reads ON complaint_items FOR SELECT TO portal_worker USING (true);
-- Nothing is emptied of which no intent is written down.
CREATE POLICY worker_shreds ON complaint_items FOR UPDATE TO portal_worker
    USING (shredded_at IS NULL AND EXISTS (SELECT FROM shreddings s WHERE s.slot = complaint_items.slot))
    WITH CHECK (shredded_at IS NOT NULL);
GRANT UPDATE (receipt_hash, nonce_hash, reporter_token, text_signature) ON complaints TO portal_worker;
GRANT SELECT, INSERT, DELETE ON shreddings TO portal_worker;
GRANT UPDATE (shredded_at, pin) ON shreddings TO portal_worker;
CREATE POLICY worker_reads ON shreddings FOR SELECT TO portal_worker USING (true);
CREATE POLICY worker_intends ON shreddings FOR INSERT TO portal_worker WITH CHECK (shredded_at IS NULL AND pin IS NULL);
CREATE POLICY worker_ends ON shreddings FOR UPDATE TO portal_worker USING (shredded_at IS NULL) WITH CHECK (shredded_at IS NOT NULL AND pin IS NOT NULL);
CREATE POLICY worker_withdraws ON shreddings FOR DELETE TO portal_worker USING (shredded_at IS NULL);
GRANT SELECT, INSERT ON purges TO portal_worker;
CREATE POLICY worker ON purges TO portal_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON evidence_links TO portal_worker;
CREATE POLICY worker ON evidence_links TO portal_worker USING (true) WITH CHECK (true);
-- A person links what reached their desk and they may see. Of anything else the
-- answer is the same and nothing is noted: whether it exists is not told.
GRANT INSERT ON evidence_links TO portal_receipt;
CREATE POLICY linked ON evidence_links FOR INSERT TO portal_receipt WITH CHECK (true);
-- +goose StatementBegin
CREATE FUNCTION link_evidence(told uuid, kind text, object uuid, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO evidence_links (complaint_id, kind, object_id, linked_at)
    SELECT c.id, kind, object, at FROM complaints c
    WHERE c.id = told AND (acting_as() LIKE 'system:%' OR NOT barred(told)
        AND EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = told AND e.recipient = acting_desk()))
    ON CONFLICT DO NOTHING $$;
DO $$
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    REVOKE ALL ON FUNCTION link_evidence(uuid,text,uuid,timestamptz) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION link_evidence(uuid,text,uuid,timestamptz) TO portal_staff, portal_worker;
    ALTER FUNCTION link_evidence(uuid,text,uuid,timestamptz) OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

GRANT SELECT ON holds TO portal_worker;
CREATE POLICY worker ON holds FOR SELECT TO portal_worker USING (true);
GRANT SELECT, INSERT ON holds TO portal_staff;
CREATE POLICY oversight_reads ON holds FOR SELECT TO portal_staff USING (acting_kind() = 'oversight' AND acting_as() = 'overseer');
CREATE POLICY oversight_places ON holds FOR INSERT TO portal_staff
    WITH CHECK (acting_kind() = 'oversight' AND acting_as() = 'overseer' AND placed_by = acting_person() AND placed_unit = acting_unit() AND lifted_at IS NULL);
-- Whoever lifts is the second of two, and sees no other hold by it.
GRANT SELECT, UPDATE ON holds TO portal_receipt;
CREATE POLICY lifting ON holds TO portal_receipt USING (true) WITH CHECK (true);
-- +goose StatementBegin
CREATE FUNCTION hold_lift(hold uuid, proposer uuid, proposer_unit uuid, at timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH done AS (
        UPDATE holds SET lift_proposed_by = proposer, lift_proposed_unit = proposer_unit,
            lift_approved_by = acting_person(), lift_approved_unit = acting_unit(), lifted_at = at
        WHERE id = hold AND lifted_at IS NULL RETURNING 1)
    SELECT EXISTS (SELECT FROM done) $$;
DO $$
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    REVOKE ALL ON FUNCTION hold_lift(uuid,uuid,uuid,timestamptz) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION hold_lift(uuid,uuid,uuid,timestamptz) TO portal_staff;
    ALTER FUNCTION hold_lift(uuid,uuid,uuid,timestamptz) OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

GRANT SELECT, INSERT, UPDATE ON retention_outlook TO portal_worker;
GRANT SELECT ON retention_outlook TO portal_staff;
CREATE POLICY worker ON retention_outlook TO portal_worker USING (true) WITH CHECK (true);
-- Whoever works elsewhere, too, may be of an office that a complaint accuses, of
-- which these counts would tell.
CREATE POLICY oversight_reads ON retention_outlook FOR SELECT TO portal_staff USING (acting_kind() = 'oversight'
    AND NOT EXISTS (SELECT FROM memberships m WHERE m.person_id = acting_person() AND m.unit_id <> acting_unit()));
GRANT SELECT, INSERT, UPDATE ON shred_marks TO portal_worker;
GRANT SELECT ON shred_marks TO portal_public, portal_staff;
CREATE POLICY worker ON shred_marks TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY filing_asks ON shred_marks FOR SELECT TO portal_public, portal_staff USING (true);

-- Rows that expire: the worker sees when, and nothing else of them, and deletes
-- none that has not ended.
GRANT SELECT (id, expires_at), DELETE ON sessions TO portal_worker;
GRANT SELECT (id, expires_at), DELETE ON receipt_sessions TO portal_worker;
GRANT SELECT (bucket, subject, window_at), DELETE ON attempts TO portal_worker;
GRANT DELETE ON import_rejections, deliveries TO portal_worker;
CREATE POLICY worker_reads ON sessions FOR SELECT TO portal_worker USING (true);
CREATE POLICY worker_deletes ON sessions FOR DELETE TO portal_worker USING (expires_at < now());
CREATE POLICY worker_reads ON receipt_sessions FOR SELECT TO portal_worker USING (true);
CREATE POLICY worker_deletes ON receipt_sessions FOR DELETE TO portal_worker USING (expires_at < now());
CREATE POLICY worker_reads ON attempts FOR SELECT TO portal_worker USING (true);
CREATE POLICY worker_deletes ON attempts FOR DELETE TO portal_worker USING (window_at < now() - interval '1 day');

-- The receipt's holder is told what was deleted.
DROP FUNCTION receipt_items(bytea);
-- +goose StatementBegin
CREATE FUNCTION receipt_items(token bytea) RETURNS TABLE (item text, schema integer, slot bigint, ciphertext bytea, shredded_at timestamptz, policy text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.item, i.schema, i.slot, i.ciphertext, i.shredded_at, i.policy
    FROM receipt_sessions s JOIN complaint_items i ON i.complaint_id = s.complaint_id
    WHERE s.token_hash = token AND s.revoked_at IS NULL $$;
DO $$
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    REVOKE ALL ON FUNCTION receipt_items(bytea) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION receipt_items(bytea) TO portal_public;
    ALTER FUNCTION receipt_items(bytea) OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION receipt_items(bytea), hold_lift(uuid,uuid,uuid,timestamptz);
DROP POLICY worker_reads ON sessions;
DROP POLICY worker_deletes ON sessions;
DROP POLICY worker_reads ON receipt_sessions;
DROP POLICY worker_deletes ON receipt_sessions;
DROP POLICY worker_reads ON attempts;
DROP POLICY worker_deletes ON attempts;
REVOKE ALL ON sessions, receipt_sessions, attempts FROM portal_worker;
REVOKE DELETE ON import_rejections, deliveries FROM portal_worker;
REVOKE UPDATE (receipt_hash, nonce_hash, reporter_token, text_signature) ON complaints FROM portal_worker;
DROP POLICY worker_shreds ON complaint_items;
DROP POLICY worker_reads ON complaint_items;
REVOKE ALL ON complaint_items FROM portal_worker;
DROP POLICY door_locates ON complaint_items;
REVOKE ALL ON complaint_items FROM portal_door, portal_staff;
GRANT SELECT ON complaint_items TO portal_staff;
DROP TRIGGER complaint_items_slot_open ON complaint_items;
DROP TRIGGER findings_hold_evidence ON findings;
DROP INDEX findings_evidence;
DROP FUNCTION link_evidence(uuid,text,uuid,timestamptz);
DROP TABLE shreddings, purges, evidence_links, holds, retention_outlook, shred_marks, shred_stores;
DROP FUNCTION item_slot_open(), hold_frozen(), hold_lifters_belong(), finding_holds_evidence();
DROP POLICY setup_writes ON policies;
DROP POLICY oversight_writes ON policies;
REVOKE INSERT ON policies FROM portal_setup, portal_staff;
DELETE FROM policies WHERE key LIKE 'retention.%';
ALTER TABLE policies DROP COLUMN pin;
DROP INDEX complaint_items_kept;
ALTER TABLE complaint_items DROP COLUMN policy, DROP COLUMN shredded_at, DROP COLUMN slot;
-- +goose StatementBegin
CREATE FUNCTION receipt_items(token bytea) RETURNS TABLE (item text, schema integer, ciphertext bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.item, i.schema, i.ciphertext
    FROM receipt_sessions s JOIN complaint_items i ON i.complaint_id = s.complaint_id
    WHERE s.token_hash = token AND s.revoked_at IS NULL $$;
DO $$
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    REVOKE ALL ON FUNCTION receipt_items(bytea) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION receipt_items(bytea) TO portal_public;
    ALTER FUNCTION receipt_items(bytea) OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd
