-- What proves who somebody is, and the key of their own with which they open
-- what was wrapped for them. Rows carry a pin under the key folder: one written
-- by whoever has the database alone does not count.
-- +goose Up
CREATE TABLE credentials (
    person_id uuid PRIMARY KEY REFERENCES people,
    -- Argon2id in PHC form; its hash is one half of the result, the other half
    -- opens the person's key and is stored nowhere.
    verifier  text NOT NULL CHECK (verifier <> ''),
    pin       bytea NOT NULL,
    set_at    timestamptz NOT NULL
);

CREATE TABLE member_keys (
    id         text PRIMARY KEY CHECK (id ~ '^m-[0-9a-f]{16}$'),
    person_id  uuid NOT NULL REFERENCES people,
    public     bytea NOT NULL,
    -- The private half under a key that follows from the passphrase.
    wrapped    bytea NOT NULL,
    pin        bytea NOT NULL, -- of id, person and public
    made_at    timestamptz NOT NULL,
    retired_at timestamptz
);
CREATE UNIQUE INDEX member_keys_current ON member_keys (person_id) WHERE retired_at IS NULL;
CREATE INDEX member_keys_person ON member_keys (person_id);

-- Passphrases of before have no key beside them: their people are invited anew.
ALTER TABLE people DROP COLUMN passphrase_hash;
ALTER TABLE memberships
    ADD COLUMN pin bytea NOT NULL DEFAULT '',
    ADD COLUMN granted_at timestamptz NOT NULL DEFAULT now(),
    -- The decision of two people by which it was granted, where it takes two.
    ADD COLUMN decision_id uuid;

-- A session whose row was written or changed by another hand does not count.
-- The owner, who migrates, sees no row while row-level security is forced.
ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY;
DELETE FROM sessions;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE sessions ADD COLUMN pin bytea NOT NULL;

ALTER TABLE credentials ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE member_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON credentials TO portal_door;
GRANT UPDATE (verifier, pin, set_at) ON credentials TO portal_door;
GRANT SELECT, INSERT ON member_keys TO portal_door;
GRANT UPDATE (wrapped, retired_at) ON member_keys TO portal_door;
CREATE POLICY door ON credentials TO portal_door USING (true) WITH CHECK (true);
CREATE POLICY door ON member_keys TO portal_door USING (true) WITH CHECK (true);
-- Colleagues wrap keys for each other and check signatures.
GRANT SELECT (id, person_id, public, pin, made_at, retired_at) ON member_keys TO portal_staff, portal_worker;
CREATE POLICY readers ON member_keys FOR SELECT TO portal_staff, portal_worker USING (true);
GRANT INSERT ON credentials TO portal_setup;
GRANT SELECT, INSERT ON member_keys TO portal_setup;
GRANT UPDATE (retired_at) ON member_keys TO portal_setup;
CREATE POLICY setup_writes ON credentials FOR INSERT TO portal_setup WITH CHECK (true);
CREATE POLICY setup ON member_keys TO portal_setup USING (true) WITH CHECK (true);

-- +goose Down
ALTER TABLE sessions DROP COLUMN pin;
ALTER TABLE memberships DROP COLUMN pin, DROP COLUMN granted_at, DROP COLUMN decision_id;
ALTER TABLE people ADD COLUMN passphrase_hash text NOT NULL DEFAULT '';
DROP TABLE member_keys, credentials;
