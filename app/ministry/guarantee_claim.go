package ministry

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

type claimForm struct {
	Amount   string `form:"claim_amount" validate:"required,max=30"`
	Currency string `form:"claim_currency" validate:"required,max=10"`
	Source   string `form:"source" validate:"required,oneof=inspector court arbitration"`
	Award    string `form:"award" validate:"required,max=200"`
	Day      string `form:"enforceable_on_day" validate:"max=10"`
	Month    string `form:"enforceable_on_month" validate:"max=10"`
	Year     string `form:"enforceable_on_year" validate:"max=10"`
	Appealed string `form:"appealed" validate:"omitempty,oneof=yes"`
}

// Record writes down what an award gives somebody against the agency.
func (p *Guarantees) Record(c *fiber.Ctx) error {
	agency, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form claimForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	a := guarantee.Award{Source: guarantee.Source(form.Source), Reference: form.Award, Appealed: form.Appealed == "yes"}
	a.Amount = amountOf(&sent, "claim_amount", "claim_currency")
	a.EnforceableOn = dayOf(&sent, "enforceable_on", form.Day, form.Month, form.Year)
	if sent.Failed() {
		return p.show(c, fiber.StatusUnprocessableEntity, agency, sent, "")
	}
	_, err = p.service.RecordClaim(c.UserContext(), p.web.Actor(c), agency, a)
	return p.answered(c, agency, sent, guaranteePath(agency), err)
}

type claimPage struct {
	Form                 views.Form
	Notice               string
	Claim                guarantee.Claim
	NameLatin, NameLocal string
	Path                 string
}

// Claim shows one claim, with what can become of it.
func (p *Guarantees) Claim(c *fiber.Ctx) error { return p.claim(c, fiber.StatusOK, views.Form{}, "") }

type changeForm struct {
	Day      string `form:"enforceable_on_day" validate:"max=10"`
	Month    string `form:"enforceable_on_month" validate:"max=10"`
	Year     string `form:"enforceable_on_year" validate:"max=10"`
	Appealed string `form:"appealed" validate:"omitempty,oneof=yes"`
	Ending   string `form:"ending" validate:"omitempty,oneof=agency_paid overturned mistake"`
}

// Change writes down what became of an award.
func (p *Guarantees) Change(c *fiber.Ctx) error {
	agency, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	key, err := web.Key(c, "claim")
	if err != nil {
		return err
	}
	var form changeForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	to := guarantee.Change{Appealed: form.Appealed == "yes", Ending: guarantee.Ending(form.Ending)}
	to.EnforceableOn = dayOf(&sent, "enforceable_on", form.Day, form.Month, form.Year)
	if sent.Failed() {
		return p.claim(c, fiber.StatusUnprocessableEntity, sent, "")
	}
	err = p.service.ChangeClaim(c.UserContext(), p.web.Actor(c), key, to)
	switch {
	case err == nil:
		return p.web.Redirect(c, guaranteePath(agency))
	case fault.KindOf(err) == fault.Conflict:
		return p.claim(c, fiber.StatusConflict, sent, fault.CodeOf(err))
	case web.Explain(&sent, err):
		return p.claim(c, fiber.StatusUnprocessableEntity, sent, "")
	}
	return err
}

func (p *Guarantees) claim(c *fiber.Ctx, status int, form views.Form, notice string) error {
	agency, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	key, err := web.Key(c, "claim")
	if err != nil {
		return err
	}
	page := claimPage{Form: form, Notice: notice, Path: guaranteePath(agency)}
	if page.Claim, page.NameLatin, page.NameLocal, err = p.service.Claim(c.UserContext(), p.web.Actor(c), key); err != nil {
		return err
	}
	if page.Claim.AgencyID != agency {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	if page.Form.Values == nil {
		page.Form.Values = map[string][]string{"ending": {""}}
		if !page.Claim.EnforceableOn.IsZero() {
			fillDay(page.Form, "enforceable_on", page.Claim.EnforceableOn)
		}
		if page.Claim.Appealed {
			page.Form.Values["appealed"] = []string{"yes"}
		}
	}
	return p.web.Render(c, status, "ministry/guarantee_claim", page)
}
