-- What happens to a licence after its grant: each step with its reason, the letter
-- it makes, what follows from it, and what the agency is told. One table says which
-- step is legal in which state; the same table is in internal/licensing.
-- +goose Up
CREATE TABLE licence_steps (
    id          uuid PRIMARY KEY, -- that of the decision, where two people decided
    number      bigint GENERATED ALWAYS AS IDENTITY UNIQUE, -- of its letter
    agency_id   uuid NOT NULL REFERENCES agencies,
    kind        text NOT NULL CHECK (kind IN ('notice','reply','suspend','narrow','reinstate','revoke','surrender_ask','surrender',
        'condition','condition_done','condition_met','condition_missed','appeal','appeal_upheld','appeal_dismissed')),
    ground      text NOT NULL DEFAULT '', -- a word of the code
    text        text NOT NULL DEFAULT '' CHECK (length(text) <= 4000), -- whoever takes the step, in their words
    on_day      date NOT NULL,
    -- Until when: to reply, of a suspension, to meet a condition. NULL is open.
    until_day   date CHECK (until_day IS NULL OR until_day >= on_day),
    of_step     uuid REFERENCES licence_steps, -- the notice, condition or step that it is about
    scope       text[] NOT NULL DEFAULT '{}', -- of narrow: 'SG', 'SG 53'
    decision_id uuid REFERENCES decisions,
    done_by     uuid NOT NULL REFERENCES people,
    done_at     timestamptz NOT NULL
);
CREATE INDEX licence_steps_agency ON licence_steps (agency_id, done_at DESC);
CREATE INDEX licence_steps_until ON licence_steps (until_day) WHERE until_day IS NOT NULL;
-- One answer to a notice, one end of a condition, one verdict on an appeal.
CREATE UNIQUE INDEX licence_steps_answered ON licence_steps (of_step) WHERE kind IN ('reply','condition_met','condition_missed','appeal_upheld','appeal_dismissed');
CREATE UNIQUE INDEX licence_steps_appealed ON licence_steps (of_step) WHERE kind = 'appeal';
CREATE TRIGGER licence_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON licence_steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What one person wants decided, in words; the decision holds ids alone. The agency
-- never sees it: that a step is considered is a warning.
CREATE TABLE licence_step_proposals (
    decision_id uuid PRIMARY KEY REFERENCES decisions,
    agency_id   uuid NOT NULL REFERENCES agencies,
    kind        text NOT NULL,
    ground      text NOT NULL DEFAULT '',
    text        text NOT NULL DEFAULT '' CHECK (length(text) <= 4000),
    until_day   date,
    of_step     uuid REFERENCES licence_steps,
    scope       text[] NOT NULL DEFAULT '{}',
    made_by     uuid NOT NULL REFERENCES people,
    made_at     timestamptz NOT NULL
);
CREATE INDEX licence_step_proposals_agency ON licence_step_proposals (agency_id);
CREATE TRIGGER licence_step_proposals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON licence_step_proposals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The public history: what a step did to the licence, and that it was appealed.
ALTER TABLE licence_events DROP CONSTRAINT licence_events_kind_check,
    ADD CONSTRAINT licence_events_kind_check CHECK (kind IN ('granted','expired','suspended','narrowed','reinstated','revoked','surrendered',
        'appealed','appeal_upheld','appeal_dismissed')),
    ADD COLUMN step_id uuid REFERENCES licence_steps,
    ADD COLUMN until_day date; -- the last day of a suspension or of narrowing; NULL is open
-- Written down once for each period that ended.
CREATE UNIQUE INDEX licence_events_expired_once ON licence_events (agency_id, on_day) WHERE kind = 'expired';
CREATE INDEX licence_periods_until ON licence_periods (valid_until);

-- What narrowing takes out of a scope, for a time.
CREATE TABLE licence_narrowings (
    step_id     uuid NOT NULL REFERENCES licence_steps,
    agency_id   uuid NOT NULL REFERENCES agencies,
    destination text NOT NULL CHECK (destination ~ '^[A-Z]{2}$'),
    occupation  text NOT NULL DEFAULT '' CHECK (occupation ~ '^[0-9]{0,4}$'),
    since       date NOT NULL,
    until_day   date,
    PRIMARY KEY (step_id, destination, occupation)
);
CREATE INDEX licence_narrowings_agency ON licence_narrowings (agency_id);

-- Whom a suspension or a revocation strands, and what their agency owes each.
CREATE TABLE stranded_people (
    id           uuid PRIMARY KEY,
    step_id      uuid NOT NULL REFERENCES licence_steps,
    agency_id    uuid NOT NULL REFERENCES agencies,
    placement_id uuid NOT NULL REFERENCES placements,
    -- not_left: documents back, money back, or another agency; abroad: somebody who answers.
    place        text NOT NULL CHECK (place IN ('not_left','abroad')),
    duty         text NOT NULL CHECK (duty IN ('documents','refund','transfer','contact')),
    done_by      uuid REFERENCES people,
    done_at      timestamptz,
    CHECK ((done_by IS NULL) = (done_at IS NULL)),
    UNIQUE (step_id, placement_id, duty)
);
CREATE INDEX stranded_people_open ON stranded_people (agency_id, place, id) WHERE done_at IS NULL;

-- What an agency was told of: a step, or a day that comes. Once each.
CREATE TABLE agency_notices (
    id        uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies,
    kind      text NOT NULL CHECK (kind IN ('step','expiry','renewal','reply','condition','suspension_over','appeal','document')),
    object_id uuid NOT NULL, -- the step or the period
    due_on    date NOT NULL,
    days      integer NOT NULL CHECK (days >= 0), -- before that day
    made_at   timestamptz NOT NULL,
    UNIQUE (object_id, kind, due_on, days)
);
CREATE INDEX agency_notices_agency ON agency_notices (agency_id, made_at DESC);
CREATE TRIGGER agency_notices_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agency_notices FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE deliveries ADD COLUMN notice_id uuid REFERENCES agency_notices,
    DROP CONSTRAINT deliveries_one_cause, ADD CONSTRAINT deliveries_one_cause CHECK (num_nonnulls(escalation_id, reading_id, notice_id) = 1),
    ADD CONSTRAINT deliveries_notice_once UNIQUE (notice_id, step, person_id),
    DROP CONSTRAINT deliveries_step_check, ADD CONSTRAINT deliveries_step_check CHECK (step IN ('raised','climbed','handed','noticed'));

-- +goose StatementBegin
-- What a licence is on a day, as internal/licensing computes it.
CREATE FUNCTION licence_state(agency uuid, day date) RETURNS text LANGUAGE sql STABLE AS $$
    WITH last AS (
        SELECT e.kind, e.until_day FROM licence_events e
        WHERE e.agency_id = agency AND e.on_day <= day AND e.kind IN ('granted','suspended','reinstated','revoked','surrendered')
        ORDER BY e.on_day DESC, e.id DESC LIMIT 1)
    SELECT CASE
        WHEN (SELECT kind FROM last) = 'suspended' AND coalesce((SELECT until_day FROM last), 'infinity') >= day THEN 'suspended'
        WHEN (SELECT kind FROM last) IN ('revoked','surrendered') THEN (SELECT kind FROM last)
        WHEN EXISTS (SELECT FROM licence_periods p WHERE p.agency_id = agency AND day BETWEEN p.valid_from AND p.valid_until) THEN 'licensed'
        WHEN EXISTS (SELECT FROM licence_periods p WHERE p.agency_id = agency AND p.valid_until < day) THEN 'expired'
        WHEN EXISTS (SELECT FROM licence_periods p WHERE p.agency_id = agency) THEN 'not_yet'
        ELSE 'listed' END $$;

-- The table of moves. What it does not name is refused.
CREATE FUNCTION licence_step_legal(state text, kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (state, kind) IN (
        ('licensed','notice'), ('not_yet','notice'), ('suspended','notice'), ('expired','notice'),
        ('licensed','suspend'), ('not_yet','suspend'),
        ('licensed','narrow'),
        ('suspended','reinstate'),
        ('licensed','revoke'), ('not_yet','revoke'), ('suspended','revoke'), ('expired','revoke'),
        ('licensed','surrender'), ('not_yet','surrender'), ('suspended','surrender'), ('expired','surrender'),
        ('licensed','condition'), ('not_yet','condition'), ('suspended','condition'))
        OR kind IN ('reply','surrender_ask','condition_done','condition_met','condition_missed','appeal','appeal_upheld','appeal_dismissed') AND state <> 'listed' $$;

CREATE FUNCTION licence_step_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of licence_steps;
BEGIN
    IF NOT licence_step_legal(licence_state(NEW.agency_id, NEW.on_day), NEW.kind) THEN
        RAISE EXCEPTION 'no such step from this state' USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_steps_legal';
    END IF;
    IF NEW.of_step IS NOT NULL THEN
        SELECT * INTO of FROM licence_steps s WHERE s.id = NEW.of_step;
        IF of.agency_id IS DISTINCT FROM NEW.agency_id OR NOT (NEW.kind, of.kind) IN (('reply','notice'), ('suspend','notice'), ('narrow','notice'), ('revoke','notice'),
            ('condition_done','condition'), ('condition_met','condition'), ('condition_missed','condition'), ('surrender','surrender_ask'),
            ('appeal','suspend'), ('appeal','narrow'), ('appeal','revoke'), ('appeal','condition'), ('appeal_upheld','appeal'), ('appeal_dismissed','appeal'),
            ('suspend','condition_missed'), ('revoke','condition_missed')) THEN
            RAISE EXCEPTION 'a step about another one' USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_steps_legal';
        END IF;
    ELSIF NEW.kind IN ('reply','condition_done','condition_met','condition_missed','surrender','appeal','appeal_upheld','appeal_dismissed') THEN
        RAISE EXCEPTION 'a step about nothing' USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_steps_legal';
    END IF;
    RETURN NEW;
END $$;

-- Two people stand behind what hurts or helps; an agency's own words are its own.
CREATE FUNCTION licence_step_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'portal_setup' OR current_setting('is_superuser') = 'on' THEN
        RETURN NULL;
    END IF;
    IF NEW.kind IN ('reply','surrender_ask','condition_done','appeal') THEN
        IF NEW.agency_id IS DISTINCT FROM acting_agency() THEN
            RAISE EXCEPTION 'another agency''s words' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
        END IF;
    ELSE
        PERFORM require_decision_now(NEW.decision_id, 'licence.' || NEW.kind, NEW.agency_id);
    END IF;
    RETURN NULL;
END $$;

-- A sanction on the public history has its step.
CREATE FUNCTION licence_event_has_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user IN ('portal_setup') OR current_setting('is_superuser') = 'on' OR NEW.kind IN ('granted','expired') THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM licence_steps s WHERE s.id = NEW.step_id AND s.agency_id = NEW.agency_id AND (s.kind, NEW.kind) IN (
        ('suspend','suspended'), ('narrow','narrowed'), ('reinstate','reinstated'), ('revoke','revoked'), ('surrender','surrendered'),
        ('appeal','appealed'), ('appeal_upheld','appeal_upheld'), ('appeal_upheld','reinstated'), ('appeal_dismissed','appeal_dismissed'))) THEN
        RAISE EXCEPTION 'no step stands behind it' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'licence_events_step';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER licence_steps_moves BEFORE INSERT ON licence_steps FOR EACH ROW EXECUTE FUNCTION licence_step_moves();
CREATE CONSTRAINT TRIGGER licence_steps_decided AFTER INSERT ON licence_steps DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION licence_step_decided();
CREATE TRIGGER licence_events_have_step AFTER INSERT ON licence_events FOR EACH ROW EXECUTE FUNCTION licence_event_has_step();

DROP INDEX decisions_one_waits;
CREATE UNIQUE INDEX decisions_one_waits ON decisions (kind, subject_id)
    WHERE state = 'waiting' AND (kind IN ('hold.lift','retention.policy','policy.change') OR kind LIKE 'licence.%');

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['licence_steps','licence_step_proposals','licence_narrowings','stranded_people','agency_notices'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
-- Whether whoever acts is of the body that decides appeals and reinstatements.
CREATE FUNCTION acts_as_oversight() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT acting_kind() = 'oversight' AND acting_as() = 'overseer' $$;
-- +goose StatementEnd
GRANT SELECT, INSERT ON licence_steps, licence_step_proposals, licence_narrowings, stranded_people, agency_notices TO portal_staff;
GRANT UPDATE (done_by, done_at) ON stranded_people TO portal_staff;
GRANT UPDATE (until_day) ON licence_narrowings TO portal_staff;
GRANT SELECT ON licence_narrowings TO portal_public, portal_worker;
GRANT SELECT, INSERT ON agency_notices TO portal_worker;
GRANT SELECT ON licence_steps TO portal_worker;
GRANT INSERT ON licence_events TO portal_worker;
CREATE POLICY own_agency ON licence_steps TO portal_staff USING (agency_id = acting_agency())
    WITH CHECK (agency_id = acting_agency() AND done_by = acting_person() AND acting_as() = 'agency_head');
CREATE POLICY officers ON licence_steps TO portal_staff USING (acts_as_licensing() OR acts_as_oversight())
    WITH CHECK ((acts_as_licensing() OR acts_as_oversight()) AND done_by = acting_person());
CREATE POLICY processes ON licence_steps FOR SELECT TO portal_worker USING (true);
CREATE POLICY officers ON licence_step_proposals TO portal_staff USING (acts_as_licensing() OR acts_as_oversight())
    WITH CHECK ((acts_as_licensing() OR acts_as_oversight()) AND made_by = acting_person());
CREATE POLICY anybody_reads ON licence_narrowings FOR SELECT USING (true);
CREATE POLICY officers ON licence_narrowings FOR INSERT TO portal_staff WITH CHECK (acts_as_licensing());
CREATE POLICY officers_end ON licence_narrowings FOR UPDATE TO portal_staff USING (acts_as_oversight() OR acts_as_licensing()) WITH CHECK (acts_as_oversight() OR acts_as_licensing());
CREATE POLICY own_agency ON stranded_people FOR SELECT TO portal_staff USING (agency_id = acting_agency());
CREATE POLICY own_agency_does ON stranded_people FOR UPDATE TO portal_staff USING (agency_id = acting_agency()) WITH CHECK (agency_id = acting_agency() AND done_by = acting_person());
CREATE POLICY officers ON stranded_people TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());
CREATE POLICY own_agency ON agency_notices FOR SELECT TO portal_staff USING (agency_id = acting_agency());
CREATE POLICY officers ON agency_notices TO portal_staff USING (acts_as_licensing() OR acts_as_oversight()) WITH CHECK (acts_as_licensing() OR acts_as_oversight());
CREATE POLICY processes ON agency_notices TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY processes_write ON licence_events FOR INSERT TO portal_worker WITH CHECK (kind = 'expired');
CREATE POLICY overseers_write ON licence_events FOR INSERT TO portal_staff WITH CHECK (acts_as_oversight() AND kind IN ('reinstated','appeal_upheld','appeal_dismissed'));
CREATE POLICY agencies_write ON licence_events FOR INSERT TO portal_staff WITH CHECK (agency_id = acting_agency() AND acting_as() = 'agency_head' AND kind = 'appealed');
CREATE POLICY overseers_write ON agencies FOR UPDATE TO portal_staff USING (true) WITH CHECK (acts_as_oversight());
-- Officers see who is stranded; documents and phones are tokens.
CREATE POLICY officers_read ON placements FOR SELECT TO portal_staff USING (acts_as_licensing());
-- The mail that says so is promised where the step is taken.
GRANT INSERT ON deliveries TO portal_staff;
CREATE POLICY notices_told ON deliveries FOR INSERT TO portal_staff WITH CHECK (notice_id IS NOT NULL AND (acts_as_licensing() OR acts_as_oversight()));

-- +goose Down
DROP POLICY notices_told ON deliveries;
REVOKE INSERT ON deliveries FROM portal_staff;
DROP POLICY officers_read ON placements;
DROP POLICY processes_write ON licence_events;
DROP POLICY overseers_write ON licence_events;
DROP POLICY agencies_write ON licence_events;
DROP POLICY overseers_write ON agencies;
REVOKE INSERT ON licence_events FROM portal_worker;
ALTER TABLE deliveries NO FORCE ROW LEVEL SECURITY;
DELETE FROM deliveries WHERE notice_id IS NOT NULL;
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_step_check, ADD CONSTRAINT deliveries_step_check CHECK (step IN ('raised','climbed','handed')),
    DROP CONSTRAINT deliveries_notice_once, DROP CONSTRAINT deliveries_one_cause, DROP COLUMN notice_id,
    ADD CONSTRAINT deliveries_one_cause CHECK (num_nonnulls(escalation_id, reading_id) = 1);
DROP INDEX decisions_one_waits;
CREATE UNIQUE INDEX decisions_one_waits ON decisions (kind, subject_id)
    WHERE state = 'waiting' AND kind IN ('hold.lift','retention.policy','policy.change');
DROP TRIGGER licence_events_have_step ON licence_events;
DROP INDEX licence_events_expired_once, licence_periods_until;
ALTER TABLE licence_events NO FORCE ROW LEVEL SECURITY;
DROP TRIGGER licence_events_append_only ON licence_events;
DELETE FROM licence_events WHERE kind IN ('narrowed','appealed','appeal_upheld','appeal_dismissed');
CREATE TRIGGER licence_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON licence_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE licence_events FORCE ROW LEVEL SECURITY;
ALTER TABLE licence_events DROP COLUMN step_id, DROP COLUMN until_day, DROP CONSTRAINT licence_events_kind_check,
    ADD CONSTRAINT licence_events_kind_check CHECK (kind IN ('granted','expired','suspended','reinstated','revoked','surrendered'));
DROP TABLE agency_notices, stranded_people, licence_narrowings, licence_step_proposals, licence_steps;
DROP FUNCTION acts_as_oversight(), licence_event_has_step(), licence_step_decided(), licence_step_moves(), licence_step_legal(text, text), licence_state(uuid, date);
