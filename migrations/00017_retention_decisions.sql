-- Lifting a hold and changing a rule of retention are decisions of two people.
-- Each row names its decision and commits with the verdict; an operator's command
-- on the host sets rules without one. Whoever writes all of that by hand, with a
-- verdict that nobody signed, still lacks the pin: such a hold holds, and such a
-- rule deletes nothing.
-- +goose Up
ALTER TABLE holds ADD COLUMN lift_decision uuid REFERENCES decisions, ADD COLUMN lift_pin bytea,
    ADD CONSTRAINT holds_lifted_whole CHECK (num_nonnulls(lifted_at, lift_decision, lift_pin) IN (0, 3));
ALTER TABLE policies ADD COLUMN decision_id uuid REFERENCES decisions; -- null: an operator's command

-- One proposal at a time about a hold, and about the rule of one kind.
CREATE UNIQUE INDEX decisions_one_waits ON decisions (kind, subject_id)
    WHERE state = 'waiting' AND kind IN ('hold.lift','retention.policy');

DROP FUNCTION hold_lift(uuid, uuid, uuid, timestamptz);
-- +goose StatementBegin
-- The two people are those of the decision, whatever the caller says.
CREATE FUNCTION hold_lift(hold uuid, decision uuid, at timestamptz, pin bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH done AS (
        UPDATE holds h SET lift_decision = d.id, lift_proposed_by = d.proposed_by, lift_proposed_unit = d.proposed_unit,
            lift_approved_by = d.decided_by, lift_approved_unit = d.decided_unit, lifted_at = hold_lift.at, lift_pin = hold_lift.pin
        FROM decisions d WHERE h.id = hold_lift.hold AND h.lifted_at IS NULL
            AND d.id = hold_lift.decision AND d.kind = 'hold.lift' AND d.subject_id = hold_lift.hold AND d.state = 'approved' RETURNING 1)
    SELECT EXISTS (SELECT FROM done) $$;

CREATE FUNCTION hold_lift_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.lifted_at IS NOT NULL AND current_setting('is_superuser') = 'off' THEN
        PERFORM require_decision_now(NEW.lift_decision, 'hold.lift', NEW.id);
    END IF;
    RETURN NULL;
END $$;

-- A kind has no id of its own: the subject of its decisions follows from its key.
CREATE FUNCTION policy_subject(key text) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT encode(substring(sha256(convert_to(key, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid $$;

CREATE FUNCTION decision_of_policy(decision uuid, key text, valid_from date, value jsonb, source text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM decisions d WHERE d.id = decision_of_policy.decision
        AND 'retention.' || (d.detail->>'kind') = decision_of_policy.key AND (d.detail->>'from')::date = decision_of_policy.valid_from
        AND d.detail->>'days' = decision_of_policy.value->>'days' AND d.detail->>'source' = decision_of_policy.source) THEN
        RAISE EXCEPTION 'the decision is of another rule' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
    END IF;
END $$;

CREATE FUNCTION policy_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.key NOT LIKE 'retention.%' OR current_user = 'portal_setup' OR current_setting('is_superuser') = 'on' THEN
        RETURN NULL;
    END IF;
    PERFORM require_decision_now(NEW.decision_id, 'retention.policy', policy_subject(NEW.key));
    PERFORM decision_of_policy(NEW.decision_id, NEW.key, NEW.valid_from, NEW.value, NEW.source);
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER holds_lift_decided AFTER INSERT OR UPDATE ON holds
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hold_lift_decided();
CREATE CONSTRAINT TRIGGER policies_decided AFTER INSERT OR UPDATE ON policies
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION policy_decided();

-- Whoever is asked to lift a hold sees that one. Row security of decisions says
-- which those are.
CREATE POLICY deciders_read ON holds FOR SELECT TO portal_staff
    USING (acting_kind() = 'support' AND acting_as() = 'support_worker'
        AND EXISTS (SELECT FROM decisions d WHERE d.kind = 'hold.lift' AND d.subject_id = holds.id AND d.unit_id = acting_unit()));

-- +goose StatementBegin
DO $$
DECLARE f text;
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    FOREACH f IN ARRAY ARRAY['hold_lift(uuid,uuid,timestamptz,bytea)','decision_of_policy(uuid,text,date,jsonb,text)'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO portal_staff';
        EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO portal_receipt';
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP POLICY deciders_read ON holds;
DROP TRIGGER policies_decided ON policies;
DROP TRIGGER holds_lift_decided ON holds;
DROP FUNCTION policy_decided(), decision_of_policy(uuid, text, date, jsonb, text), policy_subject(text), hold_lift_decided(), hold_lift(uuid, uuid, timestamptz, bytea);
DROP INDEX decisions_one_waits;
ALTER TABLE policies DROP COLUMN decision_id;
ALTER TABLE holds DROP COLUMN lift_decision, DROP COLUMN lift_pin;
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
