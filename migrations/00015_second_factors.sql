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
    decision_id uuid,
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

-- +goose Down
DROP TABLE invitations;
