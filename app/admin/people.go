package admin

import (
	"net/url"
	"slices"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type peoplePage struct {
	Form           views.Form // the filter
	Kinds          []views.Option
	Lines          []personLine
	Previous, Next string
	Filtered       bool
}

type personLine struct {
	people.Person
	Href  string
	State people.State
	Tone  string
	Roles []roleLine
}

type roleLine struct {
	people.Role
	Unit string
}

func (d *Desk) personLine(c *fiber.Ctx, p people.Person) personLine {
	state := p.State()
	l := personLine{
		Person: p, Href: peopleHome + "/" + p.ID.String(), State: state,
		Tone: map[people.State]string{people.Active: "green", people.Invited: "blue", people.Deactivated: "grey"}[state],
	}
	for _, r := range p.Roles {
		l.Roles = append(l.Roles, roleLine{Role: r, Unit: d.web.InLanguage(c, r.Unit)})
	}
	return l
}

// People lists people. The filter is in the address:
// ?q=, ?state=active|invited|deactivated|all, ?kind=KIND|all, ?page=.
func (d *Desk) People(c *fiber.Ctx) error {
	state, kind, query := c.Query("state", all), c.Query("kind", all), typed(c, "q")
	f := people.PersonFilter{Query: query, Page: number(c)}
	if slices.Contains([]people.State{people.Active, people.Invited, people.Deactivated}, people.State(state)) {
		f.State = people.State(state)
	} else {
		state = all
	}
	if slices.Contains(people.Kinds(), identity.UnitKind(kind)) {
		f.Kind = identity.UnitKind(kind)
	} else {
		kind = all
	}
	found, more, err := d.people.People(c.UserContext(), d.web.Actor(c), f)
	if err != nil {
		return err
	}
	page := peoplePage{
		Form:     views.Form{Values: map[string][]string{"state": {state}, "kind": {kind}, "q": {query}}},
		Kinds:    kindOptions(views.Option{Value: all, Key: "decision.filter.all"}),
		Filtered: state != all || kind != all || query != "" || f.Page > 0,
	}
	page.Previous, page.Next = beside(peopleHome, url.Values{"state": {state}, "kind": {kind}, "q": {query}}, f.Page, more)
	for _, p := range found {
		page.Lines = append(page.Lines, d.personLine(c, p))
	}
	return d.web.Render(c, fiber.StatusOK, "admin/people", page)
}

type invitePage struct {
	Form      views.Form
	Languages []views.Option
}

type codePage struct{ Name, Href, Code string }

type inviteForm struct {
	Name     string `form:"name" validate:"required,max=200"`
	Email    string `form:"email" validate:"required,email,max=200"`
	Language string `form:"language" validate:"required,oneof=en km"`
}

// InviteForm shows the form.
func (d *Desk) InviteForm(c *fiber.Ctx) error {
	return d.inviteForm(c, fiber.StatusOK, views.Form{Values: map[string][]string{"language": {d.web.Lang(c)}}})
}

func (d *Desk) inviteForm(c *fiber.Ctx, status int, sent views.Form) error {
	page := invitePage{Form: sent, Languages: []views.Option{{Value: "en", Text: "English"}, {Value: "km", Text: "ភាសាខ្មែរ"}}}
	return d.web.Render(c, status, "admin/invite", page)
}

// Invite makes the account and shows its code, this once.
func (d *Desk) Invite(c *fiber.Ctx) error {
	var form inviteForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return d.inviteForm(c, fiber.StatusUnprocessableEntity, sent)
	}
	person, code, err := d.people.Invite(c.UserContext(), d.web.Actor(c), identity.Newcomer{Email: form.Email, Name: form.Name, Language: form.Language})
	switch {
	case err == nil:
		return d.showCode(c, person, form.Name, code)
	case web.Explain(&sent, err):
		return d.inviteForm(c, fiber.StatusUnprocessableEntity, sent)
	}
	return err
}

// showCode is the only time that the code is seen: it is kept nowhere.
func (d *Desk) showCode(c *fiber.Ctx, person uuid.UUID, name, code string) error {
	return d.web.Render(c, fiber.StatusOK, "admin/code", codePage{Name: name, Href: peopleHome + "/" + person.String(), Code: code})
}
