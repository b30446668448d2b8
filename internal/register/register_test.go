package register_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

type shelf struct {
	*register.Service
	db    *testkit.Database
	clock *clock.Fake
	ids   map[string]uuid.UUID // by slug
}

func newShelf(t testing.TB) shelf {
	t.Helper()
	hasher, err := matching.NewHasher(bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	s := shelf{db: testkit.DB(t), clock: testkit.Clock(), ids: map[string]uuid.UUID{}}
	s.Service = register.New(s.db.DB, s.clock, country.Home{Code: "KH", Zone: time.UTC})
	enter := agency.New(s.db.DB, hasher, s.clock)
	for _, r := range []agency.Record{
		{NameLatin: "Golden Dragonfly Employment Agency Limited", NameLocal: "金蜻蜓僱傭中心", Address: "1 Invented Lane", Phones: "2556 0001 / 5540 0001", Fax: "2556 0099", Emails: "Desk@Dragonfly.example", ValidSinceYear: 2019, District: "North Shore"},
		{NameLatin: "Golden Dragonfly Employment Agency Limited", NameLocal: "金蜻蜓僱傭中心", Address: "2 Invented Lane"},
		{NameLatin: "Silver Dragonfly Consultants Ltd", Address: "3 Invented Lane", Phones: "2556 0003"},
		{NameLatin: "Kind Harbour Co., Ltd.", NameLocal: "កំពង់ផែសប្បុរស", LicenceNo: "KH-0042", State: agency.Licensed, Phones: "012 345 678", People: []string{"Chan Invented"}, Regions: []string{"KH"}},
		{NameLatin: "Sokha Recruitment Agency", Phones: "61 234 567", Regions: []string{"KH"}},
		{NameLatin: "Sokha Manpower", Address: "5 Invented Lane"},
		{NameLatin: "Morning Ferry Agency", LicenceNo: "KH/77-A", State: agency.Licensed},
	} {
		r.Source = "test"
		if r.Regions == nil {
			r.Regions = []string{"HK"}
		}
		entered, err := enter.EnterAlone(t.Context(), identity.System("test"), r)
		if err != nil {
			t.Fatal(err)
		}
		s.ids[entered.Slug] = entered.ID
	}
	return s
}

// grant gives the agency a licence period and events, as the licensing desk
// writes them.
func (s shelf) grant(t testing.TB, slug, from, until string, events ...[2]string) {
	t.Helper()
	db := s.db.Super(t)
	if _, err := db.Exec(`INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES ($1, $2, $3, $4)`, uuid.New(), s.ids[slug], from, until); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if _, err := db.Exec(`INSERT INTO licence_events (id, agency_id, kind, on_day, reason) VALUES ($1, $2, $3, $4, 'An invented reason')`, uuid.New(), s.ids[slug], e[0], e[1]); err != nil {
			t.Fatal(err)
		}
	}
}

func (s shelf) find(t testing.TB, typed string) []string {
	t.Helper()
	hits, err := s.Search(t.Context(), typed, 10)
	if err != nil {
		t.Fatalf("search: %v", err)
	}
	var found []string
	for _, h := range hits {
		slug, _, _ := strings.Cut(h.Slug, "-agency-limited")
		found = append(found, string(h.How)+" "+slug)
	}
	return found
}

func TestAnAgencyIsFoundByWhateverIsKnownOfIt(t *testing.T) {
	s := newShelf(t)
	const golden = "golden-dragonfly-employment"
	for typed, want := range map[string]string{
		"Golden Dragonfly Employment Agency Limited": "name " + golden,
		"GOLDEN DRAGONFLY":                           "name " + golden,
		"golden dragonfli":                           "name_like " + golden,
		"goldn dragonfly ltd":                        "name_like " + golden,
		"golden drag":                                "name_like " + golden,
		"金蜻蜓僱傭中心":                                    "name " + golden,
		"金蜻蜓":                                        "name " + golden,
		"蜻蜓":                                         "name_like " + golden,
		"金蜻":                                         "name_like " + golden,
		"+852 2556 0001":                             "phone " + golden,
		"00852-2556-0001":                            "phone " + golden,
		"25560001":                                   "phone " + golden,
		"២៥៥៦០០០១":                                   "phone " + golden,
		"２５５６ ０００１":                                  "phone " + golden,
		"5560001":                                    "phone_part " + golden,
		"25560099":                                   "phone " + golden,
		"DESK@dragonfly.EXAMPLE":                     "email " + golden,
		"Consultants silver dragonfly":               "name_like silver-dragonfly-consultants-ltd",
		"dragonfly consultants":                      "name_like silver-dragonfly-consultants-ltd",
		"kh-0042":                                    "licence kind-harbour-co-ltd",
		"KH - 0042":                                  "licence kind-harbour-co-ltd",
		"kh/77-a":                                    "licence morning-ferry-agency",
		"កំពង់ផែសប្បុរស":             "name kind-harbour-co-ltd",
		"កំពង់ផែ":                    "name_like kind-harbour-co-ltd",
		"កំពង":                       "name_like kind-harbour-co-ltd",
		"012345678":                  "phone kind-harbour-co-ltd",
		"+855 12 345 678 (Telegram)": "phone kind-harbour-co-ltd",
		"chan invented":              "person kind-harbour-co-ltd",
		"Sokkha":                     "name_like sokha-",
	} {
		found := s.find(t, typed)
		if len(found) == 0 || !strings.HasPrefix(found[0], want) {
			t.Errorf("%q finds %q, want first %q", typed, found, want)
		}
	}
}

func TestTheSurestHitComesFirstAndEqualOnesByName(t *testing.T) {
	s := newShelf(t)
	got := s.find(t, "dragonfly")
	if len(got) != 3 || !strings.Contains(got[0], "golden") || !strings.Contains(got[1], "golden") || !strings.Contains(got[2], "silver") {
		t.Errorf("dragonfly finds %q", got)
	}
	hits, err := s.Search(t.Context(), "sokha", 1)
	if err != nil || len(hits) != 1 {
		t.Fatalf("with limit 1: %d hits, %v", len(hits), err)
	}
}

func TestWhatIsNoQuestionFindsNothingAndBreaksNothing(t *testing.T) {
	s := newShelf(t)
	for _, typed := range []string{
		"", " ", "\x00", "%", "_", `\`, "%_\\", "%%%%%%", "😀😀😀", "'; DROP TABLE agencies; --", "\xff\xfe", "@", "@@@", "a@", "-----", "......",
		"qqqxxzz", "000000", "99999999999999999999999999999999", "𠀀𠀀", "\u200b\u200b",
	} {
		if found := s.find(t, typed); len(found) != 0 {
			t.Errorf("%q finds %q", typed, found)
		}
	}
	for _, typed := range []string{strings.Repeat("golden ", 2000), strings.Repeat("金", 10_000), strings.Repeat("5", 10_000), "golden\x00dragonfly", "golden%dragonfly", "g"} {
		s.find(t, typed)
	}
	if found := s.find(t, "golden\x00dragonfly😀"); len(found) != 3 && len(found) != 2 {
		t.Errorf("with what is no text in between: %q", found)
	}
}

func TestNothingIsCalledLicensedOnThePapersOfYesterday(t *testing.T) {
	s := newShelf(t)
	const slug = "kind-harbour-co-ltd"
	state := func() licensing.State {
		e, err := s.Get(t.Context(), slug)
		if err != nil {
			t.Fatal(err)
		}
		hits, err := s.Search(t.Context(), "kind harbour", 1)
		if err != nil || hits[0].State != e.State {
			t.Errorf("the search says %v, the page %v (%v)", hits[0].State, e.State, err)
		}
		return e.State
	}
	if got := state(); got != licensing.Listed {
		t.Errorf("without a period: %v", got)
	}
	s.grant(t, slug, "2025-04-01", "2026-03-31", [2]string{"granted", "2025-04-01"})
	if got := state(); got != licensing.Licensed {
		t.Errorf("within the period: %v", got)
	}
	s.clock.Advance(40 * 24 * time.Hour)
	if got := state(); got != licensing.Expired {
		t.Errorf("after the period: %v", got)
	}
	s.grant(t, slug, "2026-04-01", "2027-03-31", [2]string{"suspended", "2026-04-02"})
	if got := state(); got != licensing.Suspended {
		t.Errorf("suspended: %v", got)
	}
	e, err := s.Get(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Periods) != 2 || len(e.Events) != 2 || e.Events[1].Kind != licensing.EventSuspended || e.Until.Format(time.DateOnly) != "2027-03-31" {
		t.Errorf("history: %+v %+v until %v", e.Periods, e.Events, e.Until)
	}
}

func TestAnAgencyIsReadBySlugOrLicenceNumber(t *testing.T) {
	s := newShelf(t)
	for _, key := range []string{"kind-harbour-co-ltd", "KH-0042", "kh-0042"} {
		if e, err := s.Get(t.Context(), key); err != nil || e.Number != "KH-0042" || len(e.Contacts) != 2 {
			t.Errorf("%s: %v, %d contacts, %v", key, e.Number, len(e.Contacts), err)
		}
	}
	for _, key := range []string{"", "nobody", "KH-9999", "%", "kind\x00harbour", strings.Repeat("x", 10_000)} {
		if _, err := s.Get(t.Context(), key); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%.20q: %v", key, err)
		}
	}
}

func TestAClaimIsCheckedAgainstThisAgencyAlone(t *testing.T) {
	s := newShelf(t)
	type answer struct {
		Kind         register.ClaimKind
		Listed, Told bool
	}
	golden := slices.Collect(func(yield func(uuid.UUID) bool) {
		hits, err := s.Search(t.Context(), "25560001", 1)
		if err != nil {
			t.Fatal(err)
		}
		yield(hits[0].ID)
	})[0]
	for _, c := range []struct {
		agency uuid.UUID
		claim  string
		want   answer
	}{
		{golden, "+852 5540 0001", answer{register.ClaimPhone, true, true}},
		{golden, "5540-0001", answer{register.ClaimPhone, true, true}},
		{golden, "2556 0099", answer{register.ClaimPhone, true, true}},
		{golden, "2556 0003", answer{register.ClaimPhone, false, true}}, // another agency's
		{golden, "400001", answer{register.ClaimPhone, false, true}},    // a part proves nothing
		{golden, "desk@dragonfly.example", answer{register.ClaimEmail, true, true}},
		{golden, "desk@dragonfly.example.evil.example", answer{register.ClaimEmail, false, true}},
		{golden, "golden dragonfly", answer{register.ClaimName, true, true}},
		{golden, "Chan Invented", answer{register.ClaimPerson, false, false}}, // the source names no people
		{golden, "", answer{}},
		{golden, "😀", answer{}},
		{s.ids["kind-harbour-co-ltd"], "INVENTED, Chan", answer{register.ClaimPerson, true, true}},
		{s.ids["kind-harbour-co-ltd"], "Chan", answer{register.ClaimPerson, false, true}},
		{s.ids["sokha-recruitment-agency"], "+855 61 234 567", answer{register.ClaimPhone, true, true}},
		{s.ids["sokha-recruitment-agency"], "061234567", answer{register.ClaimPhone, true, true}},
		{s.ids["sokha-manpower"], "061234567", answer{register.ClaimPhone, false, false}},
	} {
		l, err := s.IsListed(t.Context(), c.agency, c.claim)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, answer{l.Kind, l.Listed, l.Told}); diff != "" {
			t.Errorf("%q at %s: %s", c.claim, l.Slug, diff)
		}
	}
	if _, err := s.IsListed(t.Context(), uuid.New(), "x"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an unknown agency: %v", err)
	}
}

func TestATypedNameIsResolvedOnlyWhenOneAgencyHasIt(t *testing.T) {
	s := newShelf(t)
	for typed, want := range map[string]string{
		"Kind Harbour Co., Ltd.":           "kind-harbour-co-ltd",
		"kind  HARBOUR":                    "kind-harbour-co-ltd",
		"Sokha Manpower":                   "sokha-manpower",
		"silver dragonfly consultants":     "silver-dragonfly-consultants-ltd",
		"Golden Dragonfly Employment":      "", // two of them
		"Sokha":                            "", // two of them
		"Kind Harbor":                      "", // a likeness is none
		"":                                 "",
		"\x00":                             "",
		"Nobody Anybody Employment Agency": "",
	} {
		got, ok, err := s.Resolve(t.Context(), typed)
		if err != nil {
			t.Fatal(err)
		}
		if ok != (want != "") || got != s.ids[want] {
			t.Errorf("%q: %v %v, want %q", typed, got, ok, want)
		}
	}
	hits, err := s.Candidates(t.Context(), "dragonfly", 5)
	if err != nil || len(hits) != 3 {
		t.Errorf("candidates: %d, %v", len(hits), err)
	}
	if hits, err := s.Candidates(t.Context(), "25560001", 5); err != nil || len(hits) != 0 {
		t.Errorf("a phone is no name: %d, %v", len(hits), err)
	}
}
