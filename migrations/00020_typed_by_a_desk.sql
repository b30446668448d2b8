-- A complaint that somebody told to a desk, which typed it: that desk keeps its
-- own copy, of what it heard anyway, without waiting for a first reading.
-- +goose Up
ALTER TABLE complaints ADD COLUMN typed_by uuid REFERENCES units;
ALTER TABLE complaints DROP CONSTRAINT complaints_channel_check;
ALTER TABLE complaints ADD CONSTRAINT complaints_channel_check CHECK (channel IN ('web','desk'));
ALTER TABLE complaints ADD CONSTRAINT complaints_typed_by_desk CHECK ((channel = 'desk') = (typed_by IS NOT NULL));

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION envelope_is_eligible() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    desk units;
BEGIN
    SELECT * INTO desk FROM units WHERE code = NEW.recipient;
    IF NOT FOUND THEN RETURN NEW; END IF;
    IF excluded(NEW.complaint_id, desk.id) THEN
        RAISE EXCEPTION 'this unit is excluded' USING ERRCODE = 'check_violation';
    END IF;
    IF desk.kind IN ('province','embassy')
        AND NOT EXISTS (SELECT FROM complaints c WHERE c.id = NEW.complaint_id AND c.typed_by = desk.id)
        AND NOT EXISTS (SELECT FROM readings r
            WHERE r.complaint_id = NEW.complaint_id AND (r.verdict = 'none_named' OR r.state = 'not_needed')) THEN
        RAISE EXCEPTION 'not read yet' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION envelope_is_eligible() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    desk units;
BEGIN
    SELECT * INTO desk FROM units WHERE code = NEW.recipient;
    IF NOT FOUND THEN RETURN NEW; END IF;
    IF excluded(NEW.complaint_id, desk.id) THEN
        RAISE EXCEPTION 'this unit is excluded' USING ERRCODE = 'check_violation';
    END IF;
    IF desk.kind IN ('province','embassy') AND NOT EXISTS (SELECT FROM readings r
        WHERE r.complaint_id = NEW.complaint_id AND (r.verdict = 'none_named' OR r.state = 'not_needed')) THEN
        RAISE EXCEPTION 'not read yet' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
ALTER TABLE complaints DROP CONSTRAINT complaints_typed_by_desk, DROP CONSTRAINT complaints_channel_check, DROP COLUMN typed_by;
-- The owner, who migrates, sees no row while row-level security is forced.
ALTER TABLE complaints NO FORCE ROW LEVEL SECURITY;
UPDATE complaints SET channel = 'web' WHERE channel = 'desk';
ALTER TABLE complaints FORCE ROW LEVEL SECURITY;
ALTER TABLE complaints ADD CONSTRAINT complaints_channel_check CHECK (channel IN ('web'));
