package public

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/google/uuid"
)

type agencyForm struct {
	Agency string `form:"agency" validate:"max=500"`
}

func fillAgency(a answers, in *complaint.Intake) fault.Fields {
	in.AgencyName = a.one("agency")
	return nil
}

func agencyTyped(a answers) bool { return a.one("agency") != "" }

// pickForm also carries for which name the choice was shown: a choice made for
// another name counts for nothing.
type pickForm struct {
	AgencyID string `form:"agency_id" validate:"max=40"`
	For      string `form:"agency_for" validate:"max=500"`
}

// noneOfThese is the choice of somebody who knows that the agency is another.
const noneOfThese = "none"

func fillPick(a answers, in *complaint.Intake) fault.Fields {
	chosen := a.one("agency_id")
	if chosen == "" || chosen == noneOfThese || a.one("agency_for") != a.one("agency") {
		return nil
	}
	id, err := uuid.Parse(chosen)
	if err != nil {
		return fault.Fields{"agency_id": "form.choice"}
	}
	in.AgencyID = id
	return nil
}

// maxCandidates fit on a small screen.
const maxCandidates = 6

// pickData are the agencies that the typed name may mean.
type pickData struct {
	Typed   string
	Options []views.Option // the last one is "none of these"; nil when nothing was found
}

func candidates(ctx context.Context, p *Complaints, _ string, s state) (any, error) {
	typed := s.Answers.one("agency")
	found, err := p.Register.Candidates(ctx, typed, maxCandidates)
	if err != nil {
		return nil, fmt.Errorf("look agency up: %w", err)
	}
	data := pickData{Typed: typed}
	for _, c := range found {
		data.Options = append(data.Options, views.Option{Value: c.ID.String(), Text: c.Name, Hint: c.Place})
	}
	if data.Options != nil {
		data.Options = append(data.Options, views.Option{Value: noneOfThese, Key: "complaint.agency_id.none", Apart: true})
	}
	return data, nil
}

type brokerForm struct {
	Name  string `form:"broker_name" validate:"max=500"`
	Phone string `form:"broker_phone" validate:"max=500"`
}

func fillBroker(a answers, in *complaint.Intake) fault.Fields {
	in.BrokerName, in.BrokerPhone = a.one("broker_name"), a.one("broker_phone")
	return nil
}

type employerForm struct {
	Employer string `form:"employer" validate:"max=500"`
}

func fillEmployer(a answers, in *complaint.Intake) fault.Fields {
	in.Employer = a.one("employer")
	return nil
}
