package complaint

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
)

func TestEverySingleWrongCharacterIsCaught(t *testing.T) {
	for range 20 {
		code := NewReceipt().Code()
		for at := range code {
			for _, wrong := range alphabet {
				if rune(code[at]) == wrong {
					continue
				}
				_, err := ParseReceipt(code[:at] + string(wrong) + code[at+1:])
				if fault.FieldsOf(err)["receipt"] != "complaint.receipt.check" {
					t.Fatalf("place %d: %v", at, err)
				}
			}
		}
	}
}

func TestEveryTwoCharactersThatChangedPlacesAreCaught(t *testing.T) {
	for range 20 {
		code := NewReceipt().Code()
		for i := range code {
			for j := i + 1; j < len(code); j++ {
				if code[i] == code[j] {
					continue
				}
				swapped := []byte(code)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				if _, err := ParseReceipt(string(swapped)); err == nil {
					t.Fatalf("places %d and %d", i, j)
				}
			}
		}
	}
}

func TestAReceiptIsReadAsPeopleWriteIt(t *testing.T) {
	// 23 ones and zeros mixed with letters, so that every look-alike occurs.
	symbols := []byte{0, 1, 2, 10, 0, 1, 31, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 9}
	want := receiptOf(append(symbols, check(symbols)))
	code := want.Code()
	khmer := strings.NewReplacer("0", "០", "1", "១", "2", "២", "9", "៩").Replace(code)
	for name, typed := range map[string]string{
		"plain":                  code,
		"in groups":              want.Grouped(),
		"in lower case":          strings.ToLower(code),
		"with blanks and lines":  " " + code[:4] + "  " + code[4:12] + "\n" + code[12:] + "\t",
		"with long dashes":       strings.ReplaceAll(want.Grouped(), "-", " – "),
		"with letter O":          strings.ReplaceAll(code, "0", "O"),
		"with small o":           strings.ReplaceAll(code, "0", "o"),
		"with letter I":          strings.ReplaceAll(code, "1", "I"),
		"with small l":           strings.ReplaceAll(code, "1", "l"),
		"with Khmer digits":      khmer,
		"full width":             strings.ReplaceAll(code, "A", "A"),
		"with zero-width blanks": strings.Join(strings.Split(code, ""), "\u200b"),
	} {
		got, err := ParseReceipt(typed)
		if err != nil || got.Code() != want.Code() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAReceiptThatCannotBeOneSaysWhy(t *testing.T) {
	code := NewReceipt().Code()
	for name, tt := range map[string]struct{ typed, want string }{
		"nothing":            {"", "complaint.receipt.length"},
		"only blanks":        {" - - ", "complaint.receipt.length"},
		"one missing":        {code[:23], "complaint.receipt.length"},
		"one too many":       {code + "0", "complaint.receipt.length"},
		"a letter U":         {"U" + code[1:], "complaint.receipt.character"},
		"a Khmer letter":     {"ក" + code[1:], "complaint.receipt.character"},
		"an emoji":           {code[:23] + "🙂", "complaint.receipt.character"},
		"very long":          {strings.Repeat("A", 1<<16), "complaint.receipt.length"},
		"not even text":      {"\xff\xfe" + code, "complaint.receipt.character"},
		"a superscript okay": {"½" + code[1:], "complaint.receipt.character"},
	} {
		_, err := ParseReceipt(tt.typed)
		if got := fault.FieldsOf(err)["receipt"]; got != tt.want || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestAReceiptDoesNotPrintItself(t *testing.T) {
	r := NewReceipt()
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "receipt", r)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "receipt", r)
	all := fmt.Sprintf("%v %+v %#v %s %q %x %d", r, r, r, r, r, r, struct{ R Receipt }{r}) + log.String()
	if strings.Contains(all, r.Code()) || strings.Contains(all, fmt.Sprintf("%x", r.Code())) {
		t.Error("the code got out")
	}
}

func TestReceiptsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		r := NewReceipt()
		if seen[r.Code()] || len(r.Code()) != 24 {
			t.Fatal("the same receipt twice, or a short one")
		}
		seen[r.Code()] = true
	}
}

func FuzzParseReceipt(f *testing.F) {
	f.Add(NewReceipt().Grouped())
	f.Add("០១២៣ ABCD")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, typed string) {
		r, err := ParseReceipt(typed)
		if err != nil {
			if r != (Receipt{}) || fault.FieldsOf(err)["receipt"] == "" {
				t.Fatal("a fault without its field, or with a receipt")
			}
			return
		}
		if again, err := ParseReceipt(r.Grouped()); err != nil || again != r {
			t.Fatal("a receipt that was read does not read again")
		}
	})
}
