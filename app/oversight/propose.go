package oversight

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// decided is where a proposal waits.
func decided(key uuid.UUID) string { return "/decisions/" + key.String() }

type liftPage struct {
	Form  views.Form
	Hold  retention.Hold
	Units []views.Option
	// Notice is why the last attempt came to nothing: a message, or "".
	Notice string
}

type liftForm struct {
	Unit string `form:"unit" validate:"required,uuid"`
}

// LiftForm shows the hold and asks which unit shall be the second.
func (r *Retention) LiftForm(c *fiber.Ctx) error {
	return r.lift(c, fiber.StatusOK, views.Form{}, "")
}

// Lift proposes to lift the hold.
func (r *Retention) Lift(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form liftForm
	sent, err := r.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if sent.Failed() {
		sent.Errors["unit"] = "form.choice"
		return r.lift(c, fiber.StatusUnprocessableEntity, sent, "")
	}
	proposal, err := r.service.AskLift(c.UserContext(), r.web.Actor(c), key, uuid.MustParse(form.Unit), r.proposer)
	switch {
	case err == nil:
		return r.web.Redirect(c, decided(proposal))
	case fault.KindOf(err) == fault.Conflict:
		return r.lift(c, fiber.StatusConflict, sent, fault.CodeOf(err))
	case !web.Explain(&sent, err):
		return err
	}
	return r.lift(c, fiber.StatusUnprocessableEntity, sent, "")
}

func (r *Retention) lift(c *fiber.Ctx, status int, sent views.Form, notice string) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	page := liftPage{Form: sent, Notice: notice}
	if page.Hold, err = r.service.Hold(c.UserContext(), r.web.Actor(c), key); err != nil {
		return err
	}
	seconds, err := r.service.Seconds(c.UserContext(), r.web.Actor(c))
	if err != nil {
		return err
	}
	for _, unit := range seconds {
		page.Units = append(page.Units, views.Option{Value: unit.ID.String(), Text: r.web.InLanguage(c, unit.Name)})
	}
	if len(seconds) == 1 && sent.Values == nil {
		page.Form.Values = map[string][]string{"unit": {seconds[0].ID.String()}}
	}
	return r.web.Render(c, status, "oversight/lift", page)
}

type policyPage struct {
	Form   views.Form
	Kinds  []views.Option
	Notice string
}

type policyForm struct {
	Kind      string `form:"kind" validate:"required"`
	Days      string `form:"days" validate:"required,max=20"`
	FromDay   string `form:"from_day" validate:"max=10"`
	FromMonth string `form:"from_month" validate:"max=10"`
	FromYear  string `form:"from_year" validate:"max=10"`
	Source    string `form:"source" validate:"required,max=500"`
}

// PolicyForm asks for another rule. ?kind= is of which kind.
func (r *Retention) PolicyForm(c *fiber.Ctx) error {
	form := views.Form{Values: map[string][]string{"kind": {c.Query("kind")}}}
	return r.policy(c, fiber.StatusOK, form, "")
}

// ProposePolicy proposes another rule.
func (r *Retention) ProposePolicy(c *fiber.Ctx) error {
	var form policyForm
	sent, err := r.web.Bind(c, &form)
	if err != nil {
		return err
	}
	rule := retention.Policy{Kind: retention.Kind(form.Kind), Source: form.Source}
	var ok bool
	if rule.Days, ok = web.ParseCount(form.Days); !ok && sent.Errors["days"] == "" {
		sent.Errors["days"] = "retention.error.days"
	}
	if rule.From, ok = web.ParseDay(form.FromDay, form.FromMonth, form.FromYear); !ok || rule.From.IsZero() {
		sent.Errors["from"] = "form.date"
	}
	if sent.Failed() {
		return r.policy(c, fiber.StatusUnprocessableEntity, sent, "")
	}
	proposal, err := r.service.AskPolicy(c.UserContext(), r.web.Actor(c), rule, r.proposer)
	switch {
	case err == nil:
		return r.web.Redirect(c, decided(proposal))
	case fault.KindOf(err) == fault.Conflict:
		return r.policy(c, fiber.StatusConflict, sent, fault.CodeOf(err))
	case !web.Explain(&sent, err):
		return err
	}
	return r.policy(c, fiber.StatusUnprocessableEntity, sent, "")
}

func (r *Retention) policy(c *fiber.Ctx, status int, sent views.Form, notice string) error {
	page := policyPage{Form: sent, Notice: notice, Kinds: []views.Option{{Value: "", Key: "retention.rule.choose"}}}
	for _, kind := range retention.Kinds() {
		page.Kinds = append(page.Kinds, views.Option{Value: string(kind), Key: "retention.kind." + string(kind)})
	}
	return r.web.Render(c, status, "oversight/policy", page)
}
