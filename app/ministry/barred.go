package ministry

import (
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/barred"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const barredPath = "/ministry/barred"

// Barred serves the register of people who may not direct or own an agency. It is safe
// for concurrent use.
type Barred struct {
	web      *web.Web
	service  *barred.Service
	proposer barred.Proposer
}

// NewBarred returns the pages.
func NewBarred(w *web.Web, s *barred.Service, p barred.Proposer) *Barred {
	return &Barred{web: w, service: s, proposer: p}
}

type barredLine struct {
	barred.Person

	StateKey, Tone string
}

func (p *Barred) line(of barred.Person) barredLine {
	standing := of.Standing(p.service.Today())
	tone := map[string]string{"barred": "red", "waits": "amber", "coming": "amber"}[standing]
	if tone == "" {
		tone = "grey"
	}
	return barredLine{Person: of, StateKey: "barred.state." + standing, Tone: tone}
}

type barredListPage struct {
	Form     views.Form // the filter
	Lines    []barredLine
	Filtered bool
}

// List lists them: ?q= is a part of a name.
func (p *Barred) List(c *fiber.Ctx) error {
	name := plain(c.Query("q"))
	all, err := p.service.List(c.UserContext(), p.web.Actor(c), name)
	if err != nil {
		return err
	}
	page := barredListPage{Form: views.Form{Values: map[string][]string{"q": {name}}}, Filtered: name != ""}
	for _, one := range all {
		page.Lines = append(page.Lines, p.line(one))
	}
	return p.web.Render(c, fiber.StatusOK, "ministry/barred", page)
}

type barPage struct {
	Form      views.Form
	Grounds   []views.Option
	Countries []views.Option
}

// Form asks who is to be barred.
func (p *Barred) Form(c *fiber.Ctx) error { return p.form(c, fiber.StatusOK, views.Form{}) }

func (p *Barred) form(c *fiber.Ctx, status int, sent views.Form) error {
	page := barPage{Form: sent, Countries: []views.Option{{Key: "barred.country.none"}}}
	for _, ground := range licensing.Grounds() {
		page.Grounds = append(page.Grounds, views.Option{Value: ground, Key: "licensing.ground." + ground})
	}
	for _, at := range country.All(p.web.Lang(c)) {
		page.Countries = append(page.Countries, views.Option{Value: at.Code, Text: at.Name})
	}
	return p.web.Render(c, status, "ministry/bar", page)
}

type barForm struct {
	NameLatin  string `form:"name_latin" validate:"max=400"`
	NameLocal  string `form:"name_local" validate:"max=400"`
	BornDay    string `form:"born_on_day" validate:"max=10"`
	BornMonth  string `form:"born_on_month" validate:"max=10"`
	BornYear   string `form:"born_on_year" validate:"max=10"`
	Country    string `form:"document_country" validate:"max=2"`
	Document   string `form:"document" validate:"max=60"`
	Ground     string `form:"ground" validate:"required,max=40"`
	Text       string `form:"text" validate:"required,max=4000"`
	FromDay    string `form:"from_day" validate:"max=10"`
	FromMonth  string `form:"from_month" validate:"max=10"`
	FromYear   string `form:"from_year" validate:"max=10"`
	UntilDay   string `form:"until_day" validate:"max=10"`
	UntilMonth string `form:"until_month" validate:"max=10"`
	UntilYear  string `form:"until_year" validate:"max=10"`
}

// Bar proposes it.
func (p *Barred) Bar(c *fiber.Ctx) error {
	var form barForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	d := barred.Draft{NameLatin: form.NameLatin, NameLocal: form.NameLocal, Country: form.Country, Document: form.Document, Ground: form.Ground, Text: form.Text}
	d.BornOn = dayOf(&sent, "born_on", form.BornDay, form.BornMonth, form.BornYear)
	d.From = dayOf(&sent, "from", form.FromDay, form.FromMonth, form.FromYear)
	d.Until = dayOf(&sent, "until", form.UntilDay, form.UntilMonth, form.UntilYear)
	if !sent.Failed() {
		waits, err := p.service.Bar(c.UserContext(), p.web.Actor(c), d, p.proposer)
		if err == nil {
			return p.web.Redirect(c, "/decisions/"+waits.String())
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	return p.form(c, fiber.StatusUnprocessableEntity, sent)
}

type barredPersonPage struct {
	barredLine

	Form   views.Form
	Notice string
	Path   string
	Lifts  bool // it can be proposed to lift it
	Today  time.Time
}

// Show shows one, with the form to lift it.
func (p *Barred) Show(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return p.show(c, fiber.StatusOK, key, views.Form{}, "")
}

func (p *Barred) show(c *fiber.Ctx, status int, key uuid.UUID, sent views.Form, notice string) error {
	one, err := p.service.Get(c.UserContext(), p.web.Actor(c), key)
	if err != nil {
		return err
	}
	page := barredPersonPage{barredLine: p.line(one), Form: sent, Notice: notice, Path: barredPath + "/" + key.String(), Today: p.service.Today()}
	page.Lifts = !one.ConfirmedAt.IsZero() && one.LiftedAt.IsZero()
	return p.web.Render(c, status, "ministry/barred_person", page)
}

// Lift proposes that somebody is barred no more.
func (p *Barred) Lift(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form struct {
		Text string `form:"text" validate:"required,max=4000"`
	}
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return p.show(c, fiber.StatusUnprocessableEntity, key, sent, "")
	}
	waits, err := p.service.Lift(c.UserContext(), p.web.Actor(c), key, form.Text, p.proposer)
	switch {
	case err == nil:
		return p.web.Redirect(c, "/decisions/"+waits.String())
	case fault.KindOf(err) == fault.Conflict:
		return p.show(c, fiber.StatusConflict, key, sent, fault.CodeOf(err))
	case web.Explain(&sent, err):
		return p.show(c, fiber.StatusUnprocessableEntity, key, sent, "")
	}
	return err
}
