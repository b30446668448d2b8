package ministry

import (
	"net/url"
	"strconv"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const guaranteesPath = "/ministry/guarantees"

// Guarantees serves the ministry's pages of guarantees. It is safe for concurrent use.
type Guarantees struct {
	web      *web.Web
	service  *guarantee.Service
	proposer guarantee.Proposer
}

// NewGuarantees returns the pages.
func NewGuarantees(w *web.Web, s *guarantee.Service, p guarantee.Proposer) *Guarantees {
	return &Guarantees{web: w, service: s, proposer: p}
}

type guaranteesPage struct {
	Form           views.Form // the filter
	List           guarantee.List
	Views          []views.Option
	Previous, Next string
	Filtered       bool
}

// List lists agencies with what stands behind them: ?view=, ?q=, ?page=.
func (p *Guarantees) List(c *fiber.Ctx) error {
	f := guarantee.Filter{Name: plain(c.Query("q"))}
	page := guaranteesPage{}
	for _, v := range guarantee.Views() {
		key := "guarantee.view.all"
		if v != guarantee.All {
			key = "guarantee.view." + string(v)
		}
		page.Views = append(page.Views, views.Option{Value: string(v), Key: key})
		if string(v) == c.Query("view") {
			f.View = v
		}
	}
	f.Page, _ = strconv.Atoi(c.Query("page"))
	f.Page = min(f.Page, 10_000)
	var err error
	if page.List, err = p.service.Agencies(c.UserContext(), p.web.Actor(c), f); err != nil {
		return err
	}
	given := url.Values{"view": {string(f.View)}, "q": {f.Name}}
	page.Form, page.Filtered = views.Form{Values: given}, f.View != guarantee.All || f.Name != ""
	address := func(number int) string {
		return guaranteesPath + "?" + given.Encode() + "&page=" + strconv.Itoa(number)
	}
	if page.List.Page > 1 {
		page.Previous = address(page.List.Page - 1)
	}
	if page.List.More {
		page.Next = address(page.List.Page + 1)
	}
	return p.web.Render(c, fiber.StatusOK, "ministry/guarantees", page)
}

// Letter shows a letter to a bank, in both languages, to be printed.
func (p *Guarantees) Letter(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	letter, err := p.service.Print(c.UserContext(), p.web.Actor(c), key)
	if err != nil {
		return err
	}
	return p.web.Render(c, fiber.StatusOK, "ministry/guarantee_letter", letter)
}
