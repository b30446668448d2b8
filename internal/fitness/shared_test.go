package fitness_test

import (
	"fmt"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/google/uuid"
)

var officer = identity.Actor{Kind: identity.KindStaff, PersonID: id.New(), UnitKind: identity.UnitMinistry, Role: identity.RoleLicensingOfficer, UnitID: id.New()}

func (w *world) email(address string) func(uuid.UUID) {
	return func(agency uuid.UUID) {
		w.exec(`INSERT INTO agency_contacts (agency_id, kind, position, shown, key) VALUES ($1, 'email', 0, $2, lower($2))`, agency, address)
	}
}

func (w *world) address(text string) func(uuid.UUID) {
	return func(agency uuid.UUID) { w.exec(`UPDATE agencies SET address = $2 WHERE id = $1`, agency, text) }
}

func both(fills ...func(uuid.UUID)) func(uuid.UUID) {
	return func(agency uuid.UUID) {
		for _, fill := range fills {
			fill(agency)
		}
	}
}

func (w *world) shared(f fitness.SharedFilter) fitness.Shared {
	w.t.Helper()
	s, err := w.Shared(w.t.Context(), officer, f)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestAgenciesThatShareSomethingAreGroupedAndATowerIsNot(t *testing.T) {
	w := open(t, clean())
	// One shares a phone with the second, which shares an address with a third.
	w.lost(false, w.phone("+85549111111"))
	w.lost(false, both(w.phone("+85549111111"), w.address("12 Sample Road, Hill")))
	w.lost(false, w.address("12, sample road (hill)"))
	// Two more share an e-mail with a revoked one.
	for range 2 {
		w.lost(false, w.email("Office@Example.example"))
	}
	revoked := w.lost(true, w.email("office@example.example"))
	w.exec(`UPDATE agencies SET state = 'revoked' WHERE id = $1`, revoked)
	// Ten towers and an accountant: each of the 260 sits in one, and has that accountant's
	// e-mail; ten rent one office, which is shared by few enough.
	for i := range 260 {
		w.lost(false, both(w.address(fmt.Sprint("Great Tower ", 1000+i%10)), w.phone(fmt.Sprintf("+85549200%03d", i)), w.email("office@accountant.example")))
	}
	for range 10 {
		w.lost(false, w.address("Rented Office 7, Old Market"))
	}
	s := w.shared(fitness.SharedFilter{})
	if s.Total != 3 || s.Agencies != 16 || s.Limit != 25 {
		t.Fatalf("%+v", s)
	}
	if g := s.Groups[0]; g.Sanctioned != 1 || len(g.Agencies) != 3 || len(g.Values) != 1 || g.Values[0].Kind != fitness.Email || g.Values[0].Degree != 3 {
		t.Errorf("the group of the revoked one is not the first: %+v", g)
	}
	if g := s.Groups[1]; len(g.Agencies) != 3 || len(g.Values) != 2 {
		t.Errorf("the chain is not before the office: %+v", g)
	}
	if len(s.Generic) != 11 || s.Generic[0].Degree != 260 || s.Generic[0].Kind != fitness.Email || s.Generic[1].Degree != 26 {
		t.Errorf("towers and accountant: %+v", s.Generic)
	}
	for want, f := range map[int]fitness.SharedFilter{
		3: {Kind: fitness.Email}, 2: {Kind: fitness.Phone}, 0: {Name: "nobody"},
	} {
		if s := w.shared(f); s.Agencies != want {
			t.Errorf("%+v: %d agencies", f, s.Agencies)
		}
	}
	if s := w.shared(fitness.SharedFilter{Sanctioned: true, Page: 99}); s.Total != 1 || s.Page != 1 {
		t.Errorf("with sanctioned ones: %+v", s)
	}
	if s := w.shared(fitness.SharedFilter{Name: "other 3"}); s.Total != 1 || len(s.Groups[0].Values) != 2 {
		t.Errorf("by name: %+v", s)
	}
}

func TestWhoeverSharesWithALicensedAgencyAndHasNoLicenceMayWorkUnderTheirs(t *testing.T) {
	w := open(t, clean())
	for n, states := range [][]string{{"licensed", "licensed"}, {"listed", "expired"}, {"licensed", "listed"}, {"licensed", "revoked"}} {
		for _, state := range states {
			w.exec(`UPDATE agencies SET state = $2 WHERE id = $1`, w.lost(false, w.phone(fmt.Sprintf("+85549111%03d", n))), state)
		}
	}
	if s := w.shared(fitness.SharedFilter{}); s.Total != 4 {
		t.Errorf("%d groups", s.Total)
	}
	s := w.shared(fitness.SharedFilter{Lending: true})
	if s.Total != 2 || s.Groups[0].Licensed != 1 || s.Groups[1].Licensed != 1 {
		t.Errorf("%+v", s)
	}
}

func TestOnlyLicensingOfficersSeeWhoSharesWhat(t *testing.T) {
	w := open(t, clean())
	for _, who := range []identity.Actor{
		identity.Public(), {Kind: identity.KindStaff, UnitKind: identity.UnitPolice, Role: identity.RoleInvestigator}, {Kind: identity.KindStaff, UnitKind: identity.UnitAgency, Role: identity.RoleAgencyHead, AgencyID: id.New()},
	} {
		if _, err := w.Shared(t.Context(), who, fitness.SharedFilter{}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", who.Role, err)
		}
	}
}
