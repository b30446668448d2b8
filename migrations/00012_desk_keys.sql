-- Keys of desks. Public halves are pinned under the key folder, so that whoever
-- can write to the database alone addresses nothing to a key of their own; the
-- private half lies wrapped to each admitted member's own key, and as shares
-- with the desks that can restore it. No process has a way to one.
-- +goose Up
CREATE TABLE desk_keys (
    id           text PRIMARY KEY CHECK (id ~ '^[0-9]{1,6}-[0-9a-f]{16}$'), -- sequence and fingerprint
    unit_id      uuid NOT NULL REFERENCES units,
    sequence     integer NOT NULL CHECK (sequence > 0),
    public       bytea NOT NULL,
    pin          bytea NOT NULL,            -- of unit, code, id and public
    made_at      timestamptz NOT NULL,
    made_by      uuid REFERENCES people,    -- NULL: at the installation
    retired_at   timestamptz,               -- nothing is addressed to it any more
    reason       text CHECK (reason IN ('yearly','leave','asked','recover')),
    destroyed_at timestamptz,               -- nothing is under it, and nobody holds it any more
    UNIQUE (unit_id, sequence),
    CHECK ((retired_at IS NULL) = (reason IS NULL) AND (destroyed_at IS NULL OR retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX desk_keys_current ON desk_keys (unit_id) WHERE retired_at IS NULL;

CREATE TABLE desk_key_wraps (
    key_id     text NOT NULL REFERENCES desk_keys,
    unit_id    uuid NOT NULL REFERENCES units,
    person_id  uuid NOT NULL REFERENCES people,
    member_key text NOT NULL REFERENCES member_keys,
    wrapped    bytea NOT NULL,              -- the private half, to that member's key
    made_at    timestamptz NOT NULL,
    made_by    uuid REFERENCES people,
    pin        bytea NOT NULL,              -- of key_id, member_key, person_id and made_by: without a good one it does not count
    PRIMARY KEY (key_id, member_key)
);
CREATE INDEX desk_key_wraps_unit ON desk_key_wraps (unit_id, person_id);

-- Two of three parts of a desk's key, sealed to another desk. Any two holders
-- have all three.
CREATE TABLE desk_shares (
    key_id     text NOT NULL REFERENCES desk_keys,
    unit_id    uuid NOT NULL REFERENCES units,   -- whose key
    holder_id  uuid NOT NULL REFERENCES units,   -- who holds the share
    holder_key text NOT NULL REFERENCES desk_keys,
    sealed     bytea NOT NULL,
    PRIMARY KEY (key_id, holder_id),
    CHECK (holder_id <> unit_id)
);
CREATE INDEX desk_shares_holder ON desk_shares (holder_id, holder_key);

-- What waits for a holder of a desk's key to sign in.
CREATE TABLE desk_work (
    id          uuid PRIMARY KEY,
    unit_id     uuid NOT NULL REFERENCES units,
    kind        text NOT NULL CHECK (kind IN ('rotate','leave','recover','handover')),
    to_unit_id  uuid REFERENCES units,           -- handover
    decision_id uuid REFERENCES decisions,       -- handover: of both units
    asked_at    timestamptz NOT NULL,
    asked_by    uuid NOT NULL REFERENCES people,
    -- No counts: members of one desk may see different things, and a number that
    -- all of them read would tell one of what only another may know of.
    walked_at   timestamptz,                     -- a member came to the end of what that member may see
    finished_at timestamptz,                     -- nothing is left, whoever may see it
    CHECK ((kind = 'handover') = (to_unit_id IS NOT NULL) AND (to_unit_id IS NULL) = (decision_id IS NULL) AND to_unit_id <> unit_id)
);
CREATE UNIQUE INDEX desk_work_rewrap ON desk_work (unit_id) WHERE finished_at IS NULL AND kind <> 'handover';
CREATE INDEX desk_work_handover ON desk_work (unit_id, to_unit_id) WHERE finished_at IS NULL AND kind = 'handover';

-- What became of each complaint in a hand-over. What has no row is still to do.
CREATE TABLE desk_handed (
    work_id      uuid NOT NULL REFERENCES desk_work,
    complaint_id uuid NOT NULL REFERENCES complaints,
    fate         text NOT NULL CHECK (fate IN ('handed','kept','excluded','unreadable')),
    PRIMARY KEY (work_id, complaint_id)
);

-- Envelopes that do not open and that two people of the desk gave up: the older
-- key need not be kept for them.
CREATE TABLE desk_given_up (
    unit_id      uuid NOT NULL REFERENCES units,
    complaint_id uuid NOT NULL REFERENCES complaints,
    key_id       text NOT NULL REFERENCES desk_keys,
    decision_id  uuid NOT NULL REFERENCES decisions,
    PRIMARY KEY (unit_id, complaint_id, key_id)
);

-- What holders of shares contribute to the member who restores a lost key,
-- sealed to that member's own key.
CREATE TABLE desk_contributions (
    key_id      text NOT NULL REFERENCES desk_keys,
    unit_id     uuid NOT NULL REFERENCES units,       -- whose key
    holder_id   uuid NOT NULL REFERENCES units,
    given_by    uuid NOT NULL REFERENCES people,
    person_id   uuid NOT NULL REFERENCES people,      -- who restores
    member_key  text NOT NULL REFERENCES member_keys,
    decision_id uuid NOT NULL REFERENCES decisions,
    sealed      bytea NOT NULL,
    made_at     timestamptz NOT NULL,
    PRIMARY KEY (key_id, member_key, holder_id),
    UNIQUE (key_id, member_key, given_by), -- two holders are two people
    CHECK (given_by <> person_id AND holder_id <> unit_id)
);

-- A desk's envelopes by key: which are still under an old one.
CREATE INDEX complaint_envelopes_desk ON complaint_envelopes (recipient, key_id, complaint_id);

-- +goose StatementBegin
-- Whether nobody of the unit may see the complaint. The tables of exclusions and
-- readings are of another file: without them nobody is excluded.
CREATE FUNCTION desk_excluded(told uuid, unit uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF to_regclass('complaint_exclusions') IS NULL THEN RETURN false; END IF;
    RETURN excluded(told, unit);
END $$;

-- Whether the unit may never receive it from another.
CREATE FUNCTION hand_over_never(told uuid, unit uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF desk_excluded(told, unit) THEN RETURN true; END IF;
    IF to_regclass('readings') IS NULL THEN RETURN false; END IF;
    RETURN (SELECT u.kind FROM units u WHERE u.id = unit) IN ('province','embassy')
        AND EXISTS (SELECT FROM readings r WHERE r.complaint_id = told AND r.verdict = 'official_named');
END $$;

-- Whether anything is sealed to an older key of the acting desk, whoever may see
-- it. For the deed that destroys such keys alone: nobody is told.
CREATE FUNCTION desk_older_keys_needed() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM desk_keys k JOIN complaint_envelopes e ON e.recipient = acting_desk() AND e.key_id = k.id
        WHERE k.unit_id = acting_unit() AND k.retired_at IS NOT NULL AND k.destroyed_at IS NULL
          AND NOT EXISTS (SELECT FROM desk_given_up g WHERE g.unit_id = k.unit_id AND g.complaint_id = e.complaint_id AND g.key_id = e.key_id)) $$;

-- Whether a hand-over of the acting desk has anything left that a member of it
-- may see, whoever that is. For the deed that ends it alone.
CREATE FUNCTION hand_over_left(work uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM desk_work w JOIN complaint_envelopes e ON e.recipient = acting_desk()
        WHERE w.id = hand_over_left.work AND w.unit_id = acting_unit()
          AND NOT EXISTS (SELECT FROM desk_handed h WHERE h.work_id = w.id AND h.complaint_id = e.complaint_id)
          AND NOT hand_over_never(e.complaint_id, w.to_unit_id) AND NOT desk_excluded(e.complaint_id, w.unit_id)) $$;

-- Nothing is addressed to a key that was retired: the lock makes a rotation wait
-- for what is being filed, and what is filed after it be sealed anew.
CREATE FUNCTION envelope_key_is_current() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7203150, hashtext(NEW.recipient));
    IF EXISTS (SELECT FROM desk_keys k JOIN units u ON u.id = k.unit_id
        WHERE k.id = NEW.key_id AND u.code = NEW.recipient AND k.retired_at IS NOT NULL) THEN
        RAISE EXCEPTION 'this key was retired' USING ERRCODE = 'check_violation', CONSTRAINT = 'envelope_key_is_current';
    END IF;
    RETURN NEW;
END $$;

-- What a desk hands over, made in the session of a member of it after the other
-- unit agreed. An envelope that holds more than what is handed over stays; one
-- that does not open (sealed is NULL) is left out. What the other desk may not
-- have yet stays to be done, and so does whatever else refuses it as not eligible.
CREATE FUNCTION hand_envelope_over(work uuid, told uuid, desk text, key text, held text[], sealed bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    receiver units;
    own text[];
    fate text;
    rule text;
BEGIN
    SELECT * INTO receiver FROM units WHERE code = desk;
    SELECT e.items INTO own FROM complaint_envelopes e WHERE e.complaint_id = told AND e.recipient = acting_desk();
    IF own IS NULL OR NOT held <@ own OR NOT EXISTS (SELECT FROM desk_work w WHERE w.id = work AND w.unit_id = acting_unit() AND w.kind = 'handover'
        AND w.to_unit_id = receiver.id AND w.finished_at IS NULL) THEN
        RETURN 'refused';
    END IF;
    IF hand_over_never(told, receiver.id) THEN
        fate := 'excluded';
    ELSIF sealed IS NULL THEN
        fate := 'unreadable';
    ELSE
        BEGIN
            IF receiver.kind = 'police' THEN
                INSERT INTO complaint_disclosures (complaint_id, person, recipient, basis, given_at)
                SELECT complaint_id, person, desk, basis, given_at FROM complaint_disclosures
                WHERE complaint_id = told AND recipient = acting_desk() ON CONFLICT DO NOTHING;
            END IF;
            INSERT INTO complaint_envelopes AS e (complaint_id, recipient, key_id, items, envelope) VALUES (told, desk, key, held, sealed)
            ON CONFLICT (complaint_id, recipient) DO UPDATE SET key_id = EXCLUDED.key_id, items = EXCLUDED.items, envelope = EXCLUDED.envelope
                WHERE e.items <@ EXCLUDED.items;
            fate := CASE WHEN FOUND THEN 'handed' ELSE 'kept' END;
            -- One that is not read yet must not undo the others at their commit.
            SET CONSTRAINTS envelopes_are_eligible IMMEDIATE;
            SET CONSTRAINTS envelopes_are_eligible DEFERRED;
        EXCEPTION WHEN check_violation THEN
            GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
            IF rule = 'envelope_key_is_current' THEN RAISE; END IF;
            RETURN 'unread';
        END;
    END IF;
    INSERT INTO desk_handed (work_id, complaint_id, fate) VALUES (work, told, fate) ON CONFLICT DO NOTHING;
    RETURN fate;
END $$;

-- What waits is what was asked for, and does not begin again.
CREATE FUNCTION desk_work_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.unit_id, NEW.kind, NEW.to_unit_id, NEW.decision_id, NEW.asked_at, NEW.asked_by) IS DISTINCT FROM
       (OLD.id, OLD.unit_id, OLD.kind, OLD.to_unit_id, OLD.decision_id, OLD.asked_at, OLD.asked_by) OR OLD.finished_at IS NOT NULL THEN
        RAISE EXCEPTION 'no such step' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- A key is made once; all that changes is that it is retired, and then gone.
CREATE FUNCTION desk_key_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.unit_id, NEW.sequence, NEW.public, NEW.pin, NEW.made_at, NEW.made_by) IS DISTINCT FROM
       (OLD.id, OLD.unit_id, OLD.sequence, OLD.public, OLD.pin, OLD.made_at, OLD.made_by)
       OR OLD.retired_at IS NOT NULL AND (NEW.retired_at, NEW.reason) IS DISTINCT FROM (OLD.retired_at, OLD.reason)
       OR OLD.destroyed_at IS NOT NULL THEN
        RAISE EXCEPTION 'no such step' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- A hand-over is the decision of the unit that receives, a contribution that of
-- its holder, giving up that of the desk, each taken in this very transaction.
-- Whether it was signed is seen where the keys are, before anything follows.
CREATE FUNCTION desk_needs_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decider uuid;
BEGIN
    IF TG_TABLE_NAME = 'desk_contributions' THEN
        PERFORM require_decision_now(NEW.decision_id, 'desk.recover', NEW.unit_id);
        decider := to_jsonb(NEW)->>'holder_id';
    ELSIF TG_TABLE_NAME = 'desk_given_up' THEN
        PERFORM require_decision_now(NEW.decision_id, 'desk.forget', NEW.unit_id);
        decider := NEW.unit_id;
    ELSIF to_jsonb(NEW)->>'kind' = 'handover' THEN
        PERFORM require_decision_now(NEW.decision_id, 'desk.handover', NEW.unit_id);
        decider := to_jsonb(NEW)->>'to_unit_id';
    ELSE
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM decisions d WHERE d.id = NEW.decision_id AND d.unit_id = decider) THEN
        RAISE EXCEPTION 'another unit decided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER desk_work_decided AFTER INSERT ON desk_work
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION desk_needs_decision();
CREATE CONSTRAINT TRIGGER desk_contributions_decided AFTER INSERT ON desk_contributions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION desk_needs_decision();
CREATE CONSTRAINT TRIGGER desk_given_up_decided AFTER INSERT ON desk_given_up
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION desk_needs_decision();
CREATE TRIGGER desk_work_moves BEFORE UPDATE ON desk_work FOR EACH ROW EXECUTE FUNCTION desk_work_moves();
CREATE TRIGGER desk_keys_moves BEFORE UPDATE ON desk_keys FOR EACH ROW EXECUTE FUNCTION desk_key_moves();
CREATE TRIGGER envelopes_use_current_keys BEFORE INSERT OR UPDATE OF key_id ON complaint_envelopes
    FOR EACH ROW EXECUTE FUNCTION envelope_key_is_current();

-- +goose StatementBegin
DO $$
DECLARE t text; f text;
BEGIN
    FOREACH t IN ARRAY ARRAY['desk_keys','desk_key_wraps','desk_shares','desk_work','desk_handed','desk_given_up','desk_contributions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    END LOOP;
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    FOREACH f IN ARRAY ARRAY['desk_excluded(uuid,uuid)','hand_over_never(uuid,uuid)','desk_older_keys_needed()','hand_over_left(uuid)','envelope_key_is_current()',
        'hand_envelope_over(uuid,uuid,text,text,text[],bytea)'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO portal_staff, portal_receipt';
        EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO portal_receipt';
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION envelope_key_is_current() TO portal_public;

-- The public addresses current keys, and reads no other.
GRANT SELECT ON desk_keys TO portal_public, portal_staff, portal_setup, portal_worker, portal_receipt;
CREATE POLICY current_keys ON desk_keys FOR SELECT TO portal_public, portal_worker USING (retired_at IS NULL);
CREATE POLICY all_keys ON desk_keys FOR SELECT TO portal_staff, portal_setup, portal_receipt USING (true);
GRANT INSERT ON desk_keys TO portal_staff, portal_setup;
GRANT UPDATE (retired_at, reason, destroyed_at) ON desk_keys TO portal_staff;
CREATE POLICY own_desk_makes ON desk_keys FOR INSERT TO portal_staff WITH CHECK (unit_id = acting_unit() AND made_by = acting_person());
CREATE POLICY own_desk_retires ON desk_keys FOR UPDATE TO portal_staff USING (unit_id = acting_unit()) WITH CHECK (unit_id = acting_unit());
CREATE POLICY setup_makes ON desk_keys FOR INSERT TO portal_setup WITH CHECK (made_by IS NULL);

-- Wrapped private halves: the desk's own people alone. The installation adds
-- the first and reads none.
GRANT SELECT, INSERT, DELETE ON desk_key_wraps TO portal_staff;
CREATE POLICY own_desk ON desk_key_wraps TO portal_staff USING (unit_id = acting_unit()) WITH CHECK (unit_id = acting_unit() AND made_by = acting_person());
GRANT SELECT (key_id, unit_id, person_id, member_key, made_at, made_by, pin), INSERT ON desk_key_wraps TO portal_setup;
CREATE POLICY setup ON desk_key_wraps FOR SELECT TO portal_setup USING (true);
CREATE POLICY setup_makes ON desk_key_wraps FOR INSERT TO portal_setup WITH CHECK (made_by IS NULL);

GRANT SELECT, INSERT, DELETE ON desk_shares TO portal_staff;
GRANT UPDATE (holder_key, sealed) ON desk_shares TO portal_staff;
CREATE POLICY own_desk ON desk_shares TO portal_staff USING (unit_id = acting_unit()) WITH CHECK (unit_id = acting_unit());
CREATE POLICY holder ON desk_shares FOR SELECT TO portal_staff USING (holder_id = acting_unit());
CREATE POLICY holder_reseals ON desk_shares FOR UPDATE TO portal_staff USING (holder_id = acting_unit()) WITH CHECK (holder_id = acting_unit());
GRANT SELECT (key_id, unit_id, holder_id, holder_key), INSERT ON desk_shares TO portal_setup;
CREATE POLICY setup ON desk_shares FOR SELECT TO portal_setup USING (true);
CREATE POLICY setup_makes ON desk_shares FOR INSERT TO portal_setup WITH CHECK (true);

-- The unit that receives does not see how a hand-over goes.
GRANT SELECT, INSERT ON desk_work TO portal_staff;
GRANT UPDATE (walked_at, finished_at) ON desk_work TO portal_staff;
GRANT SELECT ON desk_work TO portal_setup, portal_worker, portal_receipt;
CREATE POLICY own_desk ON desk_work FOR SELECT TO portal_staff USING (unit_id = acting_unit());
CREATE POLICY own_desk_begins ON desk_work FOR INSERT TO portal_staff
    WITH CHECK (unit_id = acting_unit() AND kind <> 'handover' AND asked_by = acting_person());
-- The receiving unit's approval of a hand-over writes the work down.
CREATE POLICY receiver_agrees ON desk_work FOR INSERT TO portal_staff WITH CHECK (kind = 'handover' AND to_unit_id = acting_unit());
CREATE POLICY own_desk_works ON desk_work FOR UPDATE TO portal_staff USING (unit_id = acting_unit()) WITH CHECK (unit_id = acting_unit());
CREATE POLICY all_work ON desk_work FOR SELECT TO portal_setup, portal_worker, portal_receipt USING (true);

-- Whoever may see the envelope may see what became of it.
GRANT SELECT ON desk_handed, desk_given_up TO portal_staff;
GRANT INSERT ON desk_given_up TO portal_staff;
CREATE POLICY own_envelopes ON desk_handed FOR SELECT TO portal_staff
    USING (EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = desk_handed.complaint_id));
CREATE POLICY own_envelopes ON desk_given_up FOR SELECT TO portal_staff
    USING (unit_id = acting_unit() AND EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = desk_given_up.complaint_id));
CREATE POLICY own_desk_gives_up ON desk_given_up FOR INSERT TO portal_staff
    WITH CHECK (unit_id = acting_unit() AND EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = desk_given_up.complaint_id AND e.key_id = desk_given_up.key_id));
GRANT SELECT, INSERT ON desk_handed TO portal_receipt;
GRANT SELECT ON desk_given_up TO portal_receipt;
CREATE POLICY functions ON desk_handed TO portal_receipt USING (true) WITH CHECK (true);
CREATE POLICY functions ON desk_given_up FOR SELECT TO portal_receipt USING (true);

GRANT SELECT, INSERT, DELETE ON desk_contributions TO portal_staff;
CREATE POLICY own_desk ON desk_contributions TO portal_staff USING (unit_id = acting_unit()) WITH CHECK (false);
CREATE POLICY holder ON desk_contributions FOR SELECT TO portal_staff USING (holder_id = acting_unit());
CREATE POLICY holder_contributes ON desk_contributions FOR INSERT TO portal_staff
    WITH CHECK (holder_id = acting_unit() AND given_by = acting_person()
        AND EXISTS (SELECT FROM desk_shares s WHERE s.key_id = desk_contributions.key_id AND s.holder_id = acting_unit()));

-- Re-wrapping: a desk's own envelopes, from one key of it to the next.
GRANT UPDATE (key_id, envelope) ON complaint_envelopes TO portal_staff;
CREATE POLICY own_desk_rewraps ON complaint_envelopes FOR UPDATE TO portal_staff USING (recipient = acting_desk())
    WITH CHECK (recipient = acting_desk() AND key_id = (SELECT k.id FROM desk_keys k WHERE k.unit_id = acting_unit() AND k.retired_at IS NULL));
GRANT INSERT ON complaint_envelopes, complaint_disclosures TO portal_receipt;
GRANT UPDATE (key_id, items, envelope) ON complaint_envelopes TO portal_receipt;
CREATE POLICY handed_over ON complaint_envelopes FOR INSERT TO portal_receipt WITH CHECK (true);
CREATE POLICY handed_over_again ON complaint_envelopes FOR UPDATE TO portal_receipt USING (true) WITH CHECK (true);
CREATE POLICY handed_over ON complaint_disclosures FOR INSERT TO portal_receipt WITH CHECK (true);

-- +goose Down
DROP POLICY own_desk_rewraps ON complaint_envelopes;
DROP POLICY handed_over ON complaint_envelopes;
DROP POLICY handed_over_again ON complaint_envelopes;
DROP POLICY handed_over ON complaint_disclosures;
REVOKE UPDATE (key_id, envelope) ON complaint_envelopes FROM portal_staff;
REVOKE INSERT ON complaint_envelopes, complaint_disclosures FROM portal_receipt;
REVOKE UPDATE (key_id, items, envelope) ON complaint_envelopes FROM portal_receipt;
DROP TRIGGER envelopes_use_current_keys ON complaint_envelopes;
DROP INDEX complaint_envelopes_desk;
DROP TABLE desk_contributions, desk_handed, desk_given_up, desk_work, desk_shares, desk_key_wraps, desk_keys;
DROP FUNCTION desk_excluded(uuid, uuid), hand_over_never(uuid, uuid), desk_older_keys_needed(), hand_over_left(uuid), envelope_key_is_current(),
    hand_envelope_over(uuid, uuid, text, text, text[], bytea), desk_work_moves(), desk_key_moves(), desk_needs_decision();
