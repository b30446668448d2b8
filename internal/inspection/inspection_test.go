package inspection_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestAnInspectionGoesFromItsPlanToItsEnd(t *testing.T) {
	w := open(t)
	w.configure()
	key := w.sent(append(notMet("records.arrivals"), inspection.Given{Code: "training.log", Answer: inspection.NotApplicable})...)
	r := w.get(key)
	if want := w.Today().AddDate(0, 0, 10); !r.ReplyBy.Equal(want) || r.Score.Total != 8 || r.Score.Fails() || len(r.Lines) != 20 {
		t.Fatalf("reply by %s, %d points of %d lines", r.ReplyBy, r.Score.Total, len(r.Lines))
	}
	w.clock.Advance(10 * 24 * time.Hour) // the last day counts
	w.must(w.Reply(t.Context(), w.heads[0], key, inspection.Reply{Findings: map[string]string{"records.arrivals": "Three of five are confirmed."}}))
	w.must(w.Close(t.Context(), w.officers[1], key, closing(inspection.Passed)))
	r = w.get(key)
	if r.Status != inspection.Closed || r.Outcome != inspection.Passed || r.Findings()[0].Reply != "Three of five are confirmed." {
		t.Errorf("%s, %s, %+v", r.Status, r.Outcome, r.Findings())
	}
	var moves []string
	for _, s := range r.Steps {
		moves = append(moves, fmt.Sprint(s.Status, " by ", s.By))
	}
	want := []string{"planned by Person officer-b", "visited by Person inspector", "recorded by Person inspector", "sent by Person officer-b", "replied by Person head-a", "closed by Person officer-b"}
	if diff := cmp.Diff(want, moves); diff != "" {
		t.Error(diff)
	}
}

func TestAPlanNamesADayAPlaceAndColleaguesWhoInspect(t *testing.T) {
	w := open(t)
	good := inspection.Plan{AgencyID: w.heads[0].AgencyID, Day: w.Today(), Place: "1 Sample Street", Team: []uuid.UUID{w.inspector.PersonID}}
	for field, spoil := range map[string]func(*inspection.Plan){
		"place":       func(p *inspection.Plan) { p.Place = " " },
		"planned_for": func(p *inspection.Plan) { p.Day = w.Today().AddDate(0, 0, -1) },
		"team":        func(p *inspection.Plan) { p.Team = []uuid.UUID{w.heads[0].PersonID} },
	} {
		p := good
		spoil(&p)
		if _, err := w.Plan(t.Context(), w.officers[0], p); fault.FieldsOf(err)[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	good.AgencyID = uuid.New()
	if _, err := w.Plan(t.Context(), w.officers[0], good); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an agency that is none: %v", err)
	}
	w.exec(`INSERT INTO applications (id, agency_id, kind, status, round, begun_by, begun_at, filed_by, filed_at)
		VALUES ($1, $2, 'first', 'filed', 1, $3, now(), $3, now())`, uuid.MustParse("00000000-0000-0000-0000-000000000001"), w.heads[1].AgencyID, w.heads[1].PersonID)
	good.AgencyID, good.ApplicationID = w.heads[0].AgencyID, uuid.MustParse("00000000-0000-0000-0000-000000000001")
	if _, err := w.Plan(t.Context(), w.officers[0], good); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another agency's application: %v", err)
	}
	good.AgencyID = w.heads[1].AgencyID
	if _, err := w.Plan(t.Context(), w.inspector, good); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an inspector plans: %v", err)
	}
	if _, err := w.Plan(t.Context(), w.officers[0], good); err != nil {
		t.Error(err)
	}
}

func TestOnlyWhoGoesThereWritesDownWhatWasSeen(t *testing.T) {
	w := open(t)
	key := w.plan()
	refused(t, w.Visit(t.Context(), w.officers[2], key, w.Today()), "inspection.not_of_team")
	wrong(t, w.Visit(t.Context(), w.inspector, key, w.Today().AddDate(0, 0, 1)), "visited_on", "inspection.day_over")
	refused(t, w.Record(t.Context(), w.inspector, key, inspection.Sheet{}), "inspection.moved_on")
	w.must(w.Visit(t.Context(), w.inspector, key, w.Today()))
	refused(t, w.Record(t.Context(), w.officers[2], key, inspection.Sheet{}), "inspection.not_of_team")
}

func TestWhatIsWrongInASheetIsSaidAtItsStandard(t *testing.T) {
	w := open(t)
	key := w.plan()
	w.must(w.Visit(t.Context(), w.inspector, key, w.Today()))
	for _, c := range []struct {
		given       inspection.Given
		field, code string
	}{
		{inspection.Given{Code: "fees.no_debt", Answer: inspection.NotMet, Seen: " "}, "seen.fees.no_debt", "inspection.seen_needed"},
		{inspection.Given{Code: "fees.no_debt", Answer: inspection.Met, Seen: strings.Repeat("ក", 2001)}, "seen.fees.no_debt", "inspection.too_long"},
		{inspection.Given{Code: "fees.no_debt", Seen: "A loan."}, "answer.fees.no_debt", "inspection.answer_first"},
		{inspection.Given{Code: "fees.no_debt", Answer: "fine"}, "answer.fees.no_debt", "inspection.answer_first"},
		{inspection.Given{Code: "fees.no_debt", Answer: inspection.Met, Danger: true}, "danger.fees.no_debt", "inspection.danger_only"},
		{inspection.Given{Code: "fees.receipts", Answer: inspection.NotMet, Seen: "None.", Danger: true}, "danger.fees.receipts", "inspection.danger_only"},
		{inspection.Given{Code: "fees.nothing", Answer: inspection.Met}, "answer.fees.nothing", "form.choice"},
	} {
		wrong(t, w.Record(t.Context(), w.inspector, key, inspection.Sheet{Answers: []inspection.Given{c.given}}), c.field, c.code)
	}
	w.must(w.Record(t.Context(), w.inspector, key, inspection.Sheet{Answers: []inspection.Given{{Code: "fees.no_debt", Answer: inspection.Met, Seen: strings.Repeat("ក", 2000)}}}))
	r := w.get(key)
	if r.Status != inspection.Visited || r.Score.Open != 19 || r.Revision != 1 {
		t.Errorf("%s, %d open, revision %d", r.Status, r.Score.Open, r.Revision)
	}
	refused(t, w.Send(t.Context(), w.officers[1], key), "inspection.moved_on")
	wrong(t, w.Record(t.Context(), w.inspector, key, inspection.Sheet{Revision: 1, Answers: []inspection.Given{{Code: "fees.no_debt"}}}), "answer.fees.no_debt", "inspection.answer_stays")
}

func TestDangerIsFlaggedAtACriticalFindingAndTheAgencyIsNotTold(t *testing.T) {
	w := open(t)
	w.configure()
	key := w.sent(inspection.Given{Code: "training.free_to_leave", Answer: inspection.NotMet, Seen: "The door was locked from outside.", Danger: true})
	if d := w.get(key).Dangers(); len(d) != 1 || d[0].Code != "training.free_to_leave" {
		t.Errorf("%+v", d)
	}
	r, err := w.Shown(t.Context(), w.heads[0], key)
	w.must(err)
	if len(r.Findings()) != 1 || len(r.Dangers()) != 0 {
		t.Errorf("the agency sees %+v", r.Dangers())
	}
}

func TestPointsFollowTheLawOfTheDayOfTheVisitAndAreKept(t *testing.T) {
	w := open(t)
	w.configure()
	all := []string{"training.no_child", "fees.receipts", "premises.licence_shown"} // critical, major, minor
	key := w.recorded(notMet(all...)...)
	if s := w.get(key).Score; s.Total != 54 || !s.Fails() || s.MayPass() {
		t.Errorf("%d points", s.Total)
	}
	w.must(w.Send(t.Context(), w.officers[1], key))
	// Another law for the same days comes too late for it.
	w.law(policy.InspectionPoints, "2020-06-01", `{"critical":3,"major":2,"minor":1,"fails_at":100}`)
	r := w.get(key)
	if r.Score.Total != 54 || !r.PointsFrom.Equal(day("2020-01-01")) {
		t.Errorf("%d points by the law of %s", r.Score.Total, r.PointsFrom)
	}
	byTopic := map[inspection.Topic]int{}
	for _, topic := range r.Score.Topics {
		byTopic[topic.Topic] = topic.Points
	}
	want := map[inspection.Topic]int{"premises": 8, "fees": 16, "contracts": 0, "training": 30, "records": 0, "advertising": 0, "sub_agents": 0, "guarantee": 0}
	if diff := cmp.Diff(want, byTopic); diff != "" {
		t.Error(diff)
	}
	other := w.recorded(notMet(all...)...)
	if s := w.get(other).Score; s.Total != 6 || s.Fails() {
		t.Errorf("the next one has %d points", s.Total)
	}
	w.must(w.Reply(t.Context(), w.heads[0], key, said()))
	wrong(t, w.Close(t.Context(), w.officers[1], key, closing(inspection.Passed)), "outcome", "inspection.pass_points")
	// What the agency put right in its reply counts no more.
	wrong(t, w.Close(t.Context(), w.officers[1], key, closing(inspection.Passed, "training.contact")), "withdrawn", "form.choice")
	w.must(w.Close(t.Context(), w.officers[1], key, closing(inspection.Passed, "training.no_child")))
	if s := w.get(key).Score; s.Total != 24 {
		t.Errorf("%d points are upheld", s.Total)
	}
}

func TestWhereNoPointsAreConfiguredNothingPasses(t *testing.T) {
	w := open(t)
	key := w.sent()
	r := w.get(key)
	if r.Score.Known() || r.Score.MayPass() || !r.ReplyBy.IsZero() || !r.PointsFrom.IsZero() {
		t.Fatalf("scored %v, reply by %s", r.Score.Known(), r.ReplyBy)
	}
	wrong(t, w.Close(t.Context(), w.officers[1], key, closing(inspection.Passed)), "outcome", "inspection.pass_unscored")
	// A law that is set in time for the closing scores it; one of a later day does not.
	w.law(policy.InspectionPoints, "2030-01-01", `{"critical":30,"major":16,"minor":8,"fails_at":30}`)
	wrong(t, w.Close(t.Context(), w.officers[1], key, closing(inspection.Passed)), "outcome", "inspection.pass_unscored")
	w.law(policy.InspectionPoints, "2020-01-01", `{"critical":30,"major":16,"minor":8,"fails_at":30}`)
	if r := w.get(key); r.Score.Known() || !r.Ending.MayPass() {
		t.Error("what was sent unscored shows a score, or would still not pass")
	}
	w.must(w.Close(t.Context(), w.officers[1], key, closing(inspection.Passed)))
	if r := w.get(key); !r.Score.Known() || !r.PointsFrom.Equal(day("2020-01-01")) {
		t.Error("it does not keep the law by which it passed")
	}
}

func TestWhatNobodySawPassesNobody(t *testing.T) {
	w := open(t)
	w.configure()
	key := w.sent(inspection.Given{Code: "training.no_child", Answer: inspection.NotSeen}, inspection.Given{Code: "training.log", Answer: inspection.NotSeen})
	w.must(w.Reply(t.Context(), w.heads[0], key, said()))
	wrong(t, w.Close(t.Context(), w.officers[1], key, closing(inspection.Passed)), "outcome", "inspection.pass_unseen")
	w.must(w.Close(t.Context(), w.officers[1], key, closing(inspection.Conditions)))
}

func TestWhoInspectedDoesNotClose(t *testing.T) {
	w := open(t)
	w.configure()
	key := w.sent()
	refused(t, w.Close(t.Context(), w.officers[1], key, closing(inspection.Passed)), "inspection.reply_open")
	w.must(w.Reply(t.Context(), w.heads[0], key, said()))
	refused(t, w.Close(t.Context(), w.officers[0], key, closing(inspection.Passed)), "inspection.second_officer")
	if err := w.Close(t.Context(), w.inspector, key, closing(inspection.Passed)); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an inspector closes: %v", err)
	}
	// Nor past the portal.
	if err := w.raw(w.officers[0], `UPDATE inspections SET status = 'closed', moved_at = now(), closed_on = '2026-03-02', outcome = 'failed', reason = 'r' WHERE id = ?`, key); err == nil {
		t.Error("the database lets who inspected close")
	}
	w.must(w.Close(t.Context(), w.officers[2], key, closing(inspection.Failed)))
}

func TestAReplyAfterTheLastDayIsRefused(t *testing.T) {
	w := open(t)
	w.configure()
	key := w.sent(notMet("fees.no_debt")...)
	wrong(t, w.Reply(t.Context(), w.heads[0], key, inspection.Reply{}), "reply", "inspection.reply_empty")
	wrong(t, w.Reply(t.Context(), w.heads[0], key, inspection.Reply{Findings: map[string]string{"fees.receipts": "None."}}), "reply.fees.receipts", "form.choice")
	w.clock.Advance(11 * 24 * time.Hour)
	refused(t, w.Reply(t.Context(), w.heads[0], key, said()), "inspection.reply_over")
	if err := w.raw(w.heads[0], `UPDATE inspections SET status = 'replied', moved_at = now(), replied_on = reply_by + 1, reply = 'late' WHERE id = ?`, key); err == nil {
		t.Error("the database takes a late reply")
	}
	// It is closed without the job, which finds nothing left to do.
	w.must(w.Close(t.Context(), w.officers[1], key, closing(inspection.Failed)))
	if r := w.get(key); r.LapsedOn.IsZero() {
		t.Error("that the agency did not reply is not on record")
	}
	if n, err := w.LapseReplies(t.Context(), identity.System("clock"), w.Today()); n != 0 || err != nil {
		t.Errorf("%d lapse, %v", n, err)
	}
}

func TestRepliesLapseExactlyOnce(t *testing.T) {
	w := open(t)
	w.configure()
	late, answered := w.sent(), w.sent()
	w.must(w.Reply(t.Context(), w.heads[0], answered, said()))
	refused(t, w.Reply(t.Context(), w.heads[0], answered, said()), "inspection.replied")
	process := identity.System("clock")
	today := w.Today().AddDate(0, 0, 11)
	if n, err := w.LapseReplies(t.Context(), process, w.Today().AddDate(0, 0, 10)); n != 0 || err != nil {
		t.Errorf("on the last day %d lapse, %v", n, err)
	}
	var due []uuid.UUID
	w.must(w.db.Read(t.Context(), process, func(tx postgres.Tx) (err error) {
		due, err = inspection.DueReplies(tx, today)
		return err
	}))
	if diff := cmp.Diff([]uuid.UUID{late}, due); diff != "" {
		t.Error(diff)
	}
	var wait sync.WaitGroup
	counts := make([]int, 8)
	for i := range counts {
		wait.Go(func() {
			n, err := w.LapseReplies(t.Context(), process, today)
			if err != nil {
				t.Error(err)
			}
			counts[i] = n
		})
	}
	wait.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	if total != 1 || w.get(late).Status != inspection.Lapsed {
		t.Errorf("%d moves, %s", total, w.get(late).Status)
	}
	if _, err := w.LapseReplies(t.Context(), w.officers[0], today); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an officer lapses: %v", err)
	}
}

func TestAnAgencySeesNothingBeforeItIsSentAndNoNameAfter(t *testing.T) {
	w := open(t)
	w.configure()
	key := w.recorded(notMet("fees.no_debt")...)
	tables := []string{"inspections", "inspection_team", "inspection_people", "inspection_answers", "inspection_saves", "inspection_steps"}
	count := func(by identity.Actor) map[string]int {
		t.Helper()
		rows := map[string]int{}
		for _, table := range tables {
			if n := w.count(by, table); n > 0 {
				rows[table] = n
			}
		}
		return rows
	}
	hidden := func(by identity.Actor) {
		t.Helper()
		if _, err := w.Shown(t.Context(), by, key); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v", err)
		}
		if all, err := w.Own(t.Context(), by); len(all) != 0 || err != nil {
			t.Errorf("listed: %v, %v", all, err)
		}
		if rows := count(by); len(rows) != 0 {
			t.Errorf("rows: %v", rows)
		}
		w.must(w.db.Read(t.Context(), by, func(tx postgres.Tx) error {
			events, err := inspection.Events(tx, w.heads[0].AgencyID)
			if len(events) != 0 {
				t.Errorf("%d events", len(events))
			}
			return err
		}))
	}
	hidden(w.heads[0])
	w.must(w.Send(t.Context(), w.officers[1], key))
	hidden(w.heads[1])
	if diff := cmp.Diff(map[string]int{"inspections": 1, "inspection_team": 2, "inspection_answers": 20}, count(w.heads[0])); diff != "" {
		t.Error(diff)
	}
	r, err := w.Shown(t.Context(), w.heads[0], key)
	w.must(err)
	for _, i := range r.Team {
		if i.Name != "" || i.PersonID != uuid.Nil || i.UnitName["en"] != "Ministry" || i.Role == "" {
			t.Errorf("the agency sees %+v", i)
		}
	}
	if len(r.Team) != 2 || len(r.Steps) != 0 || w.get(key).Team[1].Name != "Person inspector" {
		t.Errorf("%+v", r.Team)
	}
	if err := w.Reply(t.Context(), w.heads[1], key, said()); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another agency replies: %v", err)
	}
	clerk := w.heads[0]
	clerk.Role = identity.RoleAgencyClerk
	if err := w.Reply(t.Context(), clerk, key, said()); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a clerk replies: %v", err)
	}
}

func TestOfTwoWhoRecordAtOnceTheSecondIsToldAndNothingIsLost(t *testing.T) {
	w := open(t)
	key := w.plan()
	w.must(w.Visit(t.Context(), w.inspector, key, w.Today()))
	sheets := [2]inspection.Sheet{w.sheet(key, notMet("fees.no_debt")...), w.sheet(key, notMet("fees.receipts")...)}
	who := [2]identity.Actor{w.officers[0], w.inspector}
	var errs [2]error
	var wait sync.WaitGroup
	for n := range who {
		wait.Go(func() { errs[n] = w.Record(t.Context(), who[n], key, sheets[n]) })
	}
	wait.Wait()
	second := 0
	if errs[0] == nil {
		second = 1
	}
	w.must(errs[1-second])
	refused(t, errs[second], "inspection.saved_meanwhile")
	r := w.get(key)
	if len(r.Findings()) != 1 || r.Last.By != []string{"Person officer-a", "Person inspector"}[1-second] || r.Revision != 1 {
		t.Errorf("%d findings by %s", len(r.Findings()), r.Last.By)
	}
	// The second looks at it and saves theirs: both stay on record.
	sheets[second].Revision = r.Revision
	w.must(w.Record(t.Context(), who[second], key, sheets[second]))
	var saves int
	w.must(w.super.QueryRow(`SELECT count(*) FROM inspection_saves WHERE answers @> '[{"answer": "not_met"}]'`).Scan(&saves))
	if saves != 2 {
		t.Errorf("%d saves are kept", saves)
	}
}
