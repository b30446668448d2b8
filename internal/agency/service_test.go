package agency_test

import (
	"errors"
	"testing"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
)

func TestAnAgencyIsEnteredWithItsPeopleAndOnlyOnce(t *testing.T) {
	d := newDesk(t)
	r := agency.Record{
		Source: "test", NameLatin: " Kind  Harbour Ltd ", NameLocal: "កំពង់ផែល្អ", State: agency.Licensed, LicenceNo: "KH-0001",
		Phones: "012 345 678", People: []string{"Chan Invented"}, Kinds: []string{"domestic_foreign"}, Regions: []string{"KH"},
	}
	entered, err := d.EnterAlone(t.Context(), identity.System("test"), r)
	if err != nil {
		t.Fatal(err)
	}
	if entered.Slug != "kind-harbour-ltd" {
		t.Errorf("slug %q", entered.Slug)
	}
	n := d.count(t, `SELECT count(*) FROM agencies a JOIN licences l ON l.agency_id = a.id
		JOIN agency_contacts c ON c.agency_id = a.id AND c.kind = 'person' AND c.key = 'chan invented'
		WHERE a.id = $1 AND a.state = 'licensed' AND a.name_latin = 'Kind Harbour Ltd'`, entered.ID)
	if n != 1 {
		t.Error("the record is not what was entered")
	}
	if _, err := d.EnterAlone(t.Context(), identity.System("test"), r); !errors.Is(err, agency.ErrSame) {
		t.Errorf("second time: %v", err)
	}
	r.NameLatin, r.NameLocal = "!!", ""
	if _, err := d.EnterAlone(t.Context(), identity.System("test"), r); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a name: %v", err)
	}
}
