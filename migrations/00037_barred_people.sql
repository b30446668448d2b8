-- People who may not direct or own an agency. Numbers of documents are keyed hashes.
-- +goose Up
CREATE TABLE barred_people (
    id               uuid PRIMARY KEY,
    decision_id      uuid UNIQUE REFERENCES decisions, -- null: the demonstration's
    name_latin       text NOT NULL DEFAULT '' CHECK (length(name_latin) <= 200),
    name_local       text NOT NULL DEFAULT '' CHECK (length(name_local) <= 200),
    born_on          date,
    token            text NOT NULL DEFAULT '',
    last4            text NOT NULL DEFAULT '' CHECK (length(last4) <= 4),
    ground           text NOT NULL CHECK (ground ~ '^[a-z_]{3,40}$'),
    text             text NOT NULL CHECK (text <> '' AND length(text) <= 4000),
    from_day         date NOT NULL,
    until_day        date CHECK (until_day >= from_day),
    proposed_by      uuid REFERENCES people,
    proposed_at      timestamptz NOT NULL,
    confirmed_at     timestamptz,
    lifted_at        timestamptz,
    lift_decision_id uuid UNIQUE REFERENCES decisions,
    CHECK (name_latin <> '' OR name_local <> ''),
    CONSTRAINT barred_people_known CHECK (token <> '' OR born_on IS NOT NULL), -- by a name alone nobody is
    CHECK ((lifted_at IS NULL) = (lift_decision_id IS NULL)),
    CHECK (lifted_at IS NULL OR confirmed_at IS NOT NULL)
);
CREATE INDEX barred_people_token ON barred_people (token) WHERE token <> '';
CREATE INDEX barred_people_born ON barred_people (born_on) WHERE born_on IS NOT NULL;
CREATE TABLE barred_names (
    barred_id uuid NOT NULL REFERENCES barred_people,
    folded    text NOT NULL CHECK (folded <> ''),
    PRIMARY KEY (barred_id, folded)
);
CREATE TABLE barred_lifts (
    decision_id uuid PRIMARY KEY REFERENCES decisions,
    barred_id   uuid NOT NULL REFERENCES barred_people,
    text        text NOT NULL CHECK (text <> '' AND length(text) <= 4000),
    proposed_by uuid NOT NULL REFERENCES people,
    proposed_at timestamptz NOT NULL
);

-- +goose StatementBegin
-- Two people bar, and two lift; nothing else of it changes.
CREATE FUNCTION barred_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - ARRAY['confirmed_at','lifted_at','lift_decision_id']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['confirmed_at','lifted_at','lift_decision_id'])
        OR OLD.lifted_at IS NOT NULL OR (OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at) THEN
        RAISE EXCEPTION 'who is barred can be confirmed and lifted, once each' USING ERRCODE = 'check_violation', CONSTRAINT = 'barred_moves';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION barred_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'portal_setup' OR current_setting('is_superuser') = 'on' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.confirmed_at IS NOT NULL OR NEW.decision_id IS NULL THEN
            RAISE EXCEPTION 'nobody else confirmed it' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
        END IF;
    ELSIF NEW.lifted_at IS NOT NULL THEN
        PERFORM require_decision_now(NEW.lift_decision_id, 'barred.lift', NEW.id);
    ELSE
        PERFORM require_decision_now(NEW.decision_id, 'barred.add', NEW.id);
    END IF;
    RETURN NULL;
END $$;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['barred_people','barred_names','barred_lifts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY officials ON %I FOR SELECT TO portal_staff USING (acts_as_licensing() OR acts_as_oversight())', t);
        EXECUTE format('CREATE POLICY officers_propose ON %I FOR INSERT TO portal_staff WITH CHECK (acts_as_licensing())', t);
        EXECUTE format('CREATE POLICY processes ON %I FOR SELECT TO portal_worker USING (true)', t);
        EXECUTE format('CREATE POLICY setup ON %I TO portal_setup USING (true) WITH CHECK (true)', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO portal_staff, portal_setup', t);
        EXECUTE format('GRANT SELECT ON %I TO portal_worker', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['barred_names','barred_lifts'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
    END LOOP;
END $$;
-- +goose StatementEnd
CREATE TRIGGER barred_people_stay BEFORE DELETE OR TRUNCATE ON barred_people FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER barred_people_move BEFORE UPDATE ON barred_people FOR EACH ROW EXECUTE FUNCTION barred_moves();
CREATE CONSTRAINT TRIGGER barred_people_decided AFTER INSERT OR UPDATE ON barred_people DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION barred_decided();
GRANT UPDATE (confirmed_at, lifted_at, lift_decision_id) ON barred_people TO portal_staff;
CREATE POLICY officers_decide ON barred_people FOR UPDATE TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());

-- What the phoenix check finds there.
CREATE TABLE fitness_barred (
    check_id  uuid NOT NULL REFERENCES fitness_checks,
    barred_id uuid NOT NULL REFERENCES barred_people,
    kind      text NOT NULL CHECK (kind IN ('document','birth')),
    shown     text NOT NULL,
    weight    integer NOT NULL, -- tenths
    PRIMARY KEY (check_id, barred_id, kind, shown)
);
ALTER TABLE fitness_barred ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE TRIGGER fitness_barred_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fitness_barred FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON fitness_barred TO portal_worker;
GRANT SELECT ON fitness_barred TO portal_staff;
CREATE POLICY processes ON fitness_barred TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY officials ON fitness_barred FOR SELECT TO portal_staff USING (acts_as_licensing() OR acts_as_oversight());

-- +goose Down
DROP TABLE fitness_barred, barred_lifts, barred_names, barred_people;
DROP FUNCTION barred_moves(), barred_decided();
