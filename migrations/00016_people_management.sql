-- What administrators may do to people and units, and what of it takes two.
-- Nothing here opens a case: memberships that could are guarded in 00011.
-- +goose Up

ALTER TABLE people ADD COLUMN closings integer NOT NULL DEFAULT 0, ADD COLUMN return_pin bytea;
ALTER TABLE people NO FORCE ROW LEVEL SECURITY;
UPDATE people SET closings = 1 WHERE deactivated_at IS NOT NULL;
ALTER TABLE people FORCE ROW LEVEL SECURITY;
GRANT SELECT (closings, return_pin) ON people TO portal_staff, portal_worker, portal_receipt;

-- What was decided in this very transaction about the subject; NULL for nothing.
-- +goose StatementBegin
CREATE FUNCTION decided_now(kind text, subject uuid) RETURNS json
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.detail FROM decisions d WHERE d.kind = decided_now.kind AND d.subject_id = decided_now.subject
        AND d.state = 'approved' AND d.decided_in = pg_current_xact_id() $$;

-- Staff see each other's names; who manages people also sees addresses.
CREATE FUNCTION addresses() RETURNS TABLE (person_id uuid, email text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, p.email FROM people p WHERE acting_kind() = 'administration' AND acting_as() = 'administrator' $$;

-- Sessions, and sign-ins that are halfway.
CREATE FUNCTION end_sessions(person uuid, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM sign_ins WHERE person_id = person
        AND (acting_kind() = 'administration' AND acting_as() = 'administrator' OR acting_as() LIKE 'setup:%');
    UPDATE sessions SET revoked_at = at WHERE person_id = person AND revoked_at IS NULL
        AND (acting_kind() = 'administration' AND acting_as() = 'administrator' OR acting_as() LIKE 'setup:%') $$;

CREATE FUNCTION unit_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.parent_id, NEW.pin) IS NOT DISTINCT FROM (OLD.parent_id, OLD.pin) OR current_setting('is_superuser') = 'on' OR current_user = 'portal_setup' THEN
        RETURN NEW;
    END IF;
    IF (decided_now('unit.move', NEW.id)->>'parent') IS DISTINCT FROM NEW.parent_id::text THEN
        RAISE EXCEPTION 'another parent takes two people' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
    END IF;
    IF EXISTS (
        WITH RECURSIVE above AS (
            SELECT u.id, u.parent_id FROM units u WHERE u.id = NEW.parent_id
            UNION SELECT u.id, u.parent_id FROM units u JOIN above a ON u.id = a.parent_id)
        SELECT FROM above WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'a unit below itself' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'units_circle';
    END IF;
    RETURN NEW;
END $$;

-- Each closing of an account is counted, and the count goes up alone. An account
-- that was closed counts as open with a pin of the portal over the last count: a
-- return that was written with an approval nobody signed opens nothing.
CREATE FUNCTION person_returns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.closings = CASE WHEN NEW.deactivated_at IS NULL THEN 0 ELSE 1 END;
        RETURN NEW;
    END IF;
    NEW.closings = OLD.closings + CASE WHEN OLD.deactivated_at IS NULL AND NEW.deactivated_at IS NOT NULL THEN 1 ELSE 0 END;
    IF OLD.deactivated_at IS NOT NULL AND NEW.deactivated_at IS NULL AND current_setting('is_superuser') = 'off'
        AND decided_now('person.reactivate', NEW.id) IS NULL THEN
        RAISE EXCEPTION 'coming back takes two people' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER units_move BEFORE UPDATE ON units FOR EACH ROW EXECUTE FUNCTION unit_moves();
CREATE TRIGGER people_return BEFORE INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION person_returns();

GRANT INSERT ON units TO portal_staff;
GRANT UPDATE (parent_id, pin) ON units TO portal_staff;
-- The heads of each tree that cases climb are made on the host.
CREATE POLICY administrators_make ON units FOR INSERT TO portal_staff
    WITH CHECK (acting_kind() = 'administration' AND acting_as() = 'administrator' AND (parent_id IS NOT NULL OR kind IN ('support','border','administration','agency')));
CREATE POLICY deciders_move ON units FOR UPDATE TO portal_staff USING (acting_kind() = 'oversight') WITH CHECK (acting_kind() = 'oversight');

GRANT INSERT (id, email, name, language, created_at) ON people TO portal_staff;
GRANT UPDATE (deactivated_at, return_pin) ON people TO portal_staff;
CREATE POLICY administrators_add ON people FOR INSERT TO portal_staff
    WITH CHECK (acting_kind() = 'administration' AND acting_as() = 'administrator' AND deactivated_at IS NULL);
CREATE POLICY administrators_end ON people FOR UPDATE TO portal_staff
    USING (acting_kind() = 'administration' AND acting_as() = 'administrator') WITH CHECK (acting_kind() = 'administration' AND acting_as() = 'administrator');

GRANT INSERT, DELETE ON memberships TO portal_staff;
-- With a decision: the trigger asks which. Without: an administrator, where the
-- role reads no case.
CREATE POLICY granted ON memberships FOR INSERT TO portal_staff
    WITH CHECK (decision_id IS NOT NULL OR acting_kind() = 'administration' AND acting_as() = 'administrator');
CREATE POLICY administrators_end ON memberships FOR DELETE TO portal_staff
    USING (acting_kind() = 'administration' AND acting_as() = 'administrator'
        OR acting_kind() = 'agency' AND acting_as() = 'agency_head' AND unit_id = acting_unit() AND role = 'agency_clerk');

GRANT SELECT (id, email) ON people TO portal_receipt;
GRANT SELECT (person_id, revoked_at) ON sessions TO portal_receipt;
GRANT UPDATE (revoked_at) ON sessions TO portal_receipt;
GRANT SELECT (person_id), DELETE ON sign_ins TO portal_receipt;
CREATE POLICY functions ON people FOR SELECT TO portal_receipt USING (true);
CREATE POLICY functions ON sessions TO portal_receipt USING (true) WITH CHECK (true);
CREATE POLICY functions ON sign_ins TO portal_receipt USING (true) WITH CHECK (false);

-- +goose StatementBegin
DO $$
DECLARE f text;
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    FOREACH f IN ARRAY ARRAY['decided_now(text,uuid)','addresses()','end_sessions(uuid,timestamptz)'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO portal_staff, portal_setup';
        EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO portal_receipt';
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP POLICY functions ON sign_ins;
DROP POLICY functions ON sessions;
REVOKE SELECT (person_id), DELETE ON sign_ins FROM portal_receipt;
DROP POLICY functions ON people;
REVOKE SELECT (person_id, revoked_at), UPDATE (revoked_at) ON sessions FROM portal_receipt;
REVOKE SELECT (id, email) ON people FROM portal_receipt;
DROP POLICY administrators_end ON memberships;
DROP POLICY granted ON memberships;
REVOKE INSERT, DELETE ON memberships FROM portal_staff;
DROP POLICY administrators_end ON people;
DROP POLICY administrators_add ON people;
REVOKE INSERT (id, email, name, language, created_at), UPDATE (deactivated_at, return_pin) ON people FROM portal_staff;
DROP POLICY deciders_move ON units;
DROP POLICY administrators_make ON units;
REVOKE INSERT ON units FROM portal_staff;
REVOKE UPDATE (parent_id, pin) ON units FROM portal_staff;
DROP TRIGGER people_return ON people;
DROP TRIGGER units_move ON units;
DROP FUNCTION person_returns(), unit_moves(), end_sessions(uuid, timestamptz), addresses(), decided_now(text, uuid);
ALTER TABLE people DROP COLUMN closings, DROP COLUMN return_pin;
