-- What the ministry took, whole or in part, the oversight body gives back, and it alone
-- judges appeals: whoever writes the step, the decision behind it was taken there.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION step_by_oversight() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM decisions d JOIN units u ON u.id = d.decided_unit WHERE d.id = NEW.decision_id AND u.kind = 'oversight') THEN
        RAISE EXCEPTION 'the oversight body decides that' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'licence_steps_by_oversight';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- Without a decision there is no step, but for what setup brings from before.
CREATE CONSTRAINT TRIGGER licence_steps_by_oversight AFTER INSERT ON licence_steps DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.decision_id IS NOT NULL AND NEW.kind IN ('reinstate','widen','appeal_upheld','appeal_dismissed')) EXECUTE FUNCTION step_by_oversight();

-- +goose Down
DROP TRIGGER licence_steps_by_oversight ON licence_steps;
DROP FUNCTION step_by_oversight();
