package police

import (
	"math"
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type escalationPage struct {
	escalation.Escalation
	Base     string
	Subject  subject
	Findings []findingPart
	Voices   []voiceLine
	// Later are complaints that joined after it was raised.
	Later []laterLine
}

// laterLine is a complaint that joined later; Number goes on from the pattern's.
type laterLine struct {
	Number int
	Href   string
}

type findingPart struct {
	escalation.Finding
	Name      string
	Sentences []string
}

type voiceLine struct {
	escalation.Voice
	Place string
	Href  string
}

// Escalation opens one escalation: the pattern as it was frozen, and the way
// to what its complaints sealed to the unit.
func (d *Desk) Escalation(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	e, err := d.deps.Escalations.Get(c.UserContext(), d.web.Actor(c), key)
	if err != nil {
		return err
	}
	subjects, err := d.subjects(c, []escalation.Summary{e.Summary})
	if err != nil {
		return err
	}
	page := escalationPage{Escalation: e, Base: d.deps.Base, Subject: subjects[0]}
	for _, f := range e.Pattern.Findings {
		part, err := d.finding(c, f)
		if err != nil {
			return err
		}
		page.Findings = append(page.Findings, part)
	}
	address := func(complaintID uuid.UUID) string {
		return d.deps.Base + "/" + e.ID.String() + "/complaints/" + complaintID.String()
	}
	frozen := map[uuid.UUID]bool{}
	for _, v := range e.Pattern.Voices {
		frozen[v.ComplaintID] = true
		line := voiceLine{Voice: v, Href: address(v.ComplaintID)}
		if v.Country != "" {
			line.Place = country.Name(d.web.Lang(c), v.Country)
		}
		page.Voices = append(page.Voices, line)
	}
	for _, complaintID := range e.Complaints {
		if !frozen[complaintID] {
			page.Later = append(page.Later, laterLine{len(page.Voices) + len(page.Later) + 1, address(complaintID)})
		}
	}
	return d.web.Render(c, fiber.StatusOK, "police/escalation", page)
}

// finding puts a finding into words. Patterns are frozen and words are not: a
// sentence that the catalogue no longer has is left out, and the numbers that
// stand beside it must do.
func (d *Desk) finding(c *fiber.Ctx, f escalation.Finding) (part findingPart, err error) {
	part.Finding = f
	// Rules are named with dashes, messages with underscores.
	name, args := "pattern."+strings.ReplaceAll(f.Rule, "-", "_")+".name", []any(nil)
	if !d.known(c, name) {
		name, args = "police.finding.rule", []any{"Rule", f.Rule}
	}
	if part.Name, err = d.text(c, name, args...); err != nil {
		return findingPart{}, err
	}
	for _, reason := range f.Reasons {
		if !d.known(c, reason.Key) {
			continue
		}
		sentence, err := d.text(c, reason.Key, argumentsOf(reason)...)
		if err != nil {
			return findingPart{}, err
		}
		part.Sentences = append(part.Sentences, sentence)
	}
	return part, nil
}

// argumentsOf gives the pairs of name and value. Whole numbers were integers
// before they were stored as JSON, and the plural needs them to be.
func argumentsOf(r escalation.Reason) []any {
	var pairs []any
	for name, value := range r.Args {
		if n, ok := value.(float64); ok && n == math.Trunc(n) && math.Abs(n) < 1<<52 {
			value = int(n)
		}
		pairs = append(pairs, name, value)
	}
	return pairs
}

type latePage struct {
	Acknowledgement escalation.Acknowledgement
	Href            string
}

// Acknowledge takes the escalation on. Somebody who comes second sees who was
// first, and when.
func (d *Desk) Acknowledge(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	standing, err := d.deps.Escalations.Acknowledge(c.UserContext(), d.web.Actor(c), key)
	href := d.deps.Base + "/" + key.String()
	if fault.KindOf(err) == fault.Conflict {
		return d.web.Render(c, fiber.StatusConflict, "police/late", latePage{standing, href})
	}
	if err != nil {
		return err
	}
	return d.web.Redirect(c, href)
}
