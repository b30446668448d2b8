package police

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/gofiber/fiber/v2"
)

type complaintPage struct {
	Escalation escalation.Summary
	complaint.Contents
	// Answers are the detailed ones, in words; empty when they are not held.
	Rows []answer
	// Paragraphs are the reporter's own words.
	Paragraphs []string
}

// answer is one question that was answered.
type answer struct{ Key, Text string }

// Complaint opens what a linked complaint sealed to the unit, and says plainly
// what the unit does not hold.
func (d *Desk) Complaint(c *fiber.Ctx) error {
	key, err := param(c, "id")
	if err != nil {
		return err
	}
	complaintID, err := param(c, "complaint")
	if err != nil {
		return err
	}
	e, err := d.deps.Escalations.Linked(c.UserContext(), d.web.Actor(c), key, complaintID)
	if err != nil {
		return err
	}
	page := complaintPage{Escalation: e.Summary}
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	if page.Contents, err = d.deps.Sealed.OpenFor(c.UserContext(), by, complaintID); err != nil {
		return err
	}
	if page.Answers != nil {
		if page.Rows, err = d.answers(c, *page.Answers); err != nil {
			return err
		}
	}
	if page.Narrative != nil {
		page.Paragraphs = strings.FieldsFunc(*page.Narrative, func(r rune) bool { return r == '\n' })
	}
	return d.web.Render(c, fiber.StatusOK, "police/complaint", page)
}

// answers words every answer that was given, in the order of the form.
func (d *Desk) answers(c *fiber.Ctx, a complaint.Answers) ([]answer, error) {
	w := wording{desk: d, c: c}
	w.choice("safe", string(a.Safe))
	w.choice("phone_use", string(a.Phone))
	w.choice("about", string(a.About))
	w.yes("minor", a.Minor)
	w.yes("missing_person", a.MissingPerson)
	w.yes("never_departed", a.NeverDeparted)
	w.yes("official", a.Official)
	w.said("indicators", w.indicators(a.Indicators))
	if a.Country != "" {
		w.said("country", country.Name(d.web.Lang(c), a.Country))
	}
	w.said("place", a.Place)
	w.day("happened_on", a.HappenedOn)
	w.said("agency", a.AgencyName)
	w.said("employer", a.Employer)
	w.said("broker_name", a.BrokerName)
	w.said("broker_phone", a.BrokerPhone)
	w.dollars("fee", a.FeeUSD)
	w.dollars("debt", a.DebtUSD)
	w.dollars("wage", a.WageUSD)
	for _, who := range a.MayAct {
		w.choice("may_act", string(who))
	}
	return w.rows, w.err
}

// wording collects answers until one cannot be put into words.
type wording struct {
	desk *Desk
	c    *fiber.Ctx
	rows []answer
	err  error
}

func (w *wording) said(question, text string) {
	if text != "" {
		w.rows = append(w.rows, answer{"police.answer." + question, text})
	}
}

func (w *wording) text(key string, args ...any) string {
	text, err := w.desk.text(w.c, key, args...)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("word an answer: %w", err)
	}
	return text
}

func (w *wording) choice(question, value string) {
	if value != "" {
		w.said(question, w.text("police.answer."+question+"."+value))
	}
}

func (w *wording) yes(question string, is bool) {
	if is {
		w.said(question, w.text("common.yes"))
	}
}

func (w *wording) dollars(question string, amount *int) {
	if amount == nil {
		return
	}
	n, err := w.desk.web.Views().Catalogue().Number(w.desk.web.Lang(w.c), *amount)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.said(question, w.text("police.dollars", "Amount", n))
}

// indicators lists what happened, in the order in which it was asked, with
// when it happened where that was said.
func (w *wording) indicators(said map[complaint.Indicator][]complaint.Phase) string {
	var parts []string
	for _, indicator := range complaint.Indicators() {
		phases, ticked := said[indicator]
		if !ticked {
			continue
		}
		part := w.text("police.indicator." + string(indicator))
		var when []string
		for _, phase := range []complaint.Phase{complaint.Before, complaint.Travel, complaint.Work} {
			if slices.Contains(phases, phase) {
				when = append(when, w.text("police.phase."+string(phase)))
			}
		}
		if len(when) > 0 {
			part += " (" + strings.Join(when, ", ") + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// day writes as much of a day as somebody remembered.
func (w *wording) day(question string, d complaint.Day) {
	text, err := w.desk.web.Views().Catalogue().PartialDate(w.desk.web.Lang(w.c), d.Year, d.Month, d.Day)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("word a day: %w", err)
	}
	w.said(question, text)
}
