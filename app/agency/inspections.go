package agency

import (
	"strings"

	"github.com/fairpassage/portal/app/inspected"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// Inspections serves an agency's pages of the inspections that were sent to it.
// It is safe for concurrent use.
type Inspections struct {
	web     *web.Web
	service *inspection.Service
}

// NewInspections returns the pages.
func NewInspections(w *web.Web, s *inspection.Service) *Inspections {
	return &Inspections{web: w, service: s}
}

type inspectionsPage struct{ Lines []inspectionLine }

type inspectionLine struct {
	inspection.Inspection

	Tone  string
	Asked bool // a reply can still be given
	Over  bool // the last day for it is gone
}

// List lists them.
func (p *Inspections) List(c *fiber.Ctx) error {
	all, err := p.service.Own(c.UserContext(), p.web.Actor(c))
	if err != nil {
		return err
	}
	var page inspectionsPage
	today := p.service.Today()
	for _, i := range all {
		page.Lines = append(page.Lines, inspectionLine{Inspection: i, Tone: inspected.Tone(i), Asked: i.Replies(today), Over: i.Late(today)})
	}
	return p.web.Render(c, fiber.StatusOK, "agency/inspections", page)
}

type inspectionPage struct {
	Form     views.Form
	Paper    inspected.Paper
	Mistakes []views.Mistake
	Notice   string // why the reply was not taken: a message, or ""
	// Asked says that a reply can still be given, and Replies that the reader may.
	Asked, Replies bool
}

// Wrong is the message at one field, or "".
func (p inspectionPage) Wrong(name string) string { return p.Form.Errors[name] }

// Show shows one, with the form of the reply while it can be given.
func (p *Inspections) Show(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return p.show(c, fiber.StatusOK, key, views.Form{}, "")
}

const fieldReply = "reply."

// Reply takes the agency's reply.
func (p *Inspections) Reply(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	actor := p.web.Actor(c)
	r, err := p.service.Shown(c.UserContext(), actor, key)
	if err != nil {
		return err
	}
	names := []string{"reply"}
	for _, l := range r.Findings() {
		names = append(names, fieldReply+l.Code)
	}
	sent, err := p.web.BindNamed(c, names...)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return p.show(c, fiber.StatusUnprocessableEntity, key, sent, "")
	}
	reply := inspection.Reply{Overall: sent.Value("reply"), Findings: map[string]string{}}
	for _, name := range names {
		if code, of := strings.CutPrefix(name, fieldReply); of {
			reply.Findings[code] = sent.Value(name)
		}
	}
	err = p.service.Reply(c.UserContext(), actor, key, reply)
	switch {
	case err == nil:
		return p.web.Redirect(c, "/agency/inspections/"+key.String())
	case fault.KindOf(err) == fault.Conflict:
		return p.show(c, fiber.StatusConflict, key, sent, fault.CodeOf(err))
	case web.Explain(&sent, err):
		return p.show(c, fiber.StatusUnprocessableEntity, key, sent, "")
	}
	return err
}

func (p *Inspections) show(c *fiber.Ctx, status int, key uuid.UUID, sent views.Form, notice string) error {
	actor := p.web.Actor(c)
	r, err := p.service.Shown(c.UserContext(), actor, key)
	if err != nil {
		return err
	}
	page := inspectionPage{Form: sent, Paper: inspected.New(c, p.web, r, inspected.Agency), Notice: notice, Asked: r.Replies(r.Today)}
	page.Replies = page.Asked && authority.Enter(actor, authority.InspectionReply).Allowed
	if page.Mistakes, err = page.Paper.Mistakes(p.web.Views().Catalogue(), p.web.Lang(c), sent, fieldReply); err != nil {
		return err
	}
	return p.web.Render(c, status, "agency/inspection", page)
}
