-- Certificates: one for each set of facts that a licence says, numbered, so that a
-- newer one shows that an older is out of date. The signed code is in the row: it is
-- what is printed, and holds nothing but what the public register says.
-- +goose Up
CREATE TABLE certificates (
    serial    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies,
    period_id uuid NOT NULL REFERENCES licence_periods,
    facts     bytea NOT NULL CHECK (length(facts) = 32), -- SHA-256 of what it says
    code      text NOT NULL DEFAULT '',
    issued_at timestamptz NOT NULL,
    UNIQUE (agency_id, facts)
);
-- Proofs of a check are numbered and kept nowhere: what they say is signed, and who
-- asked is nobody's to know.
CREATE SEQUENCE check_numbers;
-- A code is written once, when the serial in it is known.
-- +goose StatementBegin
CREATE FUNCTION certificate_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.code <> '' OR (NEW.serial, NEW.agency_id, NEW.period_id, NEW.facts, NEW.issued_at) IS DISTINCT FROM (OLD.serial, OLD.agency_id, OLD.period_id, OLD.facts, OLD.issued_at) THEN
        RAISE EXCEPTION 'a certificate does not change' USING ERRCODE = 'check_violation', CONSTRAINT = 'certificates_once';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER certificates_once BEFORE UPDATE ON certificates FOR EACH ROW EXECUTE FUNCTION certificate_written_once();
CREATE TRIGGER certificates_stay BEFORE DELETE OR TRUNCATE ON certificates FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE certificates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON certificates TO portal_public, portal_staff, portal_setup;
GRANT INSERT, UPDATE (code) ON certificates TO portal_staff;
GRANT USAGE ON SEQUENCE check_numbers TO portal_public;
CREATE POLICY anybody_reads ON certificates FOR SELECT USING (true);
CREATE POLICY own_agency ON certificates FOR INSERT TO portal_staff WITH CHECK (agency_id = acting_agency());
CREATE POLICY officers ON certificates FOR INSERT TO portal_staff WITH CHECK (acts_as_licensing());
CREATE POLICY own_agency_signs ON certificates FOR UPDATE TO portal_staff USING (agency_id = acting_agency()) WITH CHECK (agency_id = acting_agency());
CREATE POLICY officers_sign ON certificates FOR UPDATE TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());

-- +goose Down
DROP TABLE certificates;
DROP FUNCTION certificate_written_once();
DROP SEQUENCE check_numbers;
