// Package admin is where administrators manage units and people.
//
// It knows nothing of cases: no page here leads to one.
package admin

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const (
	unitsHome  = "/admin/units"
	peopleHome = "/admin/people"
	all        = "all"
)

// Desk serves the pages. It is safe for concurrent use.
type Desk struct {
	web    *web.Web
	people *people.Service
}

// New returns the pages.
func New(w *web.Web, p *people.Service) *Desk { return &Desk{web: w, people: p} }

// number reads ?page=, from 1, and returns it from 0.
func number(c *fiber.Ctx) int {
	n, err := strconv.Atoi(c.Query("page", "1"))
	if err != nil || n < 1 || n > 10_000 {
		return 0
	}
	return n - 1
}

// typed is a text of the address; what is no text the database would refuse.
func typed(c *fiber.Ctx, name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(c.Query(name), "\x00", ""), ""))
}

// beside returns the addresses of the pages before and after this one, or "".
func beside(home string, filter url.Values, page int, more bool) (previous, next string) {
	address := func(n int) string {
		filter.Set("page", strconv.Itoa(n))
		return home + "?" + filter.Encode()
	}
	if page > 0 {
		previous = address(page)
	}
	if more {
		next = address(page + 2)
	}
	return previous, next
}

// kindOptions offers the kinds of unit, with a first choice of no kind.
func kindOptions(first views.Option) []views.Option {
	options := []views.Option{first}
	for _, k := range people.Kinds() {
		options = append(options, views.Option{Value: string(k), Key: "people.kind." + string(k)})
	}
	return options
}

// unitOptions offers the units.
func (d *Desk) unitOptions(c *fiber.Ctx) ([]views.Option, error) {
	units, err := d.people.Choices(c.UserContext(), d.web.Actor(c))
	options := []views.Option{{Value: "", Key: "people.unit.choose"}}
	for _, u := range units {
		options = append(options, views.Option{Value: u.ID.String(), Text: d.web.InLanguage(c, u.Name)})
	}
	return options, err
}
