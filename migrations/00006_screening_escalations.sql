-- Evidence to finding to alert to escalation. Each guarantee is a constraint.
-- +goose Up
CREATE TABLE rule_settings (
    rule       text NOT NULL,
    version    integer NOT NULL,
    valid_from date NOT NULL,
    params     jsonb NOT NULL,
    source     text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (rule, version, valid_from)
);

-- A complaint is weighed once per ruleset, however often the job runs.
CREATE TABLE evaluations (
    complaint_id uuid NOT NULL REFERENCES complaints,
    ruleset      text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, ruleset)
);

CREATE TABLE findings (
    id           uuid PRIMARY KEY,
    rule         text NOT NULL,
    version      integer NOT NULL,
    subject_kind text NOT NULL CHECK (subject_kind IN ('agency','employer','phone')),
    subject_key  text NOT NULL,
    window_from  date NOT NULL,
    window_to    date NOT NULL,
    grade        text NOT NULL CHECK (grade IN ('watch','amber','red')),
    score        double precision NOT NULL,
    reason       jsonb NOT NULL,
    evidence     uuid[] NOT NULL CHECK (cardinality(evidence) > 0),
    evidence_sum text NOT NULL,
    found_at     timestamptz NOT NULL,
    UNIQUE (rule, version, subject_kind, subject_key, window_from, window_to, evidence_sum)
);
CREATE INDEX findings_subject ON findings (subject_kind, subject_key, found_at);

CREATE TABLE alerts (
    id           uuid PRIMARY KEY,
    subject_kind text NOT NULL,
    subject_key  text NOT NULL,
    grade        text NOT NULL CHECK (grade IN ('watch','amber','red')),
    score        double precision NOT NULL,
    opened_at    timestamptz NOT NULL,
    closed_at    timestamptz
);
CREATE UNIQUE INDEX alerts_one_open ON alerts (subject_kind, subject_key) WHERE closed_at IS NULL;
CREATE TABLE alert_findings (
    alert_id   uuid NOT NULL REFERENCES alerts,
    finding_id uuid NOT NULL UNIQUE REFERENCES findings,
    PRIMARY KEY (alert_id, finding_id)
);

-- Frozen at birth. Only acknowledgement and climbing may be written later.
CREATE TABLE escalations (
    id              uuid PRIMARY KEY,
    -- What people say on the phone. Random: numbers in a row would tell how many.
    ref             text NOT NULL UNIQUE CHECK (ref ~ '^E-[0-9A-Z]{4}-[0-9A-Z]{4}$'),
    alert_id        uuid NOT NULL REFERENCES alerts,
    grade           text NOT NULL CHECK (grade IN ('amber','red')),
    subject_kind    text NOT NULL,
    subject_key     text NOT NULL,
    -- Findings, counts and coarse answers as they stood: no name, no story.
    pattern         jsonb NOT NULL,
    unit_id         uuid NOT NULL REFERENCES units,
    raised_at       timestamptz NOT NULL,
    acknowledge_by  timestamptz NOT NULL,
    acknowledged_at timestamptz,
    acknowledged_by uuid REFERENCES people,
    climbed_at      timestamptz,
    -- How many complaints were linked after it was raised.
    joined          integer NOT NULL DEFAULT 0,
    UNIQUE (alert_id, grade),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
-- The inbox: what waits is little, what was acknowledged grows for ever, and
-- open inboxes ask often whether anything changed.
CREATE INDEX escalations_waiting ON escalations (unit_id) WHERE acknowledged_at IS NULL;
CREATE INDEX escalations_acknowledged ON escalations (unit_id, grade DESC, raised_at DESC, id) WHERE acknowledged_at IS NOT NULL;
CREATE INDEX escalations_changes ON escalations (unit_id) INCLUDE (acknowledged_at, climbed_at, joined);
CREATE TABLE escalation_complaints (
    escalation_id uuid NOT NULL REFERENCES escalations,
    complaint_id  uuid NOT NULL REFERENCES complaints,
    PRIMARY KEY (escalation_id, complaint_id)
);
CREATE INDEX escalation_complaints_complaint ON escalation_complaints (complaint_id);

-- One row a message to be sent, so that a restart sends none twice on purpose.
CREATE TABLE deliveries (
    id            uuid PRIMARY KEY,
    escalation_id uuid NOT NULL REFERENCES escalations,
    step          text NOT NULL CHECK (step IN ('raised','climbed')),
    person_id     uuid NOT NULL REFERENCES people,
    made_at       timestamptz NOT NULL,
    sent_at       timestamptz,
    UNIQUE (escalation_id, step, person_id)
);

-- +goose StatementBegin
CREATE FUNCTION escalation_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.ref, NEW.alert_id, NEW.grade, NEW.subject_kind, NEW.subject_key, NEW.pattern, NEW.unit_id, NEW.raised_at, NEW.acknowledge_by)
       IS DISTINCT FROM
       (OLD.id, OLD.ref, OLD.alert_id, OLD.grade, OLD.subject_kind, OLD.subject_key, OLD.pattern, OLD.unit_id, OLD.raised_at, OLD.acknowledge_by)
       OR (OLD.acknowledged_at IS NOT NULL AND (NEW.acknowledged_at, NEW.acknowledged_by) IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by))
       OR (OLD.climbed_at IS NOT NULL AND NEW.climbed_at IS DISTINCT FROM OLD.climbed_at)
       OR NEW.joined < OLD.joined THEN
        RAISE EXCEPTION 'an escalation is frozen' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER escalations_frozen BEFORE UPDATE ON escalations
    FOR EACH ROW EXECUTE FUNCTION escalation_frozen();
CREATE TRIGGER escalations_stay BEFORE DELETE OR TRUNCATE ON escalations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Open inboxes hear that something happened, never what.
-- +goose StatementBegin
CREATE FUNCTION ring_escalations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('escalations', '');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER escalations_ring AFTER INSERT OR UPDATE ON escalations
    FOR EACH STATEMENT EXECUTE FUNCTION ring_escalations();
CREATE TRIGGER escalation_complaints_ring AFTER INSERT ON escalation_complaints
    FOR EACH STATEMENT EXECUTE FUNCTION ring_escalations();

GRANT SELECT ON rule_settings TO portal_app;
GRANT SELECT, INSERT ON evaluations, findings, alerts, alert_findings, escalations, escalation_complaints, deliveries TO portal_app;
GRANT UPDATE (grade, score, closed_at) ON alerts TO portal_app;
GRANT UPDATE (acknowledged_at, acknowledged_by, climbed_at, joined) ON escalations TO portal_app;
GRANT UPDATE (sent_at) ON deliveries TO portal_app;

INSERT INTO policies (key, valid_from, value, source) VALUES
    ('escalation.acknowledge_minutes', '2020-01-01', '{"red": 60, "amber": 1440}', 'house rule of the demonstration country; not law');

-- +goose Down
DROP TABLE deliveries, escalation_complaints, escalations, alert_findings, alerts, findings, evaluations, rule_settings;
DROP FUNCTION escalation_frozen(), ring_escalations();
DELETE FROM policies WHERE key = 'escalation.acknowledge_minutes';
