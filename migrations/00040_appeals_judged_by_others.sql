-- Whoever proposed or decided a step does not judge the appeal against it, under
-- whatever hat.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION appeal_judged_by_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM licence_steps a JOIN licence_steps s ON s.id = a.of_step JOIN decisions was ON was.id = s.decision_id
        JOIN decisions verdict ON verdict.id = NEW.decision_id
        WHERE a.id = NEW.of_step AND (verdict.proposed_by IN (was.proposed_by, was.decided_by) OR verdict.decided_by IN (was.proposed_by, was.decided_by))) THEN
        RAISE EXCEPTION 'whoever imposed a step does not judge it' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'appeal_judged_by_others';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER licence_steps_judged AFTER INSERT ON licence_steps DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind IN ('appeal_upheld','appeal_dismissed')) EXECUTE FUNCTION appeal_judged_by_others();

-- +goose Down
DROP TRIGGER licence_steps_judged ON licence_steps;
DROP FUNCTION appeal_judged_by_others();
