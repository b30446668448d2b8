-- Invitations, second factors, sign-ins under way. Rows by which somebody could
-- become another person carry a pin, like those of 00010.
-- +goose Up
CREATE TABLE invitations (
    id          uuid PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES people,
    email       text NOT NULL CHECK (email = lower(email) AND email LIKE '%_@_%'),
    -- The code has 130 bits of its own: a plain hash is enough (ASVS 6.5.2).
    token_hash  bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    issued_by   uuid REFERENCES people, -- null: an operator's command
    -- The decision of two people by which somebody who had a passphrase gets another.
    decision_id uuid REFERENCES decisions,
    -- With a decision: a digest of the roles and the key that it spoke of.
    holding     bytea CHECK ((holding IS NULL) = (decision_id IS NULL)),
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at  timestamptz,
    pin         bytea NOT NULL
);
CREATE UNIQUE INDEX invitations_open ON invitations (person_id) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_issued_by ON invitations (issued_by);

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON invitations TO portal_door;
GRANT UPDATE (accepted_at) ON invitations TO portal_door;
GRANT INSERT ON invitations TO portal_staff, portal_setup;
GRANT SELECT (id, person_id, issued_by, decision_id, issued_at, expires_at, accepted_at, revoked_at) ON invitations TO portal_staff, portal_setup;
GRANT UPDATE (revoked_at) ON invitations TO portal_staff, portal_setup;
CREATE POLICY door ON invitations TO portal_door USING (true) WITH CHECK (true);
CREATE POLICY setup ON invitations TO portal_setup USING (true) WITH CHECK (issued_by IS NULL OR revoked_at IS NOT NULL);
CREATE POLICY administrators_read ON invitations FOR SELECT TO portal_staff
    USING (acting_kind() = 'administration' AND acting_as() = 'administrator');
CREATE POLICY administrators_invite ON invitations FOR INSERT TO portal_staff
    WITH CHECK (acting_kind() = 'administration' AND acting_as() = 'administrator' AND issued_by = acting_person());
CREATE POLICY administrators_revoke ON invitations FOR UPDATE TO portal_staff
    USING (acting_kind() = 'administration' AND acting_as() = 'administrator') WITH CHECK (revoked_at IS NOT NULL);

-- That somebody has a second factor stands in the pinned credential itself: whoever
-- deletes the factors of a person locks them out and opens nothing.
ALTER TABLE credentials ADD COLUMN guarded boolean NOT NULL DEFAULT false;
GRANT UPDATE (guarded) ON credentials TO portal_door;

CREATE TABLE factors (
    id        uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people,
    kind      text NOT NULL CHECK (kind IN ('key','app','recovery')),
    name      text NOT NULL,
    -- key: the credential's id; recovery: the hash of the code.
    handle    bytea NOT NULL,
    -- key: the credential as JSON; app: the secret, sealed under the key folder.
    material  bytea NOT NULL,
    -- key: the sign count; app: the last step that was used.
    counter   bigint NOT NULL,
    pin       bytea NOT NULL, -- of everything above
    made_at   timestamptz NOT NULL,
    used_at   timestamptz
);
CREATE UNIQUE INDEX factors_handle ON factors (kind, handle) WHERE kind <> 'app';
CREATE UNIQUE INDEX factors_app ON factors (person_id) WHERE kind = 'app';
CREATE INDEX factors_person ON factors (person_id);

-- A sign-in whose passphrase was right, and whose second factor or, once nothing
-- is left to prove, whose choice of a role is awaited. It is no session: nothing
-- but that step knows it.
CREATE TABLE sign_ins (
    id         uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    person_id  uuid NOT NULL REFERENCES people,
    unit_id    uuid NOT NULL REFERENCES units,
    role       text NOT NULL,
    -- The person's own key, encrypted under the token of this step.
    sealed_key bytea,
    -- What a security key is asked to sign, sealed; taken away when it was used.
    challenge  bytea,
    tries      integer NOT NULL DEFAULT 0,
    proved     boolean NOT NULL, -- the choice of a role is all that is left
    expires_at timestamptz NOT NULL,
    pin        bytea NOT NULL
);
CREATE INDEX sign_ins_person ON sign_ins (person_id);
CREATE INDEX sign_ins_expiry ON sign_ins (expires_at);

-- Sessions of before carry a pin of another shape. The owner, who migrates, sees
-- no row while row-level security is forced.
ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY;
DELETE FROM sessions;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE sessions ADD COLUMN fresh_at timestamptz NOT NULL, ADD COLUMN challenge bytea;
-- The open ones, and the last one: its role is offered first.
CREATE INDEX sessions_person ON sessions (person_id, created_at);
GRANT UPDATE (token_hash, sealed_key, pin, fresh_at, challenge) ON sessions TO portal_door;

-- An attempt that was right is taken off its count.
ALTER TABLE attempts NO FORCE ROW LEVEL SECURITY;
DELETE FROM attempts;
ALTER TABLE attempts FORCE ROW LEVEL SECURITY;
ALTER TABLE attempts DROP CONSTRAINT attempts_count_check, ADD CONSTRAINT attempts_count_check CHECK (count >= 0);
-- Whoever hands in a receipt is nobody; the public counts misses, in one bucket.
GRANT SELECT, INSERT, UPDATE, DELETE ON attempts TO portal_public;
CREATE POLICY receipts ON attempts TO portal_public USING (bucket = 'receipts') WITH CHECK (bucket = 'receipts');

ALTER TABLE factors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sign_ins ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON factors TO portal_door;
GRANT UPDATE (material, counter, pin, used_at) ON factors TO portal_door;
GRANT SELECT, INSERT, DELETE ON sign_ins TO portal_door;
GRANT UPDATE (challenge, tries) ON sign_ins TO portal_door;
CREATE POLICY door ON factors TO portal_door USING (true) WITH CHECK (true);
CREATE POLICY door ON sign_ins TO portal_door USING (true) WITH CHECK (true);
-- The list of accounts that an operator reads, and closes one of.
GRANT UPDATE (deactivated_at) ON people TO portal_setup;
CREATE POLICY setup_closes ON people FOR UPDATE TO portal_setup USING (true) WITH CHECK (true);
GRANT DELETE ON memberships TO portal_setup;
CREATE POLICY setup_ends ON memberships FOR DELETE TO portal_setup USING (true);

-- +goose Down
DROP POLICY setup_ends ON memberships;
REVOKE DELETE ON memberships FROM portal_setup;
DROP POLICY setup_closes ON people;
REVOKE UPDATE (deactivated_at) ON people FROM portal_setup;
DROP TABLE sign_ins, factors, invitations;
DROP POLICY receipts ON attempts;
REVOKE ALL ON attempts FROM portal_public;
ALTER TABLE attempts NO FORCE ROW LEVEL SECURITY;
DELETE FROM attempts;
ALTER TABLE attempts FORCE ROW LEVEL SECURITY;
ALTER TABLE attempts DROP CONSTRAINT attempts_count_check, ADD CONSTRAINT attempts_count_check CHECK (count > 0);
REVOKE UPDATE (token_hash, sealed_key, pin, fresh_at, challenge) ON sessions FROM portal_door;
DROP INDEX sessions_person;
ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY;
DELETE FROM sessions;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE sessions DROP COLUMN fresh_at, DROP COLUMN challenge;
ALTER TABLE credentials DROP COLUMN guarded;
