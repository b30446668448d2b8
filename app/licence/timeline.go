package licence

import (
	"strconv"
	"strings"
	"time"

	"github.com/fairpassage/portal/app/documents"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type timelinePage struct {
	licensing.Timeline

	StateKey string
	Tone     string
	Back     string
	Form     views.Form
	Lines    []timelineLine
	Next     string
	Whats    []views.Option
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
	f := licensing.TimelineFilter{}
	page := timelinePage{Whats: []views.Option{{Value: "", Key: "licensing.kind.any"}}}
	for _, what := range licensing.Whats(actor) {
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
	if page.Timeline, err = d.licensing.Timeline(c.UserContext(), actor, agency, f); err != nil {
		return err
	}
	page.StateKey, page.Tone = "licensing.state."+string(page.State), toneOf(page.State)
	if page.Back = d.home(agency); d.base == "/police" {
		page.Back = "/police/escalations" // of an agency they have this page alone
	}
	for _, h := range page.Timeline.Lines {
		page.Lines = append(page.Lines, d.happening(d.web.Lang(c), agency, h))
	}
	if page.More {
		last := page.Timeline.Lines[len(page.Timeline.Lines)-1]
		page.Next = c.Path() + "?what=" + f.What + "&before=" + strconv.FormatInt(last.At.UnixMicro(), 10) + "&id=" + last.ObjectID.String()
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
	case "document", "document_removed":
		l.Key, l.Reason, l.Href = "timeline."+h.What, documents.KindKey(h.Kind), d.base+"/documents/"+h.ObjectID.String()
	case "fitness":
		l.Key, l.Reason, l.Href = "timeline.fitness", "fitness.grade."+h.Kind, d.base+"/applications/"+h.ObjectID.String()
	case "escalation":
		l.Href = d.base + "/escalations/" + h.ObjectID.String()
	}
	if !d.opens(h.What) {
		l.Href = ""
	}
	return l
}

// opens reports whether those who have these pages have one of that, too.
func (d *Desk) opens(what string) bool {
	switch d.base {
	case "/police":
		return what == "escalation"
	case "/oversight":
		return what == "escalation" || what == "step"
	}
	return true
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
