-- Law as data is set by two licensing officers of the ministry, or by an
-- operator's command: the same wall as around the rules of retention, with its own
-- people. A licence keeps the rule under which its period was granted.
-- +goose Up
DROP INDEX decisions_one_waits;
CREATE UNIQUE INDEX decisions_one_waits ON decisions (kind, subject_id)
    WHERE state = 'waiting' AND kind IN ('hold.lift','retention.policy','policy.change');

-- What other subjects keep here, such as when words are read first, is nobody's to
-- write but a migration's.
ALTER POLICY setup_writes ON policies WITH CHECK (key ~ '^(retention|licence|inspection|guarantee|placement|calendar)[.]' AND pin IS NOT NULL);
CREATE POLICY ministry_writes ON policies FOR INSERT TO portal_staff
    WITH CHECK (key ~ '^(licence|inspection|guarantee|placement|calendar)[.]' AND pin IS NOT NULL
        AND acting_kind() = 'ministry' AND acting_as() = 'licensing_officer');

-- +goose StatementBegin
CREATE FUNCTION decision_of_law(decision uuid, key text, valid_from date, value jsonb, source text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM decisions d WHERE d.id = decision_of_law.decision
        AND d.detail->>'key' = decision_of_law.key AND (d.detail->>'from')::date = decision_of_law.valid_from
        AND (d.detail->'value')::jsonb = decision_of_law.value AND d.detail->>'source' = decision_of_law.source) THEN
        RAISE EXCEPTION 'the decision is of another rule' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decision_required';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION policy_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'portal_setup' OR current_setting('is_superuser') = 'on' THEN
        RETURN NULL;
    END IF;
    IF NEW.key LIKE 'retention.%' THEN
        PERFORM require_decision_now(NEW.decision_id, 'retention.policy', policy_subject(NEW.key));
        PERFORM decision_of_policy(NEW.decision_id, NEW.key, NEW.valid_from, NEW.value, NEW.source);
    ELSE
        PERFORM require_decision_now(NEW.decision_id, 'policy.change', policy_subject(NEW.key));
        PERFORM decision_of_law(NEW.decision_id, NEW.key, NEW.valid_from, NEW.value, NEW.source);
    END IF;
    RETURN NULL;
END $$;

DO $$
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    REVOKE ALL ON FUNCTION decision_of_law(uuid,text,date,jsonb,text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION decision_of_law(uuid,text,date,jsonb,text) TO portal_staff;
    ALTER FUNCTION decision_of_law(uuid,text,date,jsonb,text) OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

-- Null: no term was configured when it was granted.
ALTER TABLE licence_periods ADD COLUMN term_key text GENERATED ALWAYS AS ('licence.term') STORED, ADD COLUMN term_from date,
    ADD CONSTRAINT licence_periods_term FOREIGN KEY (term_key, term_from) REFERENCES policies (key, valid_from);

-- +goose Down
ALTER TABLE licence_periods DROP COLUMN term_key, DROP COLUMN term_from;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION policy_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.key NOT LIKE 'retention.%' OR current_user = 'portal_setup' OR current_setting('is_superuser') = 'on' THEN
        RETURN NULL;
    END IF;
    PERFORM require_decision_now(NEW.decision_id, 'retention.policy', policy_subject(NEW.key));
    PERFORM decision_of_policy(NEW.decision_id, NEW.key, NEW.valid_from, NEW.value, NEW.source);
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP FUNCTION decision_of_law(uuid, text, date, jsonb, text);
DROP POLICY ministry_writes ON policies;
ALTER POLICY setup_writes ON policies WITH CHECK (key LIKE 'retention.%' AND pin IS NOT NULL);
DROP INDEX decisions_one_waits;
CREATE UNIQUE INDEX decisions_one_waits ON decisions (kind, subject_id)
    WHERE state = 'waiting' AND kind IN ('hold.lift','retention.policy');
