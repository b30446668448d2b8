package public

import (
	"context"
	"slices"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
)

type whereForm struct {
	Country string `form:"country" validate:"max=2"`
	Place   string `form:"place" validate:"max=500"`
}

func fillWhere(a answers, in *complaint.Intake) fault.Fields {
	in.Country, in.Place = a.one("country"), a.one("place")
	if in.Country != "" && !country.Valid(in.Country) {
		return fault.Fields{"country": "form.choice"}
	}
	return nil
}

func countries(_ context.Context, p *Complaints, lang string, _ state) (any, error) {
	return p.countries[lang], nil
}

// countryOptions puts first where people of this country usually go.
func countryOptions(lang string, first []string) []views.Option {
	all := []views.Option{{Value: "", Key: "complaint.country.unsaid"}}
	for _, code := range first {
		all = append(all, views.Option{Value: code, Text: country.Name(lang, code)})
	}
	for _, c := range country.All(lang) {
		if !slices.Contains(first, c.Code) {
			all = append(all, views.Option{Value: c.Code, Text: c.Name})
		}
	}
	return all
}
