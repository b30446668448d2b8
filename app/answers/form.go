package answers

import (
	"errors"
	"slices"
	"strconv"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// Question is a field as the form draws it.
type Question struct {
	dossier.Field

	Label   string
	Options []views.Option
	Kept    string // the last characters of a number that is kept
}

// Questions are those of a section, with their choices in the language.
func Questions(lang string, home country.Home, scope []string, d dossier.Dossier, c dossier.Chapter, i dossier.Item) []Question {
	var all []Question
	for _, f := range c.Fields {
		q := Question{Field: f, Label: Label(f.Name), Kept: i.Numbers[f.Name].Last4}
		switch f.Type {
		case dossier.Choice:
			for _, choice := range f.Choices {
				q.Options = append(q.Options, views.Option{Value: choice, Key: "dossier.choice." + choice})
			}
		case dossier.Country:
			q.Options = append([]views.Option{{Key: "dossier.choose"}}, countries(lang, func(string) bool { return true })...)
		case dossier.Countries:
			q.Options = countries(lang, func(code string) bool {
				return code != home.Code && (len(scope) == 0 || slices.Contains(scope, code))
			})
		case dossier.Another:
			q.Options = []views.Option{{Key: "dossier.choose"}}
			for _, other := range d.Items(c.Section) {
				if other.ID != i.ID {
					q.Options = append(q.Options, views.Option{Value: other.ID, Text: other.Name()})
				}
			}
		default:
		}
		all = append(all, q)
	}
	return all
}

func countries(lang string, fits func(code string) bool) (all []views.Option) {
	for _, c := range country.All(lang) {
		if fits(c.Code) {
			all = append(all, views.Option{Value: c.Code, Text: c.Name})
		}
	}
	return all
}

// Values fill the form with an item as it is kept. A number is not shown again.
func Values(c dossier.Chapter, i dossier.Item) map[string][]string {
	values := map[string][]string{}
	for _, f := range c.Fields {
		text := i.Text(f.Name)
		switch {
		case text == "":
		case f.Type == dossier.Day:
			day := i.Day(f.Name)
			values[f.Name+"_day"] = []string{strconv.Itoa(day.Day())}
			values[f.Name+"_month"] = []string{strconv.Itoa(int(day.Month()))}
			values[f.Name+"_year"] = []string{strconv.Itoa(day.Year())}
		case f.Type == dossier.Countries:
			values[f.Name] = i.List(f.Name)
		case f.Type == dossier.Share:
			values[f.Name] = []string{dossier.Percent(text)}
		default:
			values[f.Name] = []string{text}
		}
	}
	return values
}

// Bind reads what was sent about one item of the chapter.
func Bind(w *web.Web, c *fiber.Ctx, chapter dossier.Chapter) (dossier.Typed, views.Form, error) {
	var names []string
	for _, f := range chapter.Fields {
		if f.Type == dossier.Day {
			names = append(names, f.Name+"_day", f.Name+"_month", f.Name+"_year")
			continue
		}
		names = append(names, f.Name)
	}
	sent, err := w.BindNamed(c, names...)
	if err != nil {
		return nil, views.Form{}, err
	}
	typed := dossier.Typed{}
	for _, f := range chapter.Fields {
		if f.Type != dossier.Countries && len(sent.Values[f.Name]) > 1 {
			sent.Errors[f.Name] = "form.duplicate"
		}
		if f.Type != dossier.Day {
			typed[f.Name] = sent.Values[f.Name]
			continue
		}
		day, ok := web.ParseDay(sent.Value(f.Name+"_day"), sent.Value(f.Name+"_month"), sent.Value(f.Name+"_year"))
		switch {
		case !ok:
			sent.Errors[f.Name] = "form.date"
		case !day.IsZero():
			typed[f.Name] = []string{day.Format("2006-01-02")}
		}
	}
	return typed, sent, nil
}

// Explain adds what the dossier finds wrong to the form. It returns false when err
// is not about that.
func Explain(sent *views.Form, err error) bool {
	var problems dossier.Problems
	if !errors.As(err, &problems) {
		return false
	}
	for field, p := range problems {
		if sent.Errors[field] == "" {
			sent.Errors[field], sent.Args[field] = p.Code, p.Args
		}
	}
	return true
}
