package public

import (
	"context"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
)

// The limit is complaint.MaxNarrative; no maxlength in the page, which would
// cut a pasted text without a word.
type wordsForm struct {
	Narrative string `form:"narrative" validate:"max=20000"`
}

func fillWords(a answers, in *complaint.Intake) fault.Fields {
	in.Narrative = a.one("narrative")
	return nil
}

type namesForm struct {
	Reporter string `form:"reporter_name" validate:"max=500"`
	Worker   string `form:"worker_name" validate:"max=500"`
}

// fillNames drops the other person's name when it turned out to be about
// oneself.
func fillNames(a answers, in *complaint.Intake) fault.Fields {
	in.ReporterName = a.one("reporter_name")
	if otherPerson(a) {
		in.WorkerName = a.one("worker_name")
	}
	return nil
}

func otherPerson(a answers) bool { return a.one("about") != string(complaint.AboutSelf) }

// aboutSomebodyElse tells a page whether to ask for a second person, too.
func aboutSomebodyElse(_ context.Context, _ *Complaints, _ string, s state) (any, error) {
	return otherPerson(s.Answers), nil
}

type contactForm struct {
	Phone string `form:"contact_phone" validate:"max=500"`
	How   string `form:"contact_how" validate:"omitempty,oneof=call message"`
	When  string `form:"contact_when" validate:"max=500"`
}

func fillContact(a answers, in *complaint.Intake) fault.Fields {
	in.Contact = complaint.Contact{Phone: a.one("contact_phone"), How: a.one("contact_how"), When: a.one("contact_when")}
	return nil
}

type actForm struct {
	MayAct string `form:"may_act" validate:"omitempty,oneof=nobody labour_desk police both"`
	Agrees string `form:"worker_agrees" validate:"omitempty,oneof=yes"`
}

// fillAct reads a skipped question as "nobody yet".
func fillAct(a answers, in *complaint.Intake) fault.Fields {
	switch a.one("may_act") {
	case "labour_desk":
		in.MayAct = []complaint.MayAct{complaint.LabourDesk}
	case "police":
		in.MayAct = []complaint.MayAct{complaint.Police}
	case "both":
		in.MayAct = []complaint.MayAct{complaint.LabourDesk, complaint.Police}
	}
	in.WorkerAgrees = otherPerson(a) && a.one("worker_agrees") == "yes"
	return nil
}
