package public

import (
	"slices"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const consentView = "public/complaint_consent"

type consentForm struct {
	MayAct       string `form:"may_act" validate:"omitempty,oneof=labour_desk police both"`
	WorkerAgrees string `form:"worker_agrees" validate:"omitempty,oneof=yes"`
}

// given lists what was chosen.
func (f consentForm) given() (all []complaint.Consent) {
	switch f.MayAct {
	case "both":
		all = []complaint.Consent{complaint.ConsentLabourDesk, complaint.ConsentPolice}
	case "":
	default:
		all = []complaint.Consent{complaint.Consent(f.MayAct)}
	}
	if f.WorkerAgrees == "yes" {
		all = append(all, complaint.ConsentWorkerAgrees)
	}
	return all
}

type consentPage struct {
	Form views.Form
	left
}

// left is what a reporter has not allowed yet.
type left struct {
	MayAct       []views.Option
	WorkerAgrees bool
}

func (l left) any() bool { return len(l.MayAct) > 0 || l.WorkerAgrees }

// leftToAllow asks nothing of which the answers were deleted: nobody could read it.
func leftToAllow(c complaint.Contents) (l left) {
	if c.Answers == nil {
		return l
	}
	for _, who := range []complaint.MayAct{complaint.LabourDesk, complaint.Police} {
		if !slices.Contains(c.Answers.MayAct, who) {
			l.MayAct = append(l.MayAct, views.Option{Value: string(who), Key: "complaint.may_act." + string(who)})
		}
	}
	if len(l.MayAct) > 1 {
		l.MayAct = append(l.MayAct, views.Option{Value: "both", Key: "complaint.may_act.both"})
	}
	l.WorkerAgrees = !c.Answers.WorkerAgrees && c.Answers.About != complaint.AboutSelf
	return l
}

// ConsentForm asks the holder of a receipt who else may act on it.
func (p *Complaints) ConsentForm(c *fiber.Ctx) error {
	return p.askConsent(c, fiber.StatusOK, views.Form{})
}

func (p *Complaints) askConsent(c *fiber.Ctx, status int, sent views.Form) error {
	session, ok := p.receipt(c)
	if !ok {
		return p.Web.Redirect(c, checkPath)
	}
	mine, err := p.Service.Mine(c.UserContext(), session.Actor, p.Web.SessionToken(c), session.SealedKey)
	if err != nil {
		return err
	}
	l := leftToAllow(mine.Contents)
	if !l.any() {
		return p.Web.Redirect(c, minePath)
	}
	if wrong, ok := sent.Errors["may_act"]; ok && len(l.MayAct) == 0 { // the message belongs to what is asked
		sent.Errors = map[string]string{"worker_agrees": wrong}
	}
	return p.Web.Render(c, status, consentView, consentPage{Form: sent, left: l})
}

// Allow records who else may act, and seals the complaint to them.
func (p *Complaints) Allow(c *fiber.Ctx) error {
	session, ok := p.receipt(c)
	if !ok {
		return p.Web.Redirect(c, checkPath)
	}
	var form consentForm
	sent, err := p.Web.Bind(c, &form)
	if err != nil {
		return err
	}
	given := form.given()
	if len(given) == 0 && !sent.Failed() {
		sent.Errors = map[string]string{"may_act": "complaint.consent.nothing"}
	}
	if !sent.Failed() {
		err = p.Service.Allow(c.UserContext(), session.Actor, p.Web.SessionToken(c), session.SealedKey, given...)
		if err == nil {
			return p.Web.Redirect(c, minePath)
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	return p.askConsent(c, fiber.StatusUnprocessableEntity, sent)
}
