package public

import (
	"context"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
)

type safeForm struct {
	Safe string `form:"safe" validate:"omitempty,oneof=safe danger unsure"`
}

func fillSafe(a answers, in *complaint.Intake) fault.Fields {
	in.Safe = complaint.Safety(a.one("safe"))
	return nil
}

func inDanger(a answers) bool { return a.one("safe") == string(complaint.InDanger) }

// callNumber is one line of whom to call.
type callNumber struct{ Country, Name, Number string }

// numbersToCall shows whom to call before anything else is asked. When the
// numbers cannot be read, the page says that there are none here: somebody in
// danger is better served by that and the rest of the form than by an error.
func numbersToCall(ctx context.Context, p *Complaints, lang string, _ state) (any, error) {
	numbers, err := p.Service.NumbersToCall(ctx)
	if err != nil {
		return []callNumber(nil), nil //nolint:nilerr // as the comment says
	}
	lines := make([]callNumber, 0, len(numbers))
	for _, n := range numbers {
		name := n.Name[lang]
		if name == "" {
			name = n.Name["en"]
		}
		lines = append(lines, callNumber{Country: country.Name(lang, n.Country), Name: name, Number: n.Number})
	}
	return lines, nil
}

type phoneForm struct {
	PhoneUse string `form:"phone_use" validate:"omitempty,oneof=own shared"`
}

func fillPhone(a answers, in *complaint.Intake) fault.Fields {
	in.Phone = complaint.PhoneUse(a.one("phone_use"))
	return nil
}
