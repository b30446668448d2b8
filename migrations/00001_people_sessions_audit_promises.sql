-- The ground: who works here, who is signed in, what was done, what is promised.
-- +goose Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE units (
    id        uuid PRIMARY KEY,
    code      text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9-]{2,40}$'),
    kind      text NOT NULL CHECK (kind IN
              ('ministry','province','embassy','police','support','oversight','border','administration','agency')),
    name      jsonb NOT NULL CHECK (jsonb_typeof(name) = 'object' AND name ? 'en'),
    parent_id uuid REFERENCES units,
    agency_id uuid UNIQUE,
    CHECK ((kind = 'agency') = (agency_id IS NOT NULL))
);

CREATE TABLE people (
    id              uuid PRIMARY KEY,
    email           text NOT NULL CHECK (email = lower(email) AND email LIKE '%_@_%'),
    name            text NOT NULL CHECK (name <> ''),
    language        text NOT NULL DEFAULT 'en',
    passphrase_hash text NOT NULL,
    deactivated_at  timestamptz,
    created_at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX people_email ON people (email);

-- One role in one unit; a person with two hats has two rows.
CREATE TABLE memberships (
    person_id uuid NOT NULL REFERENCES people,
    unit_id   uuid NOT NULL REFERENCES units,
    role      text NOT NULL CHECK (role IN
              ('agency_head','agency_clerk','licensing_officer','complaints_officer','inspector',
               'investigator','commander','duty_officer','overseer','support_worker','border_officer','administrator')),
    PRIMARY KEY (person_id, unit_id, role)
);
CREATE INDEX memberships_unit ON memberships (unit_id, role);

-- The token itself is never stored, only its SHA-256.
CREATE TABLE sessions (
    id           uuid PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    kind         text NOT NULL CHECK (kind IN ('staff','receipt')),
    person_id    uuid REFERENCES people,
    unit_id      uuid REFERENCES units,
    role         text,
    complaint_id uuid,
    -- The receipt's mailbox seed, encrypted under the session token.
    sealed_key   bytea,
    created_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    CHECK ((kind = 'staff') = (person_id IS NOT NULL AND unit_id IS NOT NULL AND role IS NOT NULL)),
    CHECK ((kind = 'receipt') = (complaint_id IS NOT NULL))
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Counted attempts of sign-in, by hashed subject and window.
CREATE TABLE attempts (
    bucket     text NOT NULL,
    subject    bytea NOT NULL,
    window_at  timestamptz NOT NULL,
    count      integer NOT NULL CHECK (count > 0),
    PRIMARY KEY (bucket, subject, window_at)
);
CREATE INDEX attempts_window ON attempts (window_at);

-- Append only: no personal data, ids alone. Reads of a case are rows here too.
CREATE TABLE audit_entries (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor_kind  text NOT NULL CHECK (actor_kind IN ('public','receipt','staff','system')),
    actor_id    uuid,
    unit_id     uuid,
    process     text NOT NULL DEFAULT '',
    action      text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    object_kind text NOT NULL,
    object_id   uuid,
    CHECK ((actor_kind = 'staff') = (actor_id IS NOT NULL))
);
CREATE INDEX audit_entries_object ON audit_entries (object_kind, object_id, at);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, at);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A promise is work that commits with the fact that calls for it. Redis only
-- rings the bell: what is not kept here is rung again.
CREATE TABLE promises (
    id         uuid PRIMARY KEY,
    topic      text NOT NULL CHECK (topic ~ '^[a-z_]+\.[a-z_]+$'),
    subject_id uuid NOT NULL,
    -- Makes a second identical promise impossible where the maker sets it.
    dedupe     text UNIQUE,
    made_at    timestamptz NOT NULL DEFAULT now(),
    -- Not before; NULL is at once. It never moves: the age of what is late
    -- counts from here. After a failure retry_at says when to try again.
    run_after  timestamptz,
    retry_at   timestamptz,
    -- Grows with each ring and each beginning: a ring that names another number
    -- is out of date. rung_at is when Redis was told last or a handler began;
    -- NULL waits for the relay.
    attempt    integer NOT NULL DEFAULT 0,
    rung_at    timestamptz,
    -- How often a handler began. A ring that Redis lost does not count; a
    -- handler that took its process down does.
    tries      integer NOT NULL DEFAULT 0,
    kept_at    timestamptz,
    dead_at    timestamptz,
    -- A class of error, never its text.
    error      text NOT NULL DEFAULT '' CHECK (error ~ '^[a-z_]*$'),
    CHECK (kept_at IS NULL OR dead_at IS NULL)
);
CREATE INDEX promises_waiting ON promises (topic, (coalesce(retry_at, run_after, made_at)), id)
    WHERE kept_at IS NULL AND dead_at IS NULL AND rung_at IS NULL;
CREATE INDEX promises_rung ON promises (topic, rung_at)
    WHERE kept_at IS NULL AND dead_at IS NULL AND rung_at IS NOT NULL;
CREATE INDEX promises_open ON promises ((coalesce(run_after, made_at)))
    WHERE kept_at IS NULL AND dead_at IS NULL;
CREATE INDEX promises_dead ON promises (dead_at) WHERE dead_at IS NOT NULL;
CREATE INDEX promises_subject ON promises (subject_id, topic);

-- +goose StatementBegin
CREATE FUNCTION ring_promises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('promises', '');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER promises_ring AFTER INSERT ON promises
    FOR EACH STATEMENT EXECUTE FUNCTION ring_promises();

-- Law and house rules are data: dated, with a source. An absent key is unset.
CREATE TABLE policies (
    key        text NOT NULL CHECK (key ~ '^[a-z_]+(\.[a-z_]+)*$'),
    valid_from date NOT NULL,
    value      jsonb NOT NULL,
    source     text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (key, valid_from)
);

GRANT SELECT ON units, people, memberships, policies TO portal_app;
GRANT INSERT ON units, people, memberships TO portal_app;
GRANT SELECT, INSERT ON sessions TO portal_app;
GRANT UPDATE (seen_at, revoked_at) ON sessions TO portal_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON attempts TO portal_app;
GRANT SELECT ON audit_entries TO portal_app;
-- Not "at": the record says itself when something was written.
GRANT INSERT (id, actor_kind, actor_id, unit_id, process, action, object_kind, object_id) ON audit_entries TO portal_app;
GRANT SELECT, INSERT ON promises TO portal_app;
GRANT UPDATE (retry_at, attempt, rung_at, tries, kept_at, dead_at, error) ON promises TO portal_app;

-- +goose Down
DROP TABLE policies, promises, audit_entries, attempts, sessions, memberships, people, units;
DROP FUNCTION ring_promises(), refuse_change();
DROP EXTENSION pg_trgm;
