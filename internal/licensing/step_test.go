package licensing_test

import (
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// office is a ministry with two licensing officers, an oversight body with two
// overseers, and an agency with a licence and its head.
type office struct {
	*licensing.Service

	db        *testkit.Database
	super     *sql.DB
	clock     *clock.Fake
	laws      *policy.Service
	decisions *decision.Service
	agency    uuid.UUID
	period    uuid.UUID
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{db: testkit.DB(t), clock: testkit.Clock(), agency: id.New(), period: id.New()}
	o.super = o.db.Super(t)
	home := country.Home{Code: "KH", Zone: time.UTC}
	o.laws = policy.New(o.db.DB, o.clock, home, testkit.Pins())
	o.Service = licensing.New(o.db.DB, o.clock, home, o.laws)
	var err error
	if o.decisions, err = decision.NewService(o.db.DB, o.clock, testkit.People(o.clock), o.Rules()...); err != nil {
		t.Fatal(err)
	}
	o.exec(t, `INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, 'sample', 'test', 'sample', 'Sample Agency', 'licensed', now(), now())`, o.agency)
	for code, u := range map[string]struct {
		kind string
		role identity.Role
	}{"ministry": {"ministry", identity.RoleLicensingOfficer}, "oversight": {"oversight", identity.RoleOverseer}, "sample": {"agency", identity.RoleAgencyHead}} {
		key := id.New()
		o.exec(t, `INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, $3, '{"en": "Unit"}', CASE WHEN $3 = 'agency' THEN $4::uuid END)`, key, code, u.kind, o.agency)
		for _, mark := range []string{"a", "b"} {
			o.db.Hire(t, o.clock, mark+"@"+code+".example", "Person "+mark, key, u.role)
		}
	}
	o.exec(t, `INSERT INTO licences (agency_id, number) VALUES ($1, 'L-0001')`, o.agency)
	o.exec(t, `INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES ($1, $2, '2025-03-02', '2028-03-01')`, o.period, o.agency)
	o.exec(t, `INSERT INTO licence_scopes (period_id, destination, occupation, since) VALUES ($1, 'JP', '', '2025-03-02'), ($1, 'SG', '53', '2025-03-02'), ($1, 'SG', '91', '2025-03-02')`, o.period)
	o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'granted', '2025-03-02')`, id.New(), o.agency)
	return o
}

func (o *office) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := o.super.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o *office) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := o.super.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (o *office) law(t *testing.T, key policy.Key, value string) {
	t.Helper()
	e := policy.Entry{Key: key, Value: []byte(value), From: day("2026-01-01"), Source: "house rule of a test"}
	if err := o.laws.Set(t.Context(), identity.Setup("policy"), e); err != nil {
		t.Fatal(err)
	}
}

func (o *office) holder(t *testing.T, mark, unit string) identity.Holder {
	t.Helper()
	return o.db.AtTerminal(t, o.clock, mark+"@"+unit+".example")
}

func (o *office) head(t *testing.T) identity.Actor { return o.holder(t, "a", "sample").Actor }

// on is the noon of a day.
func (o *office) on(text string) { o.clock.Set(day(text).Add(12 * time.Hour)) }

func draft(kind licensing.StepKind) licensing.Draft {
	d := licensing.Draft{Kind: kind, Text: "Because of what we found."}
	if slices.Contains([]licensing.StepKind{licensing.Notice, licensing.Suspend, licensing.Narrow, licensing.Revoke}, kind) {
		d.Ground = "licence_lent"
	}
	return d
}

// units are who proposes and who approves a step.
func units(kind licensing.StepKind) (proposes, approves string) {
	switch kind {
	case licensing.Reinstate:
		return "ministry", "oversight"
	case licensing.AppealUpheld, licensing.AppealDismissed:
		return "oversight", "oversight"
	default:
		return "ministry", "ministry"
	}
}

// take proposes and approves a step, and returns it.
func (o *office) take(t *testing.T, d licensing.Draft) (uuid.UUID, error) {
	t.Helper()
	d.Agency = o.agency
	proposes, approves := units(d.Kind)
	waits, err := o.Propose(t.Context(), o.holder(t, "a", proposes).Actor, d, o.decisions)
	if err != nil {
		return uuid.Nil, err
	}
	second := o.holder(t, "b", approves)
	if err := o.decisions.Approve(t.Context(), second.Actor, second.Member, waits); err != nil {
		first := o.holder(t, "a", proposes)
		return uuid.Nil, errors.Join(err, o.decisions.Withdraw(t.Context(), first.Actor, waits))
	}
	return waits, nil
}

func (o *office) must(t *testing.T, d licensing.Draft) uuid.UUID {
	t.Helper()
	key, err := o.take(t, d)
	if err != nil {
		t.Fatalf("%s: %v", d.Kind, err)
	}
	return key
}

// state is that of Go, which must be that of the database.
func (o *office) state(t *testing.T) licensing.State {
	t.Helper()
	var licence licensing.Licence
	err := o.db.Read(t.Context(), identity.Public(), func(tx postgres.Tx) (err error) {
		licence, err = licensing.LicenceOf(tx, o.agency)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var said string
	if err := o.super.QueryRow(`SELECT licence_state($1, $2)`, o.agency, o.Today()).Scan(&said); err != nil {
		t.Fatal(err)
	}
	state := licence.StateOn(o.Today())
	if said != string(state) {
		t.Errorf("the database says %s, the portal %s", said, state)
	}
	return state
}

// step returns the last step of the agency itself.
func (o *office) last(t *testing.T, kind licensing.StepKind) uuid.UUID {
	t.Helper()
	var key uuid.UUID
	if err := o.super.QueryRow(`SELECT id FROM licence_steps WHERE agency_id = $1 AND kind = $2 ORDER BY done_at DESC, id DESC LIMIT 1`, o.agency, kind).Scan(&key); err != nil {
		t.Fatal(err)
	}
	return key
}

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

// Whatever is tried in whatever order on whatever day: a step is taken only from a
// state that the table names, and the portal and the database agree on every state.
func TestNoSequenceOfStepsLeavesTheTable(t *testing.T) {
	o := open(t)
	random := rand.New(rand.NewPCG(7, 11))
	kinds := licensing.StepKinds()
	taken := map[licensing.StepKind]int{}
	at := day("2026-03-02")
	for range 250 {
		at = at.AddDate(0, 0, random.IntN(12))
		o.clock.Set(at.Add(12 * time.Hour))
		before := o.state(t)
		d := draft(kinds[random.IntN(len(kinds))])
		d.Agency = o.agency
		if random.IntN(2) == 0 {
			d.Until = at.AddDate(0, 0, random.IntN(20))
		}
		if random.IntN(4) > 0 {
			_ = o.super.QueryRow(`SELECT id FROM licence_steps ORDER BY random() LIMIT 1`).Scan(&d.Of)
		}
		if d.Kind == licensing.Narrow {
			d.Scope = []licensing.ScopeLine{{Destination: "SG", Occupation: "53"}}
		}
		var err error
		if slices.Contains([]licensing.StepKind{licensing.Reply, licensing.AskSurrender, licensing.ConditionDone, licensing.Appeal}, d.Kind) {
			err = o.Answer(t.Context(), o.head(t), d)
		} else {
			_, err = o.take(t, d)
		}
		if err == nil {
			taken[d.Kind]++
			if !licensing.CanStep(before, d.Kind) {
				t.Fatalf("%s was taken from %s", d.Kind, before)
			}
		} else if kind := fault.KindOf(err); kind != fault.Conflict && kind != fault.Invalid {
			t.Fatalf("%s from %s: %v", d.Kind, before, err)
		}
		after := o.state(t)
		if err != nil && after != before {
			t.Fatalf("%s failed and yet %s became %s", d.Kind, before, after)
		}
		// A revoked or surrendered licence comes back by an appeal or a new grant alone.
		if slices.Contains([]licensing.State{licensing.Revoked, licensing.Surrendered}, before) && after != before && d.Kind != licensing.AppealUpheld {
			t.Fatalf("%s became %s by %s", before, after, d.Kind)
		}
		if (after == licensing.Revoked || after == licensing.Surrendered) && random.IntN(6) == 0 {
			o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'granted', $3)`, id.New(), o.agency, o.Today())
		}
	}
	if len(taken) < 10 {
		t.Errorf("only these were ever legal: %v", taken)
	}
}

func TestTheTableOfMovesIsTheDatabases(t *testing.T) {
	o := open(t)
	for _, from := range licensing.States() {
		for _, kind := range licensing.StepKinds() {
			var legal bool
			if err := o.super.QueryRow(`SELECT licence_step_legal($1, $2)`, from, kind).Scan(&legal); err != nil {
				t.Fatal(err)
			}
			if legal != licensing.CanStep(from, kind) {
				t.Errorf("%s from %s: the database says %t", kind, from, legal)
			}
		}
	}
}

func (o *office) day(t *testing.T) {
	t.Helper()
	if err := o.Day(t.Context(), slog.New(slog.NewTextHandler(io.Discard, nil))); err != nil {
		t.Fatal(err)
	}
}

func TestALicenceExpiresOnceWhateverWasMissed(t *testing.T) {
	o := open(t)
	for _, on := range []string{"2028-03-01", "2028-03-02", "2028-03-02", "2028-05-01"} { // the leap day is in the period
		o.on(on)
		o.day(t)
		want := 1
		if on == "2028-03-01" {
			want = 0
		}
		if n := o.count(t, `SELECT count(*) FROM licence_events WHERE kind = 'expired' AND on_day = '2028-03-02'`); n != want {
			t.Errorf("on %s it expired %d times", on, n)
		}
	}
	if o.state(t) != licensing.Expired || o.count(t, `SELECT count(*) FROM agencies WHERE state = 'expired'`) != 1 {
		t.Error("the register does not say so")
	}
	// A suspension does not hide that the period is over, and lifting it gives no licence.
	o2 := open(t)
	suspend := draft(licensing.Suspend)
	o2.must(t, suspend)
	o2.on("2028-03-02")
	o2.day(t)
	if o2.state(t) != licensing.Suspended {
		t.Errorf("suspended and over: %s", o2.state(t))
	}
	o2.must(t, licensing.Draft{Kind: licensing.Reinstate, Text: "All is well."})
	if o2.state(t) != licensing.Expired {
		t.Errorf("lifted after the end: %s", o2.state(t))
	}
}

func TestASuspensionEndsByItselfOnItsLastDay(t *testing.T) {
	o := open(t)
	suspend := draft(licensing.Suspend)
	suspend.Until = day("2026-04-15")
	o.must(t, suspend)
	o.on("2026-04-15")
	o.day(t)
	if o.state(t) != licensing.Suspended {
		t.Error("over too early")
	}
	o.on("2026-04-16")
	o.day(t)
	if o.state(t) != licensing.Licensed || o.count(t, `SELECT count(*) FROM agencies WHERE state = 'licensed'`) != 1 {
		t.Error("not over")
	}
}

func TestAgenciesAreRemindedOnceAndAfterDowntimeOfTheNearestAlone(t *testing.T) {
	o := open(t)
	told := func() int { return o.count(t, `SELECT count(*) FROM agency_notices WHERE kind = 'renewal'`) }
	o.on("2027-12-01") // 91 days before
	o.day(t)
	if told() != 0 {
		t.Error("reminded too early")
	}
	o.on("2027-12-02")
	o.day(t)
	o.day(t)
	if told() != 1 {
		t.Errorf("reminded %d times", told())
	}
	// No worker ran for two months: 60 days are missed, and one letter says so.
	o.on("2028-02-10")
	o.day(t)
	if n := o.count(t, `SELECT count(*) FROM agency_notices WHERE kind = 'renewal' AND days = 30`); n != 1 {
		t.Errorf("%d reminders at thirty days", n)
	}
	if n := o.count(t, `SELECT count(*) FROM deliveries WHERE step = 'noticed' AND notice_id IS NOT NULL`); n != 2*told() { // two heads
		t.Errorf("%d letters for %d notices", n, told())
	}
}
