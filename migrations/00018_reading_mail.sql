-- Whoever may read first is told by mail that something waits, as investigators
-- are of escalations: one row a letter, of one cause. Which desks have a reader
-- is asked of the pins of memberships, which only the key folder can check.
-- +goose Up
ALTER TABLE deliveries ALTER COLUMN escalation_id DROP NOT NULL,
    ADD COLUMN reading_id uuid REFERENCES readings,
    ADD CONSTRAINT deliveries_one_cause CHECK (num_nonnulls(escalation_id, reading_id) = 1),
    ADD CONSTRAINT deliveries_reading_once UNIQUE (reading_id, step, person_id),
    -- handed: somebody found an official named, and another unit goes on with it.
    DROP CONSTRAINT deliveries_step_check,
    ADD CONSTRAINT deliveries_step_check CHECK (step IN ('raised','climbed','handed'));

-- +goose StatementBegin
-- Nobody hears of a reading who may not read it.
CREATE FUNCTION delivery_is_fit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM readings r WHERE r.id = NEW.reading_id
        AND (excluded(r.complaint_id, coalesce(r.handed_to, r.unit_id)) OR reading_conflict(r.complaint_id, NEW.person_id))) THEN
        RAISE EXCEPTION 'this person may not know of it' USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_is_fit';
    END IF;
    RETURN NEW;
END $$;

-- The memberships of first readers, with what their pins bind: whoever files must
-- not leave it with a reader that nobody appointed. Ids, which the public can do
-- nothing with: it sees no person and asks nothing of one.
CREATE FUNCTION first_readers() RETURNS TABLE (person_id uuid, unit_id uuid, decision_id uuid, pin bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.person_id, m.unit_id, m.decision_id, m.pin FROM memberships m JOIN people p ON p.id = m.person_id
    WHERE m.role = 'first_reader' AND p.deactivated_at IS NULL $$;
-- +goose StatementEnd
DROP FUNCTION units_with_readers();
CREATE TRIGGER deliveries_fit BEFORE INSERT ON deliveries FOR EACH ROW WHEN (NEW.reading_id IS NOT NULL) EXECUTE FUNCTION delivery_is_fit();

-- +goose StatementBegin
DO $$
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    REVOKE ALL ON FUNCTION first_readers(), delivery_is_fit() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION first_readers() TO portal_public;
    GRANT EXECUTE ON FUNCTION excluded(uuid, uuid), reading_conflict(uuid, uuid), kept_from(uuid, uuid) TO portal_worker;
    ALTER FUNCTION first_readers() OWNER TO portal_receipt;
    ALTER FUNCTION delivery_is_fit() OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

-- That a member left a desk is seen in who holds its key: nobody kept the promise
-- that said so, too.
ALTER TABLE promises NO FORCE ROW LEVEL SECURITY;
UPDATE promises SET kept_at = now() WHERE topic = 'desk.member_left' AND kept_at IS NULL;
ALTER TABLE promises FORCE ROW LEVEL SECURITY;

-- +goose Down
DROP TRIGGER deliveries_fit ON deliveries;
DROP FUNCTION delivery_is_fit(), first_readers();
REVOKE EXECUTE ON FUNCTION excluded(uuid, uuid), reading_conflict(uuid, uuid), kept_from(uuid, uuid) FROM portal_worker;
ALTER TABLE deliveries NO FORCE ROW LEVEL SECURITY;
DELETE FROM deliveries WHERE reading_id IS NOT NULL;
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_step_check, ADD CONSTRAINT deliveries_step_check CHECK (step IN ('raised','climbed')),
    DROP CONSTRAINT deliveries_reading_once, DROP CONSTRAINT deliveries_one_cause, DROP COLUMN reading_id,
    ALTER COLUMN escalation_id SET NOT NULL;
-- +goose StatementBegin
CREATE FUNCTION units_with_readers() RETURNS TABLE (unit_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT m.unit_id FROM memberships m JOIN people p ON p.id = m.person_id
    WHERE m.role = 'first_reader' AND p.deactivated_at IS NULL $$;

DO $$
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    REVOKE ALL ON FUNCTION units_with_readers() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION units_with_readers() TO portal_public;
    ALTER FUNCTION units_with_readers() OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd
