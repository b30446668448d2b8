-- What a reporter allows after the complaint was filed, in the session of their
-- receipt. What was sealed stays as it is: a consent is a row beside it, pinned by
-- the portal, so that one made past the portal counts for nothing.
-- +goose Up
CREATE TABLE complaint_consents (
    complaint_id uuid NOT NULL REFERENCES complaints,
    -- worker_agrees: the person whom it is about lets police know who they are.
    consent      text NOT NULL CHECK (consent IN ('labour_desk','police','worker_agrees')),
    given_at     timestamptz NOT NULL,
    pin          bytea NOT NULL,
    PRIMARY KEY (complaint_id, consent)
);
CREATE TRIGGER complaint_consents_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON complaint_consents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE complaint_consents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT ON complaint_consents TO portal_receipt;
CREATE POLICY receipts ON complaint_consents TO portal_receipt USING (true) WITH CHECK (true);
GRANT SELECT ON complaint_consents TO portal_staff, portal_worker;
-- Whom something was sealed to sees who may act; its own wall hides the envelope.
CREATE POLICY own_desk ON complaint_consents FOR SELECT TO portal_staff
    USING (EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = complaint_consents.complaint_id AND e.recipient = acting_desk()));
CREATE POLICY worker ON complaint_consents FOR SELECT TO portal_worker USING (true);
-- For the locks of receipt_standing, which change nothing.
GRANT UPDATE (climbed_at) ON readings TO portal_receipt;
CREATE POLICY functions_lock ON readings FOR UPDATE TO portal_receipt USING (true) WITH CHECK (false);

-- +goose StatementBegin
-- Whether a consent to this complaint is given in this very transaction: nobody
-- gives one but by the receipt.
CREATE FUNCTION consented_now(told uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM complaint_consents c WHERE c.complaint_id = told AND c.xmin = pg_current_xact_id()::xid) $$;

-- How the holder's complaint stands with its readers. Whoever consents, reads
-- first or finds an official named waits for the others: the reading is locked
-- before the complaint, in the order in which a verdict takes them.
CREATE FUNCTION receipt_standing(token bytea) RETURNS TABLE (typed_by uuid,
    reading_id uuid, unit_id uuid, stand_in_id uuid, handed_to uuid, named_unit_id uuid, state text, verdict text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    told uuid;
BEGIN
    SELECT s.complaint_id INTO told FROM receipt_sessions s WHERE s.token_hash = token AND s.revoked_at IS NULL;
    PERFORM FROM readings r WHERE r.complaint_id = told FOR UPDATE;
    PERFORM FROM complaints c WHERE c.id = told FOR UPDATE;
    RETURN QUERY SELECT c.typed_by, r.id, r.unit_id, r.stand_in_id, r.handed_to, r.named_unit_id, r.state, r.verdict
        FROM complaints c LEFT JOIN readings r ON r.complaint_id = c.id WHERE c.id = told;
END $$;

CREATE FUNCTION receipt_consents(token bytea) RETURNS TABLE (consent text, given_at timestamptz, pin bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.consent, c.given_at, c.pin FROM receipt_sessions s JOIN complaint_consents c ON c.complaint_id = s.complaint_id
    WHERE s.token_hash = token AND s.revoked_at IS NULL ORDER BY c.consent $$;

CREATE FUNCTION receipt_envelopes(token bytea) RETURNS TABLE (recipient text, items text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.recipient, array_to_string(e.items, ' ') FROM receipt_sessions s JOIN complaint_envelopes e ON e.complaint_id = s.complaint_id
    WHERE s.token_hash = token AND s.revoked_at IS NULL ORDER BY e.recipient $$;

CREATE FUNCTION receipt_exclusions(token bytea) RETURNS TABLE (unit_id uuid, why text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT x.unit_id, x.why FROM receipt_sessions s JOIN complaint_exclusions x ON x.complaint_id = s.complaint_id
    WHERE s.token_hash = token AND s.revoked_at IS NULL ORDER BY x.unit_id $$;

-- False where it was given before, or the session is closed.
CREATE FUNCTION receipt_consent(token bytea, allowed text, at timestamptz, pinned bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO complaint_consents (complaint_id, consent, given_at, pin)
    SELECT s.complaint_id, allowed, at, pinned FROM receipt_sessions s WHERE s.token_hash = token AND s.revoked_at IS NULL
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;

-- An envelope for a unit. It may hold more than an earlier one, and never less; a
-- desk that holds all of it already is served.
CREATE FUNCTION put_envelope(told uuid, desk text, key text, held text[], sealed bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM units u WHERE u.code = desk) THEN RETURN false; END IF;
    INSERT INTO complaint_envelopes AS e (complaint_id, recipient, key_id, items, envelope) VALUES (told, desk, key, held, sealed)
    ON CONFLICT (complaint_id, recipient) DO UPDATE SET key_id = EXCLUDED.key_id, items = EXCLUDED.items, envelope = EXCLUDED.envelope
        WHERE e.items <@ EXCLUDED.items;
    RETURN FOUND OR EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = told AND e.recipient = desk AND e.items @> held);
END $$;

-- What a reporter allows, and nobody else can: made in the session of their receipt,
-- after their own word.
CREATE FUNCTION receipt_address(token bytea, desk text, key text, held text[], sealed bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT put_envelope(s.complaint_id, desk, key, held, sealed) FROM receipt_sessions s
        WHERE s.token_hash = token AND s.revoked_at IS NULL AND consented_now(s.complaint_id)), false) $$;

-- What a reader releases, and nobody else can: made in their own session, after
-- their own verdict.
CREATE OR REPLACE FUNCTION release_envelope(told uuid, desk text, key text, held text[], sealed bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT put_envelope(told, desk, key, held, sealed) FROM readings r
        WHERE r.complaint_id = told AND r.unit_id = acting_unit() AND r.verdict = 'none_named' AND r.read_by = acting_person()), false) $$;

DO $$
DECLARE f text;
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    FOREACH f IN ARRAY ARRAY['consented_now(uuid)','receipt_standing(bytea)','receipt_consents(bytea)','receipt_envelopes(bytea)',
        'receipt_exclusions(bytea)','receipt_consent(bytea,text,timestamptz,bytea)','receipt_address(bytea,text,text,text[],bytea)'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'GRANT EXECUTE ON FUNCTION ' || f || ' TO portal_public';
        EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO portal_receipt';
    END LOOP;
    REVOKE ALL ON FUNCTION put_envelope(uuid,text,text,text[],bytea) FROM PUBLIC;
    ALTER FUNCTION put_envelope(uuid,text,text,text[],bytea) OWNER TO portal_receipt;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd

ALTER POLICY public_files ON complaint_exclusions WITH CHECK (filed_now(complaint_id) OR consented_now(complaint_id));
ALTER POLICY public_files ON readings WITH CHECK (state <> 'read' AND (filed_now(complaint_id) OR consented_now(complaint_id)));
ALTER POLICY public_files ON complaint_disclosures WITH CHECK (filed_now(complaint_id) OR consented_now(complaint_id));

-- +goose Down
ALTER POLICY public_files ON complaint_exclusions WITH CHECK (filed_now(complaint_id));
ALTER POLICY public_files ON readings WITH CHECK (state <> 'read' AND filed_now(complaint_id));
ALTER POLICY public_files ON complaint_disclosures WITH CHECK (filed_now(complaint_id));
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION release_envelope(told uuid, desk text, key text, held text[], sealed bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM units u WHERE u.code = desk) OR NOT EXISTS (SELECT FROM readings r
        WHERE r.complaint_id = told AND r.unit_id = acting_unit() AND r.verdict = 'none_named' AND r.read_by = acting_person()) THEN
        RETURN false;
    END IF;
    INSERT INTO complaint_envelopes AS e (complaint_id, recipient, key_id, items, envelope) VALUES (told, desk, key, held, sealed)
    ON CONFLICT (complaint_id, recipient) DO UPDATE SET key_id = EXCLUDED.key_id, items = EXCLUDED.items, envelope = EXCLUDED.envelope
        WHERE e.items <@ EXCLUDED.items;
    -- The desk that typed the complaint has all of it already.
    RETURN FOUND OR EXISTS (SELECT FROM complaint_envelopes e WHERE e.complaint_id = told AND e.recipient = desk AND e.items @> held);
END $$;
-- +goose StatementEnd
DROP FUNCTION receipt_standing(bytea), receipt_consents(bytea), receipt_envelopes(bytea), receipt_exclusions(bytea),
    receipt_consent(bytea,text,timestamptz,bytea), receipt_address(bytea,text,text,text[],bytea), put_envelope(uuid,text,text,text[],bytea), consented_now(uuid);
DROP POLICY functions_lock ON readings;
REVOKE UPDATE (climbed_at) ON readings FROM portal_receipt;
DROP TABLE complaint_consents;
