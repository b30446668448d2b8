package ministry

import (
	"net/url"
	"strconv"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const sharedPath = "/ministry/register/shared"

// Shared serves the page of agencies that share something. It is safe for concurrent
// use.
type Shared struct {
	web     *web.Web
	service *fitness.Service
}

// NewShared returns the page.
func NewShared(w *web.Web, s *fitness.Service) *Shared { return &Shared{web: w, service: s} }

type sharedPage struct {
	fitness.Shared

	Form           views.Form // the filter
	Kinds, Onlys   []views.Option
	Groups         []sharedGroup
	Previous, Next string
	Filtered       bool
}

type sharedGroup struct {
	fitness.Group

	Number int // in the list, from 1
	Chart  chart
}

// Show lists them: ?kind=, ?q=, ?only=sanctioned, ?only=lending, ?page=.
func (p *Shared) Show(c *fiber.Ctx) error {
	values := url.Values{"kind": {c.Query("kind")}, "q": {plain(c.Query("q"))}, "only": {c.Query("only")}}
	f := fitness.SharedFilter{Kind: fitness.Kind(values.Get("kind")), Name: values.Get("q"), Sanctioned: values.Get("only") == "sanctioned", Lending: values.Get("only") == "lending"}
	filtered := f != (fitness.SharedFilter{})
	f.Page, _ = strconv.Atoi(c.Query("page"))
	found, err := p.service.Shared(c.UserContext(), p.web.Actor(c), f)
	if err != nil {
		return err
	}
	page := sharedPage{Shared: found, Form: views.Form{Values: values}, Kinds: []views.Option{{Key: "shared.kind.any"}}, Filtered: filtered, Onlys: []views.Option{{Key: "shared.only.any"}, {Value: "sanctioned", Key: "shared.only.sanctioned"}, {Value: "lending", Key: "shared.only.lending"}}}
	for _, kind := range fitness.SharedKinds() {
		page.Kinds = append(page.Kinds, views.Option{Value: string(kind), Key: "shared.kind." + string(kind)})
	}
	for i, g := range found.Groups {
		page.Groups = append(page.Groups, sharedGroup{Group: g, Number: (found.Page-1)*fitness.GroupsOnPage + i + 1, Chart: draw(g)})
	}
	at := func(n int) string {
		values.Set("page", strconv.Itoa(n))
		return sharedPath + "?" + values.Encode()
	}
	if found.Page > 1 {
		page.Previous = at(found.Page - 1)
	}
	if found.Page < found.Pages {
		page.Next = at(found.Page + 1)
	}
	return p.web.Render(c, fiber.StatusOK, "ministry/shared", page)
}
