-- What takes two people: somebody proposes, somebody else of the unit whose
-- decision it is decides and signs. The constraints below hold against whoever
-- speaks SQL as the application; the signature is checked where the keys are,
-- and an approval without a good one has no effect and is reported.
-- +goose Up
CREATE TABLE decisions (
    id            uuid PRIMARY KEY,
    kind          text NOT NULL CHECK (kind ~ '^[a-z_]+\.[a-z_]+$'),
    subject_id    uuid NOT NULL,
    unit_id       uuid NOT NULL REFERENCES units, -- whose decision it is
    -- json keeps its bytes, over which the signature runs; ids and words of the
    -- code alone.
    detail        json NOT NULL CHECK (json_typeof(detail) = 'object' AND length(detail::text) <= 4000),
    digest        bytea NOT NULL CHECK (length(digest) = 32), -- SHA-256 of what makes it the same proposal as another
    other_unit    boolean NOT NULL, -- the decider must be of another unit than the proposer
    proposed_by   uuid NOT NULL REFERENCES people,
    proposed_unit uuid NOT NULL REFERENCES units,
    proposed_at   timestamptz NOT NULL,
    state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting','approved','refused','sent_back','withdrawn')),
    decided_by    uuid REFERENCES people,
    decided_unit  uuid REFERENCES units,
    decided_at    timestamptz,
    reason        text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
    key_id        text NOT NULL DEFAULT '',
    signature     bytea,
    -- The portal's own mark on a verdict that it took itself: whoever has the
    -- database alone, with their own genuine key at hand, cannot make it.
    pin           bytea,
    -- The transaction of the verdict: what depends on it must come with it.
    decided_in    xid8,
    CHECK ((state = 'waiting') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_unit IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_in IS NULL)),
    CHECK ((state IN ('approved','refused')) = (signature IS NOT NULL) AND (signature IS NULL) = (key_id = '')),
    CHECK (state NOT IN ('refused','sent_back') OR reason <> ''),
    CONSTRAINT decisions_two_people CHECK (state NOT IN ('approved','refused','sent_back') OR decided_by <> proposed_by),
    CONSTRAINT decisions_own_withdrawal CHECK (state <> 'withdrawn' OR decided_by = proposed_by),
    CONSTRAINT decisions_deciding_unit CHECK (state NOT IN ('approved','refused','sent_back') OR decided_unit = unit_id),
    CONSTRAINT decisions_two_units CHECK (NOT other_unit OR unit_id <> proposed_unit),
    -- Nobody decides what they may become themselves.
    CONSTRAINT decisions_about_another CHECK (state NOT IN ('approved','refused','sent_back') OR decided_by <> subject_id
        OR kind NOT IN ('role.grant','administrator.grant','person.readmit','person.reactivate'))
);
CREATE UNIQUE INDEX decisions_once ON decisions (kind, subject_id, unit_id, digest) WHERE state = 'waiting';
CREATE INDEX decisions_unit ON decisions (unit_id, state, proposed_at);
CREATE INDEX decisions_proposed ON decisions (proposed_unit, state, proposed_at);
CREATE INDEX decisions_subject ON decisions (subject_id, kind);
ALTER TABLE memberships ADD CONSTRAINT memberships_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decisions;

-- +goose StatementBegin
CREATE FUNCTION decision_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' THEN
            RAISE EXCEPTION 'a decision begins as a proposal' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decisions_begin';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'waiting' OR NEW.state = 'waiting' THEN
        RAISE EXCEPTION 'a verdict is given once' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decisions_one_verdict';
    END IF;
    IF (NEW.id, NEW.kind, NEW.subject_id, NEW.unit_id, NEW.detail::text, NEW.digest, NEW.other_unit, NEW.proposed_by, NEW.proposed_unit, NEW.proposed_at)
        IS DISTINCT FROM (OLD.id, OLD.kind, OLD.subject_id, OLD.unit_id, OLD.detail::text, OLD.digest, OLD.other_unit, OLD.proposed_by, OLD.proposed_unit, OLD.proposed_at) THEN
        RAISE EXCEPTION 'a proposal does not change' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decisions_unchanged';
    END IF;
    NEW.decided_in = pg_current_xact_id();
    RETURN NEW;
END $$;

-- For the triggers of whatever needs two people: refuses unless that decision
-- was approved, is of that kind and about that subject. Call it from a deferred
-- constraint trigger, so that the order within a transaction is free.
CREATE FUNCTION require_decision(decision uuid, kind text, subject uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM decisions d WHERE d.id = require_decision.decision AND d.state = 'approved'
        AND d.kind = require_decision.kind AND d.subject_id = require_decision.subject) THEN
        RAISE EXCEPTION 'needs the decision of two people' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
    END IF;
END $$;

-- The same for what must commit together with the verdict: an old approval
-- carries nothing a second time.
CREATE FUNCTION require_decision_now(decision uuid, kind text, subject uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM require_decision(decision, kind, subject);
    IF NOT EXISTS (SELECT FROM decisions d WHERE d.id = require_decision_now.decision AND d.decided_in = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'the decision was taken before' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
    END IF;
END $$;
-- +goose StatementEnd
CREATE TRIGGER decisions_move BEFORE INSERT OR UPDATE ON decisions FOR EACH ROW EXECUTE FUNCTION decision_moves();
CREATE TRIGGER decisions_stay BEFORE DELETE OR TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Roles whose holders may come to read what people told.
-- +goose StatementBegin
CREATE FUNCTION case_reading_role(role text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT role IN ('complaints_officer','inspector','investigator','commander','duty_officer','overseer','support_worker','border_officer','first_reader') $$;
-- +goose StatementEnd

-- Who was made a member by an operator's command on the host and not by two
-- people: the first of a unit, and the demonstration.
CREATE TABLE founding_grants (
    person_id  uuid NOT NULL,
    unit_id    uuid NOT NULL,
    role       text NOT NULL,
    process    text NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX founding_grants_member ON founding_grants (person_id, unit_id, role);
CREATE TRIGGER founding_grants_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON founding_grants
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose StatementBegin
CREATE FUNCTION decision_of_role(decision uuid, unit uuid, role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM decisions d WHERE d.id = decision_of_role.decision
        AND d.unit_id = decision_of_role.unit AND d.detail->>'role' = decision_of_role.role) THEN
        RAISE EXCEPTION 'the decision is of another unit or role' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
    END IF;
END $$;

-- A superuser switches triggers off at will: for them there is the pin of the
-- membership and the verification of the log, and no pretence here.
CREATE FUNCTION membership_needs_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('is_superuser') = 'on' THEN
        RETURN NULL;
    END IF;
    IF current_user = 'portal_setup' THEN
        INSERT INTO founding_grants (person_id, unit_id, role, process) VALUES (NEW.person_id, NEW.unit_id, NEW.role, acting_as());
        RETURN NULL;
    END IF;
    IF case_reading_role(NEW.role) THEN
        PERFORM require_decision_now(NEW.decision_id, 'role.grant', NEW.person_id);
        PERFORM decision_of_role(NEW.decision_id, NEW.unit_id, NEW.role);
    ELSIF NEW.role = 'administrator' THEN
        PERFORM require_decision_now(NEW.decision_id, 'administrator.grant', NEW.person_id);
        PERFORM decision_of_role(NEW.decision_id, NEW.unit_id, NEW.role);
    END IF;
    RETURN NULL;
END $$;

-- Whoever manages people reads no case, not even under another hat.
CREATE FUNCTION membership_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('is_superuser') = 'on' OR NOT (case_reading_role(NEW.role) OR NEW.role = 'administrator') THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.person_id::text, 11));
    IF EXISTS (SELECT FROM memberships m WHERE m.person_id = NEW.person_id AND (m.role = 'administrator') <> (NEW.role = 'administrator')
        AND (m.role = 'administrator' OR case_reading_role(m.role))) THEN
        RAISE EXCEPTION 'an administrator reads no case' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'memberships_apart';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER memberships_need_decision AFTER INSERT OR UPDATE ON memberships
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION membership_needs_decision();
CREATE TRIGGER memberships_apart BEFORE INSERT OR UPDATE ON memberships FOR EACH ROW EXECUTE FUNCTION membership_apart();

ALTER TABLE decisions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE founding_grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON decisions TO portal_staff;
GRANT UPDATE (state, decided_by, decided_unit, decided_at, reason, key_id, signature, pin) ON decisions TO portal_staff;
GRANT SELECT ON decisions TO portal_worker, portal_receipt;
CREATE POLICY concerned ON decisions FOR SELECT TO portal_staff
    USING (proposed_unit = acting_unit() OR unit_id = acting_unit() OR acting_kind() = 'oversight');
CREATE POLICY proposers ON decisions FOR INSERT TO portal_staff
    WITH CHECK (proposed_by = acting_person() AND proposed_unit = acting_unit() AND state = 'waiting');
CREATE POLICY deciders ON decisions FOR UPDATE TO portal_staff
    USING (unit_id = acting_unit() OR proposed_by = acting_person())
    WITH CHECK (decided_by = acting_person() AND decided_unit = acting_unit());
CREATE POLICY readers ON decisions FOR SELECT TO portal_worker, portal_receipt USING (true);
GRANT INSERT ON founding_grants TO portal_setup;
GRANT SELECT ON founding_grants TO portal_setup, portal_worker, portal_staff;
CREATE POLICY setup_writes ON founding_grants FOR INSERT TO portal_setup WITH CHECK (true);
CREATE POLICY readers ON founding_grants FOR SELECT TO portal_setup, portal_worker, portal_staff USING (true);

-- +goose StatementBegin
DO $$
DECLARE f text;
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    FOREACH f IN ARRAY ARRAY['require_decision(uuid,text,uuid)','require_decision_now(uuid,text,uuid)','decision_of_role(uuid,uuid,text)'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO portal_staff, portal_door, portal_worker, portal_setup';
        EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO portal_receipt';
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER memberships_need_decision ON memberships;
DROP TRIGGER memberships_apart ON memberships;
DROP FUNCTION membership_needs_decision(), membership_apart(), decision_of_role(uuid, uuid, text), require_decision_now(uuid, text, uuid);
ALTER TABLE memberships DROP CONSTRAINT memberships_decision_id_fkey;
DROP TABLE founding_grants, decisions;
DROP FUNCTION require_decision(uuid, text, uuid), decision_moves(), case_reading_role(text);
