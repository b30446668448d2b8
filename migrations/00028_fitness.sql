-- Whether an applicant is somebody who lost a licence under another name: what
-- identifies agencies is compared at each filing, and what was found is kept. What
-- derives from complaints is the oversight body's alone.
-- +goose Up
-- Addresses are compared by their letters and digits.
CREATE INDEX agencies_address_key ON agencies (lower(regexp_replace(address, '[^[:alnum:]]+', '', 'g'))) WHERE address <> '';
CREATE INDEX agency_parts_address_key ON agency_parts (lower(regexp_replace(address, '[^[:alnum:]]+', '', 'g'))) WHERE address <> '';
CREATE INDEX agency_parts_email ON agency_parts (email) WHERE email <> '';

-- What identifies agencies, and ever did.
CREATE VIEW agency_identifiers WITH (security_invoker = true) AS
    SELECT agency_id, kind, key FROM agency_contacts WHERE kind IN ('phone','email') AND key <> ''
    UNION ALL SELECT id, 'address', lower(regexp_replace(address, '[^[:alnum:]]+', '', 'g')) FROM agencies WHERE address <> ''
    UNION ALL SELECT agency_id, 'phone', phone FROM agency_parts WHERE phone <> ''
    UNION ALL SELECT agency_id, 'email', email FROM agency_parts WHERE email <> ''
    UNION ALL SELECT agency_id, 'address', lower(regexp_replace(address, '[^[:alnum:]]+', '', 'g')) FROM agency_parts WHERE address <> ''
    UNION ALL SELECT agency_id, CASE kind WHEN 'account' THEN 'account' ELSE 'document' END, token FROM agency_parts WHERE token <> '';

CREATE TABLE fitness_checks (
    id             uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    round          integer NOT NULL,
    agency_id      uuid NOT NULL REFERENCES agencies,
    -- unset: the law says nothing of how much weighs how much, so nothing was graded.
    grade          text NOT NULL CHECK (grade IN ('unset','none','weak','strong')),
    score          integer NOT NULL, -- tenths
    -- Also set at random where nothing was found: it tells nothing.
    second_needed  boolean NOT NULL,
    second_at      timestamptz,
    made_at        timestamptz NOT NULL,
    UNIQUE (application_id, round),
    FOREIGN KEY (application_id, round) REFERENCES application_versions,
    CHECK (second_at IS NULL OR second_needed),
    CHECK (grade <> 'strong' OR second_needed)
);
CREATE TABLE fitness_matches (
    check_id uuid NOT NULL REFERENCES fitness_checks,
    kind     text NOT NULL CHECK (kind IN ('phone','email','address','account','document','person')),
    other_id uuid NOT NULL REFERENCES agencies,
    shown    text NOT NULL, -- what the applicant states; of a number its last characters
    degree   integer NOT NULL CHECK (degree > 0), -- how many agencies share it
    weight   integer NOT NULL, -- tenths
    PRIMARY KEY (check_id, kind, other_id, shown)
);
CREATE TABLE fitness_sealed (
    check_id uuid PRIMARY KEY REFERENCES fitness_checks,
    alerts   integer NOT NULL, -- open ones about the applicant, its phones or those it matches
    random   boolean NOT NULL
);
CREATE TABLE fitness_reviews (
    id          uuid PRIMARY KEY,
    check_id    uuid NOT NULL REFERENCES fitness_checks,
    go_on       boolean NOT NULL,
    text        text NOT NULL CHECK (text <> '' AND length(text) <= 2000),
    reviewed_by uuid NOT NULL REFERENCES people,
    reviewed_at timestamptz NOT NULL
);
CREATE INDEX fitness_reviews_check ON fitness_reviews (check_id);
-- +goose StatementBegin
CREATE FUNCTION fitness_second() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.second_at IS NOT NULL OR (to_jsonb(NEW) - 'second_at') IS DISTINCT FROM (to_jsonb(OLD) - 'second_at')
        OR NOT EXISTS (SELECT FROM fitness_reviews r WHERE r.check_id = NEW.id AND r.go_on) THEN
        RAISE EXCEPTION 'nobody reviewed it' USING ERRCODE = 'check_violation', CONSTRAINT = 'fitness_checks_second';
    END IF;
    RETURN NEW;
END $$;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['fitness_matches','fitness_sealed','fitness_reviews'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['fitness_checks','fitness_matches','fitness_sealed','fitness_reviews'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;
-- +goose StatementEnd
CREATE TRIGGER fitness_checks_second BEFORE UPDATE ON fitness_checks FOR EACH ROW EXECUTE FUNCTION fitness_second();
GRANT SELECT, INSERT ON fitness_checks, fitness_matches, fitness_sealed TO portal_worker;
GRANT SELECT ON fitness_checks, fitness_matches, fitness_sealed, fitness_reviews TO portal_staff;
GRANT INSERT ON fitness_reviews TO portal_staff;
GRANT UPDATE (second_at) ON fitness_checks TO portal_staff;
GRANT SELECT ON agency_identifiers TO portal_worker, portal_staff;
CREATE POLICY processes ON fitness_checks TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY processes ON fitness_matches TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY processes ON fitness_sealed TO portal_worker USING (true) WITH CHECK (true);
CREATE POLICY officials ON fitness_checks FOR SELECT TO portal_staff USING (acts_as_licensing() OR acts_as_oversight());
CREATE POLICY overseers_give ON fitness_checks FOR UPDATE TO portal_staff USING (acts_as_oversight()) WITH CHECK (acts_as_oversight());
CREATE POLICY officials ON fitness_matches FOR SELECT TO portal_staff USING (acts_as_licensing() OR acts_as_oversight());
CREATE POLICY overseers ON fitness_sealed FOR SELECT TO portal_staff USING (acts_as_oversight());
CREATE POLICY overseers ON fitness_reviews TO portal_staff USING (acts_as_oversight()) WITH CHECK (acts_as_oversight() AND reviewed_by = acting_person());
GRANT SELECT ON applications TO portal_worker;
CREATE POLICY processes ON applications FOR SELECT TO portal_worker USING (round > 0);

-- +goose Down
DROP POLICY processes ON applications;
REVOKE SELECT ON applications FROM portal_worker;
DROP VIEW agency_identifiers;
DROP TABLE fitness_reviews, fitness_sealed, fitness_matches, fitness_checks;
DROP FUNCTION fitness_second();
DROP INDEX agencies_address_key, agency_parts_address_key, agency_parts_email;
