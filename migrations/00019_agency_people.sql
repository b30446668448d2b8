-- Agency heads manage the clerks of their own agency, and nobody else; and a
-- verdict rests on what its people are at the moment of the verdict.
-- +goose Up

-- +goose StatementBegin
-- Somebody's memberships in a unit, while the account is open. Until the
-- transaction ends nobody takes one away or closes the account: who decides is
-- still who they say when the verdict commits.
CREATE FUNCTION standing(who uuid, at_unit uuid)
RETURNS TABLE (unit_code text, unit_kind text, agency_id uuid, role text, pin bytea, decision_id uuid, closings integer, return_pin bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.code, u.kind, u.agency_id, m.role, m.pin, m.decision_id, p.closings, p.return_pin
    FROM memberships m JOIN people p ON p.id = m.person_id JOIN units u ON u.id = m.unit_id
    WHERE m.person_id = who AND m.unit_id = at_unit AND p.deactivated_at IS NULL
    ORDER BY m.role FOR SHARE OF m, p $$;

-- Until the transaction ends nobody else gives that person a role, closes or
-- opens the account, or lets them choose another passphrase.
CREATE FUNCTION hold_person(person uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT FROM people p WHERE p.id = person FOR UPDATE $$;

CREATE FUNCTION heads_agency() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT acting_kind() = 'agency' AND acting_as() = 'agency_head' $$;

-- A clerk of the acting head's own agency.
CREATE FUNCTION own_clerk(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT heads_agency() AND EXISTS (SELECT FROM memberships m
        WHERE m.person_id = person AND m.unit_id = acting_unit() AND m.role = 'agency_clerk') $$;

-- One who is nothing else: only of them may a head close the account or make
-- out an invitation.
CREATE FUNCTION only_own_clerk(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT own_clerk(person) AND NOT EXISTS (SELECT FROM memberships m
        WHERE m.person_id = person AND (m.unit_id <> acting_unit() OR m.role <> 'agency_clerk')) $$;

-- Somebody whom a head has just made: named within their agency, and nowhere else.
CREATE FUNCTION own_newcomer(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT heads_agency() AND EXISTS (SELECT FROM people p
            WHERE p.id = person AND p.deactivated_at IS NULL AND split_part(p.email, '@', 2) = acting_desk())
        AND NOT EXISTS (SELECT FROM memberships m WHERE m.person_id = person) $$;

CREATE OR REPLACE FUNCTION addresses() RETURNS TABLE (person_id uuid, email text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, p.email FROM people p WHERE acting_kind() = 'administration' AND acting_as() = 'administrator'
    UNION ALL
    SELECT p.id, p.email FROM memberships m JOIN people p ON p.id = m.person_id WHERE heads_agency() AND m.unit_id = acting_unit() $$;

CREATE OR REPLACE FUNCTION end_sessions(person uuid, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM sign_ins WHERE person_id = person
        AND (acting_kind() = 'administration' AND acting_as() = 'administrator' OR acting_as() LIKE 'setup:%' OR only_own_clerk(person));
    UPDATE sessions SET revoked_at = at WHERE person_id = person AND revoked_at IS NULL
        AND (acting_kind() = 'administration' AND acting_as() = 'administrator' OR acting_as() LIKE 'setup:%' OR only_own_clerk(person)) $$;
-- +goose StatementEnd

CREATE POLICY heads_add ON people FOR INSERT TO portal_staff
    WITH CHECK (heads_agency() AND deactivated_at IS NULL AND split_part(email, '@', 2) = acting_desk());
CREATE POLICY heads_close ON people FOR UPDATE TO portal_staff
    USING (only_own_clerk(id)) WITH CHECK (only_own_clerk(id) AND deactivated_at IS NOT NULL);
CREATE POLICY heads_grant ON memberships FOR INSERT TO portal_staff
    WITH CHECK (unit_id = acting_unit() AND role = 'agency_clerk' AND decision_id IS NULL AND own_newcomer(person_id));
CREATE POLICY heads_read ON invitations FOR SELECT TO portal_staff USING (own_clerk(person_id));
CREATE POLICY heads_invite ON invitations FOR INSERT TO portal_staff
    WITH CHECK (only_own_clerk(person_id) AND issued_by = acting_person() AND decision_id IS NULL);
CREATE POLICY heads_revoke ON invitations FOR UPDATE TO portal_staff
    USING (only_own_clerk(person_id)) WITH CHECK (revoked_at IS NOT NULL);

-- To lock a row takes the right to change it. Nothing is changed by it.
GRANT UPDATE (deactivated_at) ON people TO portal_receipt;
GRANT UPDATE (role) ON memberships TO portal_receipt;
CREATE POLICY functions_lock ON people FOR UPDATE TO portal_receipt USING (true) WITH CHECK (false);
CREATE POLICY functions_lock ON memberships FOR UPDATE TO portal_receipt USING (true) WITH CHECK (false);

-- +goose StatementBegin
DO $$
DECLARE f text;
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    FOREACH f IN ARRAY ARRAY['standing(uuid,uuid)','own_clerk(uuid)','only_own_clerk(uuid)','own_newcomer(uuid)'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO portal_staff';
        EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO portal_receipt';
    END LOOP;
    REVOKE ALL ON FUNCTION hold_person(uuid) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION hold_person(uuid) TO portal_staff, portal_setup, portal_door;
    ALTER FUNCTION hold_person(uuid) OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP POLICY functions_lock ON memberships;
DROP POLICY functions_lock ON people;
REVOKE UPDATE (role) ON memberships FROM portal_receipt;
REVOKE UPDATE (deactivated_at) ON people FROM portal_receipt;
DROP POLICY heads_revoke ON invitations;
DROP POLICY heads_invite ON invitations;
DROP POLICY heads_read ON invitations;
DROP POLICY heads_grant ON memberships;
DROP POLICY heads_close ON people;
DROP POLICY heads_add ON people;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION addresses() RETURNS TABLE (person_id uuid, email text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, p.email FROM people p WHERE acting_kind() = 'administration' AND acting_as() = 'administrator' $$;

CREATE OR REPLACE FUNCTION end_sessions(person uuid, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM sign_ins WHERE person_id = person
        AND (acting_kind() = 'administration' AND acting_as() = 'administrator' OR acting_as() LIKE 'setup:%');
    UPDATE sessions SET revoked_at = at WHERE person_id = person AND revoked_at IS NULL
        AND (acting_kind() = 'administration' AND acting_as() = 'administrator' OR acting_as() LIKE 'setup:%') $$;
-- +goose StatementEnd
DROP FUNCTION own_newcomer(uuid), only_own_clerk(uuid), own_clerk(uuid), heads_agency(), hold_person(uuid), standing(uuid, uuid);
