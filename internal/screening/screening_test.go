package screening_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

var (
	unpaidAndHeld = []string{"wage_withholding:work", "document_retention:work", "restriction_of_movement:work"}
	overworked    = []string{"excessive_overtime:work", "abusive_conditions:work"}
)

func TestThreePeopleInTwoLanguagesAreOneEscalation(t *testing.T) {
	w := newWorld(t)
	agency := w.agency("Example Overseas")
	var complaints, promises []uuid.UUID
	for _, c := range []told{
		{agency: agency, language: "km", reporter: "r1", country: "TH", said: unpaidAndHeld, firstHand: true, registered: true, daysAgo: 2},
		{agency: agency, language: "en", reporter: "r2", country: "TH", said: overworked, firstHand: true, daysAgo: 1},
		{agency: agency, language: "km", reporter: "r3", country: "MY", said: []string{"threats:work"}},
	} {
		complaint, promise := w.file(c)
		complaints, promises = append(complaints, complaint), append(promises, promise)
	}
	slices.Reverse(promises) // whatever the order in which jobs run
	w.screen(promises...)

	if got := w.grades(); got != "amber" {
		t.Fatalf("escalations: %q, want one amber", got)
	}
	p := w.pattern()
	if diff := cmp.Diff(escalation.Counts{Complaints: 3, FirstHand: 2, Reporters: 3}, p.Counts); diff != "" {
		t.Error(diff)
	}
	var rules, evidence []string
	for _, f := range p.Findings {
		rules = append(rules, f.Rule)
	}
	for _, v := range p.Voices {
		evidence = append(evidence, v.ComplaintID.String()+" "+v.Country+" "+strings.Join(v.Indicators, ","))
	}
	if diff := cmp.Diff([]string{"complaint-burst", "converging-testimony"}, rules); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		complaints[0].String() + " TH document_retention,restriction_of_movement,wage_withholding",
		complaints[1].String() + " TH abusive_conditions,excessive_overtime",
		complaints[2].String() + " MY threats",
	}, evidence); diff != "" {
		t.Error(diff)
	}
	if n := w.count(`SELECT count(*) FROM escalation_complaints`); n != 3 {
		t.Errorf("%d complaints linked, want 3", n)
	}
	for _, c := range complaints {
		if got := w.status(c); got != "with_investigators" {
			t.Errorf("a complaint of the pattern is %s", got)
		}
	}
}

func TestOneVoiceIsNotAPattern(t *testing.T) {
	for name, voice := range map[string]told{
		"one phone": {reporter: "r1"},
		"one text":  {signature: 0xfeed_beef_cafe_f00d},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			voice.agency, voice.firstHand, voice.said = w.agency("Example Overseas"), true, append(slices.Clone(unpaidAndHeld), overworked...)
			for _, c := range w.tell(voice, voice, voice) {
				if got := w.status(c); got != "screened" {
					t.Errorf("status %s, want screened", got)
				}
			}
			if n := w.count(`SELECT count(*) FROM findings`); n != 0 {
				t.Errorf("%d findings from one voice", n)
			}
		})
	}
}

func TestAPhoneThatRecruitsForTwoAgenciesIsAHub(t *testing.T) {
	w := newWorld(t)
	one, other := w.agency("Example Overseas"), w.agency("Sample Manpower")
	w.tell(
		told{agency: one, broker: "p1", reporter: "r1", daysAgo: 90},
		told{agency: other, broker: "p1", reporter: "r2", daysAgo: 40},
		told{agency: one, broker: "p1", reporter: "r3"},
	)
	if got := w.text(`SELECT subject_kind || ' ' || subject_key || ' ' || grade FROM escalations`); got != "phone p1 amber" {
		t.Fatalf("escalated %q", got)
	}
	if got := w.pattern().Findings[0]; got.Rule != "broker-hub" || got.Reasons[0].Args["Agencies"] != "2" {
		t.Errorf("found %+v", got)
	}
}

func TestAPhoneThatAnAgencyRegisteredIsNoHub(t *testing.T) {
	w := newWorld(t)
	one, other := w.agency("Example Overseas"), w.agency("Sample Manpower")
	w.exec(`INSERT INTO agency_contacts (agency_id, kind, position, shown, key, token) VALUES ($1, 'phone', 1, 'x', '+999000001', 'p1')`, one)
	w.tell(
		told{agency: one, broker: "p1", reporter: "r1", daysAgo: 90},
		told{agency: other, broker: "p1", reporter: "r2", daysAgo: 40},
		told{agency: one, broker: "p1", reporter: "r3"},
	)
	if got := w.grades(); got != "" {
		t.Fatalf("escalated %s", got)
	}
}

func TestALargeHonestAgencyIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	large, small, rest := w.agency("Large Example"), w.agency("Small Example"), w.agency("All Others")
	w.placed(large, "e1", "TH", 3000)
	w.placed(small, "e2", "TH", 30)
	w.placed(rest, "e3", "TH", 7000)
	for day := range 300 { // one in a hundred of everybody complains in a year
		w.exec(`INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand,
				danger_now, missing_person, never_departed, minor, official, agency_id, country)
			SELECT i, decode(md5(i::text) || md5('n' || i), 'hex'), decode(md5(i::text) || md5('r' || i), 'hex'), $2::timestamptz, 'screened',
				'en', 'web', 'unsaid', true, false, false, false, false, false, $1, 'TH'
			FROM (SELECT gen_random_uuid() AS i FROM generate_series(1, CASE WHEN $3::int % 4 = 0 THEN 1 ELSE 0 END)) g`,
			rest, w.clk.Now().AddDate(0, 0, -day), day)
	}
	ordinary := func(agency uuid.UUID) (all []told) {
		for n, reporter := range []string{"r1", "r2", "r3"} {
			all = append(all, told{agency: agency, reporter: reporter + agency.String(), country: "TH", firstHand: true, daysAgo: 20 - 10*n})
		}
		return all
	}
	w.tell(ordinary(large)...)
	if n := w.count(`SELECT count(*) FROM findings`); n != 0 {
		t.Fatalf("three of three thousand were %d findings", n)
	}
	w.tell(ordinary(small)...)
	if got := w.text(`SELECT string_agg(subject_key || ' ' || grade, ',') FROM escalations`); got != small.String()+" amber" {
		t.Fatalf("escalated %q, want the small agency", got)
	}
	if got := w.pattern().Findings[0].Reasons[0]; got.Key != "pattern.complaint_burst.reason.corridor" || got.Args["Departures"] != "30" {
		t.Errorf("reason %+v", got)
	}
}

func TestAnEmployerIsJudgedByWhatWasSentToIt(t *testing.T) {
	w := newWorld(t)
	w.placed(w.agency("Example Overseas"), "e1", "TH", 40)
	w.placed(w.agency("All Others"), "e2", "TH", 4000)
	for _, reporter := range []string{"r1", "r2", "r3"} {
		w.tell(told{employer: "e1", reporter: reporter, country: "TH"})
	}
	if got := w.pattern().Findings[0].Reasons[0]; got.Key != "pattern.complaint_burst.reason.corridor" || got.Args["Departures"] != "40" {
		t.Errorf("reason %+v", got)
	}
}

func TestARiseFromAmberToRedIsOneMoreEscalation(t *testing.T) {
	w := newWorld(t)
	agency := w.agency("Example Overseas")
	w.tell(
		told{agency: agency, reporter: "r1", said: unpaidAndHeld, firstHand: true},
		told{agency: agency, reporter: "r2", said: overworked, registered: true},
	)
	if got := w.grades(); got != "amber" {
		t.Fatalf("after two: %q", got)
	}
	w.tell(told{agency: agency, reporter: "r3", said: unpaidAndHeld, minor: true})
	if got := w.grades(); got != "amber red" {
		t.Fatalf("after a child: %q", got)
	}
	more := w.tell(told{agency: agency, reporter: "r4", said: unpaidAndHeld, minor: true})
	if got := w.grades(); got != "amber red" {
		t.Fatalf("after one more: %q", got)
	}
	if got := w.status(more[0]); got != "with_investigators" {
		t.Errorf("a complaint that joined an escalated alert is %s", got)
	}
	linked := w.count(`SELECT count(*) FROM escalation_complaints c JOIN escalations e ON e.id = c.escalation_id
		WHERE c.complaint_id = $1 AND e.grade = 'red'`, more[0])
	if linked != 1 {
		t.Errorf("it is linked to %d red escalations", linked)
	}
	if n := w.count(`SELECT count(*) FROM alerts`); n != 1 {
		t.Errorf("%d alerts", n)
	}
}

func TestAComplaintThatNamesNobodyIsScreened(t *testing.T) {
	w := newWorld(t)
	complaint := w.tell(told{said: unpaidAndHeld, firstHand: true})[0]
	if got := w.status(complaint); got != "screened" {
		t.Errorf("status %s", got)
	}
	if n := w.count(`SELECT count(*) FROM evaluations WHERE complaint_id = $1`, complaint); n != 1 {
		t.Errorf("%d evaluations", n)
	}
}

func TestHearsayIsWatchedAndStaysInside(t *testing.T) {
	w := newWorld(t)
	agency := w.agency("Example Overseas")
	w.tell(told{agency: agency, reporter: "r1", said: unpaidAndHeld}, told{agency: agency, reporter: "r2", said: overworked})
	if got := w.text(`SELECT grade FROM alerts`); got != "watch" {
		t.Errorf("alert %s, want watch", got)
	}
	if got := w.grades(); got != "" {
		t.Errorf("escalated %s", got)
	}
}

func TestAComplaintThatIsNotThereKeepsItsPromiseOpen(t *testing.T) {
	w := newWorld(t)
	promise := w.promise(id.New())
	if err := w.svc.Screen(t.Context(), promise); fault.KindOf(err) != fault.NotFound {
		t.Fatalf("got %v", err)
	}
	if n := w.count(`SELECT count(*) FROM promises WHERE id = $1 AND kept_at IS NULL`, promise); n != 1 {
		t.Error("the promise is kept")
	}
}

func TestAnAlertNeverFallsAndALowerFindingIsSilent(t *testing.T) {
	w := newWorld(t)
	agency := w.agency("Example Overseas")
	w.tell(
		told{agency: agency, reporter: "r1", said: unpaidAndHeld, firstHand: true, daysAgo: 400},
		told{agency: agency, reporter: "r2", said: overworked, firstHand: true, daysAgo: 400},
		told{agency: agency, reporter: "r3", said: overworked, firstHand: true, daysAgo: 400},
		told{agency: agency, reporter: "r4", said: unpaidAndHeld, firstHand: true, daysAgo: 1},
		told{agency: agency, reporter: "r5", said: overworked},
	)
	if got := w.text(`SELECT grade FROM findings ORDER BY window_to DESC, found_at DESC, id DESC LIMIT 1`); got != "amber" {
		t.Fatalf("the last finding is %s, want amber", got)
	}
	if got := w.text(`SELECT grade || ' ' || (score = (SELECT max(score) FROM findings)) FROM alerts`); got != "red true" {
		t.Errorf("alert %s", got)
	}
	if got := w.grades(); got != "amber red" {
		t.Errorf("escalated %q", got)
	}
}
