package application_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/policy"
)

func TestNoPeriodIsLongerThanTheTermOfTheDayAndKeepsThatLaw(t *testing.T) {
	o := open(t)
	first, second := o.file(t, o.heads[0]), o.file(t, o.heads[1])
	o.law(t, policy.LicenceTerm, `{"months":24}`)
	long := grant("KH-0001")
	long.Until = day("2028-03-02")
	if err := o.decide(t, first, long); fault.FieldsOf(err)["valid_until"] != "licensing.beyond_term" {
		t.Errorf("a day too long: %v", err)
	}
	if err := o.decide(t, first, grant("KH-0001")); err != nil {
		t.Fatal(err)
	}
	short := grant("KH-0002")
	short.Until = day("2027-03-01")
	if err := o.decide(t, second, short); err != nil {
		t.Fatal(err)
	}
	if kept := o.count(t, `SELECT count(*) FROM licence_periods WHERE term_from = '2026-01-01'`); kept != 2 {
		t.Errorf("%d periods keep their law", kept)
	}
	// Later law does not reach back: the row that a period rests on stays.
	if _, err := o.db.Super(t).Exec(`DELETE FROM policies WHERE key = 'licence.term'`); err == nil {
		t.Error("the law of a period that was granted can be deleted")
	}
}

func TestWithoutATermNothingIsCheckedAndThePeriodKeepsNone(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	folder, err := o.Get(t.Context(), o.officers[0].Actor, key)
	if err != nil || folder.Term.Known() || !folder.Term.Last(day("2026-03-02")).IsZero() || folder.Due.Known {
		t.Errorf("%+v %+v %v", folder.Term, folder.Due, err)
	}
	if err := o.decide(t, key, grant("KH-0001")); err != nil {
		t.Fatal(err)
	}
	if none := o.count(t, `SELECT count(*) FROM licence_periods WHERE term_from IS NULL`); none != 1 {
		t.Error(none)
	}
}

func TestTheTimeToDecideIsCountedByTheCalendarOrNotAtAll(t *testing.T) {
	o := open(t)
	key := o.file(t, o.heads[0])
	due := func() (string, bool) {
		t.Helper()
		folder, err := o.Get(t.Context(), o.officers[0].Actor, key)
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

func TestTheLawOfTheDaySaysWhereOneMayPlaceAndWhatItCosts(t *testing.T) {
	o := open(t)
	own, err := o.Own(t.Context(), o.heads[0])
	if err != nil || own.Asks.Destinations != nil || own.Asks.Documents != nil || own.Asks.Fee != nil {
		t.Errorf("with no law it asks %+v, %v", own.Asks, err)
	}
	key := o.file(t, o.heads[0])
	if err := o.Receive(t.Context(), o.officers[0].Actor, key, application.Payment{PaidOn: day("2026-03-01"), Reference: "x"}); fault.CodeOf(err) != "licensing.fee_unknown" {
		t.Errorf("a fee that nobody knows is received: %v", err)
	}
	o.law(t, policy.PlacementScope, `{"destinations":["TH"]}`)
	o.law(t, policy.LicenceFee, `{"currency":"USD","application":50000,"renewal":30000}`)
	o.law(t, policy.LicenceRenewal, `{"before_days":3650,"late_days":0}`)
	o.write(t, o.heads[1])
	if own, err = o.Own(t.Context(), o.heads[1]); err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, g := range own.Gaps {
		codes = append(codes, string(g.Section)+" "+g.Code)
	}
	if len(codes) != 2 || codes[0] != "scope licensing.out_of_scope" || codes[1] != "fee dossier.gap.empty" {
		t.Errorf("%q", codes)
	}
	paid := application.Payment{Money: money.Money{Minor: 50000, Currency: "USD"}, PaidOn: day("2026-03-01"), Reference: "TR-1"}
	less := paid
	less.Money.Minor--
	if err := o.Receive(t.Context(), o.officers[0].Actor, key, less); fault.FieldsOf(err)["amount"] != "licensing.fee_other" {
		t.Errorf("a cent less: %v", err)
	}
	if err := o.Receive(t.Context(), o.officers[0].Actor, key, paid); err != nil {
		t.Fatal(err)
	}
	if err := o.Receive(t.Context(), o.officers[1].Actor, key, paid); fault.CodeOf(err) != "licensing.fee_received" {
		t.Errorf("received twice: %v", err)
	}
	if own, err = o.Own(t.Context(), o.heads[0]); err != nil || own.Receipt == nil || own.Receipt.Money != paid.Money || own.Receipt.Number == 0 {
		t.Errorf("%+v %v", own.Receipt, err)
	}
	if err := o.decide(t, key, grant("KH-0001")); err != nil {
		t.Fatal(err)
	}
	if own, err = o.Own(t.Context(), o.heads[0]); err != nil || own.Asks.Fee == nil || own.Asks.Fee.String() != "300.00 USD" {
		t.Errorf("a renewal costs %v, %v", own.Asks.Fee, err)
	}
}

func TestWhatTheLawAsksForMustBeInTheFolderAndStillGood(t *testing.T) {
	o := open(t)
	o.law(t, policy.LicenceDocuments, `{"required":["tax_registration","insurance"]}`)
	o.write(t, o.heads[0])
	missing := func(want ...string) {
		t.Helper()
		own, err := o.Own(t.Context(), o.heads[0])
		if err != nil || !slices.Equal(own.Missing, want) {
			t.Errorf("missing %q, want %q, %v", own.Missing, want, err)
		}
	}
	missing("insurance", "tax_registration")
	var incomplete *application.Incomplete
	if err := o.File(t.Context(), o.heads[0]); !errors.As(err, &incomplete) || len(incomplete.Gaps) != 2 || incomplete.Gaps[0].Code != "dossier.gap.document" {
		t.Errorf("filed without them: %v", err)
	}
	o.exec(t, `ALTER TABLE documents DISABLE TRIGGER USER`) // no file is behind these rows
	paper := func(kind, expires string) {
		t.Helper()
		o.exec(t, `INSERT INTO documents (id, agency_id, owner_kind, owner_id, kind, media_type, size, sha256, view, scan, pages, expires_on, uploaded_by, uploaded_at)
			VALUES ($1, $2, 'agency', $2, $3, 'application/pdf', 1, sha256('x'), 'made', 'clean', 1, NULLIF($4, '')::date, $5, now())`, id.New(), o.heads[0].AgencyID, kind, expires, o.heads[0].PersonID)
	}
	paper("tax_registration", "")
	paper("insurance", "2026-03-01") // it ended yesterday
	missing("insurance")
	paper("insurance", "2026-03-02")
	missing()
	if err := o.File(t.Context(), o.heads[0]); err != nil {
		t.Error(err)
	}
}
