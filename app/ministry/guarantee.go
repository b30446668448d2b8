package ministry

import (
	"strconv"
	"strings"
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type guaranteePage struct {
	guarantee.Record

	Form   views.Form
	Notice string // why the last attempt came to nothing: a message, or ""
	Path   string
	// Callable are the claims for which the guarantee can be called today.
	Callable []views.Option
}

// Show shows an agency's ledger, its claims and letters, and what can be proposed.
func (p *Guarantees) Show(c *fiber.Ctx) error {
	agency, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return p.show(c, fiber.StatusOK, agency, views.Form{}, "")
}

func (p *Guarantees) show(c *fiber.Ctx, status int, agency uuid.UUID, form views.Form, notice string) error {
	r, err := p.service.Open(c.UserContext(), p.web.Actor(c), agency)
	if err != nil {
		return err
	}
	page := guaranteePage{Record: r, Form: form, Notice: notice, Path: guaranteePath(agency)}
	if page.Form.Values == nil {
		page.Form.Values = map[string][]string{}
	}
	for _, name := range []string{"currency", "claim_currency"} {
		if _, typed := page.Form.Values[name]; !typed {
			page.Form.Values[name] = []string{r.Required.Currency}
		}
	}
	for _, claim := range r.Claims {
		if claim.Callable(r.Today) {
			page.Callable = append(page.Callable, views.Option{
				Value: claim.ID.String(), Text: strconv.FormatInt(claim.Number, 10) + ": " + claim.Reference, Hint: claim.Left().String(),
			})
		}
	}
	return p.web.Render(c, status, "ministry/guarantee", page)
}

func guaranteePath(agency uuid.UUID) string {
	return "/ministry/agencies/" + agency.String() + "/guarantee"
}

// answered leads to the decision that waits, or shows what speaks against it.
func (p *Guarantees) answered(c *fiber.Ctx, agency uuid.UUID, sent views.Form, to string, err error) error {
	switch {
	case err == nil:
		return p.web.Redirect(c, to)
	case fault.KindOf(err) == fault.Conflict:
		return p.show(c, fiber.StatusConflict, agency, sent, fault.CodeOf(err))
	case web.Explain(&sent, err):
		return p.show(c, fiber.StatusUnprocessableEntity, agency, sent, "")
	}
	return err
}

type postForm struct {
	Kind       string `form:"kind" validate:"required,oneof=bank deposit"`
	Bank       string `form:"bank" validate:"required,max=200"`
	Reference  string `form:"reference" validate:"required,max=100"`
	Amount     string `form:"amount" validate:"required,max=30"`
	Currency   string `form:"currency" validate:"required,max=10"`
	FromDay    string `form:"valid_from_day" validate:"max=10"`
	FromMonth  string `form:"valid_from_month" validate:"max=10"`
	FromYear   string `form:"valid_from_year" validate:"max=10"`
	UntilDay   string `form:"expires_on_day" validate:"max=10"`
	UntilMonth string `form:"expires_on_month" validate:"max=10"`
	UntilYear  string `form:"expires_on_year" validate:"max=10"`
}

// Post proposes a guarantee.
func (p *Guarantees) Post(c *fiber.Ctx) error {
	agency, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form postForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	g := guarantee.Posting{Kind: guarantee.Kind(form.Kind), Bank: form.Bank, Reference: form.Reference}
	g.Amount = amountOf(&sent, "amount", "currency")
	g.From = dayOf(&sent, "valid_from", form.FromDay, form.FromMonth, form.FromYear)
	if g.From.IsZero() {
		sent.Errors["valid_from"] = "form.date"
	}
	g.Until = dayOf(&sent, "expires_on", form.UntilDay, form.UntilMonth, form.UntilYear)
	if sent.Failed() {
		return p.show(c, fiber.StatusUnprocessableEntity, agency, sent, "")
	}
	key, err := p.service.Post(c.UserContext(), p.web.Actor(c), agency, g, p.proposer)
	return p.answered(c, agency, sent, "/decisions/"+key.String(), err)
}

// amountOf reads an amount and its currency, with the errors at their fields.
func amountOf(sent *views.Form, amount, currency string) money.Money {
	code := strings.ToUpper(sent.Value(currency))
	if sent.Errors[currency] == "" && !money.Known(code) {
		sent.Errors[currency] = "policy.error.currency"
	}
	m, err := money.Parse(sent.Value(amount), code)
	if err != nil && sent.Errors[amount] == "" && sent.Errors[currency] == "" {
		sent.Errors[amount] = "guarantee.error.amount"
	}
	return m
}

// dayOf reads a day; nothing is the zero time.
func dayOf(sent *views.Form, name, day, month, year string) time.Time {
	at, ok := web.ParseDay(day, month, year)
	if !ok {
		sent.Errors[name] = "form.date"
	}
	return at
}

type callForm struct {
	Claims []string `form:"claims" validate:"max=200,dive,uuid"`
}

// Call proposes to call on the guarantee.
func (p *Guarantees) Call(c *fiber.Ctx) error {
	agency, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form callForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return p.show(c, fiber.StatusUnprocessableEntity, agency, sent, "")
	}
	var claims []uuid.UUID
	for _, text := range form.Claims {
		if key, err := uuid.Parse(text); err == nil {
			claims = append(claims, key)
		}
	}
	key, err := p.service.Call(c.UserContext(), p.web.Actor(c), agency, claims, p.proposer)
	return p.answered(c, agency, sent, "/decisions/"+key.String(), err)
}

// Release proposes to let go of what is held.
func (p *Guarantees) Release(c *fiber.Ctx) error {
	agency, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	key, err := p.service.ProposeRelease(c.UserContext(), p.web.Actor(c), agency, p.proposer)
	return p.answered(c, agency, views.Form{}, "/decisions/"+key.String(), err)
}

type paidForm struct {
	Letter string `form:"letter" validate:"required,uuid"`
}

// Paid writes down that a bank paid what a letter asked for.
func (p *Guarantees) Paid(c *fiber.Ctx) error {
	agency, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form paidForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	letter, err := uuid.Parse(form.Letter)
	if err != nil {
		return p.show(c, fiber.StatusUnprocessableEntity, agency, sent, "form.invalid")
	}
	return p.answered(c, agency, sent, guaranteePath(agency), p.service.RecordPaid(c.UserContext(), p.web.Actor(c), letter))
}
