package dossier_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/dossier"
)

var (
	home  = country.Home{Code: "KH", Zone: time.UTC}
	asked = dossier.Asked{Today: day("2026-11-02"), Destinations: []string{"JP", "SG"}}
)

func day(text string) time.Time {
	at, _ := time.Parse(time.DateOnly, text)
	return at
}

func item(id string, pairs ...string) dossier.Item {
	i := dossier.Item{ID: id, Fields: map[string]string{}}
	for n := 0; n < len(pairs); n += 2 {
		i.Fields[pairs[n]] = pairs[n+1]
	}
	return i
}

func founded(on string) dossier.Dossier {
	return dossier.Dossier{}.With(dossier.Company, item("1", "founded_on", on))
}

// gaps writes what is contradictory as "section/item/field code".
func gaps(d dossier.Dossier) (all []string) {
	for _, g := range d.Gaps(asked) {
		if g.Code != "form.required" && g.Code != "dossier.gap.empty" {
			all = append(all, fmt.Sprintf("%s/%s/%s %s", g.Section, g.Item, g.Field, g.Code))
		}
	}
	return all
}

func TestAnswersThatCannotAllBeTrueAreNamedWhereTheyStand(t *testing.T) {
	passport := func(i dossier.Item, token string) dossier.Item {
		i.Numbers = map[string]dossier.Number{"document_number": {Token: token, Last4: "1234"}}
		return i
	}
	owner := func(id, share, held, through string) dossier.Item {
		return item(id, "owner_kind", "company", "share", share, "held", held, "through", through)
	}
	with := func(d dossier.Dossier, s dossier.Section, items ...dossier.Item) dossier.Dossier {
		for _, i := range items {
			d = d.With(s, i)
		}
		return d
	}
	for name, c := range map[string]struct {
		dossier dossier.Dossier
		want    []string
	}{
		"a company founded tomorrow":        {founded("2026-11-03"), []string{"company/1/founded_on dossier.error.future"}},
		"a director older than the company": {with(founded("2020-01-02"), dossier.Directors, item("a", "appointed_on", "2020-01-01")), []string{"directors/a/appointed_on dossier.error.before_foundation"}},
		"a director of the first day":       {with(founded("2020-01-02"), dossier.Directors, item("a", "appointed_on", "2020-01-02")), nil},
		"a branch before the company":       {with(founded("2020-01-02"), dossier.Branches, item("b", "opened_on", "2019-01-01")), []string{"branches/b/opened_on dossier.error.before_foundation"}},
		"a director who is seventeen":       {with(founded("2020-01-02"), dossier.Directors, item("a", "born_on", "2008-11-03")), []string{"directors/a/born_on dossier.error.minor"}},
		"a director who is eighteen today":  {with(founded("2020-01-02"), dossier.Directors, item("a", "born_on", "2008-11-02")), nil},
		"one passport for two directors": {
			with(founded("2020-01-02"), dossier.Directors, passport(item("a"), "x"), passport(item("b"), "y"), passport(item("c"), "x")),
			[]string{"directors/c/document_number dossier.error.same_document"},
		},
		"all of it, held directly":    {with(founded("2020-01-02"), dossier.Owners, owner("a", "6000", "direct", ""), owner("b", "4000", "direct", "")), nil},
		"more than all of it":         {with(founded("2020-01-02"), dossier.Owners, owner("a", "6000", "direct", ""), owner("b", "4001", "direct", "")), []string{"owners//share dossier.error.shares"}},
		"what is held through others": {with(founded("2020-01-02"), dossier.Owners, owner("a", "10000", "direct", ""), owner("b", "5000", "indirect", "a")), nil},
		"a circle of owners": {
			with(founded("2020-01-02"), dossier.Owners, owner("a", "100", "indirect", "b"), owner("b", "100", "indirect", "a")),
			[]string{"owners/a/through dossier.error.circular", "owners/b/through dossier.error.circular"},
		},
		"an owner through themselves": {with(founded("2020-01-02"), dossier.Owners, owner("a", "100", "indirect", "a")), []string{"owners/a/through dossier.error.circular"}},
		"an owner through nobody":     {with(founded("2020-01-02"), dossier.Owners, owner("a", "100", "indirect", "z")), []string{"owners/a/through dossier.gap.through"}},
		"occupations that overlap":    {with(founded("2020-01-02"), dossier.Scope, item("s", "destinations", "SG", "occupations", "53 5311")), []string{"scope/s/occupations dossier.error.overlap"}},
		"occupations side by side":    {with(founded("2020-01-02"), dossier.Scope, item("s", "destinations", "SG", "occupations", "53 9111")), nil},
		"a destination out of scope":  {with(founded("2020-01-02"), dossier.Scope, item("s", "destinations", "SA SG")), []string{"scope/s/destinations licensing.out_of_scope"}},
	} {
		if got := gaps(c.dossier); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAnswersAreKeptInOneFormWhateverScriptTheyAreTypedIn(t *testing.T) {
	directors, _ := dossier.ChapterOf(dossier.Directors)
	typed := dossier.Typed{
		"name_latin": {"  Sok   Dara "}, "name_local": {"سوق دارا"}, "position": {"chair"}, "born_on": {"1980-02-29"}, "nationality": {"kh"},
		"document_country": {"KH"}, "document_number": {"n ១២៣-៤៥៦ 78"}, "appointed_on": {"2020-01-02"}, "address": {"ផ្ទះលេខ ៥\nPhnom Penh"},
		"phone": {"០១២ ៣៤៥ ៦៧៨"}, "convicted": {"no"}, "lost_licence": {"no"},
	}
	entry, err := directors.Read(typed, dossier.Item{ID: "a"}, home)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"name_latin": "Sok Dara", "name_local": "سوق دارا", "position": "chair", "born_on": "1980-02-29", "nationality": "KH", "document_country": "KH",
		"appointed_on": "2020-01-02", "address": "ផ្ទះលេខ ៥\nPhnom Penh", "phone": "+85512345678", "convicted": "no", "lost_licence": "no",
	}
	if !maps.Equal(entry.Item.Fields, want) || entry.Plain["document_number"] != "N12345678" {
		t.Errorf("%q %q", entry.Item.Fields, entry.Plain)
	}
	entry.Seal("document_number", "token")
	text, err := json.Marshal(entry.Item)
	if err != nil || strings.Contains(string(text), "N1234") {
		t.Errorf("the number is in what is kept: %s %v", text, err)
	}
	// Saved again without typing the number anew, it stays.
	delete(typed, "document_number")
	again, err := directors.Read(typed, entry.Item, home)
	if err != nil || again.Item.Numbers["document_number"] != (dossier.Number{Token: "token", Last4: "5678"}) || len(again.Plain) > 0 {
		t.Errorf("%v %v", again, err)
	}
}

func TestAnAnswerThatCannotBeReadIsNamedAtItsField(t *testing.T) {
	for _, c := range []struct {
		section dossier.Section
		field   string
		text    string
		code    string
	}{
		{dossier.Company, "phone", "12", "dossier.error.phone"},
		{dossier.Company, "email", "a@b", "form.email"},
		{dossier.Company, "founded_on", "2021-02-29", "form.date"},
		{dossier.Company, "name_latin", strings.Repeat("ក", 201), "dossier.error.too_long"},
		{dossier.Company, "province", "", "form.required"},
		{dossier.Directors, "nationality", "XX", "form.choice"},
		{dossier.Directors, "document_number", "N<1>", "dossier.error.number"},
		{dossier.Owners, "share", "100.01", "dossier.error.share"},
		{dossier.Owners, "share", "-5", "dossier.error.share"},
		{dossier.Owners, "interest", "friend", "form.choice"},
		{dossier.Training, "capacity", "1e9", "dossier.error.count"},
		{dossier.Scope, "destinations", "SG KH", "form.choice"},
		{dossier.Scope, "occupations", "53 91x", "dossier.error.occupation"},
	} {
		chapter, _ := dossier.ChapterOf(c.section)
		_, err := chapter.Read(dossier.Typed{c.field: {c.text}}, dossier.Item{}, home)
		problems, ok := err.(dossier.Problems) //nolint:errorlint // returned as it is
		if !ok || problems[c.field].Code != c.code {
			t.Errorf("%s.%s %q: %v, want %s", c.section, c.field, c.text, err, c.code)
		}
	}
}

func TestTwoRoundsAreComparedAnswerByAnswer(t *testing.T) {
	before := founded("2020-01-02").With(dossier.Directors, item("a", "name_latin", "Sok Dara", "position", "chair")).With(dossier.Directors, item("b", "name_latin", "Gone"))
	after := founded("2020-01-03").With(dossier.Directors, item("a", "name_latin", "Sok Dara", "position", "director")).With(dossier.Directors, item("c", "name_latin", "New"))
	want := []dossier.Change{
		{Section: dossier.Company, Item: "1", Kind: dossier.Changed, Field: "founded_on", Old: "2020-01-02", New: "2020-01-03"},
		{Section: dossier.Directors, Item: "a", Name: "Sok Dara", Kind: dossier.Changed, Field: "position", Old: "chair", New: "director"},
		{Section: dossier.Directors, Item: "c", Name: "New", Kind: dossier.Added},
		{Section: dossier.Directors, Item: "b", Name: "Gone", Kind: dossier.Removed},
	}
	if got := dossier.Diff(before, after); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := dossier.Diff(after, after); len(got) > 0 {
		t.Errorf("nothing changed, and yet %+v", got)
	}
}

func TestThreeHundredBranchesAreAnswersAndFiveHundredAndOneAreTooMany(t *testing.T) {
	d := dossier.Dossier{}
	for n := range 501 {
		d = d.With(dossier.Branches, item(fmt.Sprint(n), "name_latin", "B", "province", "P", "address", "A", "phone", "+85512345678"))
		if own := dossier.Of(d.Gaps(asked), dossier.Branches); (len(own) > 0) != (n == 500) {
			t.Fatalf("%d branches: %v", n+1, own)
		}
	}
	if d = (dossier.Dossier{}).WithNone(dossier.Branches); !d.None(dossier.Branches) || len(dossier.Of(d.Gaps(asked), dossier.Branches)) > 0 {
		t.Error("no branch is no answer")
	}
	if d = (dossier.Dossier{}).WithNone(dossier.Directors); len(dossier.Of(d.Gaps(asked), dossier.Directors)) != 1 {
		t.Error("a company without a director passes")
	}
}

func FuzzReadingAnAnswerNeverBreaks(f *testing.F) {
	f.Add("owners", "share", "12,5 %")
	f.Add("directors", "document_number", "N 123")
	f.Add("scope", "occupations", "៥៣ 91")
	f.Fuzz(func(t *testing.T, section, field, text string) {
		chapter, known := dossier.ChapterOf(dossier.Section(section))
		if !known {
			return
		}
		typed := dossier.Typed{}
		for _, other := range chapter.Fields {
			typed[other.Name] = []string{text}
		}
		typed[field] = []string{text}
		entry, err := chapter.Read(typed, dossier.Item{ID: "a"}, home)
		if err != nil {
			return
		}
		// What was read is read again as the same.
		for name, value := range entry.Item.Fields {
			if value == "" {
				t.Errorf("%s.%s is kept empty", section, name)
			}
		}
	})
}
