package police

import (
	"context"
	"net/url"
	"strconv"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const (
	all = "all"
	// overdue is a state of the filter only: waiting past the deadline.
	overdue = "overdue"
)

type inboxPage struct {
	Base   string
	Form   views.Form // the filter
	Lines  []inboxLine
	Stream string // the address that tells when to look again
	// Previous and Next are addresses of the pages beside this one, or "".
	Previous, Next string
	Filtered       bool
}

type inboxLine struct {
	escalation.Summary
	Subject subject
}

// Escalations lists the unit's inbox. The filter is in the address:
// ?grade=red|amber|all, ?state=waiting|overdue|acknowledged|all, ?page= from 1.
func (d *Desk) Escalations(c *fiber.Ctx) error {
	actor := d.web.Actor(c)
	grade, state := c.Query("grade", all), c.Query("state", all)
	number, err := strconv.Atoi(c.Query("page", "1"))
	if err != nil || number < 1 || number > 10_000 {
		number = 1
	}
	// Before the list: what comes in between rings once too often, never too seldom.
	version, err := d.deps.Escalations.Version(c.UserContext(), actor)
	if err != nil {
		return err
	}
	lines, more, err := d.deps.Escalations.List(c.UserContext(), actor, filterOf(grade, state, number))
	if err != nil {
		return err
	}
	subjects, err := d.subjects(c, lines)
	if err != nil {
		return err
	}
	page := inboxPage{
		Base:     d.deps.Base,
		Form:     views.Form{Values: map[string][]string{"grade": {grade}, "state": {state}}},
		Stream:   d.deps.Base + "/stream?since=" + strconv.FormatInt(version, 10),
		Filtered: grade != all || state != all || number > 1,
	}
	for i, line := range lines {
		page.Lines = append(page.Lines, inboxLine{Summary: line, Subject: subjects[i]})
	}
	address := func(number int) string {
		return d.deps.Base + "?" + url.Values{"grade": {grade}, "state": {state}, "page": {strconv.Itoa(number)}}.Encode()
	}
	if number > 1 {
		page.Previous = address(number - 1)
	}
	if more {
		page.Next = address(number + 1)
	}
	return d.web.Render(c, fiber.StatusOK, "police/escalations", page)
}

// filterOf reads the address. An unknown word filters nothing.
func filterOf(grade, state string, number int) escalation.Filter {
	f := escalation.Filter{Page: number - 1}
	switch g := escalation.Grade(grade); g {
	case escalation.Red, escalation.Amber:
		f.Grade = g
	}
	switch s := escalation.State(state); s {
	case escalation.Waiting, escalation.Acknowledged:
		f.State = s
	case overdue:
		f.Overdue = true
	}
	return f
}

// Stream tells an open inbox to look again. It says that something happened,
// never what.
func (d *Desk) Stream(c *fiber.Ctx) error {
	actor := d.web.Actor(c)
	wake, leave := d.deps.Bell.Subscribe()
	return d.web.Stream(c, web.Stream{
		Last: c.Query("since"), Wake: wake, Close: leave,
		Next: func(ctx context.Context, last string) (web.Event, bool, error) {
			version, err := d.deps.Escalations.Version(ctx, actor)
			if err != nil {
				return web.Event{}, false, err
			}
			now := strconv.FormatInt(version, 10)
			return web.Event{ID: now, Name: "changed"}, now != last, nil
		},
	})
}
