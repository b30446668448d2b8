package licensing_test

import (
	"sync"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

func TestALicenceIsSuspendedAfterTheRightOfReplyAndLiftedByAnotherUnit(t *testing.T) {
	o := open(t)
	notice := draft(licensing.Notice)
	notice.Until = day("2026-03-12")
	of := o.must(t, notice)
	if o.state(t) != licensing.Licensed {
		t.Error("a notice suspends")
	}
	suspend := draft(licensing.Suspend)
	suspend.Of = of
	if _, err := o.take(t, suspend); fault.CodeOf(err) != "licensing.reply_open" {
		t.Errorf("suspended while the agency may still reply: %v", err)
	}
	if err := o.Answer(t.Context(), o.head(t), licensing.Draft{Kind: licensing.Reply, Of: of, Text: "We did not."}); err != nil {
		t.Fatal(err)
	}
	if err := o.Answer(t.Context(), o.head(t), licensing.Draft{Kind: licensing.Reply, Of: of, Text: "Again."}); fault.CodeOf(err) != "licensing.answered" {
		t.Errorf("two replies: %v", err)
	}
	o.must(t, suspend)
	if o.state(t) != licensing.Suspended {
		t.Error("not suspended")
	}
	// Whoever imposed it does not lift it.
	waits, err := o.Propose(t.Context(), o.holder(t, "a", "ministry").Actor, licensing.Draft{Agency: o.agency, Kind: licensing.Reinstate, Text: "All is well."}, o.decisions)
	if err != nil {
		t.Fatal(err)
	}
	second := o.holder(t, "b", "ministry")
	if err := o.decisions.Approve(t.Context(), second.Actor, second.Member, waits); err == nil {
		t.Error("the ministry lifts its own suspension")
	}
	overseer := o.holder(t, "a", "oversight")
	if err := o.decisions.Approve(t.Context(), overseer.Actor, overseer.Member, waits); err != nil {
		t.Fatal(err)
	}
	if o.state(t) != licensing.Licensed || o.count(t, `SELECT count(*) FROM agencies WHERE state = 'licensed' AND id = $1`, o.agency) != 1 {
		t.Error("not reinstated")
	}
}

func TestAReplyThatComesTooLateIsRefusedAndTheNoticeCanBeFollowed(t *testing.T) {
	o := open(t)
	notice := draft(licensing.Notice)
	notice.Until = day("2026-03-04")
	of := o.must(t, notice)
	o.on("2026-03-05")
	if err := o.Answer(t.Context(), o.head(t), licensing.Draft{Kind: licensing.Reply, Of: of, Text: "Late."}); fault.CodeOf(err) != "licensing.reply_late" {
		t.Errorf("a late reply: %v", err)
	}
	revoke := draft(licensing.Revoke)
	revoke.Of = of
	o.must(t, revoke)
	if o.state(t) != licensing.Revoked {
		t.Error("not revoked")
	}
}

func TestAnAppealThatIsUpheldUndoesTheStepAndNothingThatCameLater(t *testing.T) {
	o := open(t)
	suspension := o.must(t, draft(licensing.Suspend))
	appeal := func(of uuid.UUID) uuid.UUID {
		t.Helper()
		if err := o.Answer(t.Context(), o.head(t), licensing.Draft{Kind: licensing.Appeal, Of: of, Text: "This is not so."}); err != nil {
			t.Fatal(err)
		}
		return o.last(t, licensing.Appeal)
	}
	first := appeal(suspension)
	if o.state(t) != licensing.Suspended {
		t.Error("an appeal lifts by itself")
	}
	revocation := o.must(t, draft(licensing.Revoke))
	o.must(t, licensing.Draft{Kind: licensing.AppealUpheld, Of: first, Text: "The suspension was wrong."})
	if o.state(t) != licensing.Revoked {
		t.Error("an appeal against the suspension undoes the revocation")
	}
	second := appeal(revocation)
	o.must(t, licensing.Draft{Kind: licensing.AppealUpheld, Of: second, Text: "So was the revocation."})
	if o.state(t) != licensing.Licensed {
		t.Error("the revocation stays")
	}
	if _, err := o.take(t, licensing.Draft{Kind: licensing.AppealDismissed, Of: second, Text: "No."}); fault.CodeOf(err) != "licensing.answered" {
		t.Errorf("a second verdict: %v", err)
	}
}

func TestWhoeverImposedAStepDoesNotJudgeTheAppealAgainstIt(t *testing.T) {
	o := open(t)
	suspension := o.must(t, draft(licensing.Suspend))
	if err := o.Answer(t.Context(), o.head(t), licensing.Draft{Kind: licensing.Appeal, Of: suspension, Text: "This is not so."}); err != nil {
		t.Fatal(err)
	}
	verdict := licensing.Draft{Kind: licensing.AppealDismissed, Of: o.last(t, licensing.Appeal), Text: "It is."}
	// An overseer who was a licensing officer that day: of the two who will judge, the
	// one or the other.
	had := func(column, mark string) {
		t.Helper()
		o.exec(t, `SET session_replication_role = replica; UPDATE decisions SET `+column+` = (SELECT id FROM people WHERE email = '`+mark+`@oversight.example')
			WHERE kind = 'licence.suspend'; RESET session_replication_role`)
	}
	had("proposed_by", "a")
	if _, err := o.take(t, verdict); fault.CodeOf(err) != "licensing.imposed_it" {
		t.Errorf("who proposed it proposes the verdict: %v", err)
	}
	o.exec(t, `SET session_replication_role = replica; UPDATE decisions SET proposed_by = (SELECT id FROM people WHERE email = 'a@ministry.example') WHERE kind = 'licence.suspend'; RESET session_replication_role`)
	had("decided_by", "b")
	if _, err := o.take(t, verdict); fault.CodeOf(err) != "licensing.imposed_it" {
		t.Errorf("who decided it decides the verdict: %v", err)
	}
	// Nor does it stand in the record, whoever writes it.
	_, err := o.super.Exec(`SET session_replication_role = replica;
		INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at, state, decided_by, decided_unit, decided_at, reason, key_id, signature, pin, decided_in)
			SELECT gen_random_uuid(), 'licence.appeal_dismissed', subject_id, o.id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at, state, decided_by, o.id, decided_at, reason, key_id, signature, pin, decided_in
			FROM decisions, (SELECT id FROM units WHERE kind = 'oversight') AS o WHERE decisions.kind = 'licence.suspend';
		RESET session_replication_role;
		INSERT INTO licence_steps (id, agency_id, kind, text, on_day, of_step, decision_id, done_by, done_at)
			SELECT gen_random_uuid(), a.agency_id, 'appeal_dismissed', 'It is.', a.on_day, a.id, d.id, a.done_by, a.done_at FROM licence_steps a, decisions d
			WHERE a.kind = 'appeal' AND d.kind = 'licence.appeal_dismissed' AND d.state = 'approved'`)
	if !postgres.Violates(err, "appeal_judged_by_others") {
		t.Errorf("the database takes it: %v", err)
	}
}

// Suspended, revoked, and the revocation was wrong: then it is suspended.
func TestAnUpheldAppealGivesNothingBackThatWasTakenBefore(t *testing.T) {
	o := open(t)
	suspend := draft(licensing.Suspend)
	suspend.Until = day("2026-06-01")
	suspension := o.must(t, suspend)
	revocation := o.must(t, draft(licensing.Revoke))
	appeal := func(of uuid.UUID) {
		t.Helper()
		if err := o.Answer(t.Context(), o.head(t), licensing.Draft{Kind: licensing.Appeal, Of: of, Text: "This is not so."}); err != nil {
			t.Fatal(err)
		}
		o.must(t, licensing.Draft{Kind: licensing.AppealUpheld, Of: o.last(t, licensing.Appeal), Text: "It was wrong."})
	}
	appeal(revocation)
	if o.state(t) != licensing.Suspended || o.count(t, `SELECT count(*) FROM agencies WHERE state = 'suspended'`) != 1 {
		t.Errorf("the suspension was lifted with the revocation: %s", o.state(t))
	}
	o.on("2026-06-02")
	if o.state(t) != licensing.Licensed {
		t.Errorf("it lasts longer than it was imposed: %s", o.state(t))
	}
	o.on("2026-05-01")
	appeal(suspension)
	if o.state(t) != licensing.Licensed {
		t.Errorf("nothing is left and it is %s", o.state(t))
	}
}

func TestAnAppealAfterItsDaysIsRefusedWhereTheLawIsKnown(t *testing.T) {
	o := open(t)
	suspension := o.must(t, draft(licensing.Suspend))
	o.on("2026-12-01")
	appeal := licensing.Draft{Kind: licensing.Appeal, Of: suspension, Text: "This is not so."}
	o.law(t, policy.LicenceAppeal, `{"days":30,"basis":"calendar"}`)
	if err := o.Answer(t.Context(), o.head(t), appeal); fault.CodeOf(err) != "licensing.appeal_late" {
		t.Errorf("months later: %v", err)
	}
	o.exec(t, `DELETE FROM policies WHERE key = 'licence.appeal'`)
	if err := o.Answer(t.Context(), o.head(t), appeal); err != nil {
		t.Errorf("without a law it is never late: %v", err)
	}
}

func TestNarrowingTakesLinesOutOfTheScopeForATime(t *testing.T) {
	o := open(t)
	narrow := draft(licensing.Narrow)
	covers := func() bool {
		t.Helper()
		var scope licensing.Scope
		err := o.db.Read(t.Context(), identity.Public(), func(tx postgres.Tx) (err error) {
			scope, err = licensing.ScopeOn(tx, o.agency, o.Today())
			return err
		})
		if err != nil || !scope.Covers("JP", "9111") {
			t.Errorf("%+v %v", scope, err)
		}
		return scope.Covers("SG", "5311")
	}
	for name, lines := range map[string][]licensing.ScopeLine{"nothing": nil, "what is not in it": {{Destination: "TH"}}, "all": {{"JP", ""}, {"SG", "53"}, {"SG", "91"}}} {
		narrow.Scope = lines
		if _, err := o.take(t, narrow); fault.FieldsOf(err)["scope"] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	narrow.Scope, narrow.Until = []licensing.ScopeLine{{Destination: "SG", Occupation: "53"}}, day("2026-03-31")
	o.must(t, narrow)
	if covers() || o.state(t) != licensing.Licensed {
		t.Error("not narrowed")
	}
	o.on("2026-04-01")
	if !covers() {
		t.Error("narrowed for longer than it was said")
	}
}

func TestAPartThatWasSuspendedIsGivenBackByTheOversightBodyBeforeItsEnd(t *testing.T) {
	o := open(t)
	narrow := draft(licensing.Narrow)
	narrow.Scope = []licensing.ScopeLine{{Destination: "SG", Occupation: "53"}}
	narrow.Until = day("2026-12-31")
	part := o.must(t, narrow)
	o.on("2026-03-05")
	back := licensing.Draft{Kind: licensing.Widen, Of: part, Text: "It was put right."}
	o.must(t, back)
	record, err := o.Open(t.Context(), o.holder(t, "a", "ministry").Actor, o.agency)
	if err != nil || !record.Scope.Covers("SG", "5311") || record.State != licensing.Licensed {
		t.Errorf("%+v, %v", record.Scope, err)
	}
	if n := o.count(t, `SELECT count(*) FROM licence_events WHERE kind = 'widened'`); n != 1 {
		t.Errorf("the public history says so %d times", n)
	}
	if n := o.count(t, `SELECT count(*) FROM decisions d JOIN units u ON u.id = d.decided_unit WHERE d.kind = 'licence.widen' AND u.kind = 'oversight' AND d.other_unit`); n != 1 {
		t.Error("the body that imposed it gave it back")
	}
	if _, err := o.take(t, back); fault.CodeOf(err) != "licensing.answered" {
		t.Errorf("twice: %v", err)
	}
}

func TestTheMinistryGivesNothingBackWhateverItWrites(t *testing.T) {
	o := open(t)
	o.must(t, draft(licensing.Suspend))
	_, err := o.super.Exec(`SET session_replication_role = replica;
		INSERT INTO decisions (id, kind, subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at, state, decided_by, decided_unit, decided_at, reason, key_id, signature, pin, decided_in)
			SELECT gen_random_uuid(), 'licence.reinstate', subject_id, unit_id, detail, digest, other_unit, proposed_by, proposed_unit, proposed_at, state, decided_by, decided_unit, decided_at, reason, key_id, signature, pin, decided_in
			FROM decisions WHERE kind = 'licence.suspend';
		RESET session_replication_role;
		INSERT INTO licence_steps (id, agency_id, kind, text, on_day, decision_id, done_by, done_at)
			SELECT gen_random_uuid(), s.agency_id, 'reinstate', 'We were quick.', s.on_day, d.id, s.done_by, s.done_at FROM licence_steps s, decisions d WHERE s.kind = 'suspend' AND d.kind = 'licence.reinstate'`)
	if !postgres.Violates(err, "licence_steps_by_oversight") {
		t.Errorf("two of the ministry lift what it imposed: %v", err)
	}
	if o.state(t) != licensing.Suspended {
		t.Errorf("it is %s", o.state(t))
	}
}

func TestNothingFollowsFromANoticeThatWasDropped(t *testing.T) {
	o := open(t)
	notice := draft(licensing.Notice)
	notice.Until = day("2026-03-20")
	key := o.must(t, notice)
	// Before the days of the right of reply are over.
	o.must(t, licensing.Draft{Kind: licensing.Drop, Of: key, Text: "We were wrong."})
	for _, kind := range []licensing.StepKind{licensing.Suspend, licensing.Revoke, licensing.Drop} {
		d := draft(kind)
		d.Of = key
		if _, err := o.take(t, d); fault.CodeOf(err) != "licensing.answered" {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if err := o.Answer(t.Context(), o.head(t), licensing.Draft{Kind: licensing.Reply, Of: key, Text: "Thank you."}); fault.CodeOf(err) != "licensing.answered" {
		t.Errorf("a reply: %v", err)
	}
	if o.state(t) != licensing.Licensed {
		t.Errorf("it is %s", o.state(t))
	}
	if _, err := o.super.Exec(`INSERT INTO licence_steps (id, agency_id, kind, ground, text, on_day, of_step, done_by, done_at)
		SELECT gen_random_uuid(), agency_id, 'suspend', 'other', 'x', on_day, id, done_by, done_at FROM licence_steps WHERE kind = 'notice'`); !postgres.Violates(err, "licence_steps_legal") {
		t.Errorf("the database takes what follows: %v", err)
	}
}

func TestASuspensionListsWhomItStrandsOnceAndWithTheirDuties(t *testing.T) {
	o := open(t)
	employer := id.New()
	o.exec(t, `INSERT INTO employers (id, name, folded, token, country, created_at) VALUES ($1, 'Sample Works', 'sample works', 'x', 'JP', now())`, employer)
	for i, departed := range []string{"2026-03-20", "2025-06-01", "2020-01-01"} {
		o.exec(t, `INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_at) VALUES ($1, $2, $3, 'JP', '9111', $4, $5, now())`,
			id.New(), o.agency, employer, string(rune('a'+i)), departed)
	}
	o.must(t, draft(licensing.Suspend))
	for what, want := range map[string]int{"not_left": 3, "abroad": 1} {
		if n := o.count(t, `SELECT count(*) FROM stranded_people WHERE place = $1`, what); n != want {
			t.Errorf("%s: %d duties, want %d", what, n, want)
		}
	}
}

func TestASurrenderIsAskedByTheAgencyAndAcceptedByTwo(t *testing.T) {
	o := open(t)
	if _, err := o.take(t, licensing.Draft{Kind: licensing.Surrender, Text: "Accepted."}); fault.CodeOf(err) != "licensing.step_about" {
		t.Errorf("nobody asked: %v", err)
	}
	ask := licensing.Draft{Kind: licensing.AskSurrender, Text: "We close."}
	if err := o.Answer(t.Context(), o.head(t), ask); err != nil {
		t.Fatal(err)
	}
	if err := o.Answer(t.Context(), o.head(t), ask); fault.CodeOf(err) != "licensing.answered" {
		t.Errorf("asked twice: %v", err)
	}
	o.must(t, licensing.Draft{Kind: licensing.Surrender, Of: o.last(t, licensing.AskSurrender), Text: "Accepted."})
	if o.state(t) != licensing.Surrendered {
		t.Error("not surrendered")
	}
}

func TestAConditionHasADayAndOneEnd(t *testing.T) {
	o := open(t)
	if _, err := o.take(t, draft(licensing.Condition)); fault.FieldsOf(err)["until"] == "" {
		t.Errorf("a condition without a day: %v", err)
	}
	condition := draft(licensing.Condition)
	condition.Until = day("2026-04-01")
	of := o.must(t, condition)
	if err := o.Answer(t.Context(), o.head(t), licensing.Draft{Kind: licensing.ConditionDone, Of: of, Text: "Done."}); err != nil {
		t.Fatal(err)
	}
	o.must(t, licensing.Draft{Kind: licensing.ConditionMet, Of: of, Text: "Seen."})
	if _, err := o.take(t, licensing.Draft{Kind: licensing.ConditionMissed, Of: of, Text: "No."}); fault.CodeOf(err) != "licensing.answered" {
		t.Errorf("two ends: %v", err)
	}
}

func TestTheAgencySeesWhatWasDoneAndNeverWhatIsConsidered(t *testing.T) {
	o := open(t)
	if _, err := o.Propose(t.Context(), o.holder(t, "a", "ministry").Actor, func() licensing.Draft { d := draft(licensing.Suspend); d.Agency = o.agency; return d }(), o.decisions); err != nil {
		t.Fatal(err)
	}
	err := o.db.Read(t.Context(), o.head(t), func(tx postgres.Tx) error {
		for _, table := range []string{"licence_step_proposals", "licence_steps", "decisions"} {
			var n int
			if err := tx.Gorm().Raw(`SELECT count(*) FROM ` + table).Scan(&n).Error; err != nil || n != 0 {
				t.Errorf("the agency sees %d of %s, %v", n, table, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFiftyDecisionsAboutOneAgencyAtOnceGiveOneOutcome(t *testing.T) {
	o := open(t)
	first, second := o.holder(t, "a", "ministry"), o.holder(t, "b", "ministry")
	var waits [2]uuid.UUID
	for i, kind := range []licensing.StepKind{licensing.Suspend, licensing.Revoke} {
		d := draft(kind)
		d.Agency = o.agency
		var err error
		if waits[i], err = o.Propose(t.Context(), first.Actor, d, o.decisions); err != nil {
			t.Fatal(err)
		}
	}
	var wait sync.WaitGroup
	var lock sync.Mutex
	done := 0
	for i := range 50 {
		wait.Go(func() {
			err := o.decisions.Approve(t.Context(), second.Actor, second.Member, waits[i%2])
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				done++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Errorf("the slower one gets %v", err)
			}
		})
	}
	wait.Wait()
	// Both can stand, the suspension first; never one twice.
	if n := o.count(t, `SELECT count(*) FROM licence_steps`); n != done || done == 0 || done > 2 {
		t.Errorf("%d approvals stood, %d steps are on record", done, n)
	}
	if n := o.count(t, `SELECT count(*) FROM licence_events WHERE kind IN ('suspended','revoked')`); n != done {
		t.Errorf("%d events of %d steps", n, done)
	}
}
