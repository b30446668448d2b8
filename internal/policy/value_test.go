package policy_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/go-cmp/cmp"
)

func lawOf(t testing.TB, key policy.Key) policy.Law {
	t.Helper()
	l, known := policy.LawOf(key)
	if !known {
		t.Fatal("no law ", key)
	}
	return l
}

func TestAValueIsKeptInOneFormWhateverItsOrder(t *testing.T) {
	for key, at := range map[policy.Key][2]string{
		policy.LicenceTerm:      {` {"months": 36} `, `{"months":36}`},
		policy.LicenceFee:       {`{"renewal":30000,"currency":"USD","application":50000}`, `{"application":50000,"currency":"USD","renewal":30000}`},
		policy.LicenceDocuments: {`{"required":["training_site","insurance","training_site"]}`, `{"required":["insurance","training_site"]}`},
		policy.PlacementScope:   {`{"destinations":["TH","MY"]}`, `{"destinations":["MY","TH"]}`},
		policy.CalendarHolidays: {
			`{"holidays":[{"day":"2027-05-01","name":"B"},{"day":"2027-01-01","name":"A"}]}`,
			`{"holidays":[{"day":"2027-01-01","name":"A"},{"day":"2027-05-01","name":"B"}]}`,
		},
	} {
		kept, err := lawOf(t, key).Check([]byte(at[0]))
		if err != nil || string(kept) != at[1] {
			t.Errorf("%s: %s, %v", key, kept, err)
		}
	}
}

func TestWhatTheLawCannotSayIsToldAtItsFieldAndLine(t *testing.T) {
	for _, at := range []struct {
		key         policy.Key
		value       string
		field, code string
		line        any
	}{
		{policy.LicenceTerm, `{"months": 0}`, "months", "policy.error.count", nil},
		{policy.LicenceTerm, `{"months": 36.5}`, "months", "policy.error.count", nil},
		{policy.LicenceTerm, `{"months": "36"}`, "months", "policy.error.count", nil},
		{policy.LicenceTerm, `{}`, "months", "form.required", nil},
		{policy.LicenceTerm, `{"months": 36, "years": 3}`, "value", "form.invalid", nil},
		{policy.LicenceTerm, `{"months": 36} {}`, "value", "form.invalid", nil},
		{policy.LicenceTerm, `[36]`, "value", "form.invalid", nil},
		{policy.LicenceReply, `{"days": 10, "basis": "lunar"}`, "basis", "form.choice", nil},
		{policy.LicenceFee, `{"currency": "usd", "application": 1, "renewal": 1}`, "currency", "policy.error.currency", nil},
		{policy.LicenceFee, `{"currency": "USD", "application": -1, "renewal": 1}`, "application", "policy.error.amount", nil},
		{policy.LicenceDocuments, `{"required": []}`, "required", "form.required", nil},
		{policy.LicenceDocuments, `{"required": ["a_bribe"]}`, "required", "form.choice", nil},
		{policy.InspectionPoints, `{"critical": 8, "major": 16, "minor": 4, "fails_at": 30}`, "major", "policy.error.points", nil},
		{policy.InspectionPoints, `{"critical": 30, "major": 8, "minor": 16, "fails_at": 30}`, "minor", "policy.error.points", nil},
		{policy.GuaranteeAmount, `{"currency": "USD"}`, "flat", "policy.error.one_amount", nil},
		{policy.GuaranteeAmount, `{"currency": "USD", "flat": 1, "tiers": [{"amount": 1}]}`, "flat", "policy.error.one_amount", nil},
		{policy.GuaranteeAmount, `{"currency": "USD", "tiers": [{"up_to": 500, "amount": 1}, {"up_to": 500, "amount": 2}]}`, "tiers", "policy.error.tier", 2},
		{policy.GuaranteeAmount, `{"currency": "USD", "tiers": [{"amount": 1}, {"up_to": 500, "amount": 2}]}`, "tiers", "policy.error.tier", 1},
		{policy.PlacementAge, `{"any": 18, "exceptions": [{"destination": "MY", "age": 21}, {"age": 30}]}`, "exceptions", "policy.error.narrow", 2},
		{policy.PlacementAge, `{"any": 18, "exceptions": [{"occupation": "91111", "age": 21}]}`, "exceptions", "policy.error.line.occupation", 1},
		{policy.PlacementAge, `{"any": 18, "exceptions": [{"occupation": "9111", "age": 21}, {"occupation": "9111", "age": 22}]}`, "exceptions", "policy.error.twice", 2},
		{policy.PlacementBans, `{"bans": [{"destination": "MY", "from": "2015-12-31", "until": "2011-10-15"}]}`, "bans", "policy.error.ends_first", 1},
		{policy.PlacementBans, `{"bans": [{"destination": "MY", "from": "2015-02-30"}]}`, "bans", "policy.error.line.day", 1},
		{policy.PlacementBans, `{"bans": [{"destination": "MY"}]}`, "bans", "policy.error.line.day", 1},
		{policy.PlacementBans, `{"bans": ["MY"]}`, "bans", "policy.error.line.day", 1},
		{policy.PlacementScope, `{"destinations": ["TH", "Atlantis"]}`, "destinations", "policy.error.country", nil},
		{policy.CalendarWeekend, `{"weekend": ["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]}`, "weekend", "policy.error.weekend", nil},
		{policy.CalendarHolidays, `{"holidays": [{"day": "2027-01-01", "name": "A"}, {"day": "2027-01-01", "name": "B"}]}`, "holidays", "policy.error.day_twice", nil},
		{policy.CalendarHolidays, `{"holidays": [{"day": "2027-01-01", "name": "` + strings.Repeat("a", 201) + `"}]}`, "holidays", "policy.error.line.text", 1},
		{policy.CalendarHolidays, `{"holidays": [` + strings.Repeat(`{},`, 500) + `{}]}`, "holidays", "policy.error.rows", nil},
	} {
		_, err := lawOf(t, at.key).Check([]byte(at.value))
		var problems policy.Problems
		if !errors.As(err, &problems) || problems[at.field].Code != at.code || problems[at.field].Args["Line"] != at.line {
			t.Errorf("%s %.80s: %v %+v", at.key, at.value, err, problems)
			continue
		}
		if fault.KindOf(err) != fault.Invalid || fault.FieldsOf(err)[at.field] != at.code {
			t.Errorf("the edge reads %v", fault.FieldsOf(err))
		}
	}
}

func TestAPartIsTypedAsItIsShown(t *testing.T) {
	value := `{"currency":"USD","tiers":[{"up_to":500,"amount":5000050},{"amount":10000000}]}`
	var got []string
	for _, p := range (policy.Entry{Key: policy.GuaranteeAmount, Value: json.RawMessage(value)}).Parts() {
		got = append(got, p.Field.Name+"="+p.Plain())
	}
	if diff := cmp.Diff([]string{"currency=USD", "tiers=500; 50000.50\n; 100000.00"}, got); diff != "" {
		t.Error(diff)
	}
	bans := policy.Entry{Key: policy.PlacementBans, Value: json.RawMessage(`{"bans":[{"destination":"MY","from":"2011-10-15"}]}`)}
	if got := bans.Parts()[0].Plain(); got != "MY; ; 2011-10-15" {
		t.Errorf("%q", got)
	}
}

func TestEveryLawHasItsOwnNamesAndNoFieldIsCalledAsTheFormsOwn(t *testing.T) {
	seen := map[policy.Key]bool{}
	types := map[string]policy.Type{}
	for _, l := range policy.Laws() {
		if seen[l.Key] || len(l.Fields) == 0 {
			t.Error(l.Key)
		}
		seen[l.Key] = true
		for _, f := range l.Fields {
			if slices.Contains([]string{"from", "source", "value", "key"}, f.Name) {
				t.Errorf("%s has a field %s", l.Key, f.Name)
			}
			if before, there := types[f.Name]; there && before != f.Type {
				t.Errorf("%s is %s and %s", f.Name, before, f.Type)
			}
			types[f.Name] = f.Type
		}
	}
}

func FuzzAValueThatIsKeptIsKeptAsItStands(f *testing.F) {
	for _, l := range policy.Laws() {
		f.Add(string(l.Key), []byte(`{"months":36,"days":1,"basis":"working","holidays":[{"day":"2027-01-01","name":"A"}]}`))
	}
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		l, known := policy.LawOf(policy.Key(key))
		if !known {
			return
		}
		kept, err := l.Check(value)
		var problems policy.Problems
		if err != nil {
			if !errors.As(err, &problems) || slices.Contains(slices.Collect(maps.Keys(problems)), "") {
				t.Errorf("%v", err)
			}
			return
		}
		again, err := l.Check(kept)
		if err != nil || string(again) != string(kept) {
			t.Errorf("%s: %s, then %s, %v", key, kept, again, err)
		}
		if len((policy.Entry{Key: l.Key, Value: kept}).Parts()) == 0 {
			t.Errorf("%s: %s shows nothing", key, kept)
		}
	})
}
