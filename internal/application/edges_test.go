package application_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

func TestAnAgencyThatIsCalledOtherwiseKeepsItsNumberAndIsFoundByBothNames(t *testing.T) {
	o := open(t)
	key := o.change(t)
	own, err := o.Own(t.Context(), o.heads[0])
	if err != nil {
		t.Fatal(err)
	}
	company := answers()[dossier.Company]
	company["name_latin"], company["name_local"] = []string{"Honest Harbour"}, []string{"مثال ខ្មែរ"} // two scripts in one name
	for _, a := range []application.Answer{
		{Section: dossier.Company, Item: own.Answers.Items(dossier.Company)[0].ID, Typed: company},
		{Section: dossier.Declaration, Typed: answers()[dossier.Declaration]},
	} {
		if _, err := o.Save(t.Context(), o.heads[0], a); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.File(t.Context(), o.heads[0]); err != nil {
		t.Fatal(err)
	}
	o.check(t)
	if err := o.decide(t, key, application.Recommendation{Grant: true, Reason: "Renamed.", Scope: []licensing.ScopeLine{{Destination: "JP"}}}); err != nil {
		t.Fatal(err)
	}
	for what, n := range map[string]int{
		`SELECT count(*) FROM licences WHERE number = 'L-0001'`:                                                  1,
		`SELECT count(*) FROM licence_periods`:                                                                   1,
		`SELECT count(*) FROM agencies WHERE name_latin = 'Honest Harbour' AND name_local = 'مثال ខ្មែរ'`:        1,
		`SELECT count(*) FROM agency_former_names WHERE name_latin = 'Sample Agency' AND name_local = 'គំរូ'`:    1,
		`SELECT count(DISTINCT agency_id) FROM agency_names WHERE folded IN ('sample agency', 'honest harbour')`: 1,
		`SELECT count(DISTINCT folded) FROM agency_names WHERE folded IN ('sample agency', 'honest harbour')`:    2,
		`SELECT count(*) FROM applications WHERE kind = 'change' AND status = 'granted'`:                         1,
	} {
		if got := o.count(t, what); got != n {
			t.Errorf("%d, want %d: %s", got, n, what)
		}
	}
}

func TestARenewalWaitsForTheEndOfASuspensionAndIsGrantedThen(t *testing.T) {
	o := open(t)
	o.law(t, "licence.renewal", `{"before_days":90,"late_days":30}`)
	if err := o.decide(t, o.file(t, o.heads[0]), grant("L-0001")); err != nil {
		t.Fatal(err)
	}
	o.clock.Set(day("2028-02-01"))
	renewal := o.file(t, o.heads[0])
	o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'suspended', '2028-02-02')`, id.New(), o.heads[0].AgencyID)
	o.clock.Set(day("2028-02-03"))
	next := grant("")
	next.From, next.Until = day("2028-03-02"), day("2030-03-01")
	if err := o.decide(t, renewal, next); fault.FieldsOf(err)["decision"] != "licensing.barred" {
		t.Errorf("renewed while suspended: %v", err)
	}
	if _, err := o.Begin(t.Context(), o.heads[0]); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second application beside the first: %v", err)
	}
	o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'reinstated', '2028-02-04')`, id.New(), o.heads[0].AgencyID)
	o.clock.Set(day("2028-02-05"))
	o.officers[1] = o.db.AtTerminal(t, o.clock, "officer-b@ministry.example") // whoever decides has shown who they are a moment ago
	if err := o.decide(t, renewal, next); err != nil {
		t.Fatal(err)
	}
	own, err := o.Own(t.Context(), o.heads[0])
	if err != nil || own.State != licensing.Licensed || len(own.Licence.Periods) != 2 || own.Licence.Number != "L-0001" {
		t.Errorf("%+v, %v", own.Licence, err)
	}
}

func TestTwoPeriodsOfALicenceNeverRunAtOnceWhoeverWritesThem(t *testing.T) {
	o := open(t)
	if err := o.decide(t, o.file(t, o.heads[0]), grant("L-0001")); err != nil {
		t.Fatal(err)
	}
	for until, apart := range map[string]bool{"2026-03-01": true, "2026-03-02": false} { // the first day of what was granted
		_, err := o.db.Super(t).Exec(`INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES ($1, $2, '2026-01-01', $3)`, id.New(), o.heads[0].AgencyID, until)
		if (err == nil) != apart || err != nil && !postgres.Violates(err, "licence_periods_apart") {
			t.Errorf("until %s: %v", until, err)
		}
		o.exec(t, `DELETE FROM licence_periods WHERE valid_from = '2026-01-01'`)
	}
}
