package licensing_test

import (
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// office is a ministry with two officers and two agencies with a head each.
type office struct {
	*licensing.Service
	db       *testkit.Database
	clock    *clock.Fake
	laws     *policy.Service
	officers [2]identity.Actor
	heads    [2]identity.Actor
}

func open(t *testing.T) office {
	t.Helper()
	o := office{db: testkit.DB(t), clock: testkit.Clock()}
	home := country.Home{Code: "KH", Zone: time.UTC}
	o.laws = policy.New(o.db.DB, o.clock, home, testkit.Pins())
	o.Service = licensing.New(o.db.DB, o.clock, home, o.laws)
	owner := o.db.Super(t)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := owner.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	person := func(n string, unit identity.Actor, role identity.Role) identity.Actor {
		unit.Kind, unit.PersonID, unit.Role = identity.KindStaff, id.New(), role
		exec(`INSERT INTO people (id, email, name, created_at) VALUES ($1, $2, $3, now())`, unit.PersonID, n+"@office.example", "Person "+n)
		return unit
	}
	ministry := identity.Actor{UnitID: id.New(), UnitKind: identity.UnitMinistry, UnitCode: "ministry-hq"}
	exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'ministry-hq', 'ministry', '{"en": "Ministry"}')`, ministry.UnitID)
	for i := range 2 {
		mark := string(rune('a' + i))
		o.officers[i] = person("officer-"+mark, ministry, identity.RoleLicensingOfficer)
		agency := identity.Actor{UnitID: id.New(), UnitKind: identity.UnitAgency, UnitCode: "agency-" + mark, AgencyID: id.New()}
		exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, $2, 'test', $2, $3, 'listed', now(), now())`,
			agency.AgencyID, "agency-"+mark, "Sample Agency "+mark)
		exec(`INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, 'agency', '{"en": "Agency"}', $3)`, agency.UnitID, agency.UnitCode, agency.AgencyID)
		o.heads[i] = person("head-"+mark, agency, identity.RoleAgencyHead)
	}
	return o
}

func application() licensing.Application {
	return licensing.Application{
		Director: " Sok Sample ", Address: "1 Invented Street", Phone: "012 000 001", Destinations: []string{"TH", "JP", "TH"}, Declared: true,
	}
}

func (o office) file(t *testing.T, head identity.Actor) uuid.UUID {
	t.Helper()
	key, err := o.File(t.Context(), head, application())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func grant(number string) licensing.Decision {
	return licensing.Decision{Grant: true, Reason: "All is in order.", Number: number, ValidFrom: day("2026-03-02"), ValidUntil: day("2028-03-01")}
}

func TestAnApplicationIsReadBackAsItWasFiled(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	folder, err := o.Get(t.Context(), o.officers[0], key)
	if err != nil {
		t.Fatal(err)
	}
	want := licensing.Paper{
		ID: key, AgencyID: o.heads[0].AgencyID, NameLatin: "Sample Agency a", Status: licensing.Filed,
		Application: licensing.Application{Director: "Sok Sample", Address: "1 Invented Street", Phone: "+85512000001", Destinations: []string{"JP", "TH"}, Declared: true},
		FiledBy:     o.heads[0].PersonID, FiledByName: "Person head-a", FiledAt: o.clock.Now(),
	}
	if diff := cmp.Diff(want, folder.Paper); diff != "" {
		t.Error(diff)
	}
	if folder.State != licensing.Listed {
		t.Errorf("state %s before any grant", folder.State)
	}
}

func TestWhatIsWrongIsSaidAtTheField(t *testing.T) {
	o := open(t)
	for field, spoil := range map[string]func(*licensing.Application){
		"director":     func(a *licensing.Application) { a.Director = "  " },
		"address":      func(a *licensing.Application) { a.Address = "" },
		"phone":        func(a *licensing.Application) { a.Phone = "ask at the desk" },
		"destinations": func(a *licensing.Application) { a.Destinations = []string{"TH", "zz"} },
		"declaration":  func(a *licensing.Application) { a.Declared = false },
	} {
		a := application()
		spoil(&a)
		_, err := o.File(t.Context(), o.heads[0], a)
		if fields := fault.FieldsOf(err); len(fields) != 1 || fields[field] == "" {
			t.Errorf("%s: %v", field, fields)
		}
	}
	a := application()
	a.Destinations = []string{"KH"}
	if _, err := o.File(t.Context(), o.heads[0], a); fault.FieldsOf(err)["destinations"] == "" {
		t.Error("the country itself is taken as a destination abroad")
	}
}

func TestOneApplicationIsOpenAtATime(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	if _, err := o.File(t.Context(), o.heads[0], application()); fault.KindOf(err) != fault.Conflict {
		t.Fatalf("a second open application: %v", err)
	}
	o.file(t, o.heads[1]) // another agency's is its own
	if err := o.Decide(t.Context(), o.officers[0], key, licensing.Decision{Reason: "The address does not exist."}); err != nil {
		t.Fatal(err)
	}
	o.file(t, o.heads[0])
}

func TestOnlyTheHeadFilesAndOnlyOfficersDecide(t *testing.T) {
	o := open(t)
	clerk := o.heads[0]
	clerk.Role = identity.RoleAgencyClerk
	if _, err := o.File(t.Context(), clerk, application()); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a clerk files: %v", err)
	}
	key := o.file(t, o.heads[0])
	for _, actor := range []identity.Actor{o.heads[0], identity.Public(), {}} {
		if err := o.Decide(t.Context(), actor, key, grant("L-0001")); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v decides: %v", actor.Role, err)
		}
		if _, err := o.Get(t.Context(), actor, key); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%v reads: %v", actor.Role, err)
		}
	}
	twoHats := o.officers[0]
	twoHats.PersonID = o.heads[0].PersonID
	if err := o.Decide(t.Context(), twoHats, key, grant("L-0001")); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("who filed decides: %v", err)
	}
	if err := o.Decide(t.Context(), o.officers[0], id.New(), grant("L-0001")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an application that does not exist: %v", err)
	}
}

func TestAGrantMakesTheLicence(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	if err := o.Decide(t.Context(), o.officers[0], key, grant("l-2026/0001")); err != nil {
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
	if own.State != licensing.Licensed || own.Papers[0].Status != licensing.Granted || own.Papers[0].DecidedBy != "" {
		t.Errorf("the agency sees %s, %+v", own.State, own.Papers[0])
	}
	var state string
	if err := o.db.Super(t).QueryRow(`SELECT state FROM agencies WHERE id = $1`, o.heads[0].AgencyID).Scan(&state); err != nil || state != "licensed" {
		t.Errorf("state %q, %v", state, err)
	}
	o.clock.Set(day("2028-03-02"))
	if own, err = o.Own(t.Context(), o.heads[0]); err != nil || own.State != licensing.Expired {
		t.Errorf("the day after the last: %s, %v", own.State, err)
	}
}

func TestARenewalKeepsTheNumberAndDoesNotOverlap(t *testing.T) {
	o := open(t)
	if err := o.Decide(t.Context(), o.officers[0], o.file(t, o.heads[0]), grant("L-0001")); err != nil {
		t.Fatal(err)
	}
	again := o.file(t, o.heads[0])
	for field, d := range map[string]licensing.Decision{
		"valid_from": {Grant: true, Reason: "r", ValidFrom: day("2028-03-01"), ValidUntil: day("2030-01-01")},
		"number":     {Grant: true, Reason: "r", Number: "L-0002", ValidFrom: day("2028-03-02"), ValidUntil: day("2030-01-01")},
	} {
		if err := o.Decide(t.Context(), o.officers[1], again, d); fault.FieldsOf(err)[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	next := licensing.Decision{Grant: true, Reason: "Renewed.", ValidFrom: day("2028-03-02"), ValidUntil: day("2030-03-01")}
	if err := o.Decide(t.Context(), o.officers[1], again, next); err != nil {
		t.Fatal(err)
	}
	other := o.file(t, o.heads[1])
	if err := o.Decide(t.Context(), o.officers[0], other, grant("L-0001")); fault.KindOf(err) != fault.Conflict || fault.FieldsOf(err)["number"] == "" {
		t.Errorf("another agency's number: %v", err)
	}
	if folder, err := o.Get(t.Context(), o.officers[0], other); err != nil || folder.Paper.Status != licensing.Filed {
		t.Errorf("a refused number leaves %s, %v", folder.Paper.Status, err)
	}
}

func TestADecisionNeedsItsReasonAndItsDays(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	for name, c := range map[string]struct {
		spoil func(*licensing.Decision)
		field string
	}{
		"no reason":        {func(d *licensing.Decision) { d.Reason = " \n" }, "reason"},
		"refusal, too":     {func(d *licensing.Decision) { d.Grant, d.Reason = false, "" }, "reason"},
		"no number":        {func(d *licensing.Decision) { d.Number = "" }, "number"},
		"no such number":   {func(d *licensing.Decision) { d.Number = "លេខ ១" }, "number"},
		"no first day":     {func(d *licensing.Decision) { d.ValidFrom = time.Time{} }, "valid_from"},
		"no last day":      {func(d *licensing.Decision) { d.ValidUntil = time.Time{} }, "valid_until"},
		"ends before":      {func(d *licensing.Decision) { d.ValidUntil = day("2026-03-01") }, "valid_until"},
		"over already":     {func(d *licensing.Decision) { d.ValidFrom, d.ValidUntil = day("2025-01-01"), day("2025-12-31") }, "valid_until"},
		"a century":        {func(d *licensing.Decision) { d.ValidUntil = day("2126-03-02") }, "valid_until"},
		"in the year 202 ": {func(d *licensing.Decision) { d.ValidFrom = day("0202-03-02") }, "valid_from"},
	} {
		d := grant("L-0001")
		c.spoil(&d)
		if err := o.Decide(t.Context(), o.officers[0], key, d); fault.FieldsOf(err)[c.field] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestABarredAgencyNeitherFilesNorIsGranted(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	_, err := o.db.Super(t).Exec(`INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'revoked', '2026-03-01'), ($3, $4, 'suspended', '2026-03-01')`,
		id.New(), o.heads[0].AgencyID, id.New(), o.heads[1].AgencyID)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Decide(t.Context(), o.officers[0], key, grant("L-0001")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("granted while revoked: %v", err)
	}
	if _, err := o.File(t.Context(), o.heads[1], application()); fault.KindOf(err) != fault.Conflict {
		t.Errorf("filed while suspended: %v", err)
	}
}

func TestTwentyOfficersDecideAtOnceAndOneOutcomeStands(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	errs := make([]error, 20)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() {
			d := grant("L-000" + string(rune('A'+i)))
			d.Grant = i%2 == 0
			errs[i] = o.Decide(t.Context(), o.officers[i%2], key, d)
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
	var papers, periods, numbers, events, entries int
	err := o.db.Super(t).QueryRow(`SELECT
		(SELECT count(*) FROM applications WHERE status <> 'filed'), (SELECT count(*) FROM licence_periods), (SELECT count(*) FROM licences),
		(SELECT count(*) FROM licence_events), (SELECT count(*) FROM audit_entries WHERE action IN ('application.granted', 'application.refused'))`).
		Scan(&papers, &periods, &numbers, &events, &entries)
	if err != nil {
		t.Fatal(err)
	}
	if papers != 1 || entries != 1 || periods > 1 || periods != numbers || periods != events {
		t.Errorf("decided %d, audited %d, periods %d, numbers %d, events %d", papers, entries, periods, numbers, events)
	}
}

func TestFilingAgainWhileADecisionIsMadeEndsInNoDeadlock(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	from := day("2026-03-02")
	for round := range 15 {
		d := licensing.Decision{Grant: true, Reason: "Renewed.", ValidFrom: from, ValidUntil: from.AddDate(0, 0, 9)}
		if round == 0 {
			d.Number = "L-0001"
		}
		var wait sync.WaitGroup
		wait.Go(func() {
			if err := o.Decide(t.Context(), o.officers[0], key, d); err != nil {
				t.Errorf("round %d: decide: %v", round, err)
			}
		})
		var next uuid.UUID
		wait.Go(func() {
			for {
				var err error
				next, err = o.File(t.Context(), o.heads[0], application())
				if err == nil {
					return
				}
				if fault.KindOf(err) != fault.Conflict {
					t.Errorf("round %d: file: %v", round, err)
					return
				}
			}
		})
		wait.Wait()
		if t.Failed() {
			return
		}
		key, from = next, from.AddDate(0, 0, 10)
	}
}

func TestTheQueueIsFilteredAndPaged(t *testing.T) {
	o := open(t)
	first := o.file(t, o.heads[0])
	o.clock.Advance(time.Hour)
	second := o.file(t, o.heads[1])
	ids := func(f licensing.Filter) []uuid.UUID {
		t.Helper()
		q, err := o.Queue(t.Context(), o.officers[0], f)
		if err != nil {
			t.Fatal(err)
		}
		if q.Total != len(q.Papers) || q.Pages != 1 || q.Page != 1 {
			t.Errorf("total %d, page %d of %d for %d papers", q.Total, q.Page, q.Pages, len(q.Papers))
		}
		var keys []uuid.UUID
		for _, p := range q.Papers {
			keys = append(keys, p.ID)
		}
		return keys
	}
	if err := o.Decide(t.Context(), o.officers[0], first, licensing.Decision{Reason: "No."}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter licensing.Filter
		want   []uuid.UUID
	}{
		"all, open first":  {licensing.Filter{}, []uuid.UUID{second, first}},
		"open":             {licensing.Filter{Status: licensing.Filed}, []uuid.UUID{second}},
		"refused":          {licensing.Filter{Status: licensing.Refused}, []uuid.UUID{first}},
		"by name":          {licensing.Filter{Name: "AGENCY B"}, []uuid.UUID{second}},
		"wildcards as is":  {licensing.Filter{Name: "%"}, nil},
		"a page too far":   {licensing.Filter{Page: 99}, []uuid.UUID{second, first}},
		"a page before":    {licensing.Filter{Page: -1}, []uuid.UUID{second, first}},
		"no such a status": {licensing.Filter{Status: "lost"}, nil},
	} {
		if diff := cmp.Diff(c.want, ids(c.filter)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
