-- Who was sent where by whom: the exposure against which complaints are counted.
-- +goose Up
CREATE TABLE employers (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    folded     text NOT NULL,
    -- Keyed hash of the folded name, compared with what complaints say.
    token      text NOT NULL,
    country    text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX employers_once ON employers (country, folded);
CREATE INDEX employers_token ON employers (token);

CREATE TABLE placements (
    id             uuid PRIMARY KEY,
    agency_id      uuid NOT NULL REFERENCES agencies,
    employer_id    uuid NOT NULL REFERENCES employers,
    country        text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    occupation     text NOT NULL CHECK (occupation ~ '^[0-9]{4}$'), -- ISCO-08 unit group
    -- Keyed hashes: the numbers themselves are not kept.
    document_token text NOT NULL,
    phone_token    text NOT NULL DEFAULT '',
    departed_on    date NOT NULL,
    registered_by  uuid REFERENCES people,
    registered_at  timestamptz NOT NULL,
    -- The same document twice on one departure is one placement.
    UNIQUE (document_token, departed_on)
);
CREATE INDEX placements_agency ON placements (agency_id, departed_on);
CREATE INDEX placements_employer ON placements (employer_id, departed_on);
CREATE INDEX placements_country ON placements (country, departed_on);
CREATE INDEX placements_phone ON placements (phone_token) WHERE phone_token <> '';

GRANT SELECT, INSERT ON employers, placements TO portal_app;

-- +goose Down
DROP TABLE placements, employers;
