// Package ministry is the desk of the ministry's officers: the applications
// that wait for a decision.
package ministry

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// Licensing serves the pages of the licensing desk. It is safe for concurrent
// use.
type Licensing struct {
	web       *web.Web
	licensing *licensing.Service
}

// New returns the pages.
func New(w *web.Web, l *licensing.Service) *Licensing {
	return &Licensing{web: w, licensing: l}
}

type queuePage struct {
	Form  views.Form // the filter
	Queue licensing.Queue
	// Previous and Next are addresses of the pages beside this one, or "".
	Previous, Next string
	Filtered       bool
}

// anyStatus is how the address says that the status does not matter.
const anyStatus = "all"

// Queue lists applications. The filter is in the address, so that it can be
// sent to a colleague: ?status=filed|granted|refused|all, ?q=, ?page=.
func (l *Licensing) Queue(c *fiber.Ctx) error {
	status := c.Query("status", string(licensing.Filed))
	// What is no text the database would refuse with an error.
	name := strings.ToValidUTF8(strings.ReplaceAll(c.Query("q"), "\x00", ""), "")
	filter := licensing.Filter{Name: name}
	switch {
	case slices.Contains(licensing.Statuses(), licensing.Status(status)):
		filter.Status = licensing.Status(status)
	case status != anyStatus:
		status = string(licensing.Filed)
		filter.Status = licensing.Filed
	}
	filter.Page, _ = strconv.Atoi(c.Query("page"))
	queue, err := l.licensing.Queue(c.UserContext(), l.web.Actor(c), filter)
	if err != nil {
		return err
	}
	page := queuePage{
		Form:     views.Form{Values: map[string][]string{"status": {status}, "q": {name}}},
		Queue:    queue,
		Filtered: name != "" || status != string(licensing.Filed),
	}
	address := func(number int) string {
		return "/ministry/applications?" + url.Values{"status": {status}, "q": {name}, "page": {strconv.Itoa(number)}}.Encode()
	}
	if queue.Page > 1 {
		page.Previous = address(queue.Page - 1)
	}
	if queue.Page < queue.Pages {
		page.Next = address(queue.Page + 1)
	}
	return l.web.Render(c, fiber.StatusOK, "ministry/applications", page)
}

type applicationPage struct {
	Form         views.Form
	Folder       licensing.Folder
	StateKey     string
	Destinations []string // by name
	ID           string
	// Own says that the reader filed it and so cannot decide.
	Own bool
}

// Application shows one application with its agency's licence, and the form of
// the decision while it waits.
func (l *Licensing) Application(c *fiber.Ctx) error {
	id, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return l.show(c, fiber.StatusOK, id, views.Form{})
}

type decisionForm struct {
	Decision   string `form:"decision" validate:"required,oneof=grant refuse"`
	Reason     string `form:"reason" validate:"required,max=2000"`
	Number     string `form:"number" validate:"max=30"`
	FromDay    string `form:"valid_from_day" validate:"max=10"`
	FromMonth  string `form:"valid_from_month" validate:"max=10"`
	FromYear   string `form:"valid_from_year" validate:"max=10"`
	UntilDay   string `form:"valid_until_day" validate:"max=10"`
	UntilMonth string `form:"valid_until_month" validate:"max=10"`
	UntilYear  string `form:"valid_until_year" validate:"max=10"`
}

func (f decisionForm) decision(sent *views.Form) licensing.Decision {
	d := licensing.Decision{Grant: f.Decision == "grant", Reason: f.Reason, Number: f.Number}
	if !d.Grant {
		return d
	}
	var ok bool
	if d.ValidFrom, ok = web.ParseDay(f.FromDay, f.FromMonth, f.FromYear); !ok {
		sent.Errors["valid_from"] = "form.date"
	}
	if d.ValidUntil, ok = web.ParseDay(f.UntilDay, f.UntilMonth, f.UntilYear); !ok {
		sent.Errors["valid_until"] = "form.date"
	}
	return d
}

// Decide takes the decision.
func (l *Licensing) Decide(c *fiber.Ctx) error {
	id, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form decisionForm
	sent, err := l.web.Bind(c, &form)
	if err != nil {
		return err
	}
	decision := form.decision(&sent)
	if !sent.Failed() {
		err := l.licensing.Decide(c.UserContext(), l.web.Actor(c), id, decision)
		if err == nil {
			return l.web.Redirect(c, "/ministry/applications/"+id.String())
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	return l.show(c, fiber.StatusUnprocessableEntity, id, sent)
}

func (l *Licensing) show(c *fiber.Ctx, status int, id uuid.UUID, sent views.Form) error {
	actor := l.web.Actor(c)
	folder, err := l.licensing.Get(c.UserContext(), actor, id)
	if err != nil {
		return err
	}
	page := applicationPage{
		Form: sent, Folder: folder, StateKey: "licensing.state." + string(folder.State),
		ID: id.String(), Own: folder.Paper.FiledBy == actor.PersonID,
	}
	for _, code := range folder.Paper.Destinations {
		page.Destinations = append(page.Destinations, country.Name(l.web.Lang(c), code))
	}
	if sent.Values == nil {
		page.Form = l.proposal(folder.Term)
	}
	return l.web.Render(c, status, "ministry/application", page)
}

// proposal fills in the first day with today, and the last with what follows from
// the licence term. Where none is configured it stays empty.
func (l *Licensing) proposal(term licensing.Term) views.Form {
	values := map[string][]string{}
	fill := func(field string, day time.Time) {
		if !day.IsZero() {
			values[field+"_day"], values[field+"_month"], values[field+"_year"] =
				[]string{strconv.Itoa(day.Day())}, []string{strconv.Itoa(int(day.Month()))}, []string{strconv.Itoa(day.Year())}
		}
	}
	today := l.licensing.Today()
	fill("valid_from", today)
	fill("valid_until", term.Last(today))
	return views.Form{Values: values}
}
