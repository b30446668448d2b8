package ministry

import (
	"strings"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/gofiber/fiber/v2"
)

// part is a part of a law in the reader's words: one line, or several.
type part struct {
	Label string
	Lines []string
}

// parts puts a law's value into the reader's words.
func (p *Policies) parts(c *fiber.Ctx, e policy.Entry) (all []part, err error) {
	w := wording{p, c, nil}
	for _, of := range e.Parts() {
		line := part{Label: w.text("policy.field." + of.Field.Name + ".label")}
		switch of.Field.Type {
		case policy.Codes:
			for _, code := range of.List {
				line.Lines = append(line.Lines, w.text("policy.choice."+code))
			}
		case policy.CountryList:
			var names []string
			for _, code := range of.List {
				names = append(names, w.country(code))
			}
			line.Lines = []string{strings.Join(names, ", ")}
		case policy.Rows:
			for _, row := range of.Rows {
				line.Lines = append(line.Lines, w.row(row))
			}
		default:
			line.Lines = []string{w.one(of)}
		}
		all = append(all, line)
	}
	return all, w.err
}

// wording keeps the first error, so that each line of a page need not ask.
type wording struct {
	*Policies

	c   *fiber.Ctx
	err error
}

func (w *wording) text(key string, args ...any) string {
	text, err := w.web.Views().Catalogue().Text(w.web.Lang(w.c), key, args...)
	if err != nil && w.err == nil {
		w.err = err
	}
	return text
}

func (w *wording) country(code string) string { return country.Name(w.web.Lang(w.c), code) }

// row names each column that holds something.
func (w *wording) row(row []policy.Part) string {
	var columns []string
	for _, p := range row {
		if p.Text != "" {
			columns = append(columns, w.text("policy.column", "Name", w.text("policy.field."+p.Field.Name+".label"), "Value", w.one(p)))
		}
	}
	return strings.Join(columns, " · ")
}

// one writes a part that is neither list nor table.
func (w *wording) one(p policy.Part) string {
	words := w.web.Views().Catalogue()
	var text string
	var err error
	switch p.Field.Type {
	case policy.Count:
		text, err = words.Number(w.web.Lang(w.c), p.Number)
	case policy.Amount:
		text, err = words.Number(w.web.Lang(w.c), money.Money{Minor: p.Number, Currency: p.Currency}.Major())
		text += " " + p.Currency
	case policy.Day:
		text, err = words.Date(w.web.Lang(w.c), p.Day, p.Day.Location())
	case policy.Choice:
		text = w.text("policy.choice." + p.Text)
	case policy.Country:
		text = w.country(p.Text)
	default:
		text = p.Text
	}
	if err != nil && w.err == nil {
		w.err = err
	}
	return text
}
