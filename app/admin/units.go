package admin

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type unitsPage struct {
	Filter         views.Form
	Form           views.Form // of a new unit
	Kinds, Makes   []views.Option
	Parents        []views.Option
	Lines          []unitLine
	Previous, Next string
	Filtered       bool
}

type unitLine struct {
	people.Unit
	Name, Parent string
	Href         string
}

func (d *Desk) unitLine(c *fiber.Ctx, u people.Unit) unitLine {
	return unitLine{Unit: u, Name: d.web.InLanguage(c, u.Name), Parent: d.web.InLanguage(c, u.Parent), Href: unitsHome + "/" + u.ID.String()}
}

// Units lists units. The filter is in the address: ?kind=KIND|all, ?q=, ?page=.
func (d *Desk) Units(c *fiber.Ctx) error { return d.units(c, fiber.StatusOK, views.Form{}) }

func (d *Desk) units(c *fiber.Ctx, status int, sent views.Form) error {
	kind, query := c.Query("kind", all), typed(c, "q")
	f := people.UnitFilter{Query: query, Page: number(c)}
	if slices.Contains(people.Kinds(), identity.UnitKind(kind)) {
		f.Kind = identity.UnitKind(kind)
	} else {
		kind = all
	}
	units, more, err := d.people.Units(c.UserContext(), d.web.Actor(c), f)
	if err != nil {
		return err
	}
	page := unitsPage{
		Filter: views.Form{Values: map[string][]string{"kind": {kind}, "q": {query}}}, Form: sent,
		Kinds: kindOptions(views.Option{Value: all, Key: "decision.filter.all"}), Makes: kindOptions(views.Option{Value: "", Key: "people.kind.choose"}),
		Filtered: kind != all || query != "" || f.Page > 0,
	}
	page.Previous, page.Next = beside(unitsHome, url.Values{"kind": {kind}, "q": {query}}, f.Page, more)
	if page.Parents, err = d.unitOptions(c); err != nil {
		return err
	}
	for _, u := range units {
		page.Lines = append(page.Lines, d.unitLine(c, u))
	}
	return d.web.Render(c, status, "admin/units", page)
}

type unitForm struct {
	Kind   string `form:"new_kind" validate:"required"`
	Code   string `form:"code" validate:"required,max=40"`
	NameEN string `form:"name_en" validate:"required,max=200"`
	NameKM string `form:"name_km" validate:"max=200"`
	Parent string `form:"parent" validate:"max=40"`
	Agency string `form:"agency" validate:"max=100"`
	// Of a provincial desk, and of an embassy desk.
	Province  string `form:"province" validate:"max=100"`
	Countries string `form:"countries" validate:"max=200"`
}

// MakeUnit makes a unit.
func (d *Desk) MakeUnit(c *fiber.Ctx) error {
	var form unitForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	parent, err := uuid.Parse(form.Parent)
	if err != nil && form.Parent != "" {
		sent.Errors["parent"] = "form.choice"
	}
	if !sent.Failed() {
		key, err := d.people.MakeUnit(c.UserContext(), d.web.Actor(c), people.NewUnit{
			Code: form.Code, Kind: identity.UnitKind(form.Kind), NameEN: form.NameEN, NameLocal: form.NameKM, Parent: parent, Agency: form.Agency,
			Province: form.Province, Countries: codes(form.Countries),
		})
		if err == nil {
			return d.web.Redirect(c, unitsHome+"/"+key.String())
		}
		if !web.Explain(&sent, err) {
			return err
		}
		if code, wrong := sent.Errors["kind"]; wrong {
			delete(sent.Errors, "kind")
			sent.Errors["new_kind"] = code
		}
	}
	return d.units(c, fiber.StatusUnprocessableEntity, sent)
}

// codes takes codes apart, with blanks or commas between them.
func codes(typed string) []string {
	return strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
}

type unitPage struct {
	unitLine
	Form     views.Form
	Notice   string
	Parents  []views.Option
	Children []unitLine
	Roles    []people.Role
	Led      bool
	LedBy    []identity.Role
	// Countries are names in the reader's language.
	Countries string
}

// Unit opens one unit.
func (d *Desk) Unit(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return d.unit(c, fiber.StatusOK, key, views.Form{}, "")
}

func (d *Desk) unit(c *fiber.Ctx, status int, key uuid.UUID, sent views.Form, notice string) error {
	u, err := d.people.Unit(c.UserContext(), d.web.Actor(c), key)
	if err != nil {
		return err
	}
	page := unitPage{unitLine: d.unitLine(c, u.Unit), Form: sent, Notice: notice, Roles: u.Roles, Led: u.Led, LedBy: u.LedBy}
	var names []string
	for _, code := range u.Countries {
		names = append(names, country.Name(d.web.Lang(c), code))
	}
	page.Countries = strings.Join(names, ", ")
	if page.Parents, err = d.unitOptions(c); err != nil {
		return err
	}
	for _, child := range u.Children {
		page.Children = append(page.Children, d.unitLine(c, child))
	}
	return d.web.Render(c, status, "admin/unit", page)
}

type parentForm struct {
	Parent string `form:"parent" validate:"required,uuid"`
}

// MoveUnit proposes another parent.
func (d *Desk) MoveUnit(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form parentForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		proposal, err := d.people.ProposeMove(c.UserContext(), d.web.Actor(c), key, uuid.MustParse(form.Parent))
		switch {
		case err == nil:
			return d.web.Redirect(c, "/decisions/"+proposal.String())
		case fault.KindOf(err) == fault.Conflict:
			return d.unit(c, fiber.StatusConflict, key, sent, fault.CodeOf(err))
		case !web.Explain(&sent, err):
			return err
		}
	}
	return d.unit(c, fiber.StatusUnprocessableEntity, key, sent, "")
}
