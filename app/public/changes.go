package public

import (
	"context"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/subscription"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// Subscriptions is what the pages of changes ask.
type Subscriptions interface {
	Enabled() bool
	Ask(ctx context.Context, slug, email, lang string) error
	Look(ctx context.Context, token string) (subscription.Subscription, error)
	Confirm(ctx context.Context, token string) error
	End(ctx context.Context, token string) error
}

// Changes serves letters about changes of the register to people without an account.
type Changes struct {
	web     *web.Web
	service Subscriptions
}

// NewChanges returns the pages.
func NewChanges(w *web.Web, s Subscriptions) *Changes { return &Changes{web: w, service: s} }

const (
	changesPath = "/changes"
	gone        = "changes.gone" // of a link that is over
)

// changesPage is public/changes.
type changesPage struct {
	Form  views.Form
	Slug  string // of the agency that is asked for
	Asked bool
	Gone  bool
	Ended bool
	// Found is the subscription of a link.
	Found *subscription.Subscription
	Href  string // of its forms
}

// Form asks for an address: ?agency= is the last part of the agency's.
func (p *Changes) Form(c *fiber.Ctx) error {
	if !p.service.Enabled() {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	return p.web.Render(c, fiber.StatusOK, "public/changes", changesPage{Slug: c.Query("agency"), Asked: c.Query("asked") == "yes", Ended: c.Query("ended") == "yes"})
}

// Ask promises a letter to the address.
func (p *Changes) Ask(c *fiber.Ctx) error {
	var form struct {
		Slug  string `form:"slug" validate:"required,max=80"`
		Email string `form:"email" validate:"required,max=254"`
	}
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		if err := p.service.Ask(c.UserContext(), form.Slug, form.Email, p.web.Lang(c)); err == nil {
			return p.web.Redirect(c, changesPath+"?asked=yes")
		} else if !web.Explain(&sent, err) {
			return err
		}
	}
	return p.web.Render(c, fiber.StatusUnprocessableEntity, "public/changes", changesPage{Form: sent, Slug: form.Slug})
}

// Show opens a link. It changes nothing: mail servers follow links.
func (p *Changes) Show(c *fiber.Ctx) error {
	token := c.Params("token")
	found, err := p.service.Look(c.UserContext(), token)
	if fault.CodeOf(err) == gone {
		return p.web.Render(c, fiber.StatusGone, "public/changes", changesPage{Gone: true})
	}
	if err != nil {
		return err
	}
	return p.web.Render(c, fiber.StatusOK, "public/changes", changesPage{Found: &found, Href: changesPath + "/" + token})
}

// Confirm begins.
func (p *Changes) Confirm(c *fiber.Ctx) error {
	token := c.Params("token")
	err := p.service.Confirm(c.UserContext(), token)
	if fault.CodeOf(err) == gone {
		return p.web.Render(c, fiber.StatusGone, "public/changes", changesPage{Gone: true})
	}
	if err != nil {
		return err
	}
	return p.web.Redirect(c, changesPath+"/"+token)
}

// End forgets the address.
func (p *Changes) End(c *fiber.Ctx) error {
	err := p.service.End(c.UserContext(), c.Params("token"))
	if err != nil && fault.CodeOf(err) != gone {
		return err
	}
	return p.web.Redirect(c, changesPath+"?ended=yes")
}

// OneClick forgets it for a mail program, by RFC 8058. There is no page to show.
func (p *Changes) OneClick(c *fiber.Ctx) error {
	var form struct {
		Wants string `form:"List-Unsubscribe" validate:"eq=One-Click"`
	}
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return fiber.ErrBadRequest
	}
	err = p.service.End(c.UserContext(), c.Params("token"))
	if err != nil && fault.CodeOf(err) != gone {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
