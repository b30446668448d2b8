package document_test

import (
	"slices"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

func TestAFolderSaysWhatTheLawAsksAndWhatIsMissingOrSoonOver(t *testing.T) {
	o := open(t, "police")
	f, err := o.Own(t.Context(), o.heads[0])
	if err != nil || f.Configured || len(f.Asked) != 0 {
		t.Errorf("nothing is configured: %+v, %v", f, err)
	}
	if err := o.laws.Set(t.Context(), identity.Setup("policy"), policy.Entry{
		Key: policy.LicenceDocuments, Value: []byte(`{"required": ["insurance", "office_lease", "company_registration", "criminal_record"]}`),
		From: o.Today(), Source: "a house rule",
	}); err != nil {
		t.Fatal(err)
	}
	add := func(kind string, days int) uuid.UUID {
		return o.add(t, o.heads[0], func(in *document.Incoming) { in.Kind, in.ExpiresOn = kind, o.Today().AddDate(0, 0, days) })
	}
	add("office_lease", 30)
	add("insurance", 1)
	add("company_registration", 10)
	longest := add("company_registration", 400)
	add(document.Other, 5)
	o.clock.Advance(3 * 24 * time.Hour)
	if f, err = o.Of(t.Context(), o.officer, o.heads[0].AgencyID); err != nil {
		t.Fatal(err)
	}
	states := map[string]document.AskedState{}
	for _, a := range f.Asked {
		states[a.Kind] = a.State
		if a.Kind == "company_registration" && a.Latest.ID != longest {
			t.Error("the one that serves longest does not count")
		}
	}
	want := map[string]document.AskedState{
		"office_lease": document.Expiring, "insurance": document.Lapsed, "company_registration": document.There, "criminal_record": document.Missing,
	}
	for kind, state := range want {
		if states[kind] != state {
			t.Errorf("%s is %s, want %s", kind, states[kind], state)
		}
	}
	if !f.Configured || f.Missing() != 2 || len(f.Documents) != 5 || f.NameLatin != "Sample Agency a" {
		t.Errorf("%+v", f)
	}
	if _, err := o.Of(t.Context(), o.heads[1], o.heads[0].AgencyID); err == nil {
		t.Error("another agency reads it")
	}
}

func TestWhatExpiresIsFoundByItsDay(t *testing.T) {
	o := open(t, "police")
	day := func(n int) time.Time { return o.Today().AddDate(0, 0, n) }
	var keys []uuid.UUID
	for _, n := range []int{5, 10, 20} {
		keys = append(keys, o.add(t, o.heads[0], func(in *document.Incoming) { in.ExpiresOn = day(n) }))
	}
	o.add(t, o.heads[0])
	removed := o.add(t, o.heads[0], func(in *document.Incoming) { in.ExpiresOn = day(7) })
	if err := o.Remove(t.Context(), o.heads[0], removed); err != nil {
		t.Fatal(err)
	}
	var got []uuid.UUID
	err := o.db.Read(t.Context(), identity.System("clock"), func(tx postgres.Tx) error {
		all, err := document.ExpiringBetween(tx, day(5), day(10))
		for _, d := range all {
			got = append(got, d.ID)
		}
		return err
	})
	if err != nil || !slices.Equal(got, keys[:2]) {
		t.Errorf("%v, %v", got, err)
	}
	err = o.db.Read(t.Context(), o.heads[0], func(tx postgres.Tx) error {
		all, err := document.List(tx, document.Owner{Kind: document.OfAgency, ID: o.heads[0].AgencyID})
		if len(all) != 4 {
			t.Errorf("%d are listed", len(all))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
