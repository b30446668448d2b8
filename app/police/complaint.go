package police

import (
	"strings"

	"github.com/fairpassage/portal/app/sealed"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/gofiber/fiber/v2"
)

type complaintPage struct {
	Base       string
	Escalation escalation.Summary
	complaint.Contents
	// Answers are the detailed ones, in words; empty when they are not held.
	Rows []sealed.Answer
	// Paragraphs are the reporter's own words.
	Paragraphs []string
}

// Complaint opens what a linked complaint sealed to the unit, and says plainly
// what the unit does not hold.
func (d *Desk) Complaint(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	complaintID, err := web.Key(c, "complaint")
	if err != nil {
		return err
	}
	e, err := d.deps.Escalations.Linked(c.UserContext(), d.web.Actor(c), key, complaintID)
	if err != nil {
		return err
	}
	page := complaintPage{Base: d.deps.Base, Escalation: e.Summary}
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	page.Contents, err = d.deps.Sealed.OpenFor(c.UserContext(), by, complaintID)
	// Linked, and nothing of it sealed to the unit: the page says so.
	if err != nil && fault.KindOf(err) != fault.Forbidden {
		return err
	}
	if page.Answers != nil {
		if page.Rows, err = sealed.Answers(c, d.web, d.deps.Offices, *page.Answers); err != nil {
			return err
		}
	}
	if page.Narrative != nil {
		page.Paragraphs = strings.FieldsFunc(*page.Narrative, func(r rune) bool { return r == '\n' })
	}
	return d.web.Render(c, fiber.StatusOK, "police/complaint", page)
}
