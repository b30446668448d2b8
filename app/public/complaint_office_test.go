package public_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/platform/id"
)

func TestWhoNamesAnOfficialIsAskedForTheOfficeAndReadsItBack(t *testing.T) {
	for _, lang := range []string{"en", "km"} {
		t.Run(lang, func(t *testing.T) {
			o := open(t)
			office := id.New()
			o.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'border-north', 'border', '{"en":"Northern Border", "km":"ព្រំដែនខាងជើង"}')`, office)
			name := map[string]string{"en": "Northern Border", "km": "ព្រំដែនខាងជើង"}[lang]
			b := o.browser(lang)
			b.get(t, "/complaints/new")
			b.press(t, "/complaints/new", "to:what")
			b.next(t, "what", "what", "threats", "also", "official")
			if !strings.Contains(b.text(), name) {
				t.Fatalf("the office is not listed: %s", b.text())
			}
			b.next(t, "office", "official_unit", office.String())
			b.press(t, "/complaints/new", "back") // from "phase", which comes next
			if b.step() != "office" || b.fields().Get("official_unit") != office.String() {
				t.Fatalf("at %q the choice is %q", b.step(), b.fields().Get("official_unit"))
			}
			b.next(t, "office")
			b.next(t, "phase")
			b.press(t, "/complaints/new", "to:review")
			if !strings.Contains(b.text(), name) {
				t.Errorf("not read back: %s", b.text())
			}
			// A changed answer asks both of what hangs on it, then comes back here.
			b.press(t, "/complaints/new", "to:what")
			b.next(t, "what")
			b.next(t, "office", "official_unit", "unknown")
			b.next(t, "phase")
			if b.step() != "review" {
				t.Fatalf("at %q", b.step())
			}
			b.press(t, "/complaints/new", "to:office")
			values := b.fields()
			values.Set("official_unit", "no-office")
			values.Set("_go", "next")
			b.do(t, http.MethodPost, "/complaints/new", values)
			if b.status != http.StatusUnprocessableEntity || b.step() != "office" || b.errorAt("official_unit") == "" {
				t.Errorf("a choice that is none: status %d at %q", b.status, b.step())
			}
		})
	}
}

func TestWithoutAnOfficialNobodyIsAskedForAnOffice(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	b.get(t, "/complaints/new")
	b.press(t, "/complaints/new", "to:what")
	b.next(t, "what", "also", "minor")
	if b.step() != "date" {
		t.Fatalf("at %q", b.step())
	}
}
