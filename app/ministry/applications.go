// Package ministry is the desk of the ministry's officers: the applications
// that wait for them, and the law as data.
package ministry

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const applicationsPath = "/ministry/applications"

// Applications serves the pages of the licensing desk. It is safe for concurrent
// use.
type Applications struct {
	web          *web.Web
	applications *application.Service
	proposer     application.Proposer
	inspections  *inspection.Service
}

// NewApplications returns the pages.
func NewApplications(w *web.Web, a *application.Service, p application.Proposer, i *inspection.Service) *Applications {
	return &Applications{web: w, applications: a, proposer: p, inspections: i}
}

type queuePage struct {
	Form  views.Form // the filter
	Queue application.Queue
	// Previous and Next are addresses of the pages beside this one, or "".
	Previous, Next string
	Filtered       bool
	Statuses       []views.Option
	Kinds          []views.Option
}

// The words by which the address says that something does not matter, and that a
// recommendation waits.
const (
	anyStatus   = "all"
	recommended = "recommended"
)

// Queue lists applications. The filter is in the address, so that it can be
// sent to a colleague: ?status=filed|recommended|returned|granted|refused|
// withdrawn|all, ?kind=first|renewal|change, ?q=, ?page=.
func (a *Applications) Queue(c *fiber.Ctx) error {
	status, kind := c.Query("status", string(application.Filed)), application.Kind(c.Query("kind"))
	// What is no text the database would refuse with an error.
	name := strings.ToValidUTF8(strings.ReplaceAll(c.Query("q"), "\x00", ""), "")
	filter := application.Filter{Name: name}
	switch {
	case status == recommended:
		filter.Status, filter.Recommended = application.Filed, true
	case slices.Contains(application.Statuses(), application.Status(status)):
		filter.Status = application.Status(status)
	case status != anyStatus:
		status = string(application.Filed)
		filter.Status = application.Filed
	}
	if slices.Contains(kinds(), kind) {
		filter.Kind = kind
	}
	filter.Page, _ = strconv.Atoi(c.Query("page"))
	queue, err := a.applications.Queue(c.UserContext(), a.web.Actor(c), filter)
	if err != nil {
		return err
	}
	given := url.Values{"status": {status}, "kind": {string(filter.Kind)}, "q": {name}}
	page := queuePage{
		Form: views.Form{Values: given}, Queue: queue, Statuses: statusOptions(), Kinds: kindOptions(),
		Filtered: name != "" || filter.Kind != "" || status != string(application.Filed),
	}
	address := func(number int) string {
		return applicationsPath + "?" + given.Encode() + "&page=" + strconv.Itoa(number)
	}
	if queue.Page > 1 {
		page.Previous = address(queue.Page - 1)
	}
	if queue.Page < queue.Pages {
		page.Next = address(queue.Page + 1)
	}
	return a.web.Render(c, fiber.StatusOK, "ministry/applications", page)
}

func kinds() []application.Kind {
	return []application.Kind{application.First, application.Renewal, application.Change}
}

func kindOptions() []views.Option {
	all := []views.Option{{Value: "", Key: "licensing.kind.any"}}
	for _, k := range kinds() {
		all = append(all, views.Option{Value: string(k), Key: "licensing.kind." + string(k)})
	}
	return all
}

func statusOptions() (all []views.Option) {
	for _, s := range []string{"filed", recommended, "returned", "granted", "refused", "withdrawn", anyStatus} {
		all = append(all, views.Option{Value: s, Key: "licensing.status." + s})
	}
	return all
}
