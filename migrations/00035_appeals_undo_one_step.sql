-- An appeal that is upheld undoes one step: what was imposed before it stands again,
-- and those who heard the appeal write so. And no departure is registered outside the
-- scope of the licence, where that is on record. The day's work goes through ended
-- periods in order, batch after batch.
-- +goose Up
DROP INDEX licence_periods_until;
CREATE INDEX licence_periods_until ON licence_periods (valid_until, agency_id);
DROP POLICY overseers_write ON licence_events;
CREATE POLICY overseers_write ON licence_events FOR INSERT TO portal_staff
    WITH CHECK (acts_as_oversight() AND kind IN ('reinstated','appeal_upheld','appeal_dismissed','suspended','revoked','surrendered'));

-- +goose StatementBegin
CREATE FUNCTION placement_in_scope() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE period uuid;
BEGIN
    IF current_user = 'portal_setup' OR current_setting('is_superuser') = 'on' THEN
        RETURN NEW; -- what a register brings from before
    END IF;
    SELECT p.id INTO period FROM licence_periods p WHERE p.agency_id = NEW.agency_id AND NEW.departed_on BETWEEN p.valid_from AND p.valid_until
        ORDER BY p.valid_from DESC LIMIT 1;
    IF period IS NULL OR licence_state(NEW.agency_id, NEW.departed_on) <> 'licensed' THEN
        RAISE EXCEPTION 'no licence on that day' USING ERRCODE = 'check_violation', CONSTRAINT = 'placement_in_scope';
    END IF;
    IF EXISTS (SELECT FROM licence_scopes s WHERE s.period_id = period)
        AND NOT EXISTS (SELECT FROM licence_scopes s WHERE s.period_id = period AND s.since <= NEW.departed_on
            AND s.destination = NEW.country AND starts_with(NEW.occupation, s.occupation)
            AND NOT EXISTS (SELECT FROM licence_narrowings n WHERE n.agency_id = NEW.agency_id AND n.destination = s.destination AND n.occupation = s.occupation
                AND n.since <= NEW.departed_on AND coalesce(n.until_day, 'infinity') >= NEW.departed_on)) THEN
        RAISE EXCEPTION 'outside the scope of the licence' USING ERRCODE = 'check_violation', CONSTRAINT = 'placement_in_scope';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER placements_in_scope BEFORE INSERT ON placements FOR EACH ROW EXECUTE FUNCTION placement_in_scope();

-- +goose Down
DROP INDEX licence_periods_until;
CREATE INDEX licence_periods_until ON licence_periods (valid_until);
DROP TRIGGER placements_in_scope ON placements;
DROP FUNCTION placement_in_scope();
DROP POLICY overseers_write ON licence_events;
CREATE POLICY overseers_write ON licence_events FOR INSERT TO portal_staff WITH CHECK (acts_as_oversight() AND kind IN ('reinstated','appeal_upheld','appeal_dismissed'));
