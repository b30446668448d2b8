-- An agency files, an officer decides, a licence is a number with periods.
-- +goose Up
CREATE TABLE applications (
    id           uuid PRIMARY KEY,
    agency_id    uuid NOT NULL REFERENCES agencies,
    status       text NOT NULL CHECK (status IN ('filed','granted','refused')),
    director     text NOT NULL CHECK (director <> ''),
    address      text NOT NULL CHECK (address <> ''),
    phone        text NOT NULL CHECK (phone <> ''),
    destinations text[] NOT NULL CHECK (cardinality(destinations) > 0),
    declaration  boolean NOT NULL CHECK (declaration),
    filed_by     uuid NOT NULL REFERENCES people,
    filed_at     timestamptz NOT NULL,
    decided_by   uuid REFERENCES people,
    decided_at   timestamptz,
    reason       text NOT NULL DEFAULT '',
    CHECK ((status = 'filed') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (decided_by IS NULL OR decided_by <> filed_by),
    CHECK (status = 'filed' OR reason <> '')
);
-- One open application an agency.
CREATE UNIQUE INDEX applications_one_open ON applications (agency_id) WHERE status = 'filed';
CREATE INDEX applications_queue ON applications (status, filed_at);

CREATE TABLE licences (
    agency_id uuid PRIMARY KEY REFERENCES agencies,
    number    text NOT NULL UNIQUE CHECK (number ~ '^[A-Z0-9/-]{4,30}$')
);
CREATE TABLE licence_periods (
    id             uuid PRIMARY KEY,
    agency_id      uuid NOT NULL REFERENCES licences,
    application_id uuid UNIQUE REFERENCES applications,
    valid_from     date NOT NULL,
    valid_until    date NOT NULL,
    CHECK (valid_until >= valid_from)
);
CREATE INDEX licence_periods_agency ON licence_periods (agency_id, valid_until DESC);

-- What happened to a licence, shown on the public page: append only.
CREATE TABLE licence_events (
    id        uuid PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies,
    kind      text NOT NULL CHECK (kind IN ('granted','expired','suspended','reinstated','revoked','surrendered')),
    on_day    date NOT NULL,
    -- A locale key, or the officer's own words for people to read.
    reason    text NOT NULL DEFAULT ''
);
CREATE INDEX licence_events_agency ON licence_events (agency_id, on_day);

-- +goose StatementBegin
CREATE FUNCTION application_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'filed' THEN
        RAISE EXCEPTION 'application already decided' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER applications_moves BEFORE UPDATE ON applications
    FOR EACH ROW EXECUTE FUNCTION application_moves();
CREATE TRIGGER licence_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON licence_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON applications, licences, licence_periods, licence_events TO portal_app;
GRANT UPDATE (status, decided_by, decided_at, reason) ON applications TO portal_app;

-- +goose Down
DROP TABLE licence_events, licence_periods, licences, applications;
DROP FUNCTION application_moves();
