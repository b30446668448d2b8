// Package oversight is the desk of the oversight body: what is kept how long,
// what is held, and how both are changed by two people.
package oversight

import (
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const retentionPath = "/oversight/retention"

// Retention serves the pages of retention. It is safe for concurrent use.
type Retention struct {
	web      *web.Web
	service  *retention.Service
	proposer retention.Proposer
}

// NewRetention returns the pages.
func NewRetention(w *web.Web, s *retention.Service, p retention.Proposer) *Retention {
	return &Retention{web: w, service: s, proposer: p}
}

type retentionPage struct {
	Form     views.Form
	Overview retention.Overview
	Reasons  []views.Option
}

// Show lists the rules in force, what is due, and the holds.
func (r *Retention) Show(c *fiber.Ctx) error { return r.show(c, fiber.StatusOK, views.Form{}) }

type holdForm struct {
	Subject    string `form:"subject" validate:"required,oneof=complaint agency period"`
	Complaint  string `form:"complaint" validate:"max=60"`
	Agency     string `form:"agency" validate:"max=120"`
	FromDay    string `form:"from_day" validate:"max=10"`
	FromMonth  string `form:"from_month" validate:"max=10"`
	FromYear   string `form:"from_year" validate:"max=10"`
	UntilDay   string `form:"until_day" validate:"max=10"`
	UntilMonth string `form:"until_month" validate:"max=10"`
	UntilYear  string `form:"until_year" validate:"max=10"`
	Reason     string `form:"reason" validate:"required,oneof=prosecution court appeal inquiry complainant"`
}

// Place places a hold, which is in force at once.
func (r *Retention) Place(c *fiber.Ctx) error {
	var form holdForm
	sent, err := r.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		held, err := r.held(c, form, &sent)
		if err == nil && !sent.Failed() {
			_, err = r.service.Place(c.UserContext(), r.web.Actor(c), held, retention.Reason(form.Reason))
			if err == nil {
				return r.web.Redirect(c, retentionPath)
			}
		}
		if err != nil && !web.Explain(&sent, err) {
			return err
		}
	}
	return r.show(c, fiber.StatusUnprocessableEntity, sent)
}

// held reads the part of the form that the subject names; the others are not
// looked at.
func (r *Retention) held(c *fiber.Ctx, form holdForm, sent *views.Form) (held retention.Held, err error) {
	switch form.Subject {
	case "complaint":
		if held.Complaint, err = uuid.Parse(form.Complaint); err != nil {
			sent.Errors["complaint"] = "retention.error.complaint"
		}
		return held, nil
	case "agency":
		name := form.Agency[strings.LastIndex(form.Agency, "/agencies/")+1:] // an address will do
		held.Agency, err = r.service.Agency(c.UserContext(), r.web.Actor(c), strings.TrimPrefix(name, "agencies/"))
		return held, err
	}
	var fromOK, untilOK bool
	held.From, fromOK = web.ParseDay(form.FromDay, form.FromMonth, form.FromYear)
	held.Until, untilOK = web.ParseDay(form.UntilDay, form.UntilMonth, form.UntilYear)
	if !fromOK || held.From.IsZero() {
		sent.Errors["from"] = "form.date"
	}
	if !untilOK || held.Until.IsZero() {
		sent.Errors["until"] = "form.date"
	}
	return held, nil
}

func (r *Retention) show(c *fiber.Ctx, status int, sent views.Form) error {
	overview, err := r.service.Overview(c.UserContext(), r.web.Actor(c))
	if err != nil {
		return err
	}
	page := retentionPage{Form: sent, Overview: overview}
	for _, reason := range retention.Reasons() {
		page.Reasons = append(page.Reasons, views.Option{Value: string(reason), Key: "retention.reason." + string(reason)})
	}
	return r.web.Render(c, status, "oversight/retention", page)
}
