package public

import (
	"net/url"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// agencyHead is what both pages say first of an agency.
type agencyHead struct {
	Name, OtherName string
	Href            string
	District        string
	Source          string // in words
	Number          string
	StateKey        string
	Tone            string // of the tag
	Until           time.Time
}

// claimAnswer says whether who is speaking is listed. Key is "" without a
// question.
type claimAnswer struct {
	Key     string
	Tone    string
	Listed  bool
	Matched string
}

// agencyPage is public/agency_show.
type agencyPage struct {
	agencyHead
	Form    views.Form
	Path    string
	Answer  claimAnswer
	Year    int
	Address string
	Kinds   []string
	Phones  []register.Contact
	Faxes   []register.Contact
	Emails  []register.Contact
	People  []register.Contact
	Periods []licensing.Period
	Events  []agencyEvent
	Slug    string
	Scope   []string
	// Parts are those of a kind, in the order of partKinds; Licensed says that the
	// ministry granted it something, so that who is not listed is nobody.
	Parts    []agencyParts
	Licensed bool
	Former   []register.Former
	Sends    bool // it may send somebody somewhere today
	Letters  bool // people can ask to be told of changes
}

// agencyParts are the places of one kind, or those who recruit for it.
type agencyParts struct {
	Kind  string
	Lines []agencyPart
}

type agencyPart struct {
	Name, Where string
	Phone       string
}

func partKinds() []string { return []string{"branch", "agent", "training_site", "representative"} }

type agencyEvent struct {
	Key    string
	On     time.Time
	Reason string
}

// Show answers /agencies/{slug}. A licence number in its place leads to the
// slug; what is neither is no page.
func (a *Agencies) Show(c *fiber.Ctx) error {
	key, err := url.PathUnescape(c.Params("+"))
	if err != nil {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	e, err := a.register.Get(c.UserContext(), key)
	if err != nil {
		return err
	}
	if key != e.Slug {
		return a.web.Redirect(c, agencyPath(e.Slug, ""))
	}
	page := a.page(c, e)
	page.Form = readQuestion(c)
	status := fiber.StatusOK
	if page.Form.Failed() {
		status = fiber.StatusUnprocessableEntity
	} else if page.Answer, err = a.answer(c, e.Agency, page.Form.Value("speaker")); err != nil {
		return err
	}
	return a.web.Render(c, status, "public/agency_show", page)
}

func (a *Agencies) page(c *fiber.Ctx, e register.Entry) agencyPage {
	page := agencyPage{
		agencyHead: a.head(c, e.Agency, ""), Path: agencyPath(e.Slug, ""),
		Year: e.ValidSinceYear, Address: e.Address, Periods: e.Periods,
	}
	page.Slug, page.Scope, page.Former = e.Slug, a.web.Scope(a.web.Lang(c), e.Scope.Lines), e.Former
	page.Sends = e.State == licensing.Licensed
	page.Licensed, page.Letters = len(e.Periods) > 0, a.letters
	for _, kind := range partKinds() {
		if parts := partsOf(a.web.Lang(c), kind, e.Parts); len(parts.Lines) > 0 || kind == "agent" && page.Licensed {
			page.Parts = append(page.Parts, parts)
		}
	}
	for _, k := range e.Kinds {
		page.Kinds = append(page.Kinds, a.words(c, "agencies.kind."+k, k))
	}
	for _, at := range e.Contacts {
		switch at.Kind {
		case register.Phone:
			page.Phones = append(page.Phones, at)
		case register.Fax:
			page.Faxes = append(page.Faxes, at)
		case register.Email:
			page.Emails = append(page.Emails, at)
		case register.Person:
			page.People = append(page.People, at)
		}
	}
	for _, happened := range e.Events {
		page.Events = append(page.Events, agencyEvent{
			Key: "agencies.event." + string(happened.Kind), On: happened.On, Reason: a.words(c, happened.Reason, happened.Reason),
		})
	}
	return page
}

func partsOf(lang, kind string, all []register.Part) agencyParts {
	parts := agencyParts{Kind: kind}
	for _, p := range all {
		if p.Kind != kind {
			continue
		}
		line := agencyPart{Name: p.NameLatin, Phone: p.Phone, Where: p.Address}
		if p.NameLatin == "" || p.NameLocal != "" && lang == "km" {
			line.Name = p.NameLocal
		}
		for _, part := range []string{p.Province, countryName(lang, p.Country)} {
			if part != "" && line.Where != "" {
				line.Where += ", "
			}
			line.Where += part
		}
		parts.Lines = append(parts.Lines, line)
	}
	return parts
}

// words returns the message, or the text where the catalogue has none: the
// words of a source or of an officer.
func (a *Agencies) words(c *fiber.Ctx, key, text string) string {
	catalogue, lang := a.web.Views().Catalogue(), a.web.Lang(c)
	if key == "" || !catalogue.Has(lang, key) {
		return text
	}
	if said, err := catalogue.Text(lang, key); err == nil {
		return said
	}
	return text
}

func (a *Agencies) head(c *fiber.Ctx, of register.Agency, speaker string) agencyHead {
	h := agencyHead{
		Name: of.Name(), Href: agencyPath(of.Slug, speaker), District: of.District, Number: of.Number,
		Source: a.words(c, "agencies.source."+of.Source, of.Source), StateKey: "agencies.state." + string(of.State),
		Tone: stateTones[of.State], Until: of.Until,
	}
	if of.NameLocal != h.Name {
		h.OtherName = of.NameLocal
	}
	if of.State == licensing.Expired && of.Until.IsZero() {
		h.StateKey = "agencies.state.expired_undated"
	}
	return h
}

// stateTones colours a state. None is green: a name in a register says nothing
// about who uses it.
var stateTones = map[licensing.State]string{
	licensing.Listed: "grey", licensing.NotYet: "amber", licensing.Licensed: "blue",
	licensing.Expired: "red", licensing.Suspended: "red", licensing.Revoked: "red", licensing.Surrendered: "red",
}

// answer asks the register about who is speaking.
func (a *Agencies) answer(c *fiber.Ctx, of register.Agency, speaker string) (claimAnswer, error) {
	if speaker == "" {
		return claimAnswer{}, nil
	}
	l, err := a.register.IsListed(c.UserContext(), of.ID, speaker)
	if err != nil || l.Kind == register.ClaimNone {
		return claimAnswer{}, err
	}
	answer := claimAnswer{Key: "agencies.answer." + string(l.Kind), Listed: l.Listed, Matched: l.Matched}
	switch {
	case l.Listed:
		answer.Key += ".yes"
	case l.Told:
		answer.Key, answer.Tone = answer.Key+".no", "red"
	default:
		answer.Key, answer.Tone = answer.Key+".untold", "amber"
	}
	return answer, nil
}

// countryName is "" without a country.
func countryName(lang, code string) string {
	if code == "" {
		return ""
	}
	return country.Name(lang, code)
}
