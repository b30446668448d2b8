package public

import (
	"context"
	"strconv"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
)

type aboutForm struct {
	About string `form:"about" validate:"omitempty,oneof=self family friend worker other"`
}

func fillAbout(a answers, in *complaint.Intake) fault.Fields {
	in.About = complaint.About(a.one("about"))
	return nil
}

type whatForm struct {
	What []string `form:"what" validate:"max=11,dive,max=40"`
	Also []string `form:"also" validate:"max=4,dive,oneof=missing never_departed official minor"`
}

func fillWhat(a answers, in *complaint.Intake) fault.Fields {
	in.MissingPerson = a.chosen("also", "missing")
	in.NeverDeparted = a.chosen("also", "never_departed")
	in.Official = a.chosen("also", "official")
	in.Minor = a.chosen("also", "minor")
	in.Indicators = map[complaint.Indicator][]complaint.Phase{}
	for _, indicator := range complaint.Indicators() {
		if a.chosen("what", string(indicator)) {
			in.Indicators[indicator] = nil
		}
	}
	if len(in.Indicators) != len(a["what"]) {
		return fault.Fields{"what": "form.choice"}
	}
	return nil
}

// elevenQuestions are the choices of the screen, in the order in which it is
// easiest to answer.
func elevenQuestions(context.Context, *Complaints, string, state) (any, error) {
	var all []views.Option
	for _, indicator := range complaint.Indicators() {
		all = append(all, views.Option{Value: string(indicator), Key: "complaint.indicator." + string(indicator)})
	}
	return all, nil
}

func somethingHappened(a answers) bool { return len(a["what"]) > 0 }

// phaseForm has a field for each of the eleven.
type phaseForm struct {
	Vulnerability []string `form:"phase_abuse_of_vulnerability" validate:"max=3,dive,oneof=before travel work"`
	Deception     []string `form:"phase_deception" validate:"max=3,dive,oneof=before travel work"`
	Movement      []string `form:"phase_restriction_of_movement" validate:"max=3,dive,oneof=before travel work"`
	Isolation     []string `form:"phase_isolation" validate:"max=3,dive,oneof=before travel work"`
	Violence      []string `form:"phase_violence" validate:"max=3,dive,oneof=before travel work"`
	Threats       []string `form:"phase_threats" validate:"max=3,dive,oneof=before travel work"`
	Documents     []string `form:"phase_document_retention" validate:"max=3,dive,oneof=before travel work"`
	Wages         []string `form:"phase_wage_withholding" validate:"max=3,dive,oneof=before travel work"`
	Debt          []string `form:"phase_debt_bondage" validate:"max=3,dive,oneof=before travel work"`
	Conditions    []string `form:"phase_abusive_conditions" validate:"max=3,dive,oneof=before travel work"`
	Overtime      []string `form:"phase_excessive_overtime" validate:"max=3,dive,oneof=before travel work"`
}

// fillPhase reads only what still belongs to a chosen answer.
func fillPhase(a answers, in *complaint.Intake) fault.Fields {
	for indicator := range in.Indicators {
		for _, phase := range a["phase_"+string(indicator)] {
			in.Indicators[indicator] = append(in.Indicators[indicator], complaint.Phase(phase))
		}
	}
	return nil
}

// phaseQuestion asks when one thing happened.
type phaseQuestion struct{ Field, Key string }

func phaseQuestions(_ context.Context, _ *Complaints, _ string, s state) (any, error) {
	var all []phaseQuestion
	for _, indicator := range complaint.Indicators() {
		if s.Answers.chosen("what", string(indicator)) {
			all = append(all, phaseQuestion{Field: "phase_" + string(indicator), Key: "complaint.indicator_short." + string(indicator)})
		}
	}
	return all, nil
}

type dateForm struct {
	Day   string `form:"happened_day" validate:"max=20"`
	Month string `form:"happened_month" validate:"max=20"`
	Year  string `form:"happened_year" validate:"max=20"`
}

func fillDate(now func() time.Time) func(answers, *complaint.Intake) fault.Fields {
	return func(a answers, in *complaint.Intake) fault.Fields {
		day, ok1 := datePart(a.one("happened_day"))
		month, ok2 := datePart(a.one("happened_month"))
		year, ok3 := datePart(a.one("happened_year"))
		in.HappenedOn = complaint.Day{Year: year, Month: month, Day: day}
		if !ok1 || !ok2 || !ok3 || !in.HappenedOn.Possible(now()) {
			return fault.Fields{"happened": "complaint.error.day"}
		}
		return nil
	}
}

// datePart reads one number; nothing written is zero.
func datePart(typed string) (int, bool) {
	text := figures(typed)
	if text == "" {
		return 0, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0
}
