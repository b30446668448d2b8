-- A portal in use at version 7: a row in every table, but for sealed items, with
-- which 00008 refuses to begin. u(n) is the n-th key.
CREATE FUNCTION pg_temp.u(n integer) RETURNS uuid LANGUAGE sql AS $$ SELECT lpad(n::text, 32, '0')::uuid $$;
INSERT INTO units (id, code, kind, name) VALUES (pg_temp.u(1), 'ministry', 'ministry', '{"en":"x"}'), (pg_temp.u(2), 'police', 'police', '{"en":"x"}'), (pg_temp.u(3), 'oversight', 'oversight', '{"en":"x"}');
INSERT INTO people (id, email, name, language, passphrase_hash, created_at) VALUES (pg_temp.u(10), 'a@unit.example', 'A', 'en', 'x', now()), (pg_temp.u(11), 'b@unit.example', 'B', 'en', 'x', now());
INSERT INTO memberships (person_id, unit_id, role) VALUES (pg_temp.u(10), pg_temp.u(1), 'inspector'), (pg_temp.u(11), pg_temp.u(2), 'investigator');
INSERT INTO attempts (bucket, subject, window_at, count) VALUES ('sign-in', 'x', now(), 3);
INSERT INTO audit_entries (id, actor_kind, action, object_kind) SELECT gen_random_uuid(), 'public', 'complaint.filed', 'complaint' FROM generate_series(1, 3);
INSERT INTO promises (id, topic, subject_id) VALUES (pg_temp.u(20), 'complaint.filed', pg_temp.u(50)), (pg_temp.u(21), 'desk.member_left', pg_temp.u(1));
INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES (pg_temp.u(30), 'sample', 'test', 'sample', 'Sample', 'licensed', now(), now());
INSERT INTO agency_names (agency_id, position, name, folded) VALUES (pg_temp.u(30), 1, 'Sample', 'sample');
INSERT INTO agency_contacts (agency_id, kind, position, shown, key) VALUES (pg_temp.u(30), 'email', 1, 'x', 'x');
INSERT INTO import_runs (id, kind, file_sha256, started_at) VALUES (pg_temp.u(31), 'agencies', repeat('a', 64), now());
INSERT INTO import_rejections (run_id, row, reason) VALUES (pg_temp.u(31), 1, 'x');
INSERT INTO import_keys (run_id, source_key, row) VALUES (pg_temp.u(31), 'x', 1);
INSERT INTO applications (id, agency_id, status, director, address, phone, destinations, declaration, filed_by, filed_at) VALUES (pg_temp.u(32), pg_temp.u(30), 'filed', 'D', 'A', '1', '{TH}', true, pg_temp.u(10), now());
INSERT INTO licences (agency_id, number) VALUES (pg_temp.u(30), 'KH-0001');
INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES (pg_temp.u(33), pg_temp.u(30), '2026-01-01', '2027-01-01');
INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES (pg_temp.u(34), pg_temp.u(30), 'granted', '2026-01-01');
INSERT INTO employers (id, name, folded, token, country, created_at) VALUES (pg_temp.u(40), 'E', 'e', 'x', 'TH', now());
INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_at) VALUES (pg_temp.u(41), pg_temp.u(30), pg_temp.u(40), 'TH', '9329', 'x', '2026-01-01', now());
INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand, danger_now, missing_person, never_departed, minor, official)
    VALUES (pg_temp.u(50), sha256('n'), sha256('r'), now(), 'received', 'en', 'web', 'self', true, false, false, false, false, false);
INSERT INTO complaint_indicators (complaint_id, indicator, phase) VALUES (pg_temp.u(50), 'violence', 'work');
INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) VALUES (pg_temp.u(50), 'ministry', 'k', '{narrative}', 'x');
INSERT INTO complaint_disclosures (complaint_id, person, recipient, basis, given_at) VALUES (pg_temp.u(50), 'reporter', 'police', 'consent', now());
INSERT INTO sessions (id, token_hash, kind, person_id, unit_id, role, created_at, seen_at, expires_at) VALUES (pg_temp.u(60), sha256('s'), 'staff', pg_temp.u(10), pg_temp.u(1), 'inspector', now(), now(), now());
INSERT INTO sessions (id, token_hash, kind, complaint_id, sealed_key, created_at, seen_at, expires_at) VALUES (pg_temp.u(61), sha256('t'), 'receipt', pg_temp.u(50), 'x', now(), now(), now());
INSERT INTO evaluations (complaint_id, ruleset, at) VALUES (pg_temp.u(50), 'x', now());
INSERT INTO findings (id, rule, version, subject_kind, subject_key, window_from, window_to, grade, score, reason, evidence, evidence_sum, found_at)
    VALUES (pg_temp.u(70), 'test', 1, 'phone', 'x', '2026-01-01', '2026-02-01', 'watch', 1, '{}', ARRAY[pg_temp.u(50)], 'x', now());
INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at) VALUES (pg_temp.u(71), 'phone', 'x', 'red', 1, now());
INSERT INTO alert_findings (alert_id, finding_id) VALUES (pg_temp.u(71), pg_temp.u(70));
INSERT INTO escalations (id, ref, alert_id, grade, subject_kind, subject_key, pattern, unit_id, raised_at, acknowledge_by) VALUES (pg_temp.u(72), 'E-0000-0000', pg_temp.u(71), 'red', 'phone', 'x', '{}', pg_temp.u(2), now(), now());
INSERT INTO escalation_complaints (escalation_id, complaint_id) VALUES (pg_temp.u(72), pg_temp.u(50));
INSERT INTO deliveries (id, escalation_id, step, person_id, made_at) VALUES (pg_temp.u(73), pg_temp.u(72), 'raised', pg_temp.u(11), now());
