// Package desk is where the members of a desk look after its key: who holds it,
// what waits for a key-holder to sign in, and what to do when it is lost.
//
// It refuses to show anything of what the key opens.
package desk

import (
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const (
	home = "/desk"
	// aWhile is how long one request goes on with the desk's work.
	aWhile = 2 * time.Second
	view   = "desk/show"
)

// Desk serves the pages of one's own desk. It is safe for concurrent use.
type Desk struct {
	web      *web.Web
	desks    *desk.Service
	proposer desk.Proposer
}

// New returns the pages.
func New(w *web.Web, desks *desk.Service, proposer desk.Proposer) *Desk {
	return &Desk{web: w, desks: desks, proposer: proposer}
}

type page struct {
	desk.State
	Lines []workLine
	Units []views.Option // that can take a hand-over
	Form  views.Form
	// Said is the message about what was just done; Problem why it was not.
	Said, Problem string
	// On: the script goes on by itself while the page is open.
	On bool
}

type workLine struct {
	desk.Work
	To string
}

// said are the messages that an address may ask for.
var said = map[string]string{
	"created": "desk.said.created", "rotated": "desk.said.rotated", "admitted": "desk.said.admitted", "asked": "desk.said.asked",
	"restored": "desk.said.restored", "done": "desk.said.done",
}

// Show tells how the desk stands. ?said= names what was just done; ?on=1 says
// that work is under way.
func (d *Desk) Show(c *fiber.Ctx) error {
	return d.show(c, fiber.StatusOK, page{Said: said[c.Query("said")], On: c.Query("on") == "1"})
}

func (d *Desk) show(c *fiber.Ctx, status int, p page) error {
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	if p.State, err = d.desks.State(c.UserContext(), by); err != nil {
		return err
	}
	lang := d.web.Lang(c)
	for _, w := range p.Work {
		p.Lines = append(p.Lines, workLine{w, in(lang, w.To)})
	}
	others, err := d.desks.Others(c.UserContext(), by.Actor)
	if err != nil {
		return err
	}
	p.Units = []views.Option{{Value: "", Key: "desk.handover.choose"}}
	for _, o := range others {
		p.Units = append(p.Units, views.Option{Value: o.ID.String(), Text: in(lang, o.Name)})
	}
	return d.web.Render(c, status, view, p)
}

// in gives a name in the language, or in English.
func in(lang string, names map[string]string) string {
	if name := names[lang]; name != "" {
		return name
	}
	return names["en"]
}

// after answers a form: what is wrong is said on the page itself.
func (d *Desk) after(c *fiber.Ctx, err error, done string) error {
	if f, is := faultOf(err); is && f.Kind == fault.Conflict {
		return d.show(c, fiber.StatusConflict, page{Problem: f.Code})
	}
	if err != nil {
		return err
	}
	return d.web.Redirect(c, home+"?said="+done)
}

// Create makes the desk's first key.
func (d *Desk) Create(c *fiber.Ctx) error {
	actor := d.web.Actor(c)
	_, err := d.desks.Create(c.UserContext(), actor, actor.UnitCode)
	return d.after(c, err, "created")
}

// GoOn does a while of what waits, and comes back for more.
func (d *Desk) GoOn(c *fiber.Ctx) error {
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	more, err := d.desks.Continue(c.UserContext(), by, aWhile)
	if err == nil && more {
		return d.web.Redirect(c, home+"?on=1")
	}
	return d.after(c, err, "done")
}

// Rotate gives the desk a new key.
func (d *Desk) Rotate(c *fiber.Ctx) error {
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	return d.after(c, d.desks.Rotate(c.UserContext(), by, desk.Asked), "rotated")
}

type admitForm struct {
	Person string `form:"person" validate:"required,uuid"`
}

// Admit lets a new member hold the key.
func (d *Desk) Admit(c *fiber.Ctx) error {
	var form admitForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	person, bad := uuid.Parse(form.Person)
	if sent.Failed() || bad != nil {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	return d.after(c, d.desks.Admit(c.UserContext(), by, person), "admitted")
}

// Restore puts a lost key together.
func (d *Desk) Restore(c *fiber.Ctx) error {
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	return d.after(c, d.desks.Restore(c.UserContext(), by), "restored")
}
