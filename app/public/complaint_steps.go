package public

import (
	"context"
	"reflect"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
)

// step is one screen: one question, which may be skipped. Its page is
// public/complaint_<name>.
type step struct {
	name string
	// form returns a new form struct to bind; nil for a screen that asks nothing.
	form func() any
	// asked tells whether the screen is shown, given the answers; nil is always.
	asked func(answers) bool
	// after names the screen whose answer this one asks more about.
	after string
	// fill reads the screen's answers into the intake.
	fill func(answers, *complaint.Intake) fault.Fields
	// data returns what the page shows beside the answers.
	data func(ctx context.Context, p *Complaints, lang string, s state) (any, error)
}

// way is the screens in their order; the last one reads everything back.
type way []step

// theWay is the table of screens. A new question is a line here, a file with
// its form, a page and its words. now tells which days are past.
func theWay(now func() time.Time) way {
	return way{
		{name: "safe", form: newForm[safeForm], fill: fillSafe},
		{name: "call", after: "safe", asked: inDanger, data: numbersToCall},
		{name: "phone", form: newForm[phoneForm], fill: fillPhone},
		{name: "about", form: newForm[aboutForm], fill: fillAbout},
		{name: "what", form: newForm[whatForm], fill: fillWhat, data: elevenQuestions},
		{name: "office", after: "what", form: newForm[officeForm], asked: officialInvolved, fill: fillOffice, data: offices},
		{name: "phase", after: "what", form: newForm[phaseForm], asked: somethingHappened, fill: fillPhase, data: phaseQuestions},
		{name: "date", form: newForm[dateForm], fill: fillDate(now)},
		{name: "where", form: newForm[whereForm], fill: fillWhere, data: countries},
		{name: "agency", form: newForm[agencyForm], fill: fillAgency},
		{name: "pick", after: "agency", form: newForm[pickForm], asked: agencyTyped, fill: fillPick, data: candidates},
		{name: "broker", form: newForm[brokerForm], fill: fillBroker},
		{name: "employer", form: newForm[employerForm], fill: fillEmployer},
		{name: "money", form: newForm[moneyForm], fill: fillMoney},
		{name: "words", form: newForm[wordsForm], fill: fillWords},
		{name: "names", form: newForm[namesForm], fill: fillNames, data: aboutSomebodyElse},
		{name: "contact", form: newForm[contactForm], fill: fillContact},
		{name: "act", form: newForm[actForm], fill: fillAct, data: aboutSomebodyElse},
		{name: "review", data: readBack},
	}
}

const (
	firstStep = 0
	wordsStep = "words"
)

func newForm[T any]() any { return new(T) }

func (s *step) isAsked(a answers) bool { return s.asked == nil || s.asked(a) }

// fields lists the names of the screen's fields.
func (s *step) fields() []string {
	if s.form == nil {
		return nil
	}
	var names []string
	t := reflect.TypeOf(s.form()).Elem()
	for i := range t.NumField() {
		names = append(names, t.Field(i).Tag.Get("form"))
	}
	return names
}

// at returns the place of the screen of that name, or -1.
func (w way) at(name string) int {
	for i := range w {
		if w[i].name == name {
			return i
		}
	}
	return -1
}

// asking returns the place of the screen that asks the field; the reporter's
// own words are where everything else could be said.
func (w way) asking(field string) int {
	for i := range w {
		for _, name := range w[i].fields() {
			if name == field || strings.TrimSuffix(name, "_year") == field {
				return i
			}
		}
	}
	return w.at(wordsStep)
}

func (w way) last() int { return len(w) - 1 }

// next returns the screen after at. Once everything was read back, only what
// asks more about the changed answer comes before the last screen again.
func (w way) next(s state, at int) int {
	for i := at + 1; i < w.last(); i++ {
		more := w[i].after != "" && (w[i].after == w[at].name || w[i].after == w[at].after)
		if w[i].isAsked(s.Answers) && (!s.Reviewed || more) {
			return i
		}
	}
	return w.last()
}

func (w way) previous(s state, at int) int {
	for i := at - 1; i >= 0; i-- {
		if w[i].isAsked(s.Answers) {
			return i
		}
	}
	return firstStep
}

// number counts the screens up to at, from one.
func (w way) number(s state, at int) int {
	n := 1
	for i := range at {
		if w[i].isAsked(s.Answers) {
			n++
		}
	}
	return n
}

// intake reads all answers. When one cannot be what was asked, it also returns
// the place of the screen that asks it, else -1, and what is wrong.
func (w way) intake(a answers) (complaint.Intake, int, fault.Fields) {
	var in complaint.Intake
	for i := range w {
		if w[i].fill == nil || !w[i].isAsked(a) {
			continue
		}
		if wrong := w[i].fill(a, &in); len(wrong) > 0 {
			return in, i, wrong
		}
	}
	return in, -1, nil
}
