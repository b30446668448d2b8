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
INSERT INTO audit_pending SELECT id FROM audit_entries;

-- The place of each entry.
CREATE TABLE audit_leaves (
    position bigint PRIMARY KEY CHECK (position >= 0),
    entry_id uuid NOT NULL UNIQUE
);
-- Runs of leaves that hide how many entries a minute had. Their content comes
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

GRANT INSERT, SELECT, DELETE ON audit_pending TO portal_app;
GRANT SELECT, INSERT ON audit_leaves, audit_padding, audit_checkpoints TO portal_app;
GRANT SELECT, INSERT, UPDATE ON audit_tiles, audit_witnesses, periodic_runs TO portal_app;

INSERT INTO policies (key, valid_from, value, source) VALUES
    ('audit.leaves_per_checkpoint', '2020-01-01', '64', 'house rule: above the entries of an ordinary minute, so that its leaves tell nothing');

-- +goose Down
DELETE FROM policies WHERE key = 'audit.leaves_per_checkpoint';
DROP TABLE periodic_runs, audit_witnesses, audit_checkpoints, audit_tiles, audit_padding, audit_leaves;
DROP TRIGGER audit_entries_await_place ON audit_entries;
DROP FUNCTION audit_await_place();
DROP TABLE audit_pending;
ALTER TABLE audit_entries DROP COLUMN salt;
