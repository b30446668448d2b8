package licence

import (
	"slices"
	"strconv"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type stepPage struct {
	agencyPage

	Form    views.Form
	Kind    licensing.StepKind
	Action  string
	Of      *licensing.Step // what it is about, or nil
	Grounds []views.Option  // empty: none is given
	Lines   []views.Option  // of the scope, for narrowing
	Until   string          // the name of the message that asks for a day, or ""
	Hint    licensing.Due   // by the law, for a notice
	Notice  string
}

type stepForm struct {
	Of         string   `form:"of" validate:"max=40"`
	Ground     string   `form:"ground" validate:"max=40"`
	Text       string   `form:"text" validate:"required,max=4000"`
	UntilDay   string   `form:"until_day" validate:"max=10"`
	UntilMonth string   `form:"until_month" validate:"max=10"`
	UntilYear  string   `form:"until_year" validate:"max=10"`
	Scope      []string `form:"scope" validate:"max=500,dive,max=7"`
}

// StepForm asks what a step needs: ?of= names what it is about.
func (d *Desk) StepForm(c *fiber.Ctx) error {
	return d.stepForm(c, fiber.StatusOK, plain(c.Query("of")), nil, "")
}

func (d *Desk) stepForm(c *fiber.Ctx, status int, of string, sent *views.Form, notice string) error {
	agency, err := d.agency(c)
	if err != nil {
		return err
	}
	record, err := d.licensing.Open(c.UserContext(), d.web.Actor(c), agency)
	if err != nil {
		return err
	}
	kind := licensing.StepKind(c.Params("kind"))
	if !slices.Contains(licensing.StepKinds(), kind) {
		return d.web.Redirect(c, d.home(agency))
	}
	page := stepPage{agencyPage: d.page(c, record), Kind: kind, Action: d.action(agency, kind), Notice: notice, Hint: record.Reply}
	for _, s := range record.Steps {
		if s.ID.String() == of {
			page.Of = &s.Step
		}
	}
	page.Form = views.Form{Values: map[string][]string{}}
	switch kind {
	case licensing.Notice, licensing.Suspend, licensing.Narrow, licensing.Revoke:
		for _, g := range licensing.Grounds() {
			page.Grounds = append(page.Grounds, views.Option{Value: g, Key: "licensing.ground." + g})
		}
		if page.Of != nil {
			page.Form.Values["ground"] = []string{page.Of.Ground}
		}
	default:
	}
	switch kind {
	case licensing.Notice, licensing.Condition, licensing.Suspend, licensing.Narrow:
		page.Until = "licensing.until." + string(kind)
	default:
	}
	if kind == licensing.Notice && record.Reply.Known {
		day := record.Reply.Day
		page.Form.Values["until_day"], page.Form.Values["until_month"], page.Form.Values["until_year"] =
			[]string{strconv.Itoa(day.Day())}, []string{strconv.Itoa(int(day.Month()))}, []string{strconv.Itoa(day.Year())}
	}
	if kind == licensing.Narrow {
		for i, text := range page.Scope {
			page.Lines = append(page.Lines, views.Option{Value: record.Scope.Lines[i].String(), Text: text})
		}
	}
	if sent != nil {
		page.Form = *sent
	}
	return d.web.Render(c, status, "licence/step", page)
}

func (d *Desk) action(agency uuid.UUID, kind licensing.StepKind) string {
	if d.own() {
		return d.base + "/licence/" + string(kind)
	}
	return d.home(agency) + "/steps/" + string(kind)
}

// Take proposes a step or, on an agency's own pages, takes it.
func (d *Desk) Take(c *fiber.Ctx) error {
	agency, err := d.agency(c)
	if err != nil {
		return err
	}
	var form stepForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	draft := licensing.Draft{Agency: agency, Kind: licensing.StepKind(c.Params("kind")), Ground: form.Ground, Text: form.Text}
	draft.Of, _ = uuid.Parse(form.Of)
	var ok bool
	if draft.Until, ok = web.ParseDay(form.UntilDay, form.UntilMonth, form.UntilYear); !ok {
		sent.Errors["until"] = "form.date"
	}
	for _, text := range form.Scope {
		draft.Scope = append(draft.Scope, licensing.ParseScopeLine(text))
	}
	if sent.Failed() {
		return d.stepForm(c, fiber.StatusUnprocessableEntity, form.Of, &sent, "")
	}
	to := d.home(agency)
	if d.own() {
		err = d.licensing.Answer(c.UserContext(), d.web.Actor(c), draft)
	} else {
		var waits uuid.UUID
		waits, err = d.licensing.Propose(c.UserContext(), d.web.Actor(c), draft, d.proposer)
		to = "/decisions/" + waits.String()
	}
	switch {
	case err == nil:
		return d.web.Redirect(c, to)
	case web.Explain(&sent, err):
		return d.stepForm(c, fiber.StatusUnprocessableEntity, form.Of, &sent, "")
	case fault.KindOf(err) == fault.Conflict:
		return d.stepForm(c, fiber.StatusConflict, form.Of, &sent, fault.CodeOf(err))
	}
	return err
}

type dutiesPage struct {
	agencyPage

	Duties         licensing.Duties
	Form           views.Form
	Places         []views.Option
	Action         string
	Previous, Next string
}

// Duties lists whom steps stranded, and what the agency owes each: ?place=, ?page=.
func (d *Desk) Duties(c *fiber.Ctx) error {
	agency, err := d.agency(c)
	if err != nil {
		return err
	}
	actor := d.web.Actor(c)
	record, err := d.licensing.Open(c.UserContext(), actor, agency)
	if err != nil {
		return err
	}
	place := c.Query("place")
	if place != "not_left" && place != "abroad" {
		place = ""
	}
	number, _ := strconv.Atoi(c.Query("page"))
	found, err := d.licensing.Duties(c.UserContext(), actor, agency, place, min(number, 10_000))
	if err != nil {
		return err
	}
	page := dutiesPage{
		agencyPage: d.page(c, record), Duties: found, Action: d.duties(agency), Form: views.Form{Values: map[string][]string{"place": {place}}},
		Places: []views.Option{{Value: "", Key: "licensing.kind.any"}, {Value: "not_left", Key: "stranded.place.not_left"}, {Value: "abroad", Key: "stranded.place.abroad"}},
	}
	address := func(n int) string { return page.Action + "?place=" + place + "&page=" + strconv.Itoa(n) }
	if found.Page > 1 {
		page.Previous = address(found.Page - 1)
	}
	if found.More {
		page.Next = address(found.Page + 1)
	}
	return d.web.Render(c, fiber.StatusOK, "licence/duties", page)
}

func (d *Desk) duties(agency uuid.UUID) string {
	if d.own() {
		return d.base + "/duties"
	}
	return d.home(agency) + "/duties"
}

type dutiesForm struct {
	Done []string `form:"done" validate:"max=500,dive,max=40"`
}

// Discharge notes what is done.
func (d *Desk) Discharge(c *fiber.Ctx) error {
	agency, err := d.agency(c)
	if err != nil {
		return err
	}
	var form dutiesForm
	if _, err := d.web.Bind(c, &form); err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, text := range form.Done {
		if key, err := uuid.Parse(text); err == nil {
			ids = append(ids, key)
		}
	}
	if err := d.licensing.Discharge(c.UserContext(), d.web.Actor(c), agency, ids); err != nil {
		return err
	}
	return d.web.Redirect(c, d.duties(agency))
}
