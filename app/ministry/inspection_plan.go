package ministry

import (
	"strconv"
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

func mayPlan(actor identity.Actor) bool {
	return authority.Enter(actor, authority.InspectionPlan).Allowed
}

// findPage asks which agency is to be inspected.
type findPage struct {
	Form     views.Form
	Agencies []inspection.Agency
	Searched bool
}

type planPage struct {
	Form        views.Form
	Choice      inspection.Choice
	Application string
	Colleagues  []views.Option
}

type planForm struct {
	Agency      string   `form:"agency" validate:"max=36"`
	Application string   `form:"application" validate:"max=36"`
	Day         string   `form:"planned_for_day" validate:"max=10"`
	Month       string   `form:"planned_for_month" validate:"max=10"`
	Year        string   `form:"planned_for_year" validate:"max=10"`
	Place       string   `form:"place"`
	Announced   string   `form:"announced" validate:"required,oneof=yes no"`
	Team        []string `form:"team" validate:"max=20,dive,uuid"`
}

// PlanForm shows the form for one agency, or asks which: ?agency=, ?application=,
// ?q= for a part of a name.
func (p *Inspections) PlanForm(c *fiber.Ctx) error {
	agency, err := uuid.Parse(c.Query("agency"))
	if err != nil {
		return p.find(c, fiber.StatusOK, views.Form{Values: map[string][]string{"q": {plain(c.Query("q"))}}})
	}
	day := map[string][]string{"announced": {"no"}, "application": {c.Query("application")}}
	return p.plan(c, fiber.StatusOK, agency, views.Form{Values: day})
}

func (p *Inspections) find(c *fiber.Ctx, status int, form views.Form) error {
	page := findPage{Form: form, Searched: form.Value("q") != ""}
	var err error
	if page.Agencies, err = p.service.Agencies(c.UserContext(), p.web.Actor(c), form.Value("q")); err != nil {
		return err
	}
	return p.web.Render(c, status, "ministry/inspection_find", page)
}

// Plan plans an inspection.
func (p *Inspections) Plan(c *fiber.Ctx) error {
	var form planForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	agency, err := uuid.Parse(form.Agency)
	if err != nil {
		return p.find(c, fiber.StatusUnprocessableEntity, views.Form{})
	}
	plan := inspection.Plan{AgencyID: agency, Place: form.Place, Announced: form.Announced == "yes"}
	var ok bool
	if plan.Day, ok = web.ParseDay(form.Day, form.Month, form.Year); !ok {
		sent.Errors["planned_for"] = "form.date"
	}
	if form.Application != "" {
		if plan.ApplicationID, err = uuid.Parse(form.Application); err != nil {
			return fault.New(fault.NotFound, "problem.not_found")
		}
	}
	for _, person := range form.Team {
		if key, err := uuid.Parse(person); err == nil {
			plan.Team = append(plan.Team, key)
		}
	}
	if !sent.Failed() {
		key, err := p.service.Plan(c.UserContext(), p.web.Actor(c), plan)
		if err == nil {
			return p.web.Redirect(c, inspectionsPath+"/"+key.String())
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	return p.plan(c, fiber.StatusUnprocessableEntity, agency, sent)
}

func (p *Inspections) plan(c *fiber.Ctx, status int, agency uuid.UUID, form views.Form) error {
	choice, err := p.service.Planning(c.UserContext(), p.web.Actor(c), agency)
	if err != nil {
		return err
	}
	page := planPage{Form: form, Choice: choice, Application: form.Value("application")}
	if _, typed := form.Values["place"]; !typed {
		form.Values["place"] = []string{choice.Agency.Address}
	}
	for _, who := range choice.Colleagues {
		page.Colleagues = append(page.Colleagues, views.Option{Value: who.PersonID.String(), Text: who.Name, Hint: p.say(c, "role."+string(who.Role))})
	}
	return p.web.Render(c, status, "ministry/inspection_new", page)
}

// say is a message in the reader's language, or the empty text.
func (p *Inspections) say(c *fiber.Ctx, key string) string {
	text, err := p.web.Views().Catalogue().Text(p.web.Lang(c), key)
	if err != nil {
		return ""
	}
	return text
}

type dayForm struct {
	Day   string `form:"visited_on_day" validate:"max=10"`
	Month string `form:"visited_on_month" validate:"max=10"`
	Year  string `form:"visited_on_year" validate:"max=10"`
}

// Visit writes down that the team was there.
func (p *Inspections) Visit(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form dayForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	day, ok := web.ParseDay(form.Day, form.Month, form.Year)
	if !ok {
		sent.Errors["visited_on"] = "form.date"
		return p.show(c, fiber.StatusUnprocessableEntity, key, shown{Form: sent})
	}
	return p.moved(c, key, sent, p.service.Visit(c.UserContext(), p.web.Actor(c), key, day))
}

type callOffForm struct {
	Reason string `form:"call_off"`
}

// CallOff ends a plan.
func (p *Inspections) CallOff(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form callOffForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return p.show(c, fiber.StatusUnprocessableEntity, key, shown{Form: sent})
	}
	return p.moved(c, key, sent, p.service.CallOff(c.UserContext(), p.web.Actor(c), key, form.Reason))
}

// moved answers after a move: with the page as it is now, or as it was with what
// speaks against it.
func (p *Inspections) moved(c *fiber.Ctx, key uuid.UUID, sent views.Form, err error) error {
	switch {
	case err == nil:
		return p.web.Redirect(c, inspectionsPath+"/"+key.String())
	case fault.KindOf(err) == fault.Conflict:
		return p.show(c, fiber.StatusConflict, key, shown{Form: sent, Notice: fault.CodeOf(err)})
	case web.Explain(&sent, err):
		return p.show(c, fiber.StatusUnprocessableEntity, key, shown{Form: sent})
	}
	return err
}

// fillDay puts a day into the three fields of a date.
func fillDay(form views.Form, name string, day time.Time) {
	form.Values[name+"_day"] = []string{strconv.Itoa(day.Day())}
	form.Values[name+"_month"] = []string{strconv.Itoa(int(day.Month()))}
	form.Values[name+"_year"] = []string{strconv.Itoa(day.Year())}
}
