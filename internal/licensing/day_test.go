package licensing_test

import (
	"log/slog"
	"testing"

	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/id"
)

func (o *office) day(t *testing.T) {
	t.Helper()
	if err := o.Day(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
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
	if n := o.count(t, `SELECT count(*) FROM agency_notices WHERE kind = 'renewal' AND days = 30`); n != 1 || told() != 2 {
		t.Errorf("%d reminders at thirty days, %d in all", n, told())
	}
	if n := o.count(t, `SELECT count(*) FROM deliveries WHERE step = 'noticed' AND notice_id IS NOT NULL`); n != 2*told() { // two heads
		t.Errorf("%d letters for %d notices", n, told())
	}
}

func TestAnAgencyIsRemindedOfItsGuaranteeAndItsTopUp(t *testing.T) {
	o := open(t)
	guarantee := id.New()
	o.exec(t, `WITH g AS (INSERT INTO guarantees (id, agency_id, kind, bank, reference, amount, currency, valid_from, expires_on, made_at)
			VALUES ($1, $2, 'bank', 'Example Bank', 'G-1', 500, 'USD', '2026-01-01', '2026-06-01', now()) RETURNING id, agency_id),
		e AS (INSERT INTO guarantee_entries (id, agency_id, kind, day, made_at) SELECT id, agency_id, 'post', '2026-01-01', now() FROM g RETURNING id)
		INSERT INTO guarantee_postings (entry_id, line, guarantee_id, account, minor, currency)
		SELECT e.id, line, g.id, account, minor, 'USD' FROM e, g, (VALUES (1, 'bank', -500), (2, 'held', 500)) AS v(line, account, minor)`, guarantee, o.agency)
	o.exec(t, `INSERT INTO guarantee_top_ups (entry_id, agency_id, amount, currency, due_on, missing) VALUES ($1, $2, 100, 'USD', '2026-05-20', 100)`, guarantee, o.agency)
	for _, c := range []struct {
		on               string
		guarantee, topUp int
	}{{"2026-04-01", 0, 0}, {"2026-04-02", 1, 0}, {"2026-05-06", 2, 1}, {"2026-06-01", 3, 1}, {"2026-06-02", 3, 1}} {
		o.on(c.on)
		o.day(t)
		o.day(t)
		told := func(kind string) int { return o.count(t, `SELECT count(*) FROM agency_notices WHERE kind = $1`, kind) }
		if told("guarantee") != c.guarantee || told("top_up") != c.topUp {
			t.Errorf("until %s it was told %d times of the guarantee and %d of the top-up", c.on, told("guarantee"), told("top_up"))
		}
	}
}
