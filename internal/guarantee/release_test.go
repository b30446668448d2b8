package guarantee_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

func TestAReleaseWaitsForTheEndTheTimeAndTheClaims(t *testing.T) {
	o := open(t)
	o.post(t, o.promise("DEP-1", dollars(60), ""))
	against := func(want string) {
		t.Helper()
		_, err := o.ProposeRelease(t.Context(), o.first(t), o.agency, o.decisions)
		if fault.CodeOf(err) != want || o.record(t).Release.Against != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	against("guarantee.release.not_over")
	o.on("2028-03-02") // the licence expired yesterday
	against("guarantee.release.not_configured")
	o.law(t, policy.GuaranteeRelease, `{"days":10,"basis":"working"}`)
	against("guarantee.release.not_configured") // no calendar
	e := policy.Entry{Key: policy.GuaranteeRelease, Value: []byte(`{"days":10,"basis":"calendar"}`), From: day("2021-01-01"), Source: "house rule of a test"}
	if err := o.laws.Set(t.Context(), identity.Setup("policy"), e); err != nil {
		t.Fatal(err)
	}
	against("guarantee.release.wait")
	o.on("2028-03-11")
	against("guarantee.release.wait")
	o.on("2028-03-12")
	claim := o.award(t, "A-1", dollars(10))
	against("guarantee.release.open_claims")
	if err := o.ChangeClaim(t.Context(), o.first(t), claim, guarantee.Change{Ending: guarantee.Overturned}); err != nil {
		t.Fatal(err)
	}
	waits, err := o.ProposeRelease(t.Context(), o.first(t), o.agency, o.decisions)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.approve(t, waits); err != nil {
		t.Fatal(err)
	}
	r := o.record(t)
	if o.held(t) != 0 || len(r.Letters) != 1 || r.Letters[0].Kind != guarantee.Released {
		t.Errorf("%+v", r.Letters)
	}
	against("guarantee.release.nothing")
	o.balanced(t)
}

func TestARevokedLicenceIsOverFromItsRevocation(t *testing.T) {
	o := open(t)
	o.law(t, policy.GuaranteeRelease, `{"days":10,"basis":"calendar"}`)
	o.post(t, o.promise("DEP-1", dollars(60), ""))
	o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'suspended', '2026-04-01')`, uuid.New(), o.agency)
	o.on("2026-04-30")
	if r := o.record(t).Release; r.Against != "guarantee.release.not_over" {
		t.Errorf("suspended: %+v", r)
	}
	o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'revoked', '2026-05-01')`, uuid.New(), o.agency)
	o.on("2026-05-12")
	if r := o.record(t).Release; r.Against != "" || !r.After.Equal(day("2026-05-11")) {
		t.Errorf("revoked: %+v", r)
	}
}
