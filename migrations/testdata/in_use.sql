-- What comes to in_use_7.sql in a portal that is used after it: a row in every
-- other table, and those of a kind that the schema of before has no place for.
CREATE FUNCTION pg_temp.u(n integer) RETURNS uuid LANGUAGE sql AS $$ SELECT lpad(n::text, 32, '0')::uuid $$;
-- Which people and which decisions stand behind it is not asked.
SET session_replication_role = replica;
INSERT INTO memberships (person_id, unit_id, role) VALUES (pg_temp.u(11), pg_temp.u(3), 'first_reader');
INSERT INTO credentials (person_id, verifier, pin, set_at, guarded) VALUES (pg_temp.u(10), 'x', 'x', now(), true);
INSERT INTO member_keys (id, person_id, public, wrapped, pin, made_at) VALUES ('m-0000000000000000', pg_temp.u(10), 'x', 'x', 'x', now());
INSERT INTO sessions (id, token_hash, person_id, unit_id, role, created_at, seen_at, expires_at, pin, fresh_at) VALUES (pg_temp.u(60), sha256('s'), pg_temp.u(11), pg_temp.u(3), 'first_reader', now(), now(), now(), 'x', now());
INSERT INTO receipt_sessions (id, token_hash, complaint_id, sealed_key, created_at, seen_at, expires_at) VALUES (pg_temp.u(61), sha256('t'), pg_temp.u(50), 'x', now(), now(), now());
INSERT INTO attempts (bucket, subject, window_at, count) VALUES ('sign-in', 'x', now(), 0);
INSERT INTO audit_entries (id, actor_kind, action, object_kind) VALUES (pg_temp.u(80), 'door', 'session.opened', 'session'), (pg_temp.u(81), 'setup', 'user.invited', 'person');
INSERT INTO audit_leaves VALUES (0, pg_temp.u(80));
INSERT INTO audit_padding VALUES (1, 63, sha256('x'));
INSERT INTO audit_tiles VALUES (0, 0, sha256('x'));
INSERT INTO audit_checkpoints VALUES (64, now(), 'x');
INSERT INTO audit_witnesses (name, size) VALUES ('w', 64);
INSERT INTO periodic_runs VALUES ('audit.sign', now());
INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at) VALUES (pg_temp.u(90), 'hold.lift', pg_temp.u(91), pg_temp.u(3), '{}', sha256('{}'), false, pg_temp.u(11), pg_temp.u(3), now());
INSERT INTO founding_grants (person_id, unit_id, role, process) VALUES (pg_temp.u(10), pg_temp.u(1), 'inspector', 'setup:x');
INSERT INTO invitations (id, person_id, email, token_hash, issued_at, expires_at, pin) VALUES (pg_temp.u(92), pg_temp.u(10), 'a@unit.example', sha256('i'), now(), now(), 'x');
INSERT INTO factors (id, person_id, kind, name, handle, material, counter, pin, made_at) VALUES (pg_temp.u(93), pg_temp.u(10), 'app', 'x', 'x', 'x', 0, 'x', now());
INSERT INTO sign_ins (id, token_hash, person_id, unit_id, role, expires_at, proved, pin) VALUES (pg_temp.u(94), sha256('g'), pg_temp.u(10), pg_temp.u(1), 'inspector', now(), false, 'x');
INSERT INTO desk_keys (id, unit_id, sequence, public, pin, made_at) VALUES ('1-0000000000000000', pg_temp.u(1), 1, 'x', 'x', now()), ('1-0000000000000001', pg_temp.u(2), 1, 'x', 'x', now());
INSERT INTO desk_key_wraps (key_id, unit_id, person_id, member_key, wrapped, made_at, pin) VALUES ('1-0000000000000000', pg_temp.u(1), pg_temp.u(10), 'm-0000000000000000', 'x', now(), 'x');
INSERT INTO desk_shares (key_id, unit_id, holder_id, holder_key, sealed) VALUES ('1-0000000000000000', pg_temp.u(1), pg_temp.u(2), '1-0000000000000001', 'x');
INSERT INTO desk_work (id, unit_id, kind, asked_at, asked_by) VALUES (pg_temp.u(95), pg_temp.u(1), 'rotate', now(), pg_temp.u(10));
INSERT INTO desk_contributions (key_id, unit_id, holder_id, given_by, person_id, member_key, decision_id, sealed, made_at) VALUES ('1-0000000000000000', pg_temp.u(1), pg_temp.u(2), pg_temp.u(11), pg_temp.u(10), 'm-0000000000000000', pg_temp.u(90), 'x', now());
INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand, danger_now, missing_person, never_departed, minor, official, typed_by, oversight_excluded)
    VALUES (pg_temp.u(51), sha256('o'), sha256('s'), now(), 'received', 'en', 'desk', 'self', true, false, false, false, false, true, pg_temp.u(1), true);
INSERT INTO desk_handed (work_id, complaint_id, fate) VALUES (pg_temp.u(95), pg_temp.u(51), 'kept');
INSERT INTO desk_given_up (unit_id, complaint_id, key_id, decision_id) VALUES (pg_temp.u(1), pg_temp.u(51), '1-0000000000000000', pg_temp.u(90));
INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES (pg_temp.u(51), pg_temp.u(3), 'accused');
INSERT INTO complaint_consents (complaint_id, consent, given_at, pin) VALUES (pg_temp.u(51), 'police', now(), 'x');
INSERT INTO complaint_items (complaint_id, item, schema, slot, ciphertext) VALUES (pg_temp.u(51), 'narrative', 1, 1, 'x'), (pg_temp.u(51), 'answers', 1, 2, 'x');
INSERT INTO readings (id, complaint_id, unit_id, red, made_at, due_at, state) VALUES (pg_temp.u(96), pg_temp.u(51), pg_temp.u(1), true, now(), now(), 'waiting');
INSERT INTO deliveries (id, reading_id, step, person_id, made_at) VALUES (pg_temp.u(97), pg_temp.u(96), 'raised', pg_temp.u(11), now());
-- One subject, for two who look at it apart.
INSERT INTO findings (id, rule, version, subject_kind, subject_key, window_from, window_to, grade, score, reason, evidence, evidence_sum, found_at, audience)
    SELECT pg_temp.u(74), rule, version, subject_kind, subject_key, window_from, window_to, grade, score, reason, evidence, evidence_sum, found_at, 'oversight' FROM findings WHERE id = pg_temp.u(70);
INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at, audience) VALUES (pg_temp.u(75), 'phone', 'x', 'red', 1, now(), 'oversight');
INSERT INTO alert_findings (alert_id, finding_id) VALUES (pg_temp.u(75), pg_temp.u(74));
INSERT INTO policies (key, valid_from, value, source, pin, decision_id) VALUES ('retention.narrative', '2026-01-01', '{"days": 1}', 'x', 'x', pg_temp.u(90));
INSERT INTO shred_stores (id) VALUES (substring(sha256('x') FROM 1 FOR 16));
INSERT INTO shred_marks (slot, at) VALUES (1, now());
INSERT INTO shreddings (id, complaint_id, item, slot, policy, policy_from, due_at, intended_at) VALUES (pg_temp.u(98), pg_temp.u(51), 'narrative', 1, 'retention.narrative', '2026-01-01', now(), now());
INSERT INTO purges (id, policy, policy_from, rows, at) VALUES (pg_temp.u(99), 'retention.narrative', '2026-01-01', 1, now());
INSERT INTO evidence_links (complaint_id, kind, object_id, linked_at) VALUES (pg_temp.u(51), 'dismissal', pg_temp.u(1), now());
INSERT INTO holds (id, complaint_id, reason, placed_by, placed_unit, placed_at) VALUES (pg_temp.u(91), pg_temp.u(51), 'court', pg_temp.u(11), pg_temp.u(3), now());
INSERT INTO retention_outlook (kind, due, counted_at) VALUES ('narrative', 1, now());
INSERT INTO inspections (id, agency_id, status, moved_at, planned_for, place, announced) VALUES (pg_temp.u(100), pg_temp.u(30), 'planned', now(), '2026-01-01', 'x', false);
INSERT INTO inspection_team (inspection_id, seat, role, unit_id) VALUES (pg_temp.u(100), 1, 'inspector', pg_temp.u(1));
INSERT INTO inspection_people (inspection_id, seat, person_id) VALUES (pg_temp.u(100), 1, pg_temp.u(10));
INSERT INTO inspection_answers (inspection_id, code, valid_from, answer, seen) VALUES (pg_temp.u(100), 'fees.no_debt', '2020-01-01', 'not_met', 'x');
INSERT INTO inspection_saves (inspection_id, revision, person_id, saved_at, dangers, answers) VALUES (pg_temp.u(100), 1, pg_temp.u(10), now(), '{}', '[]');
INSERT INTO inspection_replies (inspection_id, code, reply) VALUES (pg_temp.u(100), 'fees.no_debt', 'x');
INSERT INTO inspection_withdrawals (inspection_id, code) VALUES (pg_temp.u(100), 'fees.no_debt');
INSERT INTO inspection_steps (inspection_id, status, person_id, at) VALUES (pg_temp.u(100), 'planned', pg_temp.u(10), now());
RESET session_replication_role;
