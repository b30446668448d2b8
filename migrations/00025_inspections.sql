-- Scored inspections of agencies. What is asked is dated data; what was seen is
-- written by the people who were there, read by the agency only once it is sent,
-- and closed by an officer who was not there. What names an inspector, or shows
-- what was written before it was sent, stands in tables of the ministry's own.
-- +goose Up
CREATE TABLE inspection_standards (
    code       text NOT NULL CHECK (code ~ '^[a-z_]+[.][a-z_]+$'),
    valid_from date NOT NULL,
    -- From that day on it is no longer asked.
    dropped    boolean NOT NULL DEFAULT false,
    topic      text NOT NULL CHECK (topic IN ('premises','fees','contracts','training','records','advertising','sub_agents','guarantee')),
    weight     text NOT NULL CHECK (weight IN ('critical','major','minor')),
    place      integer NOT NULL, -- in the list
    wording    jsonb NOT NULL CHECK (wording->>'en' <> ''), -- language → text
    source     text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (code, valid_from)
);
CREATE TRIGGER inspection_standards_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON inspection_standards
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE inspections (
    id             uuid PRIMARY KEY,
    agency_id      uuid NOT NULL REFERENCES agencies,
    application_id uuid REFERENCES applications,
    status         text NOT NULL CHECK (status IN ('planned','called_off','visited','recorded','sent','replied','lapsed','closed')),
    moved_at       timestamptz NOT NULL,
    planned_for    date NOT NULL,
    place          text NOT NULL CHECK (place <> '' AND length(place) <= 500),
    announced      boolean NOT NULL,
    visited_on     date,
    revision       integer NOT NULL DEFAULT 0, -- of the answers: how often somebody saved
    sent_on        date,
    reply_by       date, -- null: no deadline is configured
    -- The law by which it is scored. Null: not scored.
    points_key     text GENERATED ALWAYS AS ('inspection.points') STORED,
    points_from    date,
    replied_on     date,
    reply          text NOT NULL DEFAULT '' CHECK (length(reply) <= 4000),
    lapsed_on      date,
    closed_on      date,
    outcome        text CHECK (outcome IN ('passed','failed','conditions')),
    reason         text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
    CONSTRAINT inspections_points FOREIGN KEY (points_key, points_from) REFERENCES policies (key, valid_from),
    CONSTRAINT inspections_visited CHECK ((status IN ('planned','called_off')) = (visited_on IS NULL)),
    CONSTRAINT inspections_sent CHECK ((status IN ('sent','replied','lapsed','closed')) = (sent_on IS NOT NULL)),
    CONSTRAINT inspections_in_order CHECK (sent_on >= visited_on AND replied_on >= sent_on AND closed_on >= sent_on),
    CONSTRAINT inspections_in_time CHECK (replied_on <= reply_by),
    CONSTRAINT inspections_lapsed CHECK (lapsed_on IS NULL OR coalesce(lapsed_on > reply_by, false) AND replied_on IS NULL),
    CONSTRAINT inspections_replied CHECK (status <> 'replied' OR replied_on IS NOT NULL),
    CONSTRAINT inspections_late CHECK (status <> 'lapsed' OR lapsed_on IS NOT NULL),
    CONSTRAINT inspections_closed CHECK ((status = 'closed') = (closed_on IS NOT NULL) AND (status = 'closed') = (outcome IS NOT NULL)),
    CONSTRAINT inspections_why CHECK ((status IN ('closed','called_off')) = (reason <> ''))
);
CREATE INDEX inspections_queue ON inspections (status, planned_for);
CREATE INDEX inspections_agency ON inspections (agency_id, planned_for DESC);
CREATE INDEX inspections_due ON inspections (reply_by) WHERE status = 'sent';

-- Who goes: what an agency may know of them, and who they are.
CREATE TABLE inspection_team (
    inspection_id uuid NOT NULL REFERENCES inspections,
    seat          smallint NOT NULL CHECK (seat BETWEEN 1 AND 10),
    role          text NOT NULL CHECK (role IN ('licensing_officer','inspector')),
    unit_id       uuid NOT NULL REFERENCES units,
    PRIMARY KEY (inspection_id, seat)
);
CREATE TABLE inspection_people (
    inspection_id uuid NOT NULL,
    seat          smallint NOT NULL,
    person_id     uuid NOT NULL REFERENCES people,
    PRIMARY KEY (inspection_id, person_id),
    UNIQUE (inspection_id, seat),
    FOREIGN KEY (inspection_id, seat) REFERENCES inspection_team
);
CREATE INDEX inspection_people_person ON inspection_people (person_id);

-- What was seen, as it stands.
CREATE TABLE inspection_answers (
    inspection_id uuid NOT NULL REFERENCES inspections,
    code          text NOT NULL,
    valid_from    date NOT NULL,
    answer        text NOT NULL CHECK (answer IN ('met','not_met','not_applicable','not_seen')),
    seen          text NOT NULL CHECK (length(seen) <= 2000),
    PRIMARY KEY (inspection_id, code),
    FOREIGN KEY (code, valid_from) REFERENCES inspection_standards,
    CHECK (answer <> 'not_met' OR seen <> '')
);
-- Everything that was ever saved, by whom, and where they saw danger.
CREATE TABLE inspection_saves (
    inspection_id uuid NOT NULL REFERENCES inspections,
    revision      integer NOT NULL CHECK (revision > 0),
    person_id     uuid NOT NULL REFERENCES people,
    saved_at      timestamptz NOT NULL,
    dangers       text[] NOT NULL, -- codes
    answers       jsonb NOT NULL,
    PRIMARY KEY (inspection_id, revision)
);
-- What the agency says to one finding.
CREATE TABLE inspection_replies (
    inspection_id uuid NOT NULL,
    code          text NOT NULL,
    reply         text NOT NULL CHECK (reply <> '' AND length(reply) <= 2000),
    PRIMARY KEY (inspection_id, code),
    FOREIGN KEY (inspection_id, code) REFERENCES inspection_answers
);
-- Findings that the officer who closes does not uphold.
CREATE TABLE inspection_withdrawals (
    inspection_id uuid NOT NULL,
    code          text NOT NULL,
    PRIMARY KEY (inspection_id, code),
    FOREIGN KEY (inspection_id, code) REFERENCES inspection_answers
);
-- Who moved it, written by the database.
CREATE TABLE inspection_steps (
    inspection_id uuid NOT NULL REFERENCES inspections,
    status        text NOT NULL,
    person_id     uuid REFERENCES people, -- null: a process
    at            timestamptz NOT NULL,
    PRIMARY KEY (inspection_id, status)
);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['inspection_team','inspection_people','inspection_saves','inspection_replies','inspection_withdrawals','inspection_steps'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t || '_append_only', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['inspections','inspection_team','inspection_people','inspection_answers','inspection_saves','inspection_replies','inspection_withdrawals','inspection_steps'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;

-- What is asked on a day.
CREATE FUNCTION inspection_asked(on_day date) RETURNS SETOF inspection_standards LANGUAGE sql STABLE AS $$
    SELECT * FROM (SELECT DISTINCT ON (s.code) s.* FROM inspection_standards s WHERE s.valid_from <= on_day ORDER BY s.code, s.valid_from DESC) AS latest
    WHERE NOT dropped $$;

-- Points by the law of that day, null without one, and how many critical standards nobody saw.
CREATE FUNCTION inspection_sum(inspection uuid, points_from date, OUT points bigint, OUT fails_at bigint, OUT unseen bigint) LANGUAGE sql STABLE AS $$
    SELECT sum(CASE WHEN a.answer = 'not_met' AND w.code IS NULL THEN CAST(p.value->>s.weight AS bigint) ELSE 0 END),
        min(CAST(p.value->>'fails_at' AS bigint)),
        count(*) FILTER (WHERE a.answer = 'not_seen' AND s.weight = 'critical')
    FROM inspection_answers a
    JOIN inspection_standards s USING (code, valid_from)
    LEFT JOIN inspection_withdrawals w USING (inspection_id, code)
    LEFT JOIN policies p ON p.key = 'inspection.points' AND p.valid_from = inspection_sum.points_from
    WHERE a.inspection_id = inspection_sum.inspection $$;

CREATE FUNCTION inspection_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[];
    sum record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'planned' OR NEW.revision <> 0 THEN
            RAISE EXCEPTION 'an inspection begins as planned' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_moves';
        END IF;
        IF NEW.application_id IS NOT NULL AND NOT EXISTS (SELECT FROM applications a WHERE a.id = NEW.application_id AND a.agency_id = NEW.agency_id) THEN
            RAISE EXCEPTION 'the application is of another agency' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_application';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status = OLD.status THEN
        IF NEW.status NOT IN ('visited','recorded') OR NEW.revision <> OLD.revision + 1 THEN
            RAISE EXCEPTION 'nothing moves' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_moves';
        END IF;
    ELSIF (OLD.status, NEW.status) NOT IN (('planned','visited'), ('planned','called_off'), ('visited','recorded'), ('recorded','sent'),
        ('sent','replied'), ('sent','lapsed'), ('sent','closed'), ('replied','closed'), ('lapsed','closed')) THEN
        RAISE EXCEPTION 'an inspection does not go from % to %', OLD.status, NEW.status USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_moves';
    END IF;
    -- Each move writes its own columns; what earlier ones wrote stays.
    free := ARRAY['status','moved_at','points_key'] || CASE NEW.status
        WHEN 'visited' THEN CASE WHEN OLD.status = 'planned' THEN ARRAY['visited_on'] ELSE ARRAY['revision'] END
        WHEN 'recorded' THEN ARRAY['revision']
        WHEN 'sent' THEN ARRAY['sent_on','reply_by','points_from']
        WHEN 'replied' THEN ARRAY['replied_on','reply']
        WHEN 'lapsed' THEN ARRAY['lapsed_on']
        WHEN 'closed' THEN ARRAY['closed_on','outcome','reason'] || CASE WHEN OLD.points_from IS NULL THEN ARRAY['points_from'] ELSE ARRAY[]::text[] END
        ELSE ARRAY['reason'] END;
    IF to_jsonb(NEW) - free <> to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'that move does not write this' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_moves';
    END IF;
    -- One question in the other: whoever writes down that a day is gone may not read these.
    IF NEW.status IN ('visited','recorded') THEN
        IF NOT EXISTS (SELECT FROM inspection_people p WHERE p.inspection_id = NEW.id AND p.person_id = acting_person()) THEN
            RAISE EXCEPTION 'only who goes there records it' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_team_records';
        END IF;
    END IF;
    IF NEW.status IN ('recorded','sent') THEN
        IF EXISTS (SELECT FROM inspection_asked(NEW.visited_on) s
            WHERE NOT EXISTS (SELECT FROM inspection_answers a WHERE a.inspection_id = NEW.id AND a.code = s.code)) THEN
            RAISE EXCEPTION 'something is not answered' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_unanswered';
        END IF;
    END IF;
    IF NEW.status = 'closed' THEN
        IF OLD.status = 'sent' AND OLD.reply_by IS NOT NULL THEN
            RAISE EXCEPTION 'the agency may still reply' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_moves';
        END IF;
        IF EXISTS (SELECT FROM inspection_people p WHERE p.inspection_id = NEW.id AND p.person_id = acting_person()) THEN
            RAISE EXCEPTION 'who inspected does not close' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_second_officer';
        END IF;
        SELECT * INTO sum FROM inspection_sum(NEW.id, NEW.points_from);
        IF NEW.outcome = 'passed' AND NOT coalesce(NEW.points_from IS NOT NULL AND sum.points < sum.fails_at AND sum.unseen = 0, false) THEN
            RAISE EXCEPTION 'it did not pass' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_passed';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION inspection_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN
        INSERT INTO inspection_steps (inspection_id, status, person_id, at) VALUES (NEW.id, NEW.status, acting_person(), NEW.moved_at);
    END IF;
    RETURN NULL;
END $$;

-- Answers change until they are sent, whatever else goes on at the same time.
CREATE FUNCTION inspection_unsent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE at text;
BEGIN
    SELECT status INTO at FROM inspections WHERE id = NEW.inspection_id FOR SHARE;
    IF at IS NULL OR at NOT IN ('visited','recorded') THEN
        RAISE EXCEPTION 'what was sent is not changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_unsent';
    END IF;
    RETURN NEW;
END $$;

-- Only what was not met is replied to, or withdrawn.
CREATE FUNCTION inspection_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM inspection_answers a WHERE a.inspection_id = NEW.inspection_id AND a.code = NEW.code AND a.answer = 'not_met') THEN
        RAISE EXCEPTION 'there is no such finding' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspection_finding';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER inspections_moves BEFORE INSERT OR UPDATE ON inspections FOR EACH ROW EXECUTE FUNCTION inspection_moves();
CREATE TRIGGER inspections_step AFTER INSERT OR UPDATE ON inspections FOR EACH ROW EXECUTE FUNCTION inspection_step();
CREATE TRIGGER inspections_kept BEFORE DELETE OR TRUNCATE ON inspections FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER inspection_answers_kept BEFORE DELETE OR TRUNCATE ON inspection_answers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER inspection_answers_unsent BEFORE INSERT OR UPDATE ON inspection_answers FOR EACH ROW EXECUTE FUNCTION inspection_unsent();
CREATE TRIGGER inspection_replies_finding BEFORE INSERT ON inspection_replies FOR EACH ROW EXECUTE FUNCTION inspection_finding();
CREATE TRIGGER inspection_withdrawals_finding BEFORE INSERT ON inspection_withdrawals FOR EACH ROW EXECUTE FUNCTION inspection_finding();

GRANT SELECT ON inspection_standards TO portal_staff, portal_worker, portal_setup;
GRANT INSERT ON inspection_standards TO portal_setup;
ALTER TABLE inspection_standards ENABLE ROW LEVEL SECURITY;
CREATE POLICY anybody_reads ON inspection_standards FOR SELECT USING (true);
CREATE POLICY setup_writes ON inspection_standards FOR INSERT TO portal_setup WITH CHECK (true);

GRANT SELECT, INSERT ON inspections, inspection_team, inspection_people, inspection_answers, inspection_saves, inspection_replies, inspection_withdrawals, inspection_steps TO portal_staff;
GRANT UPDATE (status, moved_at, visited_on, revision, sent_on, reply_by, points_from, replied_on, reply, closed_on, outcome, reason, lapsed_on) ON inspections TO portal_staff;
GRANT UPDATE (valid_from, answer, seen) ON inspection_answers TO portal_staff;
GRANT SELECT ON inspections TO portal_worker;
GRANT UPDATE (status, moved_at, lapsed_on) ON inspections TO portal_worker;
GRANT INSERT ON inspection_steps TO portal_worker;

-- The ministry. Inspectors record; the rest is the licensing officers'.
-- Nobody replies in the agency's stead.
CREATE POLICY officers ON inspections TO portal_staff
    USING (acting_kind() = 'ministry' AND acting_as() = 'licensing_officer')
    WITH CHECK (acting_kind() = 'ministry' AND acting_as() = 'licensing_officer' AND status <> 'replied');
CREATE POLICY inspectors_read ON inspections FOR SELECT TO portal_staff USING (acting_kind() = 'ministry' AND acting_as() = 'inspector');
CREATE POLICY inspectors_record ON inspections FOR UPDATE TO portal_staff
    USING (acting_kind() = 'ministry' AND acting_as() = 'inspector')
    WITH CHECK (acting_kind() = 'ministry' AND acting_as() = 'inspector' AND status IN ('visited','recorded'));
-- An agency, once it is sent.
CREATE POLICY own_agency_reads ON inspections FOR SELECT TO portal_staff USING (agency_id = acting_agency() AND sent_on IS NOT NULL);
CREATE POLICY own_agency_replies ON inspections FOR UPDATE TO portal_staff
    USING (agency_id = acting_agency() AND sent_on IS NOT NULL AND acting_as() = 'agency_head')
    WITH CHECK (agency_id = acting_agency() AND status = 'replied' AND acting_as() = 'agency_head');
CREATE POLICY worker_reads ON inspections FOR SELECT TO portal_worker USING (true);
CREATE POLICY worker_lapses ON inspections FOR UPDATE TO portal_worker USING (true) WITH CHECK (status = 'lapsed');

-- Whoever sees the inspection sees these; the policies above hold in the question.
CREATE POLICY with_it ON inspection_team FOR SELECT TO portal_staff USING (EXISTS (SELECT FROM inspections i WHERE i.id = inspection_id));
CREATE POLICY with_it ON inspection_answers FOR SELECT TO portal_staff USING (EXISTS (SELECT FROM inspections i WHERE i.id = inspection_id));
CREATE POLICY with_it ON inspection_replies FOR SELECT TO portal_staff USING (EXISTS (SELECT FROM inspections i WHERE i.id = inspection_id));
CREATE POLICY with_it ON inspection_withdrawals FOR SELECT TO portal_staff USING (EXISTS (SELECT FROM inspections i WHERE i.id = inspection_id));
CREATE POLICY planned ON inspection_team FOR INSERT TO portal_staff WITH CHECK (acting_kind() = 'ministry' AND acting_as() = 'licensing_officer'
    AND EXISTS (SELECT FROM inspections i WHERE i.id = inspection_id AND i.status = 'planned'));
CREATE POLICY planned ON inspection_people FOR INSERT TO portal_staff WITH CHECK (acting_kind() = 'ministry' AND acting_as() = 'licensing_officer'
    AND EXISTS (SELECT FROM inspections i WHERE i.id = inspection_id AND i.status = 'planned'));
CREATE POLICY ministry_reads ON inspection_people FOR SELECT TO portal_staff USING (acting_kind() = 'ministry' AND acting_as() IN ('licensing_officer','inspector'));
CREATE POLICY ministry_reads ON inspection_saves FOR SELECT TO portal_staff USING (acting_kind() = 'ministry' AND acting_as() IN ('licensing_officer','inspector'));
CREATE POLICY ministry_reads ON inspection_steps FOR SELECT TO portal_staff USING (acting_kind() = 'ministry' AND acting_as() IN ('licensing_officer','inspector'));
CREATE POLICY team ON inspection_saves FOR INSERT TO portal_staff
    WITH CHECK (person_id = acting_person() AND EXISTS (SELECT FROM inspection_people p WHERE p.inspection_id = inspection_saves.inspection_id AND p.person_id = acting_person()));
CREATE POLICY team ON inspection_answers FOR INSERT TO portal_staff
    WITH CHECK (EXISTS (SELECT FROM inspection_people p WHERE p.inspection_id = inspection_answers.inspection_id AND p.person_id = acting_person()));
CREATE POLICY team_changes ON inspection_answers FOR UPDATE TO portal_staff
    USING (EXISTS (SELECT FROM inspection_people p WHERE p.inspection_id = inspection_answers.inspection_id AND p.person_id = acting_person()));
CREATE POLICY own_agency ON inspection_replies FOR INSERT TO portal_staff
    WITH CHECK (acting_as() = 'agency_head' AND EXISTS (SELECT FROM inspections i WHERE i.id = inspection_id AND i.agency_id = acting_agency() AND i.status = 'sent'));
CREATE POLICY second_officer ON inspection_withdrawals FOR INSERT TO portal_staff WITH CHECK (acting_kind() = 'ministry' AND acting_as() = 'licensing_officer'
    AND EXISTS (SELECT FROM inspections i WHERE i.id = inspection_id AND i.status IN ('sent','replied','lapsed'))
    AND NOT EXISTS (SELECT FROM inspection_people p WHERE p.inspection_id = inspection_withdrawals.inspection_id AND p.person_id = acting_person()));
CREATE POLICY who_moves ON inspection_steps FOR INSERT TO portal_staff, portal_worker WITH CHECK (person_id IS NOT DISTINCT FROM acting_person());

-- What every country may begin with. It is nobody's law, and says so.
INSERT INTO inspection_standards (code, valid_from, topic, weight, place, wording, source)
SELECT code, '2020-01-01', split_part(code, '.', 1), weight, place, jsonb_build_object('en', en, 'km', km), source || '; general, not law'
FROM (VALUES
    ('premises.address', 'major', 10, 'The office is at the address on the licence, and open when it says it is.', 'ការិយាល័យស្ថិតនៅអាសយដ្ឋានក្នុងអាជ្ញាបណ្ណ ហើយបើកតាមម៉ោងដែលបានប្រកាស។', 'after what the Cambodian ministry announced of its standards for agencies (2016)'),
    ('premises.licence_shown', 'minor', 20, 'The licence and the names of the staff who may recruit hang where visitors see them.', 'អាជ្ញាបណ្ណ និងឈ្មោះបុគ្គលិកដែលអាចជ្រើសរើសពលករ ត្រូវបានបិទនៅកន្លែងដែលភ្ញៀវមើលឃើញ។', 'after what the Cambodian ministry announced of its standards for agencies (2016)'),
    ('premises.same_hands', 'critical', 30, 'The people who run the business are those named in the licence. Nobody else works under it.', 'អ្នកដែលដំណើរការអាជីវកម្មគឺជាអ្នកដែលមានឈ្មោះក្នុងអាជ្ញាបណ្ណ។ គ្មានអ្នកដទៃធ្វើការក្រោមអាជ្ញាបណ្ណនេះទេ។', 'after the licensing standards for labour providers in the United Kingdom'),
    ('fees.within_law', 'critical', 40, 'No worker has paid more than the law allows, to the agency or to anybody who works for it.', 'គ្មានពលករណាបង់ប្រាក់លើសពីអ្វីដែលច្បាប់អនុញ្ញាត ទៅទីភ្នាក់ងារ ឬទៅអ្នកដែលធ្វើការឱ្យវាទេ។', 'after ILO, General principles and operational guidelines for fair recruitment (2019)'),
    ('fees.receipts', 'major', 50, 'For every payment there is a numbered receipt, and the worker has a copy.', 'ការបង់ប្រាក់ម្ដងៗមានបង្កាន់ដៃមានលេខ ហើយពលករមានច្បាប់ចម្លងមួយ។', 'after ILO, General principles and operational guidelines for fair recruitment (2019)'),
    ('fees.no_debt', 'critical', 60, 'No worker is bound to the agency, its staff or its sub-agents by a loan or an advance.', 'គ្មានពលករណាជាប់បំណុល ឬប្រាក់បើកមុន ជាមួយទីភ្នាក់ងារ បុគ្គលិក ឬភ្នាក់ងាររងទេ។', 'after ILO, Indicators of forced labour (2012)'),
    ('contracts.copy', 'major', 70, 'Every worker has their contract in a language that they read, before they leave.', 'ពលករគ្រប់រូបមានកិច្ចសន្យាជាភាសាដែលខ្លួនអានយល់ មុនពេលចេញដំណើរ។', 'after ILO, General principles and operational guidelines for fair recruitment (2019)'),
    ('contracts.as_promised', 'critical', 80, 'The contracts that were signed say what was promised and approved: work, place, wage and hours.', 'កិច្ចសន្យាដែលបានចុះហត្ថលេខា ដូចអ្វីដែលបានសន្យា និងអនុម័ត៖ ការងារ ទីកន្លែង ប្រាក់ឈ្នួល និងម៉ោង។', 'after ILO, General principles and operational guidelines for fair recruitment (2019)'),
    ('contracts.documents', 'critical', 90, 'Workers hold their own passports and papers.', 'ពលករកាន់លិខិតឆ្លងដែន និងឯកសាររបស់ខ្លួនដោយខ្លួនឯង។', 'after ILO, Indicators of forced labour (2012)'),
    ('training.free_to_leave', 'critical', 100, 'Whoever is in training may go out and go home: no locked door, no guard, no leave to ask for.', 'អ្នកដែលកំពុងរៀនអាចចេញក្រៅ និងទៅផ្ទះបាន៖ គ្មានទ្វារចាក់សោ គ្មានអ្នកយាម ហើយមិនបាច់សុំច្បាប់។', 'after ILO, Indicators of forced labour (2012)'),
    ('training.no_child', 'critical', 110, 'Nobody is here, or in the files, who is younger than the law allows.', 'គ្មាននរណានៅទីនេះ ឬក្នុងសំណុំឯកសារ ដែលក្មេងជាងអាយុដែលច្បាប់អនុញ្ញាតទេ។', 'after ILO, General principles and operational guidelines for fair recruitment (2019)'),
    ('training.contact', 'major', 120, 'People in training keep their phones and can call their families at any time.', 'អ្នកកំពុងរៀនរក្សាទូរសព្ទរបស់ខ្លួន ហើយអាចហៅទៅគ្រួសារបានគ្រប់ពេល។', 'after ILO, Indicators of forced labour (2012)'),
    ('training.decent', 'major', 130, 'Where people sleep there are beds, water, toilets, women and men apart, and a way out in a fire.', 'កន្លែងស្នាក់នៅមានគ្រែ ទឹក បង្គន់ ស្រីប្រុសដាច់ដោយឡែក និងផ្លូវចេញពេលមានអគ្គិភ័យ។', 'after what the Cambodian ministry announced of its standards for agencies (2016)'),
    ('training.log', 'minor', 140, 'Training takes no longer than planned, and a book shows who came and left on which day.', 'ការបណ្ដុះបណ្ដាលមិនយូរជាងការគ្រោង ហើយមានសៀវភៅកត់ថ្ងៃចូល និងថ្ងៃចេញរបស់មនុស្សម្នាក់ៗ។', 'after what the Cambodian ministry announced of its standards for agencies (2016)'),
    ('records.complete', 'major', 150, 'For every worker there is a file with contract, receipts, contact of the family and departure.', 'ពលករម្នាក់ៗមានសំណុំឯកសារ៖ កិច្ចសន្យា បង្កាន់ដៃ លេខទាក់ទងគ្រួសារ និងការចេញដំណើរ។', 'after the licensing standards for labour providers in the United Kingdom'),
    ('records.arrivals', 'minor', 160, 'Arrivals and returns are recorded, and somebody asks after workers abroad.', 'ការទៅដល់ និងការវិលត្រឡប់ត្រូវបានកត់ត្រា ហើយមានអ្នកសាកសួរពលករនៅក្រៅប្រទេស។', 'after what the Cambodian ministry announced of its standards for agencies (2016)'),
    ('advertising.true', 'major', 170, 'Advertisements name the agency with its licence number, and jobs that were approved.', 'ការផ្សាយពាណិជ្ជកម្មបញ្ជាក់ឈ្មោះទីភ្នាក់ងារ លេខអាជ្ញាបណ្ណ និងការងារដែលបានអនុម័ត។', 'after what the Cambodian ministry announced of its standards for agencies (2016)'),
    ('sub_agents.authorised', 'critical', 180, 'Everybody who recruits for the agency is authorised in writing, and the ministry knows them.', 'អ្នកដែលជ្រើសរើសពលករឱ្យទីភ្នាក់ងារ មានការអនុញ្ញាតជាលាយលក្ខណ៍អក្សរ ហើយក្រសួងស្គាល់ពួកគេ។', 'after the licensing standards for labour providers in the United Kingdom'),
    ('guarantee.in_force', 'major', 190, 'The guarantee stands in full.', 'ប្រាក់ធានាមានគ្រប់ចំនួន។', 'after what the Cambodian ministry announced of its standards for agencies (2016)'),
    ('guarantee.insured', 'minor', 200, 'Every worker who leaves is insured, and has the policy number.', 'ពលករគ្រប់រូបដែលចេញដំណើរមានធានារ៉ាប់រង ហើយមានលេខបណ្ណធានា។', 'after what the Cambodian ministry announced of its standards for agencies (2016)')
) AS generic (code, weight, place, en, km, source);

-- +goose Down
DROP TABLE inspection_steps, inspection_withdrawals, inspection_replies, inspection_saves, inspection_people, inspection_team, inspection_answers, inspections;
DROP FUNCTION inspection_asked(date), inspection_sum(uuid, date), inspection_moves(), inspection_step(), inspection_unsent(), inspection_finding();
DROP TABLE inspection_standards;
