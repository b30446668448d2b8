// Package reading is the desk of first readers: what waits to be read before it
// may go to a local desk, one complaint with its words, and what the reader
// records.
//
// It refuses to show that anything else exists: complaints with which the
// reader has a conflict are neither listed nor counted.
package reading

import (
	"context"
	"strings"

	"github.com/fairpassage/portal/app/sealed"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const list = "/readings"

// Readings are the use cases of a first reader.
type Readings interface {
	sealed.Offices
	Readings(ctx context.Context, by identity.Actor) (waiting, handed []complaint.Reading, err error)
	Read(ctx context.Context, by identity.Holder, key uuid.UUID) (complaint.Reading, complaint.Contents, error)
	NobodyNamed(ctx context.Context, by identity.Holder, key uuid.UUID) error
	OfficialIsNamed(ctx context.Context, by identity.Actor, key, office uuid.UUID) error
}

// Desk serves the pages. It is safe for concurrent use.
type Desk struct {
	web      *web.Web
	readings Readings
}

// New returns the pages.
func New(w *web.Web, readings Readings) *Desk { return &Desk{web: w, readings: readings} }

type listPage struct {
	Waiting, Handed []line
}

type line struct {
	complaint.Reading
	Place string // the country's name, or ""
	Named string // the name of the office, or ""
}

// List shows what waits, red on top, and what was handed over.
func (d *Desk) List(c *fiber.Ctx) error {
	waiting, handed, err := d.readings.Readings(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return err
	}
	offices, err := d.readings.Offices(c.UserContext())
	if err != nil {
		return err
	}
	var page listPage
	for _, r := range waiting {
		page.Waiting = append(page.Waiting, d.line(c, r, offices))
	}
	for _, r := range handed {
		page.Handed = append(page.Handed, d.line(c, r, offices))
	}
	return d.web.Render(c, fiber.StatusOK, "reading/list", page)
}

func (d *Desk) line(c *fiber.Ctx, r complaint.Reading, offices []complaint.Office) line {
	l := line{Reading: r, Named: sealed.NameOf(offices, r.Named, d.web.Lang(c))}
	if r.Country != "" {
		l.Place = country.Name(d.web.Lang(c), r.Country)
	}
	return l
}

type showPage struct {
	line
	complaint.Contents
	Form       views.Form
	Rows       []sealed.Answer
	Paragraphs []string
	Offices    []views.Option
}

// Show opens one complaint for its reader.
func (d *Desk) Show(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return d.show(c, fiber.StatusOK, key, views.Form{})
}

func (d *Desk) show(c *fiber.Ctx, status int, key uuid.UUID, form views.Form) error {
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	r, contents, err := d.readings.Read(c.UserContext(), by, key)
	if err != nil {
		return err
	}
	offices, err := d.readings.Offices(c.UserContext())
	if err != nil {
		return err
	}
	page := showPage{line: d.line(c, r, offices), Contents: contents, Form: form, Offices: d.options(c, offices)}
	if contents.Answers != nil {
		if page.Rows, err = sealed.Answers(c, d.web, d.readings, *contents.Answers); err != nil {
			return err
		}
	}
	if contents.Narrative != nil {
		page.Paragraphs = strings.FieldsFunc(*contents.Narrative, func(r rune) bool { return r == '\n' })
	}
	return d.web.Render(c, status, "reading/show", page)
}

// unknown is the choice of a reader who cannot tell the office.
const unknown = "unknown"

func (d *Desk) options(c *fiber.Ctx, offices []complaint.Office) []views.Option {
	all := []views.Option{{Value: "", Key: "reading.office.choose"}}
	for _, o := range offices {
		all = append(all, views.Option{Value: o.ID.String(), Text: sealed.NameOf(offices, o.ID, d.web.Lang(c))})
	}
	return append(all, views.Option{Value: unknown, Key: "reading.office.unknown"})
}

type verdictForm struct {
	Verdict string `form:"verdict" validate:"required,oneof=none_named official_named"`
	Office  string `form:"office" validate:"max=40"`
}

type latePage struct{}

// Record takes the reader's verdict. Whoever comes second is told so.
func (d *Desk) Record(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var sent verdictForm
	form, err := d.web.Bind(c, &sent)
	if err != nil {
		return err
	}
	if form.Failed() {
		return d.show(c, fiber.StatusUnprocessableEntity, key, form)
	}
	err = d.record(c, key, sent)
	switch fields := fault.FieldsOf(err); {
	case len(fields) > 0:
		form.Errors = fields
		return d.show(c, fiber.StatusUnprocessableEntity, key, form)
	case fault.KindOf(err) == fault.Conflict:
		return d.web.Render(c, fiber.StatusConflict, "reading/late", latePage{})
	case err != nil:
		return err
	}
	return d.web.Redirect(c, list)
}

func (d *Desk) record(c *fiber.Ctx, key uuid.UUID, sent verdictForm) error {
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	if sent.Verdict == string(complaint.NoneNamed) {
		return d.readings.NobodyNamed(c.UserContext(), by, key)
	}
	office := uuid.Nil
	if sent.Office != unknown {
		if office, err = uuid.Parse(sent.Office); err != nil {
			return fault.Field("office", "reading.office.missing")
		}
	}
	return d.readings.OfficialIsNamed(c.UserContext(), by.Actor, key, office)
}
