package ministry

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// Remark keeps what is wrong with one answer.
func (a *Applications) Remark(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form remarkForm
	sent, err := a.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		err := a.applications.Note(c.UserContext(), a.web.Actor(c), key, application.Remark{
			Section: dossier.Section(form.Section), Item: form.Item, Field: form.Field, Text: form.Text,
		})
		switch {
		case err == nil:
			return a.web.Redirect(c, a.here(key)+"#"+form.Section)
		case !web.Explain(&sent, err):
			return a.came(c, err)
		}
	}
	return a.remarkForm(c, fiber.StatusUnprocessableEntity, form, &sent)
}

// came shows the application with what came to nothing.
func (a *Applications) came(c *fiber.Ctx, err error) error {
	if fault.KindOf(err) == fault.Conflict {
		return a.show(c, fiber.StatusConflict, sentBack{notice: fault.CodeOf(err)})
	}
	return err
}

// Return sends the application back to the agency.
func (a *Applications) Return(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	if err := a.applications.Return(c.UserContext(), a.web.Actor(c), key); err != nil {
		return a.came(c, err)
	}
	return a.web.Redirect(c, a.here(key))
}

type feeForm struct {
	Amount    string `form:"amount" validate:"required,max=30"`
	Currency  string `form:"currency" validate:"required,len=3"`
	PaidDay   string `form:"paid_on_day" validate:"max=10"`
	PaidMonth string `form:"paid_on_month" validate:"max=10"`
	PaidYear  string `form:"paid_on_year" validate:"max=10"`
	Reference string `form:"reference" validate:"required,max=100"`
}

// Receive records that the fee arrived.
func (a *Applications) Receive(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form feeForm
	sent, err := a.web.Bind(c, &form)
	if err != nil {
		return err
	}
	paid := application.Payment{Reference: form.Reference}
	var ok bool
	if paid.PaidOn, ok = web.ParseDay(form.PaidDay, form.PaidMonth, form.PaidYear); !ok {
		sent.Errors["paid_on"] = "form.date"
	}
	if paid.Money, err = money.Parse(form.Amount, form.Currency); err != nil && sent.Errors["amount"] == "" {
		sent.Errors["amount"] = "form.number"
	}
	if !sent.Failed() {
		err := a.applications.Receive(c.UserContext(), a.web.Actor(c), key, paid)
		switch {
		case err == nil:
			return a.web.Redirect(c, a.here(key))
		case !web.Explain(&sent, err):
			return a.came(c, err)
		}
	}
	return a.show(c, fiber.StatusUnprocessableEntity, sentBack{fee: &sent})
}

type recommendationForm struct {
	Decision   string   `form:"decision" validate:"required,oneof=grant refuse"`
	Reason     string   `form:"reason" validate:"required,max=2000"`
	Number     string   `form:"number" validate:"max=30"`
	FromDay    string   `form:"valid_from_day" validate:"max=10"`
	FromMonth  string   `form:"valid_from_month" validate:"max=10"`
	FromYear   string   `form:"valid_from_year" validate:"max=10"`
	UntilDay   string   `form:"valid_until_day" validate:"max=10"`
	UntilMonth string   `form:"valid_until_month" validate:"max=10"`
	UntilYear  string   `form:"valid_until_year" validate:"max=10"`
	Scope      []string `form:"scope" validate:"max=500,dive,max=7"`
}

func (f recommendationForm) recommendation(sent *views.Form) application.Recommendation {
	r := application.Recommendation{Grant: f.Decision == "grant", Reason: f.Reason, Number: f.Number}
	if !r.Grant {
		return r
	}
	var ok bool
	if r.From, ok = web.ParseDay(f.FromDay, f.FromMonth, f.FromYear); !ok {
		sent.Errors["valid_from"] = "form.date"
	}
	if r.Until, ok = web.ParseDay(f.UntilDay, f.UntilMonth, f.UntilYear); !ok {
		sent.Errors["valid_until"] = "form.date"
	}
	for _, text := range f.Scope {
		r.Scope = append(r.Scope, licensing.ParseScopeLine(text))
	}
	return r
}

// Recommend proposes what a second officer decides.
func (a *Applications) Recommend(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form recommendationForm
	sent, err := a.web.Bind(c, &form)
	if err != nil {
		return err
	}
	r := form.recommendation(&sent)
	if !sent.Failed() {
		waits, err := a.applications.Recommend(c.UserContext(), a.web.Actor(c), key, r, a.proposer)
		switch {
		case err == nil:
			return a.web.Redirect(c, "/decisions/"+waits.String())
		case !web.Explain(&sent, err):
			return a.came(c, err)
		}
	}
	return a.show(c, fiber.StatusUnprocessableEntity, sentBack{recommendation: &sent})
}
