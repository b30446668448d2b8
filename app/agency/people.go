package agency

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const peopleHome = "/agency/people"

type peoplePage struct {
	Lines    []colleagueLine
	NoClerks bool
	Notice   string
}

type colleagueLine struct {
	people.Colleague

	Href  string
	State people.State
	Tone  string
	// Clerk says that the head may do something about them.
	Clerk bool
}

// People lists who works for the agency.
func (d *Desk) People(c *fiber.Ctx) error { return d.colleagues(c, fiber.StatusOK, "") }

func (d *Desk) colleagues(c *fiber.Ctx, status int, notice string) error {
	all, err := d.people.Colleagues(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return err
	}
	page := peoplePage{Notice: notice, NoClerks: true}
	for _, p := range all {
		l := colleagueLine{
			Colleague: p, Href: peopleHome + "/" + p.ID.String(), State: p.State(), Tone: "green",
			Clerk: p.Role == identity.RoleAgencyClerk,
		}
		if l.State == people.Invited {
			l.Tone = "blue"
		}
		page.NoClerks = page.NoClerks && !l.Clerk
		page.Lines = append(page.Lines, l)
	}
	return d.web.Render(c, status, "agency/people", page)
}

type invitePage struct {
	Form      views.Form
	Languages []views.Option
}

type inviteForm struct {
	Name     string `form:"name" validate:"required,max=200"`
	SignIn   string `form:"sign_in" validate:"required,max=40"`
	Language string `form:"language" validate:"required,oneof=en km"`
}

// InviteForm shows the form for a new clerk.
func (d *Desk) InviteForm(c *fiber.Ctx) error {
	return d.inviteForm(c, fiber.StatusOK, views.Form{Values: map[string][]string{"language": {d.web.Lang(c)}}})
}

func (d *Desk) inviteForm(c *fiber.Ctx, status int, sent views.Form) error {
	page := invitePage{Form: sent, Languages: []views.Option{{Value: "en", Text: "English"}, {Value: "km", Text: "ភាសាខ្មែរ"}}}
	return d.web.Render(c, status, "agency/invite", page)
}

// Invite makes the account of a clerk and shows its code, this once.
func (d *Desk) Invite(c *fiber.Ctx) error {
	var form inviteForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		clerk, code, err := d.people.InviteClerk(c.UserContext(), d.web.Actor(c), people.NewClerk{Name: form.Name, SignIn: form.SignIn, Language: form.Language})
		if err == nil {
			return d.showCode(c, clerk, code)
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	return d.inviteForm(c, fiber.StatusUnprocessableEntity, sent)
}

// InviteAgain makes out another code for a clerk who has not accepted yet.
func (d *Desk) InviteAgain(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	clerk, code, err := d.people.InviteClerkAgain(c.UserContext(), d.web.Actor(c), key)
	switch {
	case err == nil:
		return d.showCode(c, clerk, code)
	case fault.KindOf(err) == fault.Conflict:
		return d.colleagues(c, fiber.StatusConflict, fault.CodeOf(err))
	}
	return err
}

// Dismiss ends a clerk's work for the agency.
func (d *Desk) Dismiss(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	err = d.people.DismissClerk(c.UserContext(), d.web.Actor(c), key)
	switch {
	case err == nil:
		return d.web.Redirect(c, peopleHome)
	case fault.KindOf(err) == fault.Conflict:
		return d.colleagues(c, fiber.StatusConflict, fault.CodeOf(err))
	}
	return err
}

type codePage struct{ Name, SignIn, Code string }

// showCode is the only time that the code is seen: it is kept nowhere.
func (d *Desk) showCode(c *fiber.Ctx, clerk people.Colleague, code string) error {
	return d.web.Render(c, fiber.StatusOK, "agency/code", codePage{Name: clerk.Name, SignIn: clerk.Email, Code: code})
}
