package ministry

import (
	"github.com/fairpassage/portal/app/inspected"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// SendForm shows the report as the agency will see it, and by when it can reply.
func (p *Inspections) SendForm(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	r, err := p.service.Get(c.UserContext(), p.web.Actor(c), key)
	if err != nil {
		return err
	}
	path := inspectionsPath + "/" + key.String()
	if r.Status != inspection.Recorded {
		return p.web.Redirect(c, path)
	}
	// Names are left out as the agency sees it.
	page := inspectionPage{Paper: inspected.New(c, p.web, r, inspected.Agency), Path: path}
	return p.web.Render(c, fiber.StatusOK, "ministry/inspection_send", page)
}

// Send sends it to the agency.
func (p *Inspections) Send(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return p.moved(c, key, views.Form{}, p.service.Send(c.UserContext(), p.web.Actor(c), key))
}

type closePage struct {
	inspectionPage

	Found []views.Option // the findings, to be withdrawn
}

type closeForm struct {
	Outcome   string   `form:"outcome"`
	Reason    string   `form:"reason"`
	Withdrawn []string `form:"withdrawn" validate:"max=200,dive,max=100"`
}

// CloseForm asks how it ends.
func (p *Inspections) CloseForm(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return p.closing(c, fiber.StatusOK, key, shown{})
}

// Close ends it.
func (p *Inspections) Close(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form closeForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return p.closing(c, fiber.StatusUnprocessableEntity, key, shown{Form: sent})
	}
	err = p.service.Close(c.UserContext(), p.web.Actor(c), key, inspection.Closing{Outcome: inspection.Outcome(form.Outcome), Reason: form.Reason, Withdrawn: form.Withdrawn})
	switch {
	case err == nil:
		return p.web.Redirect(c, inspectionsPath+"/"+key.String())
	case fault.KindOf(err) == fault.Conflict:
		return p.closing(c, fiber.StatusConflict, key, shown{Form: sent, Notice: fault.CodeOf(err)})
	case web.Explain(&sent, err):
		return p.closing(c, fiber.StatusUnprocessableEntity, key, shown{Form: sent})
	}
	return err
}

func (p *Inspections) closing(c *fiber.Ctx, status int, key uuid.UUID, with shown) error {
	r, err := p.service.Get(c.UserContext(), p.web.Actor(c), key)
	if err != nil {
		return err
	}
	path := inspectionsPath + "/" + key.String()
	if !r.Closable(r.Today) || r.Goes {
		if with.Notice == "" {
			return p.web.Redirect(c, path)
		}
		return p.show(c, status, key, shown{Notice: with.Notice})
	}
	page := closePage{inspectionPage: inspectionPage{shown: with, Paper: inspected.New(c, p.web, r, inspected.Ministry).Ends(), Path: path}}
	for _, l := range page.Paper.Found() {
		page.Found = append(page.Found, views.Option{Value: l.Code, Text: l.Text, Hint: l.Reply})
	}
	return p.web.Render(c, status, "ministry/inspection_close", page)
}
