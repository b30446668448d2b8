-- What stands behind an agency's promises: guarantees that a bank or a deposit holds,
-- a double-entry ledger of what became of them, and the awards that may be paid from
-- them. A claim names an award, never a worker and never a complaint.
-- +goose Up
-- A guarantee as it was proposed; it counts from its entry in the ledger on.
CREATE TABLE guarantees (
    id          uuid PRIMARY KEY,
    agency_id   uuid NOT NULL REFERENCES agencies,
    decision_id uuid UNIQUE REFERENCES decisions, -- null: an operator's command
    kind        text NOT NULL CHECK (kind IN ('bank','deposit')),
    bank        text NOT NULL CHECK (bank <> '' AND length(bank) <= 200),
    reference   text NOT NULL CHECK (reference <> '' AND length(reference) <= 100),
    amount      bigint NOT NULL CHECK (amount > 0 AND amount <= 100000000000000),
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    valid_from  date NOT NULL,
    expires_on  date, -- the last day; null is open, which a bank's guarantee is not
    made_by     uuid REFERENCES people,
    made_at     timestamptz NOT NULL,
    CONSTRAINT guarantees_in_order CHECK (expires_on >= valid_from),
    CONSTRAINT guarantees_end CHECK (kind = 'deposit' OR expires_on IS NOT NULL),
    UNIQUE (id, agency_id, currency)
);
CREATE INDEX guarantees_agency ON guarantees (agency_id);
CREATE INDEX guarantees_expiry ON guarantees (expires_on) WHERE expires_on IS NOT NULL;

-- What an enforceable award, or one that may become so, gives somebody against the agency.
CREATE TABLE guarantee_claims (
    id             uuid PRIMARY KEY,
    number         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    agency_id      uuid NOT NULL REFERENCES agencies,
    amount         bigint NOT NULL CHECK (amount > 0 AND amount <= 100000000000000),
    currency       text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    source         text NOT NULL CHECK (source IN ('inspector','court','arbitration')),
    award          text NOT NULL CHECK (award <> '' AND length(award) <= 200), -- the award's own reference
    enforceable_on date,
    appealed       boolean NOT NULL DEFAULT false,
    closed_on      date,
    closed_why     text CHECK (closed_why IN ('agency_paid','overturned','mistake')),
    made_by        uuid NOT NULL REFERENCES people,
    made_at        timestamptz NOT NULL,
    CONSTRAINT guarantee_claims_closed CHECK ((closed_on IS NULL) = (closed_why IS NULL)),
    UNIQUE (agency_id, source, award)
);
CREATE INDEX guarantee_claims_open ON guarantee_claims (agency_id) WHERE closed_on IS NULL;

CREATE TABLE guarantee_entries (
    id          uuid PRIMARY KEY,
    number      bigint GENERATED ALWAYS AS IDENTITY UNIQUE, -- the order of the ledger
    agency_id   uuid NOT NULL REFERENCES agencies,
    kind        text NOT NULL CHECK (kind IN ('post','call','pay','release','expire')),
    day         date NOT NULL,
    decision_id uuid UNIQUE REFERENCES decisions,
    of_letter   uuid UNIQUE, -- of pay: what the bank did
    made_by     uuid REFERENCES people, -- null: a process
    made_at     timestamptz NOT NULL,
    made_in     xid8 NOT NULL DEFAULT pg_current_xact_id(), -- its lines come with it, and none later
    CONSTRAINT guarantee_entries_letter CHECK ((kind = 'pay') = (of_letter IS NOT NULL))
);
CREATE INDEX guarantee_entries_agency ON guarantee_entries (agency_id, number);

-- The lines of an entry: of each guarantee they come to nothing.
CREATE TABLE guarantee_postings (
    entry_id     uuid NOT NULL REFERENCES guarantee_entries,
    line         integer NOT NULL CHECK (line > 0),
    guarantee_id uuid NOT NULL REFERENCES guarantees,
    account      text NOT NULL CHECK (account IN ('bank','held','reserved','paid','released','expired')),
    minor        bigint NOT NULL CHECK (minor <> 0),
    currency     text NOT NULL,
    claim_id     uuid REFERENCES guarantee_claims,
    PRIMARY KEY (entry_id, line)
);
CREATE INDEX guarantee_postings_guarantee ON guarantee_postings (guarantee_id);
CREATE INDEX guarantee_postings_claim ON guarantee_postings (claim_id) WHERE claim_id IS NOT NULL;
CREATE UNIQUE INDEX guarantee_postings_posted_once ON guarantee_postings (guarantee_id) WHERE account = 'bank';

-- What is held, kept by the ledger itself: nobody writes here. The row is the lock
-- under which two draw-downs wait for each other.
CREATE TABLE guarantee_balances (
    guarantee_id uuid PRIMARY KEY,
    agency_id    uuid NOT NULL,
    currency     text NOT NULL,
    held         bigint NOT NULL,
    reserved     bigint NOT NULL,
    CONSTRAINT guarantee_balances_held CHECK (held >= 0),
    CONSTRAINT guarantee_balances_reserved CHECK (reserved >= 0),
    FOREIGN KEY (guarantee_id, agency_id, currency) REFERENCES guarantees (id, agency_id, currency)
);
CREATE INDEX guarantee_balances_agency ON guarantee_balances (agency_id);

-- Letters to banks.
CREATE TABLE guarantee_letters (
    id           uuid PRIMARY KEY,
    number       bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    entry_id     uuid NOT NULL REFERENCES guarantee_entries,
    guarantee_id uuid NOT NULL REFERENCES guarantees,
    amount       bigint NOT NULL CHECK (amount > 0),
    UNIQUE (entry_id, guarantee_id)
);
ALTER TABLE guarantee_entries ADD CONSTRAINT guarantee_entries_of_letter FOREIGN KEY (of_letter) REFERENCES guarantee_letters;

-- What the agency has to put back after a call.
CREATE TABLE guarantee_top_ups (
    entry_id   uuid PRIMARY KEY REFERENCES guarantee_entries,
    agency_id  uuid NOT NULL REFERENCES agencies,
    amount     bigint NOT NULL CHECK (amount > 0),
    currency   text NOT NULL,
    due_on     date, -- null: no time is configured
    missing    bigint NOT NULL,
    cleared_on date,
    CONSTRAINT guarantee_top_ups_missing CHECK (missing >= 0 AND missing <= amount),
    CONSTRAINT guarantee_top_ups_cleared CHECK ((missing = 0) = (cleared_on IS NOT NULL))
);
CREATE INDEX guarantee_top_ups_open ON guarantee_top_ups (agency_id, due_on) WHERE cleared_on IS NULL;

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['guarantees','guarantee_entries','guarantee_postings','guarantee_letters'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['guarantee_claims','guarantee_top_ups','guarantee_balances'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_kept', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['guarantees','guarantee_claims','guarantee_entries','guarantee_postings','guarantee_balances','guarantee_letters','guarantee_top_ups'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;

CREATE FUNCTION guarantee_wrong(why text, rule text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', why USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

-- Every line is legal for the kind of its entry, and moves the balance.
CREATE FUNCTION guarantee_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e guarantee_entries;
    g guarantees;
    c guarantee_claims;
BEGIN
    SELECT * INTO e FROM guarantee_entries WHERE id = NEW.entry_id;
    SELECT * INTO g FROM guarantees WHERE id = NEW.guarantee_id;
    IF e.agency_id IS NULL OR e.agency_id IS DISTINCT FROM g.agency_id OR NEW.currency <> g.currency THEN
        PERFORM guarantee_wrong('the guarantee is of another agency or currency', 'guarantee_postings_own');
    END IF;
    IF e.made_in <> pg_current_xact_id() THEN
        PERFORM guarantee_wrong('an entry is written once', 'guarantee_postings_whole');
    END IF;
    IF (e.kind, NEW.account, sign(NEW.minor)) NOT IN (('post','bank',-1), ('post','held',1), ('call','held',-1), ('call','reserved',1),
        ('pay','reserved',-1), ('pay','paid',1), ('release','held',-1), ('release','released',1), ('expire','held',-1), ('expire','expired',1)) THEN
        PERFORM guarantee_wrong('no such line in an entry of that kind', 'guarantee_postings_legal');
    END IF;
    IF e.kind = 'post' AND (abs(NEW.minor) <> g.amount OR e.decision_id IS DISTINCT FROM g.decision_id) THEN
        PERFORM guarantee_wrong('a guarantee is posted as it was decided', 'guarantee_postings_amount');
    END IF;
    IF e.kind = 'call' AND (e.day < g.valid_from OR e.day > g.expires_on) OR e.kind = 'expire' AND NOT coalesce(e.day > g.expires_on, false) THEN
        PERFORM guarantee_wrong('the guarantee is not in force, or has not ended', 'guarantee_postings_in_force');
    END IF;
    IF (NEW.claim_id IS NOT NULL) <> (NEW.account IN ('reserved','paid')) THEN
        PERFORM guarantee_wrong('what is called is called for a claim', 'guarantee_postings_claim');
    END IF;
    IF e.kind = 'call' AND NEW.claim_id IS NOT NULL THEN
        SELECT * INTO c FROM guarantee_claims WHERE id = NEW.claim_id FOR UPDATE;
        IF NOT coalesce(c.agency_id = e.agency_id AND c.currency = NEW.currency AND c.enforceable_on <= e.day AND NOT c.appealed AND c.closed_on IS NULL, false) THEN
            PERFORM guarantee_wrong('no enforceable award stands behind it', 'guarantee_postings_award');
        END IF;
        IF NEW.minor + guarantee_called(c.id) > c.amount THEN
            PERFORM guarantee_wrong('more is called than the award gives', 'guarantee_postings_award');
        END IF;
    END IF;
    IF e.kind = 'pay' AND NOT EXISTS (SELECT FROM guarantee_letters l JOIN guarantee_postings p USING (entry_id, guarantee_id)
        WHERE l.id = e.of_letter AND p.guarantee_id = NEW.guarantee_id AND p.claim_id = NEW.claim_id AND p.minor = abs(NEW.minor)) THEN
        PERFORM guarantee_wrong('the bank pays what it was asked for', 'guarantee_postings_letter');
    END IF;
    IF e.kind = 'release' AND EXISTS (SELECT FROM guarantee_claims o WHERE o.agency_id = e.agency_id AND o.closed_on IS NULL AND guarantee_called(o.id) < o.amount) THEN
        PERFORM guarantee_wrong('a claim is open', 'guarantee_postings_open_claim');
    END IF;
    IF NEW.account IN ('held','reserved') THEN
        INSERT INTO guarantee_balances (guarantee_id, agency_id, currency, held, reserved) VALUES (g.id, g.agency_id, g.currency, 0, 0) ON CONFLICT DO NOTHING;
        UPDATE guarantee_balances SET held = held + CASE NEW.account WHEN 'held' THEN NEW.minor ELSE 0 END,
            reserved = reserved + CASE NEW.account WHEN 'reserved' THEN NEW.minor ELSE 0 END WHERE guarantee_id = g.id;
    END IF;
    RETURN NEW;
END $$;

-- How much of a claim was called so far.
CREATE FUNCTION guarantee_called(claim uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CAST(coalesce(sum(p.minor), 0) AS bigint) FROM guarantee_postings p WHERE p.claim_id = claim AND p.account = 'reserved' AND p.minor > 0 $$;

-- An entry has lines, and they come to nothing.
CREATE FUNCTION guarantee_balanced() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE entry uuid := CASE TG_TABLE_NAME WHEN 'guarantee_entries' THEN to_jsonb(NEW)->>'id' ELSE to_jsonb(NEW)->>'entry_id' END;
BEGIN
    IF NOT EXISTS (SELECT FROM guarantee_postings p WHERE p.entry_id = entry)
        OR EXISTS (SELECT FROM guarantee_postings p WHERE p.entry_id = entry GROUP BY p.guarantee_id, p.currency HAVING sum(p.minor) <> 0) THEN
        PERFORM guarantee_wrong('the entry does not balance', 'guarantee_balanced');
    END IF;
    RETURN NULL;
END $$;

-- A letter asks for, or lets go of, what its entry took from that guarantee.
CREATE FUNCTION guarantee_letter_true() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.amount IS DISTINCT FROM (SELECT -sum(p.minor) FROM guarantee_postings p JOIN guarantee_entries e ON e.id = p.entry_id
        WHERE p.entry_id = NEW.entry_id AND p.guarantee_id = NEW.guarantee_id AND p.account = 'held' AND e.kind IN ('call','release')) THEN
        PERFORM guarantee_wrong('the letter is of another amount', 'guarantee_letters_true');
    END IF;
    RETURN NULL;
END $$;

-- Two people stand behind what is posted, called and released; a licence that is not
-- over keeps its guarantee.
CREATE FUNCTION guarantee_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'portal_setup' OR current_setting('is_superuser') = 'on' THEN
        RETURN NULL;
    END IF;
    IF NEW.kind IN ('post','call','release') THEN
        PERFORM require_decision_now(NEW.decision_id, 'guarantee.' || NEW.kind, NEW.agency_id);
    END IF;
    IF NEW.kind = 'release' AND licence_state(NEW.agency_id, NEW.day) NOT IN ('expired','revoked','surrendered') THEN
        PERFORM guarantee_wrong('the licence is not over', 'guarantee_entries_over');
    END IF;
    RETURN NULL;
END $$;

-- What a claim is stays; what comes of its award is written, and an end is one.
CREATE FUNCTION guarantee_claim_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_on IS NOT NULL THEN
        PERFORM guarantee_wrong('the claim is closed', 'guarantee_claims_ended');
    END IF;
    IF NEW.closed_on IS NOT NULL AND guarantee_called(NEW.id) >= NEW.amount THEN
        PERFORM guarantee_wrong('all of it was called', 'guarantee_claims_ended');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION guarantee_top_up_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.cleared_on IS NOT NULL OR NEW.missing >= OLD.missing THEN
        PERFORM guarantee_wrong('what is owed becomes less', 'guarantee_top_ups_less');
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guarantee_postings_line BEFORE INSERT ON guarantee_postings FOR EACH ROW EXECUTE FUNCTION guarantee_line();
CREATE CONSTRAINT TRIGGER guarantee_postings_balanced AFTER INSERT ON guarantee_postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guarantee_balanced();
CREATE CONSTRAINT TRIGGER guarantee_entries_balanced AFTER INSERT ON guarantee_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guarantee_balanced();
CREATE CONSTRAINT TRIGGER guarantee_entries_decided AFTER INSERT ON guarantee_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guarantee_decided();
CREATE CONSTRAINT TRIGGER guarantee_letters_true AFTER INSERT ON guarantee_letters DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guarantee_letter_true();
CREATE TRIGGER guarantee_claims_move BEFORE UPDATE ON guarantee_claims FOR EACH ROW EXECUTE FUNCTION guarantee_claim_moves();
CREATE TRIGGER guarantee_top_ups_move BEFORE UPDATE ON guarantee_top_ups FOR EACH ROW EXECUTE FUNCTION guarantee_top_up_moves();

-- +goose StatementBegin
DO $$
DECLARE f text;
BEGIN
    GRANT CREATE ON SCHEMA public TO portal_receipt;
    FOREACH f IN ARRAY ARRAY['guarantee_line()','guarantee_balanced()','guarantee_letter_true()'] LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || f || ' FROM PUBLIC';
        EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO portal_receipt';
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM portal_receipt;
END $$;
-- +goose StatementEnd
GRANT SELECT ON guarantees, guarantee_claims, guarantee_entries, guarantee_postings, guarantee_letters, guarantee_balances TO portal_receipt;
GRANT UPDATE (closed_on) ON guarantee_claims TO portal_receipt; -- for the lock alone: its policy lets nothing be written
GRANT INSERT, UPDATE (held, reserved) ON guarantee_balances TO portal_receipt;
CREATE POLICY ledger ON guarantees FOR SELECT TO portal_receipt USING (true);
CREATE POLICY ledger ON guarantee_claims FOR SELECT TO portal_receipt USING (true);
CREATE POLICY ledger_locks ON guarantee_claims FOR UPDATE TO portal_receipt USING (true) WITH CHECK (false);
CREATE POLICY ledger ON guarantee_entries FOR SELECT TO portal_receipt USING (true);
CREATE POLICY ledger ON guarantee_postings FOR SELECT TO portal_receipt USING (true);
CREATE POLICY ledger ON guarantee_letters FOR SELECT TO portal_receipt USING (true);
CREATE POLICY ledger ON guarantee_balances TO portal_receipt USING (true) WITH CHECK (true);

GRANT SELECT, INSERT ON guarantees, guarantee_claims, guarantee_entries, guarantee_postings, guarantee_letters, guarantee_top_ups TO portal_staff;
GRANT SELECT ON guarantee_balances TO portal_staff, portal_worker, portal_setup;
GRANT UPDATE (enforceable_on, appealed, closed_on, closed_why) ON guarantee_claims TO portal_staff;
GRANT UPDATE (missing, cleared_on) ON guarantee_top_ups TO portal_staff;
GRANT SELECT ON guarantees, guarantee_claims, guarantee_entries, guarantee_postings, guarantee_top_ups TO portal_worker;
GRANT INSERT ON guarantee_entries, guarantee_postings TO portal_worker;
GRANT SELECT, INSERT ON guarantees, guarantee_entries, guarantee_postings TO portal_setup;
GRANT SELECT ON guarantee_claims TO portal_setup;

CREATE POLICY own_agency ON guarantees FOR SELECT TO portal_staff USING (agency_id = acting_agency());
CREATE POLICY own_agency ON guarantee_claims FOR SELECT TO portal_staff USING (agency_id = acting_agency());
CREATE POLICY own_agency ON guarantee_entries FOR SELECT TO portal_staff USING (agency_id = acting_agency());
CREATE POLICY own_agency ON guarantee_postings FOR SELECT TO portal_staff
    USING (EXISTS (SELECT FROM guarantee_entries e WHERE e.id = entry_id AND e.agency_id = acting_agency()));
CREATE POLICY own_agency ON guarantee_balances FOR SELECT TO portal_staff USING (agency_id = acting_agency());
CREATE POLICY own_agency ON guarantee_top_ups FOR SELECT TO portal_staff USING (agency_id = acting_agency());

CREATE POLICY officers ON guarantees TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing() AND made_by = acting_person() AND decision_id IS NOT NULL);
CREATE POLICY officers ON guarantee_claims TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());
CREATE POLICY officers ON guarantee_entries TO portal_staff USING (acts_as_licensing())
    WITH CHECK (acts_as_licensing() AND made_by = acting_person() AND kind IN ('post','call','pay','release'));
CREATE POLICY officers ON guarantee_postings TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());
CREATE POLICY officers ON guarantee_balances FOR SELECT TO portal_staff USING (acts_as_licensing());
CREATE POLICY officers ON guarantee_letters TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());
CREATE POLICY officers ON guarantee_top_ups TO portal_staff USING (acts_as_licensing()) WITH CHECK (acts_as_licensing());

-- What is decided about it is seen by the body that oversees decisions.
CREATE POLICY overseers ON guarantees FOR SELECT TO portal_staff USING (acts_as_oversight());
CREATE POLICY overseers ON guarantee_claims FOR SELECT TO portal_staff USING (acts_as_oversight());
CREATE POLICY overseers ON guarantee_entries FOR SELECT TO portal_staff USING (acts_as_oversight());
CREATE POLICY overseers ON guarantee_postings FOR SELECT TO portal_staff USING (acts_as_oversight());
CREATE POLICY overseers ON guarantee_balances FOR SELECT TO portal_staff USING (acts_as_oversight());

CREATE POLICY processes ON guarantees FOR SELECT TO portal_worker USING (true);
CREATE POLICY processes ON guarantee_claims FOR SELECT TO portal_worker USING (true);
CREATE POLICY processes ON guarantee_balances FOR SELECT TO portal_worker USING (true);
CREATE POLICY processes ON guarantee_top_ups FOR SELECT TO portal_worker USING (true);
CREATE POLICY processes ON guarantee_entries TO portal_worker USING (true) WITH CHECK (kind = 'expire');
CREATE POLICY processes ON guarantee_postings TO portal_worker USING (true) WITH CHECK (account IN ('held','expired'));

CREATE POLICY setup ON guarantees TO portal_setup USING (true) WITH CHECK (decision_id IS NULL);
CREATE POLICY setup ON guarantee_claims FOR SELECT TO portal_setup USING (true);
CREATE POLICY setup ON guarantee_balances FOR SELECT TO portal_setup USING (true);
CREATE POLICY setup ON guarantee_entries TO portal_setup USING (true) WITH CHECK (kind = 'post' AND decision_id IS NULL);
CREATE POLICY setup ON guarantee_postings TO portal_setup USING (true) WITH CHECK (account IN ('bank','held'));

-- The one timeline, with what became of the guarantee: minor units and currency.
CREATE OR REPLACE VIEW agency_timeline WITH (security_invoker = true) AS
    SELECT agency_id, done_at AS at, 'step' AS what, kind, id AS object_id, text AS words FROM licence_steps
    UNION ALL SELECT agency_id, on_day::timestamp AT TIME ZONE 'UTC', 'licence', kind, id, reason FROM licence_events WHERE step_id IS NULL
    UNION ALL SELECT agency_id, begun_at, 'application', 'begun', id, '' FROM applications
    UNION ALL SELECT a.agency_id, v.filed_at, 'application', 'filed', a.id, '' FROM application_versions v JOIN applications a ON a.id = v.application_id
    UNION ALL SELECT a.agency_id, r.returned_at, 'application', 'returned', a.id, '' FROM application_returns r JOIN applications a ON a.id = r.application_id
    UNION ALL SELECT agency_id, decided_at, 'application', status, id, reason FROM applications WHERE decided_at IS NOT NULL
    UNION ALL SELECT a.agency_id, f.recorded_at, 'fee', 'received', a.id, '' FROM fee_receipts f JOIN applications a ON a.id = f.application_id
    UNION ALL SELECT agency_id, since::timestamp AT TIME ZONE 'UTC', 'part', kind, id, coalesce(nullif(name_latin, ''), name_local) FROM agency_parts
    UNION ALL SELECT agency_id, until::timestamp AT TIME ZONE 'UTC', 'part_ended', kind, id, coalesce(nullif(name_latin, ''), name_local) FROM agency_parts WHERE until IS NOT NULL
    UNION ALL SELECT agency_id, until::timestamp AT TIME ZONE 'UTC', 'name', 'changed', application_id, coalesce(nullif(name_latin, ''), name_local) FROM agency_former_names
    UNION ALL SELECT agency_id, registered_at, 'placement', 'registered', id, country FROM placements
    UNION ALL SELECT agency_id, made_at, 'notice', kind, id, due_on::text FROM agency_notices WHERE kind <> 'step'
    UNION ALL SELECT i.agency_id, d.at::timestamp AT TIME ZONE 'UTC', 'inspection', d.what, i.id, coalesce(d.outcome, '') FROM inspections i
        CROSS JOIN LATERAL (VALUES (CASE WHEN i.visited_on IS NULL THEN i.planned_for END, CASE i.status WHEN 'called_off' THEN 'called_off' ELSE 'planned' END, NULL),
            (i.visited_on, 'visited', NULL), (i.sent_on, 'sent', NULL), (i.replied_on, 'replied', NULL), (i.lapsed_on, 'lapsed', NULL), (i.closed_on, 'closed', i.outcome))
            AS d(at, what, outcome) WHERE d.at IS NOT NULL
    UNION ALL SELECT e.agency_id, e.made_at, 'guarantee', e.kind, e.id, (SELECT string_agg(m.minor || ' ' || m.currency, ',' ORDER BY m.currency)
        FROM (SELECT p.currency, sum(p.minor) AS minor FROM guarantee_postings p WHERE p.entry_id = e.id AND p.minor > 0 GROUP BY p.currency) AS m) FROM guarantee_entries e;

-- +goose Down
CREATE OR REPLACE VIEW agency_timeline WITH (security_invoker = true) AS
    SELECT agency_id, done_at AS at, 'step' AS what, kind, id AS object_id, text AS words FROM licence_steps
    UNION ALL SELECT agency_id, on_day::timestamp AT TIME ZONE 'UTC', 'licence', kind, id, reason FROM licence_events WHERE step_id IS NULL
    UNION ALL SELECT agency_id, begun_at, 'application', 'begun', id, '' FROM applications
    UNION ALL SELECT a.agency_id, v.filed_at, 'application', 'filed', a.id, '' FROM application_versions v JOIN applications a ON a.id = v.application_id
    UNION ALL SELECT a.agency_id, r.returned_at, 'application', 'returned', a.id, '' FROM application_returns r JOIN applications a ON a.id = r.application_id
    UNION ALL SELECT agency_id, decided_at, 'application', status, id, reason FROM applications WHERE decided_at IS NOT NULL
    UNION ALL SELECT a.agency_id, f.recorded_at, 'fee', 'received', a.id, '' FROM fee_receipts f JOIN applications a ON a.id = f.application_id
    UNION ALL SELECT agency_id, since::timestamp AT TIME ZONE 'UTC', 'part', kind, id, coalesce(nullif(name_latin, ''), name_local) FROM agency_parts
    UNION ALL SELECT agency_id, until::timestamp AT TIME ZONE 'UTC', 'part_ended', kind, id, coalesce(nullif(name_latin, ''), name_local) FROM agency_parts WHERE until IS NOT NULL
    UNION ALL SELECT agency_id, until::timestamp AT TIME ZONE 'UTC', 'name', 'changed', application_id, coalesce(nullif(name_latin, ''), name_local) FROM agency_former_names
    UNION ALL SELECT agency_id, registered_at, 'placement', 'registered', id, country FROM placements
    UNION ALL SELECT agency_id, made_at, 'notice', kind, id, due_on::text FROM agency_notices WHERE kind <> 'step'
    UNION ALL SELECT i.agency_id, d.at::timestamp AT TIME ZONE 'UTC', 'inspection', d.what, i.id, coalesce(d.outcome, '') FROM inspections i
        CROSS JOIN LATERAL (VALUES (CASE WHEN i.visited_on IS NULL THEN i.planned_for END, CASE i.status WHEN 'called_off' THEN 'called_off' ELSE 'planned' END, NULL),
            (i.visited_on, 'visited', NULL), (i.sent_on, 'sent', NULL), (i.replied_on, 'replied', NULL), (i.lapsed_on, 'lapsed', NULL), (i.closed_on, 'closed', i.outcome))
            AS d(at, what, outcome) WHERE d.at IS NOT NULL;
ALTER TABLE guarantee_entries DROP CONSTRAINT guarantee_entries_of_letter;
DROP TABLE guarantee_top_ups, guarantee_letters, guarantee_balances, guarantee_postings, guarantee_entries, guarantee_claims, guarantees;
DROP FUNCTION guarantee_top_up_moves(), guarantee_claim_moves(), guarantee_decided(), guarantee_letter_true(), guarantee_balanced(), guarantee_line(), guarantee_called(uuid), guarantee_wrong(text, text);
