// Package sealed puts what a complaint sealed to a desk into words, for all
// desks that open one.
package sealed

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// Offices lists the offices of the state.
type Offices interface {
	Offices(ctx context.Context) ([]complaint.Office, error)
}

// Answer is one question that was answered: a message key, and words.
type Answer struct{ Key, Text string }

// NameOf returns the office's name in the language, or in English, or "".
func NameOf(offices []complaint.Office, key uuid.UUID, lang string) string {
	for _, o := range offices {
		if o.ID == key {
			if name := o.Name[lang]; name != "" {
				return name
			}
			return o.Name["en"]
		}
	}
	return ""
}

// Answers words every answer that was given, in the order of the form.
func Answers(c *fiber.Ctx, edge *web.Web, offices Offices, a complaint.Answers) ([]Answer, error) {
	w := wording{web: edge, c: c}
	w.choice("safe", string(a.Safe))
	w.choice("phone_use", string(a.Phone))
	w.choice("about", string(a.About))
	w.yes("minor", a.Minor)
	w.yes("missing_person", a.MissingPerson)
	w.yes("never_departed", a.NeverDeparted)
	w.yes("official", a.Official)
	w.office(offices, a)
	w.said("indicators", w.indicators(a.Indicators))
	if a.Country != "" {
		w.said("country", country.Name(edge.Lang(c), a.Country))
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
	web  *web.Web
	c    *fiber.Ctx
	rows []Answer
	err  error
}

func (w *wording) said(question, text string) {
	if text != "" {
		w.rows = append(w.rows, Answer{"police.answer." + question, text})
	}
}

func (w *wording) text(key string, args ...any) string {
	text, err := w.web.Views().Catalogue().Text(w.web.Lang(w.c), key, args...)
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
	n, err := w.web.Views().Catalogue().Number(w.web.Lang(w.c), *amount)
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
	text, err := w.web.Views().Catalogue().PartialDate(w.web.Lang(w.c), d.Year, d.Month, d.Day)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("word a day: %w", err)
	}
	w.said(question, text)
}

// office names the office of the official who is involved.
func (w *wording) office(offices Offices, a complaint.Answers) {
	if !a.Official {
		return
	}
	all, err := offices.Offices(w.c.UserContext())
	if err != nil && w.err == nil {
		w.err = err
	}
	name := NameOf(all, a.OfficialUnit, w.web.Lang(w.c))
	if name == "" {
		name = w.text("police.answer.official_unit.unknown")
	}
	w.said("official_unit", name)
}
