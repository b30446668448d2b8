package public

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/google/uuid"
)

type officeForm struct {
	Unit string `form:"official_unit" validate:"max=40"`
}

// anotherOffice is the choice of somebody who knows that it is none of the
// list, or does not know.
const anotherOffice = "unknown"

func officialInvolved(a answers) bool { return a.chosen("also", "official") }

// fillOffice reads a skipped question as "not known", which is the most careful
// case.
func fillOffice(a answers, in *complaint.Intake) fault.Fields {
	chosen := a.one("official_unit")
	if chosen == "" || chosen == anotherOffice {
		return nil
	}
	id, err := uuid.Parse(chosen)
	if err != nil {
		return fault.Fields{"official_unit": "form.choice"}
	}
	in.OfficialUnit = id
	return nil
}

// offices are the choices: the offices of the state as the record has them.
func offices(ctx context.Context, p *Complaints, lang string, _ state) (any, error) {
	all, err := p.Service.Offices(ctx)
	if err != nil {
		return nil, fmt.Errorf("list offices: %w", err)
	}
	var options []views.Option
	for _, o := range all {
		options = append(options, views.Option{Value: o.ID.String(), Text: nameIn(o.Name, lang)})
	}
	return append(options, views.Option{Value: anotherOffice, Key: "complaint.official_unit.unknown", Apart: true}), nil
}

// officeLine reads the choice back; nothing where no official is involved.
func (p *Complaints) officeLine(ctx context.Context, in complaint.Intake, lang string) ([]line, error) {
	if !in.Official {
		return nil, nil
	}
	said := line{Label: label("official_unit"), Keys: []string{"complaint.official_unit.unknown"}, Step: "office"}
	if in.OfficialUnit == uuid.Nil {
		return []line{said}, nil
	}
	all, err := p.Service.Offices(ctx)
	if err != nil {
		return nil, fmt.Errorf("list offices: %w", err)
	}
	for _, o := range all {
		if o.ID == in.OfficialUnit {
			return []line{text("official_unit", "office", nameIn(o.Name, lang))}, nil
		}
	}
	return []line{said}, nil
}

func nameIn(names map[string]string, lang string) string {
	if name := names[lang]; name != "" {
		return name
	}
	return names["en"]
}
