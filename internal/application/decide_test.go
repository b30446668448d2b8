package application_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestAGrantByTwoMakesTheLicenceItsScopeAndItsParts(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	waits, err := o.Recommend(t.Context(), o.officers[0].Actor, key, grant("l-2026/0001"), o.decisions)
	if err != nil {
		t.Fatal(err)
	}
	// Nobody decides what they recommended, and nothing happened yet.
	if err := o.decisions.Approve(t.Context(), o.officers[0].Actor, o.officers[0].Member, waits); err == nil {
		t.Error("one person decides alone")
	}
	if err := o.Note(t.Context(), o.officers[1].Actor, key, application.Remark{Section: dossier.Company, Text: "Wait."}); fault.CodeOf(err) != "licensing.recommended" {
		t.Errorf("remarks while a decision waits: %v", err)
	}
	if own, err := o.Own(t.Context(), o.heads[0]); err != nil || own.State != licensing.Listed || own.Papers[0].Recommended() {
		t.Errorf("before the decision: %s, %v", own.State, err)
	}
	if err := o.decisions.Approve(t.Context(), o.officers[1].Actor, o.officers[1].Member, waits); err != nil {
		t.Fatal(err)
	}
	own, err := o.Own(t.Context(), o.heads[0])
	if err != nil {
		t.Fatal(err)
	}
	want := licensing.Licence{
		Number:  "L-2026/0001",
		Periods: []licensing.Period{{From: day("2026-03-02"), Until: day("2028-03-01")}},
		Events:  []licensing.Event{{Kind: licensing.EventGranted, On: day("2026-03-02")}},
	}
	if diff := cmp.Diff(want, own.Licence); diff != "" {
		t.Error(diff)
	}
	if own.State != licensing.Licensed || own.Papers[0].Status != application.Granted || own.Papers[0].DecidedBy != "" || own.NameLatin != "Sample Agency" {
		t.Errorf("the agency sees %s, %+v, %q", own.State, own.Papers[0], own.NameLatin)
	}
	for place, covered := range map[[2]string]bool{{"JP", "5311"}: true, {"TH", "9111"}: true, {"TH", "5311"}: false, {"SG", "9111"}: false} {
		if own.Scope.Covers(place[0], place[1]) != covered {
			t.Errorf("%v is covered: %t", place, !covered)
		}
	}
	for what, n := range map[string]int{
		`SELECT count(*) FROM agency_parts WHERE until IS NULL AND kind IN ('director','owner','account')`: 3,
		`SELECT count(*) FROM agencies WHERE state = 'licensed' AND address = '1 Invented Street'`:         1,
		`SELECT count(*) FROM agency_former_names WHERE name_latin = 'Sample Agency a'`:                    1,
		`SELECT count(*) FROM agency_contacts WHERE key IN ('+85512000001', 'office@sample.example')`:      2,
		`SELECT count(*) FROM applications WHERE recommended_by <> decided_by`:                             1,
		`SELECT count(*) FROM agency_names WHERE folded LIKE 'sample agency%' AND position >= 10`:          1,
	} {
		if got := o.count(t, what); got != n {
			t.Errorf("%d, want %d: %s", got, n, what)
		}
	}
	o.clock.Set(day("2028-03-02"))
	if own, err = o.Own(t.Context(), o.heads[0]); err != nil || own.State != licensing.Expired {
		t.Errorf("the day after the last: %s, %v", own.State, err)
	}
}

func TestARenewalKeepsTheNumberAndDoesNotOverlap(t *testing.T) {
	o := open(t)
	if err := o.decide(t, o.file(t, o.heads[0]), grant("L-0001")); err != nil {
		t.Fatal(err)
	}
	again := o.file(t, o.heads[0])
	next := grant("")
	next.From, next.Until = day("2028-03-02"), day("2030-03-01")
	for field, spoil := range map[string]func(*application.Recommendation){
		"valid_from": func(r *application.Recommendation) { r.From = day("2028-03-01") },
		"number":     func(r *application.Recommendation) { r.Number = "L-0002" },
	} {
		r := next
		spoil(&r)
		if err := o.decide(t, again, r); fault.FieldsOf(err)[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := o.decide(t, again, next); err != nil {
		t.Fatal(err)
	}
	other := o.file(t, o.heads[1])
	if err := o.decide(t, other, grant("L-0001")); fault.KindOf(err) != fault.Conflict || fault.FieldsOf(err)["number"] == "" {
		t.Errorf("another agency's number: %v", err)
	}
	if folder, err := o.Get(t.Context(), o.officers[0].Actor, other); err != nil || folder.Paper.Status != application.Filed || folder.Paper.Recommended() {
		t.Errorf("a refused number leaves %+v, %v", folder.Paper, err)
	}
}

func TestARecommendationNeedsItsReasonItsDaysAndItsScope(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	for name, c := range map[string]struct {
		spoil func(*application.Recommendation)
		field string
	}{
		"no reason":        {func(r *application.Recommendation) { r.Reason = " \n" }, "reason"},
		"refusal, too":     {func(r *application.Recommendation) { r.Grant, r.Reason = false, "" }, "reason"},
		"no number":        {func(r *application.Recommendation) { r.Number = "" }, "number"},
		"no such number":   {func(r *application.Recommendation) { r.Number = "លេខ ១" }, "number"},
		"no first day":     {func(r *application.Recommendation) { r.From = time.Time{} }, "valid_from"},
		"no last day":      {func(r *application.Recommendation) { r.Until = time.Time{} }, "valid_until"},
		"ends before":      {func(r *application.Recommendation) { r.Until = day("2026-03-01") }, "valid_until"},
		"over already":     {func(r *application.Recommendation) { r.From, r.Until = day("2025-01-01"), day("2025-12-31") }, "valid_until"},
		"a century":        {func(r *application.Recommendation) { r.Until = day("2126-03-02") }, "valid_until"},
		"in the year 202 ": {func(r *application.Recommendation) { r.From = day("0202-03-02") }, "valid_from"},
		"no scope":         {func(r *application.Recommendation) { r.Scope = nil }, "scope"},
		"overlapping scopes": {func(r *application.Recommendation) {
			r.Scope = []licensing.ScopeLine{{Destination: "TH"}, {Destination: "TH", Occupation: "91"}}
		}, "scope"},
	} {
		r := grant("L-0001")
		c.spoil(&r)
		if err := o.decide(t, key, r); fault.FieldsOf(err)[c.field] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARevokedAgencyDoesNotApplyAndASuspendedOneIsNotGranted(t *testing.T) {
	o := open(t)
	if err := o.decide(t, o.file(t, o.heads[1]), grant("L-0002")); err != nil {
		t.Fatal(err)
	}
	key, renewal := o.file(t, o.heads[0]), o.file(t, o.heads[1])
	o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'revoked', '2026-03-01'), ($3, $4, 'suspended', '2026-03-02')`,
		id.New(), o.heads[0].AgencyID, id.New(), o.heads[1].AgencyID)
	if err := o.decide(t, key, grant("L-0001")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("granted while revoked: %v", err)
	}
	next := grant("")
	next.From, next.Until = day("2028-03-02"), day("2030-03-01")
	if err := o.decide(t, renewal, next); fault.FieldsOf(err)["decision"] != "licensing.barred" {
		t.Errorf("renewed while suspended: %v", err)
	}
	if err := o.Withdraw(t.Context(), o.heads[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Begin(t.Context(), o.heads[0]); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a revoked agency applies: %v", err)
	}
}

func TestFiftyOfficersDecideAtOnceAndOneOutcomeStands(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	errs := make([]error, 50)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() {
			r := refusal()
			if i%2 == 0 {
				r = grant("L-00" + string(rune('A'+i%26)) + string(rune('A'+i/26)))
			}
			var waits uuid.UUID
			if waits, errs[i] = o.Recommend(t.Context(), o.officers[i%3].Actor, key, r, o.decisions); errs[i] == nil {
				second := o.officers[(i+1)%3]
				errs[i] = o.decisions.Approve(t.Context(), second.Actor, second.Member, waits)
			}
		})
	}
	wait.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case fault.KindOf(err) != fault.Conflict:
			t.Errorf("the slower one gets %v", err)
		}
	}
	if done != 1 {
		t.Fatalf("%d decisions stood", done)
	}
	papers := o.count(t, `SELECT count(*) FROM applications WHERE status IN ('granted','refused')`)
	entries := o.count(t, `SELECT count(*) FROM audit_entries WHERE action IN ('application.granted', 'application.refused')`)
	periods, numbers, events := o.count(t, `SELECT count(*) FROM licence_periods`), o.count(t, `SELECT count(*) FROM licences`), o.count(t, `SELECT count(*) FROM licence_events`)
	if papers != 1 || entries != 1 || periods > 1 || periods != numbers || periods != events {
		t.Errorf("decided %d, audited %d, periods %d, numbers %d, events %d", papers, entries, periods, numbers, events)
	}
}

func TestAChangeGoesTheSameWayAndWidensTheScopeWithoutAPeriod(t *testing.T) {
	o := open(t)
	key := o.change(t)
	second := answers()[dossier.Directors]
	second["name_latin"], second["document_number"] = []string{"Chan Sample"}, []string{"N7654321"}
	for section, typed := range map[dossier.Section]dossier.Typed{dossier.Directors: second, dossier.Declaration: answers()[dossier.Declaration], dossier.Scope: {"destinations": {"JP", "SG", "TH"}}} {
		if _, err := o.Save(t.Context(), o.heads[0], application.Answer{Section: section, Typed: typed}); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.File(t.Context(), o.heads[0]); err != nil {
		t.Fatal(err)
	}
	o.check(t)
	folder, err := o.Get(t.Context(), o.officers[0].Actor, key)
	if err != nil || folder.Paper.Kind != application.Change || !folder.Compared || len(folder.Changes) != 2 || folder.Changes[0].Kind != dossier.Added {
		t.Fatalf("%+v %+v %v", folder.Paper, folder.Changes, err)
	}
	r := application.Recommendation{Grant: true, Reason: "Known.", Scope: []licensing.ScopeLine{{Destination: "JP"}, {Destination: "SG"}}}
	if err := o.decide(t, key, r); err != nil {
		t.Fatal(err)
	}
	own, err := o.Own(t.Context(), o.heads[0])
	if err != nil || len(own.Licence.Periods) != 1 || !own.Scope.Covers("SG", "5311") || !own.Scope.Covers("TH", "9111") {
		t.Errorf("%+v %+v %v", own.Licence, own.Scope, err)
	}
	if n := o.count(t, `SELECT count(*) FROM agency_parts WHERE kind = 'director' AND until IS NULL`); n != 2 {
		t.Errorf("%d directors", n)
	}
}

func TestWhatAnAgencyCanApplyForFollowsItsLicenceAndTheWindow(t *testing.T) {
	o := open(t)
	o.law(t, "licence.renewal", `{"before_days":90,"late_days":30}`)
	if err := o.decide(t, o.file(t, o.heads[0]), grant("L-0001")); err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]application.Kind{
		"2027-12-01": application.Change,  // a day before the window
		"2027-12-02": application.Renewal, // 90 days before the last
		"2028-02-29": application.Renewal,
		"2028-03-01": application.Renewal, // the last day
		"2028-03-31": application.Renewal, // 30 days late
		"2028-04-01": application.First,   // too late: one applies anew, and keeps the number
	} {
		o.clock.Set(day(on).Add(12 * time.Hour))
		if own, err := o.Own(t.Context(), o.heads[0]); err != nil || own.Kind != want {
			t.Errorf("on %s: %q, want %q, %v", on, own.Kind, want, err)
		}
	}
}

// Whoever lost a licence is stopped at the door, and a clean agency at the change by
// which they would come in.
func TestThePhoenixIsStoppedAtTheDoorAndAtAChangeOfDirector(t *testing.T) {
	o := open(t)
	o.law(t, "licence.fitness", `{"weak":15,"strong":40,"generic":25,"sample":0}`)
	o.law(t, "licence.renewal", `{"before_days":90,"late_days":30}`)
	if err := o.decide(t, o.file(t, o.heads[0]), grant("L-0001")); err != nil {
		t.Fatal(err)
	}
	lost := o.heads[0].AgencyID
	o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'revoked', '2026-03-02')`, id.New(), lost)

	// The same people under the second agency's name.
	key := o.file(t, o.heads[1])
	folder, err := o.Get(t.Context(), o.officers[0].Actor, key)
	if err != nil || folder.Fitness.Grade != fitness.Strong || len(folder.Fitness.Evidence) == 0 {
		t.Fatalf("%+v %v", folder.Fitness, err)
	}
	if err := o.decide(t, key, grant("L-0002")); fault.CodeOf(err) != "fitness.second_needed" {
		t.Errorf("granted: %v", err)
	}
	if n := o.count(t, `SELECT count(*) FROM licences WHERE agency_id = $1`, o.heads[1].AgencyID); n != 0 {
		t.Error("it has a number")
	}
	if err := o.Withdraw(t.Context(), o.heads[1]); err != nil {
		t.Fatal(err)
	}

	// A third agency begins clean, and then takes their director on.
	clean := answers()
	for section, change := range map[dossier.Section][]string{
		dossier.Company: {"phone", "012 777 001", "email", "office@clean.example", "address", "77 Other Street", "name_latin", "Clean Agency"}, dossier.Directors: {"document_number", "N7777777", "name_latin", "Chan Clean", "address", "78 Other Street"},
		dossier.Owners: {"name_latin", "Chan Clean"}, dossier.Accounts: {"account_number", "777 888 999"},
	} {
		for i := 0; i < len(change); i += 2 {
			clean[section][change[i]] = []string{change[i+1]}
		}
	}
	if _, err := o.Begin(t.Context(), o.heads[1]); err != nil {
		t.Fatal(err)
	}
	own, err := o.Own(t.Context(), o.heads[1])
	if err != nil {
		t.Fatal(err)
	}
	for section, typed := range clean {
		if _, err := o.Save(t.Context(), o.heads[1], application.Answer{Section: section, Item: own.Answers.One(section).ID, Typed: typed}); err != nil {
			t.Fatal(section, err)
		}
	}
	file := func() uuid.UUID {
		t.Helper()
		if err := o.File(t.Context(), o.heads[1]); err != nil {
			var incomplete *application.Incomplete
			errors.As(err, &incomplete)
			t.Fatalf("%v %+v", err, incomplete.Gaps)
		}
		o.check(t)
		all, err := o.Own(t.Context(), o.heads[1])
		if err != nil {
			t.Fatal(err)
		}
		return all.Papers[0].ID
	}
	if err := o.decide(t, file(), grant("L-0003")); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Begin(t.Context(), o.heads[1]); err != nil {
		t.Fatal(err)
	}
	for section, typed := range map[dossier.Section]dossier.Typed{dossier.Directors: answers()[dossier.Directors], dossier.Declaration: clean[dossier.Declaration]} {
		if _, err := o.Save(t.Context(), o.heads[1], application.Answer{Section: section, Typed: typed}); err != nil {
			t.Fatal(err)
		}
	}
	change := application.Recommendation{Grant: true, Reason: "Known.", Scope: []licensing.ScopeLine{{Destination: "JP"}}}
	if err := o.decide(t, file(), change); fault.CodeOf(err) != "fitness.second_needed" {
		t.Errorf("the director is in: %v", err)
	}
	if n := o.count(t, `SELECT count(*) FROM agency_parts WHERE agency_id = $1 AND kind = 'director' AND until IS NULL`, o.heads[1].AgencyID); n != 1 {
		t.Errorf("%d directors", n)
	}
}
