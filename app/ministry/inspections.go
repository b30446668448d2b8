package ministry

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fairpassage/portal/app/inspected"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const inspectionsPath = "/ministry/inspections"

// Inspections serves the ministry's pages of inspections. It is safe for
// concurrent use.
type Inspections struct {
	web     *web.Web
	service *inspection.Service
	photos  Photos
}

// Photos takes files that somebody attaches (app/documents).
type Photos interface {
	Receive(c *fiber.Ctx, owner document.Owner) (sent views.Form, added bool, err error)
	TakeBack(c *fiber.Ctx, key uuid.UUID) error
}

// NewInspections returns the pages.
func NewInspections(w *web.Web, s *inspection.Service, photos Photos) *Inspections {
	return &Inspections{web: w, service: s, photos: photos}
}

type inspectionLine struct {
	inspection.Summary

	Tone string
}

type inspectionsPage struct {
	Form       views.Form // the filter
	Lines      []inspectionLine
	Inspectors []views.Option
	Queue      inspection.Queue
	// Previous and Next are addresses of the pages beside this one, or "".
	Previous, Next string
	Filtered       bool
	MayPlan        bool
}

// openInspections is a status of the filter only: neither closed nor called off.
const openInspections = "open"

// Queue lists inspections. The filter is in the address, so that it can be sent
// to a colleague: ?status=, ?q=, ?inspector=, ?due=waiting|over, ?page=.
func (p *Inspections) Queue(c *fiber.Ctx) error {
	values := url.Values{"status": {c.Query("status", openInspections)}, "q": {plain(c.Query("q"))}, "inspector": {c.Query("inspector")}, "due": {c.Query("due")}}
	filter := filterOfInspections(values)
	filter.Page, _ = strconv.Atoi(c.Query("page"))
	actor := p.web.Actor(c)
	queue, err := p.service.Queue(c.UserContext(), actor, filter)
	if err != nil {
		return err
	}
	colleagues, err := p.service.Colleagues(c.UserContext(), actor)
	if err != nil {
		return err
	}
	page := inspectionsPage{
		Form: views.Form{Values: values}, Queue: queue, MayPlan: mayPlan(actor),
		Inspectors: []views.Option{{Key: "inspection.queue.anybody"}},
		Filtered:   values.Get("q") != "" || values.Get("inspector") != "" || values.Get("due") != "" || values.Get("status") != openInspections,
	}
	for _, who := range colleagues {
		page.Inspectors = append(page.Inspectors, views.Option{Value: who.PersonID.String(), Text: who.Name})
	}
	for _, i := range queue.Inspections {
		page.Lines = append(page.Lines, inspectionLine{Summary: i, Tone: inspected.Tone(i.Inspection)})
	}
	address := func(number int) string {
		values.Set("page", strconv.Itoa(number))
		return inspectionsPath + "?" + values.Encode()
	}
	if queue.Page > 1 {
		page.Previous = address(queue.Page - 1)
	}
	if queue.Page < queue.Pages {
		page.Next = address(queue.Page + 1)
	}
	return p.web.Render(c, fiber.StatusOK, "ministry/inspections", page)
}

// plain drops what the database would refuse with an error.
func plain(text string) string {
	return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), ""))
}

// filterOfInspections reads the address. What it does not know is everything, and
// is shown so.
func filterOfInspections(values url.Values) inspection.Filter {
	f := inspection.Filter{Name: values.Get("q")}
	switch status := values.Get("status"); {
	case slices.Contains(inspection.Statuses(), inspection.Status(status)):
		f.Status = inspection.Status(status)
	case status != anyStatus:
		values.Set("status", openInspections)
		f.Open = true
	}
	var err error
	if f.Inspector, err = uuid.Parse(values.Get("inspector")); err != nil {
		values.Set("inspector", "")
	}
	switch due := inspection.Due(values.Get("due")); due {
	case inspection.DueWaiting, inspection.DueOver:
		f.Due = due
	default:
		values.Set("due", "")
	}
	return f
}
