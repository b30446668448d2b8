package licensing_test

import (
	"log/slog"
	"testing"

	"github.com/fairpassage/portal/internal/licensing"
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
	if n := o.count(t, `SELECT count(*) FROM agency_notices WHERE kind = 'renewal' AND days = 30`); n != 1 {
		t.Errorf("%d reminders at thirty days", n)
	}
	if n := o.count(t, `SELECT count(*) FROM deliveries WHERE step = 'noticed' AND notice_id IS NOT NULL`); n != 2*told() { // two heads
		t.Errorf("%d letters for %d notices", n, told())
	}
}
