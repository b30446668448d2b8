package guarantee_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

const flat = `{"currency":"USD","flat":10000000}`

func TestAGuaranteeCountsWhenASecondOfficerConfirmsIt(t *testing.T) {
	o := open(t)
	waits, err := o.Post(t.Context(), o.first(t), o.agency, o.promise("BG-1", dollars(100_000), "2027-06-30"), o.decisions)
	if err != nil {
		t.Fatal(err)
	}
	if r := o.record(t); len(r.Guarantees) != 0 || len(r.Waits) != 1 || o.held(t) != 0 {
		t.Fatalf("one officer alone: %+v", r)
	}
	first := o.holder(t, "a@ministry.example")
	if err := o.decisions.Approve(t.Context(), first.Actor, first.Member, waits); err == nil {
		t.Fatal("the same officer confirmed it")
	}
	if err := o.approve(t, waits); err != nil {
		t.Fatal(err)
	}
	r := o.record(t)
	if len(r.Guarantees) != 1 || r.Guarantees[0].Held != dollars(100_000) || len(r.Entries) != 1 || r.Entries[0].Balance != dollars(100_000) {
		t.Fatalf("%+v", r)
	}
	_, err = o.Post(t.Context(), o.first(t), o.agency, o.promise("bg-1", dollars(5), "2027-06-30"), o.decisions)
	if fault.FieldsOf(err)["reference"] == "" {
		t.Errorf("the same guarantee twice: %v", err)
	}
	own, err := o.Own(t.Context(), o.head(t))
	if err != nil || len(own.Guarantees) != 1 || len(own.Waits)+len(own.Letters) != 0 {
		t.Errorf("the agency's own page: %+v, %v", own, err)
	}
	if own, err := o.Own(t.Context(), o.holder(t, "head@other.example").Actor); err != nil || len(own.Guarantees)+len(own.Entries) != 0 {
		t.Errorf("another agency sees %+v, %v", own, err)
	}
	o.balanced(t)
}

func TestWhatIsWrongWithAGuaranteeIsSaidAtItsField(t *testing.T) {
	o := open(t)
	for field, spoil := range map[string]func(*guarantee.Posting){
		"bank":       func(g *guarantee.Posting) { g.Bank = " " },
		"reference":  func(g *guarantee.Posting) { g.Reference = "" },
		"kind":       func(g *guarantee.Posting) { g.Kind = "gold" },
		"amount":     func(g *guarantee.Posting) { g.Amount.Minor = 0 },
		"valid_from": func(g *guarantee.Posting) { g.From = time.Time{} },
		"expires_on": func(g *guarantee.Posting) { g.Until = time.Time{} },
	} {
		g := o.promise("BG-1", dollars(5), "2027-06-30")
		spoil(&g)
		if _, err := o.Post(t.Context(), o.first(t), o.agency, g, o.decisions); fault.FieldsOf(err)[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := o.Post(t.Context(), o.head(t), o.agency, o.promise("BG-1", dollars(5), ""), o.decisions); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an agency posts: %v", err)
	}
}

func TestWithoutALawNothingIsSaidToBeEnough(t *testing.T) {
	o := open(t)
	o.post(t, o.promise("BG-1", dollars(100_000), "2027-06-30"))
	if s := o.record(t).Standing; s.Adequacy != guarantee.NotChecked || s.Held[0] != dollars(100_000) {
		t.Fatalf("%+v", s)
	}
	o.law(t, policy.GuaranteeAmount, flat)
	if s := o.record(t).Standing; s.Adequacy != guarantee.Adequate {
		t.Errorf("%+v", s)
	}
	o.award(t, "A-1", dollars(300))
	if s := o.record(t).Standing; s.Adequacy != guarantee.Short || s.Missing != dollars(300) {
		t.Errorf("with an open claim: %+v", s)
	}
	claim := o.award(t, "A-2", guaranteeMoney(400, "KHR"))
	if s := o.record(t).Standing; s.Adequacy != guarantee.NotChecked || !s.OtherCurrency {
		t.Errorf("with a claim of another currency: %+v", s)
	}
	if err := o.ChangeClaim(t.Context(), o.first(t), claim, guarantee.Change{Ending: guarantee.AgencyPaid}); err != nil {
		t.Fatal(err)
	}
	if err := o.ChangeClaim(t.Context(), o.first(t), claim, guarantee.Change{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a claim that ended goes on: %v", err)
	}
	o.on("2027-07-01")
	if s := o.record(t).Standing; s.Adequacy != guarantee.Short || len(s.Held) != 0 || s.Missing != dollars(100_300) {
		t.Errorf("after its last day, before anybody wrote it down: %+v", s)
	}
}

func TestHowMuchHasToStandFollowsTheYearsPlacements(t *testing.T) {
	o := open(t)
	o.law(t, policy.GuaranteeAmount, `{"currency":"USD","tiers":[{"up_to":2,"amount":5000000},{"up_to":4,"amount":10000000},{"amount":20000000}]}`)
	o.exec(t, `INSERT INTO employers (id, name, folded, token, country, created_at) VALUES ($1, 'Employer', 'employer', 'x', 'TH', now())`, o.agency)
	place := func(n int, departed time.Time) {
		for range n {
			o.exec(t, `INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_at) VALUES ($1::uuid, $2, $2, 'TH', '9111', $1::uuid::text, $3, now())`,
				uuid.New(), o.agency, departed)
		}
	}
	want := func(n int64) {
		t.Helper()
		if s := o.record(t).Standing; s.Required != dollars(n) {
			t.Errorf("with %d placements %v, want %d", s.Volume, s.Required, n)
		}
	}
	want(50_000)
	place(2, o.Today())
	place(50, o.Today().AddDate(-1, 0, 0)) // a year ago, and no longer of this year
	place(50, o.Today().AddDate(0, 0, 1))
	want(50_000)
	place(1, o.Today())
	want(100_000)
	place(2, o.Today().AddDate(-1, 0, 1))
	want(200_000)
}

func TestACallNeedsAnEnforceableAwardThatNobodyAppealed(t *testing.T) {
	o := open(t)
	o.post(t, o.promise("BG-1", dollars(1_000), "2027-06-30"))
	for name, a := range map[string]guarantee.Award{
		"not enforceable":     {},
		"enforceable later":   {EnforceableOn: o.Today().AddDate(0, 0, 1)},
		"appealed":            {EnforceableOn: o.Today(), Appealed: true},
		"of another currency": {EnforceableOn: o.Today(), Amount: guaranteeMoney(5, "KHR")},
	} {
		a.Reference, a.Source = name, guarantee.Arbitration
		if a.Amount.Minor == 0 {
			a.Amount = dollars(5)
		}
		key, err := o.RecordClaim(t.Context(), o.first(t), o.agency, a)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.call(t, key); fault.FieldsOf(err)["claims"] == "" {
			t.Errorf("%s: %v", name, err)
		}
		_, err = o.super.Exec(`WITH e AS (INSERT INTO guarantee_entries (id, agency_id, kind, day, made_at) VALUES ($1, $2, 'call', $3, now()) RETURNING id)
			INSERT INTO guarantee_postings (entry_id, line, guarantee_id, account, minor, currency, claim_id)
			SELECT e.id, 1, g.id, 'reserved', 1, g.currency, $4::uuid FROM e, guarantees g`, uuid.New(), o.agency, o.Today(), key)
		if err == nil {
			t.Errorf("%s: the database takes it", name)
		}
	}
	claim := o.award(t, "A-1", dollars(5))
	waits, err := o.Call(t.Context(), o.first(t), o.agency, []uuid.UUID{claim}, o.decisions)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.ChangeClaim(t.Context(), o.first(t), claim, guarantee.Change{EnforceableOn: o.Today(), Appealed: true}); err != nil {
		t.Fatal(err)
	}
	if err := o.approve(t, waits); fault.KindOf(err) != fault.Conflict || o.held(t) != 100_000 {
		t.Errorf("appealed while it waited: %v", err)
	}
	if err := o.call(t, uuid.New()); fault.FieldsOf(err)["claims"] == "" {
		t.Errorf("a claim that is none: %v", err)
	}
}

func TestACallIsSharedWritesToTheBanksAndIsPutBack(t *testing.T) {
	o := open(t)
	o.law(t, policy.GuaranteeTopUp, `{"days":30,"basis":"calendar"}`)
	o.post(t, o.promise("BG-1", dollars(60), "2026-12-31"))
	o.post(t, o.promise("DEP-1", dollars(40), ""))
	a, b := o.award(t, "A-1", dollars(200)), o.award(t, "A-2", dollars(100))
	if err := o.call(t, a, b); err != nil {
		t.Fatal(err)
	}
	r := o.record(t)
	if r.Claims[0].Called.Minor != 66_67 || r.Claims[1].Called.Minor != 33_33 || o.held(t) != 0 {
		t.Fatalf("shares %v and %v, held %d", r.Claims[0].Called, r.Claims[1].Called, o.held(t))
	}
	if len(r.Letters) != 2 || r.Letters[0].Amount != dollars(40) || r.Letters[1].Amount != dollars(60) || r.Letters[1].Reference != "BG-1" {
		t.Errorf("letters: %+v", r.Letters)
	}
	if !r.Owed || !r.TopUpBy.Equal(o.Today().AddDate(0, 0, 30)) || r.TopUps[0].Missing != dollars(100) {
		t.Errorf("to put back: %+v", r.TopUps)
	}
	if err := o.RecordPaid(t.Context(), o.first(t), r.Letters[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := o.RecordPaid(t.Context(), o.first(t), r.Letters[0].ID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("paid twice: %v", err)
	}
	o.balanced(t)
	o.post(t, o.promise("BG-2", dollars(70), "2027-12-31"))
	if r := o.record(t); !r.Owed || r.TopUps[0].Missing != dollars(30) {
		t.Errorf("after a part: %+v", r.TopUps)
	}
	o.post(t, o.promise("BG-3", dollars(70), "2027-12-31"))
	if r := o.record(t); r.Owed || !r.TopUpBy.IsZero() {
		t.Errorf("after all of it: %+v", r.TopUps)
	}
	if err := o.call(t, a, b); err != nil {
		t.Fatal(err)
	}
	// The rest of 200 and of 100 shares the 140 that were put back.
	if r := o.record(t); r.Claims[0].Left().Minor+r.Claims[1].Left().Minor != 60_00 {
		t.Errorf("left %v and %v", r.Claims[0].Left(), r.Claims[1].Left())
	}
	o.balanced(t)
}

func TestWhereNoTimeIsSetATopUpIsOwedWithoutADay(t *testing.T) {
	o := open(t)
	o.post(t, o.promise("BG-1", dollars(60), "2026-12-31"))
	if err := o.call(t, o.award(t, "A-1", dollars(10))); err != nil {
		t.Fatal(err)
	}
	if r := o.record(t); !r.Owed || !r.TopUpBy.IsZero() || r.TopUpOver(o.Today().AddDate(9, 0, 0)) {
		t.Errorf("%+v", r.Standing)
	}
}

func TestAnExpiryIsWrittenDownOnceOnItsOwnDayHoweverLate(t *testing.T) {
	o := open(t)
	clk := identity.System("clock")
	o.post(t, o.promise("BG-1", dollars(60), "2026-05-31"))
	o.post(t, o.promise("BG-2", dollars(40), "2027-05-31"))
	if err := o.call(t, o.award(t, "A-1", dollars(10))); err != nil {
		t.Fatal(err)
	}
	var due []guarantee.Due
	o.read(t, clk, func(tx postgres.Tx) (err error) {
		due, err = guarantee.DueBetween(tx, day("2026-05-31"), day("2026-05-31"))
		return err
	})
	if len(due) != 1 || due[0].Kind != "expiry" || due[0].AgencyID != o.agency || due[0].Amount != dollars(50) {
		t.Errorf("due: %+v", due)
	}
	for today, want := range map[string]int{"2026-05-31": 0, "2026-05-01": 0} {
		if n, err := o.ExpireDue(t.Context(), clk, day(today)); err != nil || n != want {
			t.Errorf("%s: %d, %v", today, n, err)
		}
	}
	for _, want := range []int{1, 0} {
		if n, err := o.ExpireDue(t.Context(), clk, day("2026-08-20")); err != nil || n != want {
			t.Errorf("%d, %v; want %d", n, err, want)
		}
	}
	r := o.record(t)
	if e := r.Entries[0]; e.Kind != guarantee.Expired || !e.Day.Equal(day("2026-06-01")) || e.Balance != dollars(40) {
		t.Errorf("%+v", e)
	}
	// What was called in time is still paid.
	if err := o.RecordPaid(t.Context(), o.first(t), r.Letters[0].ID); err != nil {
		t.Error(err)
	}
	o.balanced(t)
	var events []guarantee.Event
	o.read(t, o.head(t), func(tx postgres.Tx) (err error) {
		events, err = guarantee.Events(tx, o.agency)
		return err
	})
	if len(events) != 5 || events[0].Kind != guarantee.Posted || events[4].Kind != guarantee.Paid {
		t.Errorf("events: %+v", events)
	}
	if _, err := o.ExpireDue(t.Context(), o.first(t), day("2026-08-20")); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a person: %v", err)
	}
}

func TestTheListIsNarrowedToWhatNeedsWork(t *testing.T) {
	o := open(t)
	names := func(v guarantee.View, name string) (all []string) {
		t.Helper()
		l, err := o.Agencies(t.Context(), o.first(t), guarantee.Filter{View: v, Name: name})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range l.Lines {
			all = append(all, s.NameLatin)
		}
		return all
	}
	want := func(v guarantee.View, n int) {
		t.Helper()
		if got := names(v, ""); len(got) != n {
			t.Errorf("%q: %v, want %d", v, got, n)
		}
	}
	want(guarantee.All, 2)
	want(guarantee.IsUnchecked, 2)
	want(guarantee.IsShort, 0)
	o.law(t, policy.GuaranteeAmount, flat)
	o.law(t, policy.GuaranteeTopUp, `{"days":5,"basis":"calendar"}`)
	o.post(t, o.promise("BG-1", dollars(150_000), o.Today().AddDate(0, 0, guarantee.ExpiringDays).Format(time.DateOnly)))
	want(guarantee.IsUnchecked, 0)
	want(guarantee.IsShort, 1)
	want(guarantee.Expiring, 1)
	if err := o.call(t, o.award(t, "A-1", dollars(10))); err != nil {
		t.Fatal(err)
	}
	want(guarantee.TopUpOver, 0)
	o.clock.Set(o.clock.Now().AddDate(0, 0, 6))
	want(guarantee.TopUpOver, 1)
	if got := names(guarantee.All, "OTHER"); len(got) != 1 || got[0] != "other agency" {
		t.Errorf("by name: %v", got)
	}
	if got := names(guarantee.All, "l-oth"); len(got) != 1 {
		t.Errorf("by number: %v", got)
	}
	if _, err := o.Agencies(t.Context(), o.head(t), guarantee.Filter{}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an agency lists: %v", err)
	}
}

// The body that oversees decisions reads each of them as the officers do.
func TestWhatIsProposedIsReadByOfficersAndOverseersAlike(t *testing.T) {
	o := open(t)
	o.law(t, policy.GuaranteeRelease, `{"days":1,"basis":"calendar"}`)
	o.post(t, o.promise("DEP-1", dollars(60), ""))
	post, err := o.Post(t.Context(), o.first(t), o.agency, o.promise("BG-2", dollars(5), "2029-06-30"), o.decisions)
	if err != nil {
		t.Fatal(err)
	}
	claim := o.award(t, "A-1", dollars(90))
	call, err := o.Call(t.Context(), o.first(t), o.agency, []uuid.UUID{claim}, o.decisions)
	if err != nil {
		t.Fatal(err)
	}
	o.on("2028-03-05")
	if err := o.ChangeClaim(t.Context(), o.first(t), claim, guarantee.Change{Ending: guarantee.AgencyPaid}); err != nil {
		t.Fatal(err)
	}
	release, err := o.ProposeRelease(t.Context(), o.first(t), o.agency, o.decisions)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[uuid.UUID]string{post: "BG-2", call: "guarantee.error.callable", release: "60.00 USD"} {
		for _, email := range []string{"a@ministry.example", "b@ministry.example", "overseer@oversight.example"} {
			page, err := o.decisions.Get(t.Context(), o.holder(t, email).Actor, key)
			said := ""
			for _, f := range page.Facts {
				said += f.Text + f.Word + "\n"
			}
			if err != nil || !strings.Contains(said, want) || !strings.Contains(said, "sample agency") {
				t.Errorf("%s: %v, %s", email, err, said)
			}
		}
	}
}
