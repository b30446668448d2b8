-- The audit entries as a Merkle log: places, hashes, checkpoints, witnesses.
-- +goose Up
-- 122 random bits a row: whoever is shown a hash cannot guess what it hashes.
ALTER TABLE audit_entries ADD COLUMN salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid());

-- Entries without a place in the log yet. Writers add to it and wait for
-- nobody; an entry that commits late is merely placed later. No foreign key:
-- it would lock a row for each entry, and verification asks the same.
CREATE TABLE audit_pending (entry_id uuid PRIMARY KEY);

-- +goose StatementBegin
CREATE FUNCTION audit_await_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending SELECT id FROM added;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_entries_await_place AFTER INSERT ON audit_entries
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION audit_await_place();
-- The owner, who migrates, sees no entry while row-level security is forced.
ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY;
INSERT INTO audit_pending SELECT id FROM audit_entries;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;

-- The place of each entry.
CREATE TABLE audit_leaves (
    position bigint PRIMARY KEY CHECK (position >= 0),
    entry_id uuid NOT NULL UNIQUE
);
-- Runs of leaves that hide how many entries a minute had, and when. Their content comes
-- from the seed, so that no entry can be passed off as padding.
CREATE TABLE audit_padding (
    first  bigint PRIMARY KEY CHECK (first >= 0),
    leaves integer NOT NULL CHECK (leaves > 0),
    seed   bytea NOT NULL CHECK (length(seed) = 32)
);
-- Hash tiles of height 8 (tlog): up to 256 hashes of 32 bytes.
CREATE TABLE audit_tiles (
    level  integer NOT NULL CHECK (level BETWEEN 0 AND 7),
    n      bigint NOT NULL CHECK (n >= 0),
    hashes bytea NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
    PRIMARY KEY (level, n)
);
ALTER TABLE audit_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL; -- hashes do not compress
-- What was signed: C2SP checkpoints, one a minute.
CREATE TABLE audit_checkpoints (
    size bigint PRIMARY KEY CHECK (size > 0),
    at   timestamptz NOT NULL,
    note text NOT NULL
);
-- How far each witness has followed.
CREATE TABLE audit_witnesses (
    name      text PRIMARY KEY,
    size      bigint NOT NULL DEFAULT 0,
    taken_at  timestamptz,
    failed_at timestamptz,
    -- A class, never a text.
    failure   text NOT NULL DEFAULT '' CHECK (failure IN ('','unreachable','refused','ahead'))
);
-- When each periodic piece of work was begun last, for all workers together.
CREATE TABLE periodic_runs (
    name   text PRIMARY KEY CHECK (name ~ '^[a-z_]+(\.[a-z_]+)*$'),
    ran_at timestamptz NOT NULL
);

CREATE TRIGGER audit_leaves_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_leaves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_padding_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_padding
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_tiles_stay BEFORE DELETE OR TRUNCATE ON audit_tiles
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['audit_pending','audit_leaves','audit_padding','audit_tiles','audit_checkpoints','audit_witnesses','periodic_runs'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY worker ON %I TO portal_worker USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- Whoever adds an entry has it wait for its place; only the worker looks.
GRANT INSERT ON audit_pending TO portal_public, portal_door, portal_staff, portal_worker, portal_setup;
CREATE POLICY all_add ON audit_pending FOR INSERT WITH CHECK (true);
GRANT SELECT, DELETE ON audit_pending TO portal_worker;
GRANT SELECT, INSERT ON audit_leaves, audit_padding, audit_checkpoints, audit_tiles, audit_witnesses, periodic_runs TO portal_worker;
GRANT UPDATE (hashes) ON audit_tiles TO portal_worker;
GRANT UPDATE (size, taken_at, failed_at, failure) ON audit_witnesses TO portal_worker;
GRANT UPDATE (ran_at) ON periodic_runs TO portal_worker;
-- Everybody may know what was signed, and nothing else of the log.
GRANT SELECT ON audit_checkpoints TO portal_public;
CREATE POLICY public_reads ON audit_checkpoints FOR SELECT TO portal_public USING (true);

-- The holder of an open receipt: their own complaint's leaf, and the hashes
-- that prove it.
GRANT SELECT ON audit_entries, audit_leaves, audit_tiles TO portal_receipt;
CREATE POLICY receipts ON audit_entries FOR SELECT TO portal_receipt USING (action = 'complaint.filed');
CREATE POLICY receipts ON audit_leaves FOR SELECT TO portal_receipt USING (true);
CREATE POLICY receipts ON audit_tiles FOR SELECT TO portal_receipt USING (true);
-- +goose StatementBegin
CREATE FUNCTION receipt_leaf(token bytea)
RETURNS TABLE (place bigint, id uuid, at timestamptz, actor_kind text, actor_id uuid, unit_id uuid, process text,
    action text, object_kind text, object_id uuid, salt bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.position, e.id, e.at, e.actor_kind, e.actor_id, e.unit_id, e.process, e.action, e.object_kind, e.object_id, e.salt
    FROM receipt_sessions s
    JOIN audit_entries e ON e.object_kind = 'complaint' AND e.object_id = s.complaint_id AND e.action = 'complaint.filed'
    LEFT JOIN audit_leaves l ON l.entry_id = e.id
    WHERE s.token_hash = token AND s.revoked_at IS NULL ORDER BY e.at LIMIT 1 $$;

CREATE FUNCTION receipt_tile(token bytea, tile_level integer, tile_n bigint) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.hashes FROM audit_tiles t
    WHERE t.level = tile_level AND t.n = tile_n
      AND EXISTS (SELECT FROM receipt_sessions s WHERE s.token_hash = token AND s.revoked_at IS NULL) $$;

DO $$
DECLARE f text;
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    FOREACH f IN ARRAY ARRAY['receipt_leaf(bytea)','receipt_tile(bytea,integer,bigint)'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO portal_public';
        EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO portal_receipt';
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

INSERT INTO policies (key, valid_from, value, source) VALUES
    ('audit.leaves_per_checkpoint', '2020-01-01', '256', 'house rule: above the entries of a busy minute; what is more waits for the next');

-- Nobody signs a deed with another's name: the public's role writes for the
-- public, a person's for that person. The door writes for those it lets in.
DROP POLICY all_add ON audit_entries;
CREATE POLICY public_adds ON audit_entries FOR INSERT TO portal_public WITH CHECK (actor_kind IN ('public','receipt'));
CREATE POLICY people_add ON audit_entries FOR INSERT TO portal_staff WITH CHECK (actor_kind = 'staff' AND actor_id = acting_person());
CREATE POLICY portal_adds ON audit_entries FOR INSERT TO portal_door, portal_worker, portal_setup WITH CHECK (true);

-- +goose Down
DROP POLICY public_adds ON audit_entries;
DROP POLICY people_add ON audit_entries;
DROP POLICY portal_adds ON audit_entries;
CREATE POLICY all_add ON audit_entries FOR INSERT WITH CHECK (true);
DELETE FROM policies WHERE key = 'audit.leaves_per_checkpoint';
DROP FUNCTION receipt_leaf(bytea), receipt_tile(bytea,integer,bigint);
DROP POLICY receipts ON audit_entries;
REVOKE ALL ON audit_entries FROM portal_receipt;
DROP TABLE periodic_runs, audit_witnesses, audit_checkpoints, audit_tiles, audit_padding, audit_leaves;
DROP TRIGGER audit_entries_await_place ON audit_entries;
DROP FUNCTION audit_await_place();
DROP TABLE audit_pending;
ALTER TABLE audit_entries DROP COLUMN salt;
