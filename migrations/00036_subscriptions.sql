-- Who wants to be told, without an account, when the public register says something
-- else of an agency. The address is sealed under a secret that the database does not
-- hold, and found by a keyed hash.
-- +goose Up
CREATE TABLE subscriptions (
    id           uuid PRIMARY KEY,
    agency_id    uuid NOT NULL REFERENCES agencies,
    subscriber   bytea NOT NULL CHECK (octet_length(subscriber) = 32),
    sealed       bytea NOT NULL,
    language     text NOT NULL CHECK (language ~ '^[a-z]{2,3}$'),
    asked_at     timestamptz NOT NULL,
    confirmed_at timestamptz,
    seen         bytea CHECK (octet_length(seen) = 32), -- what the register showed when they were last told
    UNIQUE (agency_id, subscriber),
    CHECK ((confirmed_at IS NULL) = (seen IS NULL))
);
CREATE INDEX subscriptions_watched ON subscriptions (agency_id) WHERE confirmed_at IS NOT NULL;
CREATE INDEX subscriptions_open ON subscriptions (asked_at) WHERE confirmed_at IS NULL;
CREATE INDEX subscriptions_subscriber ON subscriptions (subscriber) WHERE confirmed_at IS NULL;
CREATE TABLE subscription_letters (
    id              uuid PRIMARY KEY,
    subscription_id uuid NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('confirm','changed')),
    made_at         timestamptz NOT NULL,
    sent_at         timestamptz
);
CREATE INDEX subscription_letters_of ON subscription_letters (subscription_id, made_at);
CREATE INDEX subscription_letters_confirm ON subscription_letters (made_at) WHERE kind = 'confirm';

-- Nobody is told who did not confirm.
-- +goose StatementBegin
CREATE FUNCTION subscription_letter_wanted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind = 'changed') <> EXISTS (SELECT FROM subscriptions s WHERE s.id = NEW.subscription_id AND s.confirmed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a letter that nobody wants' USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_letter_wanted';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER subscription_letters_wanted BEFORE INSERT ON subscription_letters FOR EACH ROW EXECUTE FUNCTION subscription_letter_wanted();

ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE subscription_letters ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- The public's processes do not read an address, sealed or not.
GRANT SELECT (id, agency_id, subscriber, confirmed_at, asked_at), INSERT (id, agency_id, subscriber, sealed, language, asked_at), UPDATE (confirmed_at, seen), DELETE ON subscriptions TO portal_public;
GRANT SELECT (id, subscription_id, kind, made_at), INSERT (id, subscription_id, kind, made_at) ON subscription_letters TO portal_public;
CREATE POLICY by_link ON subscriptions FOR SELECT TO portal_public USING (true);
CREATE POLICY anybody_asks ON subscriptions FOR INSERT TO portal_public WITH CHECK (confirmed_at IS NULL);
CREATE POLICY by_link_confirms ON subscriptions FOR UPDATE TO portal_public USING (confirmed_at IS NULL) WITH CHECK (confirmed_at IS NOT NULL);
CREATE POLICY by_link_ends ON subscriptions FOR DELETE TO portal_public USING (true);
CREATE POLICY counted ON subscription_letters FOR SELECT TO portal_public USING (true);
CREATE POLICY asked ON subscription_letters FOR INSERT TO portal_public WITH CHECK (kind = 'confirm' AND sent_at IS NULL);

GRANT SELECT, UPDATE (seen), DELETE ON subscriptions TO portal_worker;
GRANT SELECT, INSERT, UPDATE (sent_at) ON subscription_letters TO portal_worker;
CREATE POLICY processes ON subscriptions FOR SELECT TO portal_worker USING (true);
CREATE POLICY processes_tell ON subscriptions FOR UPDATE TO portal_worker USING (confirmed_at IS NOT NULL) WITH CHECK (confirmed_at IS NOT NULL);
CREATE POLICY processes_forget ON subscriptions FOR DELETE TO portal_worker USING (confirmed_at IS NULL);
CREATE POLICY processes ON subscription_letters TO portal_worker USING (true) WITH CHECK (true);

-- +goose Down
DROP TABLE subscription_letters, subscriptions;
DROP FUNCTION subscription_letter_wanted();
