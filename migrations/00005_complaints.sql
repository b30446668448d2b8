-- A complaint: coarse answers and keyed tokens in the open, everything that
-- tells who or what exactly sealed to the desks that may know.
-- +goose Up
CREATE TABLE complaints (
    id             uuid PRIMARY KEY,
    -- HMAC of the form's nonce: a double submit is one complaint.
    nonce_hash     bytea NOT NULL UNIQUE,
    -- HMAC of the receipt: finds the complaint, opens nothing.
    receipt_hash   bytea NOT NULL UNIQUE,
    filed_at       timestamptz NOT NULL,
    status         text NOT NULL CHECK (status IN ('received','screened','with_investigators')),
    language       text NOT NULL,
    channel        text NOT NULL CHECK (channel IN ('web')),
    -- Coarse answers, as detection reads them.
    about          text NOT NULL CHECK (about IN ('self','family','friend','worker','other','unsaid')),
    first_hand     boolean NOT NULL,
    danger_now     boolean NOT NULL,
    missing_person boolean NOT NULL,
    never_departed boolean NOT NULL,
    minor          boolean NOT NULL,
    official       boolean NOT NULL,
    agency_id      uuid REFERENCES agencies,
    agency_token   text NOT NULL DEFAULT '',
    employer_token text NOT NULL DEFAULT '',
    broker_token   text NOT NULL DEFAULT '',
    -- In a domain of its own: equal to no token of a placement or a broker.
    reporter_token text NOT NULL DEFAULT '',
    text_signature bigint NOT NULL DEFAULT 0,
    registry_match boolean NOT NULL DEFAULT false,
    country        text CHECK (country ~ '^[A-Z]{2}$'),
    happened_on    date,
    departed       boolean,
    -- US dollars, whole; NULL is not said.
    fee_usd        integer CHECK (fee_usd >= 0),
    debt_usd       integer CHECK (debt_usd >= 0),
    wage_usd       integer CHECK (wage_usd >= 0),
    who_may_act    text[] NOT NULL DEFAULT '{}' CHECK (who_may_act <@ ARRAY['labour_desk','police']),
    CHECK (octet_length(nonce_hash) = 32 AND octet_length(receipt_hash) = 32)
);
CREATE INDEX complaints_agency ON complaints (agency_id, filed_at) WHERE agency_id IS NOT NULL;
CREATE INDEX complaints_employer ON complaints (employer_token, filed_at) WHERE employer_token <> '';
CREATE INDEX complaints_broker ON complaints (broker_token, filed_at) WHERE broker_token <> '';
CREATE INDEX complaints_country ON complaints (country, filed_at) WHERE country IS NOT NULL;
CREATE INDEX complaints_filed ON complaints (filed_at);

-- Which of the ILO's eleven, and when it happened.
CREATE TABLE complaint_indicators (
    complaint_id uuid NOT NULL REFERENCES complaints,
    indicator    text NOT NULL CHECK (indicator IN
        ('abuse_of_vulnerability','deception','restriction_of_movement','isolation','violence','threats',
         'document_retention','wage_withholding','debt_bondage','abusive_conditions','excessive_overtime')),
    phase        text NOT NULL CHECK (phase IN ('before','travel','work','unsaid')),
    PRIMARY KEY (complaint_id, indicator, phase)
);

-- Sealed items: one data key each. The ciphertext is bound to its place.
CREATE TABLE complaint_items (
    complaint_id uuid NOT NULL REFERENCES complaints,
    item         text NOT NULL CHECK (item ~ '^(answers|narrative|originals|(identity|contact):[a-z]+)$'),
    schema       integer NOT NULL,
    ciphertext   bytea NOT NULL,
    PRIMARY KEY (complaint_id, item)
);

-- One envelope a recipient: exactly the data keys it may open.
CREATE TABLE complaint_envelopes (
    complaint_id uuid NOT NULL REFERENCES complaints,
    recipient    text NOT NULL,   -- 'reporter' or a unit code
    key_id       text NOT NULL,   -- which of the recipient's keys
    items        text[] NOT NULL, -- what it holds, for eyes and tests; the envelope itself decides
    envelope     bytea NOT NULL,
    PRIMARY KEY (complaint_id, recipient)
);

-- Why police may hold who somebody is: asked and given, or life or child.
CREATE TABLE complaint_disclosures (
    complaint_id uuid NOT NULL REFERENCES complaints,
    person       text NOT NULL CHECK (person ~ '^[a-z]+$'),
    recipient    text NOT NULL,
    basis        text NOT NULL CHECK (basis IN ('consent','life_or_child')),
    given_at     timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, person, recipient)
);

-- +goose StatementBegin
CREATE FUNCTION complaint_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND NOT (
        (OLD.status = 'received' AND NEW.status IN ('screened','with_investigators')) OR
        (OLD.status = 'screened' AND NEW.status = 'with_investigators')) THEN
        RAISE EXCEPTION 'no such step' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER complaints_moves BEFORE UPDATE ON complaints
    FOR EACH ROW EXECUTE FUNCTION complaint_moves();
-- +goose StatementBegin
-- Police hold identity, contact or originals only where a disclosure says why.
CREATE FUNCTION envelope_needs_basis() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    police boolean;
    wanted text;
BEGIN
    SELECT kind = 'police' INTO police FROM units WHERE code = NEW.recipient;
    IF NOT coalesce(police, false) THEN RETURN NEW; END IF;
    FOREACH wanted IN ARRAY NEW.items LOOP
        IF wanted = 'originals' OR wanted LIKE 'identity:%' OR wanted LIKE 'contact:%' THEN
            IF NOT EXISTS (SELECT 1 FROM complaint_disclosures d
                WHERE d.complaint_id = NEW.complaint_id AND d.recipient = NEW.recipient
                  AND (wanted = 'originals' OR d.person = split_part(wanted, ':', 2))) THEN
                RAISE EXCEPTION 'no recorded basis for this envelope' USING ERRCODE = 'check_violation';
            END IF;
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER envelopes_need_basis AFTER INSERT OR UPDATE ON complaint_envelopes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION envelope_needs_basis();
ALTER TABLE sessions ADD FOREIGN KEY (complaint_id) REFERENCES complaints;

GRANT SELECT, INSERT ON complaints, complaint_indicators, complaint_items, complaint_envelopes, complaint_disclosures TO portal_app;
GRANT UPDATE (status) ON complaints TO portal_app;

-- +goose Down
ALTER TABLE sessions DROP CONSTRAINT sessions_complaint_id_fkey;
DROP TABLE complaint_disclosures, complaint_envelopes, complaint_items, complaint_indicators, complaints;
DROP FUNCTION envelope_needs_basis(), complaint_moves();
