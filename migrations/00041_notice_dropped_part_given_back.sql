-- A notice can be dropped, and what was suspended in part given back before its end: by
-- the oversight body, as a whole licence is.
-- +goose Up
ALTER TABLE licence_steps DROP CONSTRAINT licence_steps_kind_check, ADD CONSTRAINT licence_steps_kind_check CHECK (kind IN ('notice_dropped','widen',
        'notice','reply','suspend','narrow','reinstate','revoke','surrender_ask','surrender',
        'condition','condition_done','condition_met','condition_missed','appeal','appeal_upheld','appeal_dismissed'));
ALTER TABLE licence_events DROP CONSTRAINT licence_events_kind_check,
    ADD CONSTRAINT licence_events_kind_check CHECK (kind IN ('widened','granted','expired','suspended','narrowed','reinstated','revoked','surrendered','appealed','appeal_upheld','appeal_dismissed'));
CREATE UNIQUE INDEX licence_steps_ended ON licence_steps (of_step) WHERE kind IN ('notice_dropped','widen');
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION licence_step_legal(state text, kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (state, kind) IN (
        ('licensed','notice'), ('not_yet','notice'), ('suspended','notice'), ('expired','notice'),
        ('licensed','suspend'), ('not_yet','suspend'),
        ('licensed','narrow'),
        ('suspended','reinstate'),
        ('licensed','revoke'), ('not_yet','revoke'), ('suspended','revoke'), ('expired','revoke'),
        ('licensed','surrender'), ('not_yet','surrender'), ('suspended','surrender'), ('expired','surrender'),
        ('licensed','condition'), ('not_yet','condition'), ('suspended','condition'))
        OR kind IN ('reply','surrender_ask','condition_done','condition_met','condition_missed','notice_dropped','widen','appeal','appeal_upheld','appeal_dismissed') AND state <> 'listed' $$;

CREATE OR REPLACE FUNCTION licence_step_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of licence_steps;
BEGIN
    IF NOT licence_step_legal(licence_state(NEW.agency_id, NEW.on_day), NEW.kind) THEN
        RAISE EXCEPTION 'no such step from this state' USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_steps_legal';
    END IF;
    IF EXISTS (SELECT FROM licence_steps s WHERE s.of_step = NEW.of_step AND s.kind = 'notice_dropped') THEN
        RAISE EXCEPTION 'the notice was dropped' USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_steps_legal';
    END IF;
    IF NEW.of_step IS NOT NULL THEN
        SELECT * INTO of FROM licence_steps s WHERE s.id = NEW.of_step;
        IF of.agency_id IS DISTINCT FROM NEW.agency_id OR NOT (NEW.kind, of.kind) IN (('reply','notice'), ('notice_dropped','notice'), ('widen','narrow'), ('suspend','notice'), ('narrow','notice'), ('revoke','notice'),
            ('condition_done','condition'), ('condition_met','condition'), ('condition_missed','condition'), ('surrender','surrender_ask'),
            ('appeal','suspend'), ('appeal','narrow'), ('appeal','revoke'), ('appeal','condition'), ('appeal_upheld','appeal'), ('appeal_dismissed','appeal'),
            ('suspend','condition_missed'), ('revoke','condition_missed')) THEN
            RAISE EXCEPTION 'a step about another one' USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_steps_legal';
        END IF;
    ELSIF NEW.kind IN ('notice_dropped','widen','reply','condition_done','condition_met','condition_missed','surrender','appeal','appeal_upheld','appeal_dismissed') THEN
        RAISE EXCEPTION 'a step about nothing' USING ERRCODE = 'check_violation', CONSTRAINT = 'licence_steps_legal';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION licence_event_has_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user IN ('portal_setup') OR current_setting('is_superuser') = 'on' OR NEW.kind IN ('granted','expired') THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM licence_steps s WHERE s.id = NEW.step_id AND s.agency_id = NEW.agency_id AND (s.kind, NEW.kind) IN (
        ('suspend','suspended'), ('narrow','narrowed'), ('reinstate','reinstated'), ('widen','widened'), ('revoke','revoked'), ('surrender','surrendered'),
        ('appeal','appealed'), ('appeal_upheld','appeal_upheld'), ('appeal_upheld','reinstated'), ('appeal_dismissed','appeal_dismissed'))) THEN
        RAISE EXCEPTION 'no step stands behind it' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'licence_events_step';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP POLICY overseers_write ON licence_events;
CREATE POLICY overseers_write ON licence_events FOR INSERT TO portal_staff WITH CHECK (acts_as_oversight() AND kind IN ('reinstated','widened','appeal_upheld','appeal_dismissed','suspended','revoked','surrendered'));

-- +goose Down
DROP POLICY overseers_write ON licence_events;
CREATE POLICY overseers_write ON licence_events FOR INSERT TO portal_staff WITH CHECK (acts_as_oversight() AND kind IN ('reinstated','appeal_upheld','appeal_dismissed','suspended','revoked','surrendered'));
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION licence_event_has_step() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION licence_step_moves() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION licence_step_legal(state text, kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (state, kind) IN (
        ('licensed','notice'), ('not_yet','notice'), ('suspended','notice'), ('expired','notice'),
        ('licensed','suspend'), ('not_yet','suspend'),
        ('licensed','narrow'),
        ('suspended','reinstate'),
        ('licensed','revoke'), ('not_yet','revoke'), ('suspended','revoke'), ('expired','revoke'),
        ('licensed','surrender'), ('not_yet','surrender'), ('suspended','surrender'), ('expired','surrender'),
        ('licensed','condition'), ('not_yet','condition'), ('suspended','condition'))
        OR kind IN ('reply','surrender_ask','condition_done','condition_met','condition_missed','appeal','appeal_upheld','appeal_dismissed') AND state <> 'listed' $$;
-- +goose StatementEnd
DROP INDEX licence_steps_ended;
ALTER TABLE licence_events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE licence_steps NO FORCE ROW LEVEL SECURITY;
DROP TRIGGER licence_events_append_only ON licence_events;
DROP TRIGGER licence_steps_append_only ON licence_steps;
DELETE FROM licence_events WHERE kind = 'widened';
DELETE FROM licence_steps WHERE kind IN ('notice_dropped','widen');
CREATE TRIGGER licence_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON licence_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER licence_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON licence_steps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE licence_steps FORCE ROW LEVEL SECURITY;
ALTER TABLE licence_events FORCE ROW LEVEL SECURITY;
ALTER TABLE licence_events DROP CONSTRAINT licence_events_kind_check,
    ADD CONSTRAINT licence_events_kind_check CHECK (kind IN ('granted','expired','suspended','narrowed','reinstated','revoked','surrendered','appealed','appeal_upheld','appeal_dismissed'));
ALTER TABLE licence_steps DROP CONSTRAINT licence_steps_kind_check, ADD CONSTRAINT licence_steps_kind_check CHECK (kind IN ('notice','reply','suspend','narrow','reinstate','revoke','surrender_ask','surrender',
        'condition','condition_done','condition_met','condition_missed','appeal','appeal_upheld','appeal_dismissed'));
