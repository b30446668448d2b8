package decision

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const all = "all"

type listPage struct {
	Form  views.Form // the filter
	Kinds []views.Option
	Lines []line
	// Previous and Next are addresses of the pages beside this one, or "".
	Previous, Next string
	Filtered       bool
}

type line struct {
	decision.Line
	Href    string
	KindKey string
	Unit    string
	Tone    string // of the state
	Missing []identity.Role
}

// List shows what waits. The filter is in the address:
// ?view=waiting|mine|decided|all, ?kind=KIND|all, ?page= from 1.
func (d *Desk) List(c *fiber.Ctx) error {
	filter, view, kind := d.filter(c)
	lines, more, err := d.decisions.List(c.UserContext(), d.web.Actor(c), filter)
	if err != nil {
		return err
	}
	page := listPage{
		Form:     views.Form{Values: map[string][]string{"view": {view}, "kind": {kind}}},
		Kinds:    []views.Option{{Value: all, Key: "decision.filter.all"}},
		Filtered: view != string(decision.ViewWaiting) || kind != all || filter.Page > 0,
	}
	for _, k := range d.decisions.Kinds() {
		page.Kinds = append(page.Kinds, views.Option{Value: string(k), Key: "decision.kind." + word(k)})
	}
	for _, l := range lines {
		page.Lines = append(page.Lines, d.line(c, l))
	}
	address := func(number int) string {
		return home + "?" + url.Values{"view": {view}, "kind": {kind}, "page": {strconv.Itoa(number)}}.Encode()
	}
	if filter.Page > 0 {
		page.Previous = address(filter.Page)
	}
	if more {
		page.Next = address(filter.Page + 2)
	}
	return d.web.Render(c, fiber.StatusOK, "decision/list", page)
}

func (d *Desk) line(c *fiber.Ctx, l decision.Line) line {
	tone := map[decision.State]string{
		decision.Waiting: "amber", decision.Approved: "green", decision.Refused: "red", decision.SentBack: "blue", decision.Withdrawn: "grey",
	}[l.State]
	return line{
		Line: l, Href: home + "/" + l.ID.String(), KindKey: "decision.kind." + word(l.Kind), Unit: d.web.InLanguage(c, l.Unit), Tone: tone, Missing: l.Missing,
	}
}

// filter reads the address. An unknown word filters nothing.
func (d *Desk) filter(c *fiber.Ctx) (f decision.Filter, view, kind string) {
	view, kind = c.Query("view", string(decision.ViewWaiting)), c.Query("kind", all)
	if slices.Contains([]decision.View{decision.ViewWaiting, decision.ViewMine, decision.ViewDecided}, decision.View(view)) {
		f.View = decision.View(view)
	} else {
		view = all
	}
	if slices.Contains(d.decisions.Kinds(), decision.Kind(kind)) {
		f.Kind = decision.Kind(kind)
	} else {
		kind = all
	}
	number, err := strconv.Atoi(c.Query("page", "1"))
	if err == nil && number > 1 && number <= 10_000 {
		f.Page = number - 1
	}
	return f, view, kind
}
