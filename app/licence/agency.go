package licence

import (
	"strconv"
	"strings"
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type agencyPage struct {
	licensing.Record

	Base     string
	Home     string
	Own      bool // an agency's own page
	Overseer bool
	Head     bool // may answer for the agency
	StateKey string
	Tone     string
	Scope    []string
}

// Agency shows a licence with everything that was done about it, and what can be
// done.
func (d *Desk) Agency(c *fiber.Ctx) error {
	agency, err := d.agency(c)
	if err != nil {
		return err
	}
	record, err := d.licensing.Open(c.UserContext(), d.web.Actor(c), agency)
	if err != nil {
		return err
	}
	return d.web.Render(c, fiber.StatusOK, "licence/agency", d.page(c, record))
}

func (d *Desk) page(c *fiber.Ctx, record licensing.Record) agencyPage {
	actor := d.web.Actor(c)
	page := agencyPage{
		Record: record, Base: d.base, Home: d.home(record.Agency), Own: d.own(), Overseer: d.base == "/oversight",
		Head:     d.own() && authority.Enter(actor, authority.LicenceAnswer).Allowed,
		StateKey: "licensing.state." + string(record.State), Tone: toneOf(record.State), Scope: words(d.web.Lang(c), record.Scope.Lines),
	}
	return page
}

// words says where and for which work, line by line.
func words(lang string, lines []licensing.ScopeLine) (all []string) {
	for _, l := range lines {
		text := country.Name(lang, l.Destination)
		if l.Occupation != "" {
			text += ", ISCO-08 " + l.Occupation
		}
		all = append(all, text)
	}
	return all
}

// toneOf gives the colour of a state's tag; the words say the same.
func toneOf(state licensing.State) string {
	switch state {
	case licensing.Licensed:
		return "green"
	case licensing.Expired, licensing.Suspended:
		return "amber"
	case licensing.Revoked:
		return "red"
	case licensing.NotYet:
		return "blue"
	default:
		return "grey"
	}
}

type letterPage struct {
	agencyPage

	Step  licensing.Step
	Lines []string
}

// Letter shows one step as the letter that the agency gets, in both languages.
func (d *Desk) Letter(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	step, record, err := d.licensing.Letter(c.UserContext(), d.web.Actor(c), key)
	if err != nil {
		return err
	}
	var lines []string
	for _, l := range step.Scope {
		lines = append(lines, l.String())
	}
	return d.web.Render(c, fiber.StatusOK, "licence/letter", letterPage{agencyPage: d.page(c, record), Step: step, Lines: lines})
}

type timelinePage struct {
	agencyPage

	Form  views.Form
	Lines []timelineLine
	Next  string
	Whats []views.Option
}

// timelineLine is one happening in words.
type timelineLine struct {
	licensing.Happening

	Key    string // the message
	Text   string // data as it stands
	Reason string // a message, or ""
	Href   string
}

// Timeline shows everything about an agency: ?what=, and ?before= of the page before.
func (d *Desk) Timeline(c *fiber.Ctx) error {
	agency, err := d.agency(c)
	if err != nil {
		return err
	}
	actor := d.web.Actor(c)
	record, err := d.licensing.Open(c.UserContext(), actor, agency)
	if err != nil {
		return err
	}
	f := licensing.TimelineFilter{}
	page := timelinePage{agencyPage: d.page(c, record), Whats: []views.Option{{Value: "", Key: "licensing.kind.any"}}}
	for _, what := range licensing.Whats() {
		page.Whats = append(page.Whats, views.Option{Value: what, Key: "timeline.what." + what})
		if what == c.Query("what") {
			f.What = what
		}
	}
	micro, err1 := strconv.ParseInt(c.Query("before"), 10, 64)
	if key, err2 := uuid.Parse(c.Query("id")); err1 == nil && err2 == nil && micro > 0 {
		f.Before, f.BeforeID = time.UnixMicro(micro).UTC(), key
	}
	page.Form = views.Form{Values: map[string][]string{"what": {f.What}}}
	t, err := d.licensing.Timeline(c.UserContext(), actor, agency, f)
	if err != nil {
		return err
	}
	for _, h := range t.Lines {
		page.Lines = append(page.Lines, d.happening(d.web.Lang(c), agency, h))
	}
	if t.More {
		last := t.Lines[len(t.Lines)-1]
		page.Next = page.Home + "/timeline?what=" + f.What + "&before=" + strconv.FormatInt(last.At.UnixMicro(), 10) + "&id=" + last.ObjectID.String()
		if d.own() {
			page.Next = d.base + "/timeline?what=" + f.What + "&before=" + strconv.FormatInt(last.At.UnixMicro(), 10) + "&id=" + last.ObjectID.String()
		}
	}
	return d.web.Render(c, fiber.StatusOK, "licence/timeline", page)
}

func (d *Desk) happening(lang string, agency uuid.UUID, h licensing.Happening) timelineLine {
	l := timelineLine{Happening: h, Key: "timeline." + h.What + "." + h.Kind, Text: h.Words}
	switch h.What {
	case "step":
		l.Key, l.Href = "licensing.step."+h.Kind, d.base+"/letters/"+h.ObjectID.String()
	case "licence":
		l.Key = "licensing.event." + h.Kind
		if len(h.Words) > 10 && h.Words[:10] == "licensing." {
			l.Reason, l.Text = h.Words, ""
		}
	case "application":
		l.Href = d.base + "/application"
		if !d.own() {
			l.Href = d.base + "/applications/" + h.ObjectID.String()
		}
	case "inspection":
		l.Href, l.Text = d.base+"/inspections/"+h.ObjectID.String(), ""
		if h.Kind == "closed" && h.Words != "" {
			l.Reason = "inspection.outcome." + h.Words
		}
	case "guarantee":
		l.Text = amounts(h.Words)
		switch d.base {
		case "/agency":
			l.Href = "/agency/guarantee"
		case "/ministry":
			l.Href = d.home(agency) + "/guarantee"
		}
	case "placement":
		l.Text = country.Name(lang, h.Words)
	case "part", "part_ended":
		l.Key = "timeline." + h.What
		l.Reason = "timeline.kind." + h.Kind
	}
	if d.base == "/oversight" && h.What != "step" {
		l.Href = "" // overseers have pages of the letters alone
	}
	return l
}

// amounts writes what the timeline has in minor units: "250050 USD,500 JPY".
func amounts(words string) string {
	var all []string
	for one := range strings.SplitSeq(words, ",") {
		minor, currency, _ := strings.Cut(one, " ")
		if n, err := strconv.ParseInt(minor, 10, 64); err == nil {
			all = append(all, money.Money{Minor: n, Currency: currency}.String())
		}
	}
	return strings.Join(all, ", ")
}
