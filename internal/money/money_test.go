package money_test

import (
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/money"
)

func TestAmountsAreReadAsPeopleTypeThemAndWrittenBack(t *testing.T) {
	for _, at := range []struct {
		text, code, want string
		minor            int64
	}{
		{"100,000", "USD", "100000.00 USD", 10_000_000},
		{" 2 500.50 ", "USD", "2500.50 USD", 250_050},
		{"0.05", "USD", "0.05 USD", 5},
		{"0", "JPY", "0 JPY", 0},
		{"5000000", "JPY", "5000000 JPY", 5_000_000},
		{"1.234", "BHD", "1.234 BHD", 1_234},
	} {
		got, err := money.Parse(at.text, at.code)
		if err != nil || got.Minor != at.minor || got.String() != at.want {
			t.Errorf("%q %s is %v (%d), %v", at.text, at.code, got, got.Minor, err)
		}
	}
}

func TestWhatIsNoAmountIsRefused(t *testing.T) {
	for _, at := range [][2]string{
		{"", "USD"},
		{"-5", "USD"},
		{"+5", "USD"},
		{"1.005", "USD"},
		{"5.", "USD"},
		{".5", "USD"},
		{"1e3", "USD"},
		{"5 dollars", "USD"},
		{"1.5", "JPY"},
		{"5", "usd"},
		{"5", "XXX"},
		{"5", ""},
		{"100000000000001", "JPY"},
		{strings.Repeat("9", 400), "USD"},
	} {
		if got, err := money.Parse(at[0], at[1]); err == nil {
			t.Errorf("%q in %q is taken as %v", at[0], at[1], got)
		}
	}
}

func TestANegativeBalanceIsWrittenWithItsSign(t *testing.T) {
	if got := (money.Money{Minor: -5, Currency: "USD"}).String(); got != "-0.05 USD" {
		t.Error(got)
	}
}

func FuzzAmountsSurviveBeingWritten(f *testing.F) {
	f.Add("100,000.5", "USD")
	f.Add("7", "JPY")
	f.Fuzz(func(t *testing.T, text, code string) {
		m, err := money.Parse(text, code)
		if err != nil {
			return
		}
		again, err := money.Parse(m.Number(), m.Currency)
		if err != nil || again != m || m.Minor < 0 || m.Minor > money.Max {
			t.Errorf("%q %q: %v, then %v, %v", text, code, m, again, err)
		}
	})
}
