-- The register of agencies, and what was imported into it.
-- +goose Up
CREATE TABLE agencies (
    id          uuid PRIMARY KEY,
    slug        text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{1,79}$'),
    -- Where the entry comes from, and its key there: source + normalised names + address.
    source      text NOT NULL CHECK (source <> ''),
    source_key  text NOT NULL,
    name_latin  text NOT NULL DEFAULT '',
    name_local  text NOT NULL DEFAULT '',
    -- "listed": named by a source that gives no state; never shown as licensed.
    state       text NOT NULL CHECK (state IN ('listed','licensed','expired','suspended','revoked','surrendered')),
    -- As the source gives it; NULL is unknown, never a guess.
    valid_since_year integer CHECK (valid_since_year BETWEEN 1900 AND 2200),
    district    text NOT NULL DEFAULT '',
    address     text NOT NULL DEFAULT '',
    kinds       text[] NOT NULL DEFAULT '{}',
    -- Hash of all that an import wrote, names and contacts included: equal
    -- means that nothing is to be done.
    fingerprint text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    UNIQUE (source, source_key),
    CHECK (name_latin <> '' OR name_local <> '')
);
ALTER TABLE units ADD FOREIGN KEY (agency_id) REFERENCES agencies;

-- How a visitor may look an agency up: one row per spelling.
CREATE TABLE agency_names (
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    position  integer NOT NULL,
    name      text NOT NULL,
    folded    text NOT NULL,
    skeleton  text NOT NULL DEFAULT '',
    bigrams   text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (agency_id, position)
);
CREATE INDEX agency_names_trigrams ON agency_names USING gin (folded gin_trgm_ops);
CREATE INDEX agency_names_bigrams ON agency_names USING gin (bigrams);
CREATE INDEX agency_names_folded ON agency_names (folded text_pattern_ops);
CREATE INDEX agency_names_skeleton ON agency_names (skeleton);

-- Phones, faxes and e-mails that the register itself publishes, and people
-- listed as speaking for the agency.
CREATE TABLE agency_contacts (
    agency_id uuid NOT NULL REFERENCES agencies ON DELETE CASCADE,
    kind      text NOT NULL CHECK (kind IN ('phone','fax','email','person')),
    position  integer NOT NULL,
    shown     text NOT NULL,
    -- E.164 for phones and faxes, lower-case address for e-mails, folded name
    -- for people; '' where the source's text could not be read.
    key       text NOT NULL,
    -- Digits alone, for a part of a number.
    digits    text NOT NULL DEFAULT '',
    -- Keyed hash of the phone, so that screening can compare without numbers.
    token     text NOT NULL DEFAULT '',
    PRIMARY KEY (agency_id, kind, position)
);
CREATE INDEX agency_contacts_key ON agency_contacts (key) WHERE key <> '';
CREATE INDEX agency_contacts_digits ON agency_contacts USING gin (digits gin_trgm_ops) WHERE digits <> '';
CREATE INDEX agency_contacts_token ON agency_contacts (token) WHERE token <> '';

-- A run can stop anywhere and go on: rows and progress commit together.
CREATE TABLE import_runs (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL,
    file_sha256  text NOT NULL CHECK (length(file_sha256) = 64),
    next_row     integer NOT NULL DEFAULT 1,
    rows_read    integer NOT NULL DEFAULT 0,
    created      integer NOT NULL DEFAULT 0,
    updated      integer NOT NULL DEFAULT 0,
    unchanged    integer NOT NULL DEFAULT 0,
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz
);
CREATE UNIQUE INDEX import_runs_open ON import_runs (kind, file_sha256) WHERE finished_at IS NULL;
CREATE TABLE import_rejections (
    run_id uuid NOT NULL REFERENCES import_runs,
    row    integer NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (run_id, row)
);
-- Which agencies an unfinished run has met, so that a second row about one is
-- told apart from a change since the last run. Gone when the run is finished.
CREATE TABLE import_keys (
    run_id     uuid NOT NULL REFERENCES import_runs,
    source_key text NOT NULL,
    row        integer NOT NULL,
    PRIMARY KEY (run_id, source_key)
);

GRANT SELECT, INSERT, DELETE ON import_keys TO portal_app;
GRANT SELECT, INSERT ON agencies, agency_names, agency_contacts, import_runs, import_rejections TO portal_app;
GRANT UPDATE (name_latin, name_local, state, valid_since_year, district, address, kinds, fingerprint, updated_at) ON agencies TO portal_app;
GRANT DELETE ON agency_names, agency_contacts TO portal_app;
GRANT UPDATE (next_row, rows_read, created, updated, unchanged, finished_at) ON import_runs TO portal_app;

-- +goose Down
ALTER TABLE units DROP CONSTRAINT units_agency_id_fkey;
DROP TABLE import_keys, import_rejections, import_runs, agency_contacts, agency_names, agencies;
