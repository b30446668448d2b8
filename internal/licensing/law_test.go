package licensing_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/policy"
)

// law sets one from the start of the year.
func (o office) law(t *testing.T, key policy.Key, value string) {
	t.Helper()
	e := policy.Entry{Key: key, Value: json.RawMessage(value), From: day("2026-01-01"), Source: "house rule of a test"}
	if err := o.laws.Set(t.Context(), identity.Setup("policy"), e); err != nil {
		t.Fatal(err)
	}
}

func TestNoPeriodIsLongerThanTheTermOfTheDayAndKeepsThatLaw(t *testing.T) {
	o := open(t)
	first, second := o.file(t, o.heads[0]), o.file(t, o.heads[1])
	o.law(t, policy.LicenceTerm, `{"months":24}`)
	long, whole := grant("KH-0001"), grant("KH-0001")
	long.ValidUntil = day("2028-03-02")
	if err := o.Decide(t.Context(), o.officers[0], first, long); fault.FieldsOf(err)["valid_until"] != "licensing.beyond_term" {
		t.Errorf("a day too long: %v", err)
	}
	if err := o.Decide(t.Context(), o.officers[0], first, whole); err != nil {
		t.Fatal(err)
	}
	short := grant("KH-0002")
	short.ValidUntil = day("2027-03-01")
	if err := o.Decide(t.Context(), o.officers[0], second, short); err != nil {
		t.Fatal(err)
	}
	var kept int
	if err := o.db.Super(t).QueryRow(`SELECT count(*) FROM licence_periods WHERE term_from = '2026-01-01'`).Scan(&kept); err != nil || kept != 2 {
		t.Errorf("%d periods keep their law, %v", kept, err)
	}
	// Later law does not reach back: the row that a period rests on stays.
	if _, err := o.db.Super(t).Exec(`DELETE FROM policies WHERE key = 'licence.term'`); err == nil {
		t.Error("the law of a period that was granted can be deleted")
	}
}

func TestWithoutATermNothingIsCheckedAndThePeriodKeepsNone(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	folder, err := o.Get(t.Context(), o.officers[0], key)
	if err != nil || folder.Term.Known() || !folder.Term.Last(day("2026-03-02")).IsZero() || folder.Due.Known {
		t.Errorf("%+v %+v %v", folder.Term, folder.Due, err)
	}
	if err := o.Decide(t.Context(), o.officers[0], key, grant("KH-0001")); err != nil {
		t.Fatal(err)
	}
	var none int
	if err := o.db.Super(t).QueryRow(`SELECT count(*) FROM licence_periods WHERE term_from IS NULL`).Scan(&none); err != nil || none != 1 {
		t.Errorf("%d, %v", none, err)
	}
}

func TestTheTimeToDecideIsCountedByTheCalendarOrNotAtAll(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	due := func() (string, bool) {
		t.Helper()
		folder, err := o.Get(t.Context(), o.officers[0], key)
		if err != nil {
			t.Fatal(err)
		}
		if !folder.Due.Known {
			return "unknown", folder.Due.Over
		}
		return folder.Due.Day.Format(time.DateOnly), folder.Due.Over
	}
	o.law(t, policy.LicenceDecision, `{"days":3,"basis":"working"}`)
	if got, _ := due(); got != "unknown" {
		t.Errorf("without a calendar it is due on %s", got)
	}
	o.law(t, policy.CalendarWeekend, `{"weekend":["saturday","sunday"]}`)
	o.law(t, policy.CalendarHolidays, `{"holidays":[{"day":"2026-03-03","name":"Example Day"}]}`)
	got, over := due()
	if got != "2026-03-06" || over { // filed on Monday, 2 March: 4, 5, 6
		t.Errorf("due on %s, over %t", got, over)
	}
	o.clock.Set(day("2026-03-06").Add(23 * time.Hour))
	if _, over := due(); over {
		t.Error("the last day is over before it ends")
	}
	o.clock.Set(day("2026-03-07").Add(time.Hour))
	if _, over := due(); !over {
		t.Error("the day after it is not late")
	}
}

func TestADestinationOutOfScopeIsRefusedWhereTheScopeIsKnown(t *testing.T) {
	o := open(t)
	own, err := o.Own(t.Context(), o.heads[0])
	if err != nil || own.Asks.Destinations != nil || own.Asks.Documents != nil || own.Asks.Fee != nil {
		t.Errorf("with no law it asks %+v, %v", own.Asks, err)
	}
	o.law(t, policy.PlacementScope, `{"destinations":["TH"]}`)
	o.law(t, policy.LicenceFee, `{"currency":"USD","application":50000,"renewal":30000}`)
	if _, err := o.File(t.Context(), o.heads[0], application()); fault.FieldsOf(err)["destinations"] != "licensing.out_of_scope" {
		t.Errorf("JP is out of scope: %v", err)
	}
	a := application()
	a.Destinations = []string{"TH"}
	key, err := o.File(t.Context(), o.heads[0], a)
	if err != nil {
		t.Fatal(err)
	}
	fee := func() string {
		t.Helper()
		own, err := o.Own(t.Context(), o.heads[0])
		if err != nil || own.Asks.Fee == nil {
			t.Fatal(own.Asks, err)
		}
		return own.Asks.Fee.String()
	}
	if got := fee(); got != "500.00 USD" {
		t.Errorf("a first application costs %s", got)
	}
	if err := o.Decide(t.Context(), o.officers[0], key, grant("KH-0001")); err != nil {
		t.Fatal(err)
	}
	if got := fee(); got != "300.00 USD" {
		t.Errorf("a renewal costs %s", got)
	}
}
