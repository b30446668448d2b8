package public

import (
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const (
	checkPath = "/complaints/check"
	minePath  = "/complaints/mine"
	checkView = "public/complaint_check"
)

type checkForm struct {
	Receipt string `form:"receipt" validate:"required,max=200"`
}

type checkPage struct{ Form views.Form }

// Index leads from the address of the sent form, which some people type or
// keep, to where they can follow up.
func (p *Complaints) Index(c *fiber.Ctx) error { return p.Web.Redirect(c, checkPath) }

// CheckForm asks for the receipt.
func (p *Complaints) CheckForm(c *fiber.Ctx) error {
	return p.Web.Render(c, fiber.StatusOK, checkView, checkPage{})
}

// Check opens the complaint of a receipt for fifteen minutes.
func (p *Complaints) Check(c *fiber.Ctx) error {
	var form checkForm
	sent, err := p.Web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		token, err := p.Service.Find(c.UserContext(), p.Web.Actor(c), form.Receipt)
		if err == nil {
			p.Web.BeginSession(c, token)
			return p.Web.Redirect(c, minePath)
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	return p.Web.Render(c, fiber.StatusUnprocessableEntity, checkView, checkPage{Form: sent})
}

type minePage struct {
	FiledAt time.Time
	Status  complaint.Status
	Lines   []line
	Later   []complaint.Given
	// More tells that there is somebody left who may be allowed to act.
	More bool
	// Deleted is what the retention rules have let go of.
	Deleted []complaint.Deleted
}

// Mine shows the holder of a receipt how it stands and what was sent. Without
// an open receipt it asks for one.
func (p *Complaints) Mine(c *fiber.Ctx) error {
	session, ok := p.receipt(c)
	if !ok {
		return p.Web.Redirect(c, checkPath)
	}
	mine, err := p.Service.Mine(c.UserContext(), session.Actor, p.Web.SessionToken(c), session.SealedKey)
	if err != nil {
		return err
	}
	in := mine.Contents.Intake()
	picked, err := p.pickedName(c.UserContext(), in)
	if err != nil {
		return err
	}
	lines, err := p.linesOf(c.UserContext(), in, picked, p.Web.Lang(c))
	if err != nil {
		return err
	}
	var said []line
	for _, l := range lines {
		if l.Text != "" || len(l.Keys) > 0 {
			l.Step = "" // what was sent is not changed here
			said = append(said, l)
		}
	}
	return p.Web.Render(c, fiber.StatusOK, "public/complaint_mine", minePage{
		FiledAt: mine.FiledAt, Status: mine.Status, Lines: said, Later: mine.Contents.Later, More: leftToAllow(mine.Contents).any(), Deleted: mine.Contents.Deleted,
	})
}

// receipt returns the session of an open receipt, if there is one.
func (p *Complaints) receipt(c *fiber.Ctx) (identity.Session, bool) {
	session, ok := p.Web.Session(c)
	return session, ok && session.Actor.Kind == identity.KindReceipt
}

// Close forgets the receipt on this phone and leads to the neutral page.
func (p *Complaints) Close(c *fiber.Ctx) error {
	if actor := p.Web.Actor(c); actor.Kind == identity.KindReceipt {
		if err := p.Sessions.Close(c.UserContext(), actor); err != nil {
			return err
		}
	}
	p.Web.EndSession(c)
	return p.Web.Redirect(c, "/leave")
}
