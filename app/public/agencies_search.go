package public

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// shownAgencies is how many agencies a search shows.
const shownAgencies = 20

// Agencies serves the public register.
type Agencies struct {
	web      *web.Web
	register *register.Service
	letters  bool
}

// NewAgencies returns the pages over the register. letters says that people can ask to
// be told of changes.
func NewAgencies(w *web.Web, reg *register.Service, letters bool) *Agencies {
	return &Agencies{web: w, register: reg, letters: letters}
}

// agencySearchPage is public/agencies.
type agencySearchPage struct {
	Form  views.Form
	Asked bool
	Hits  []agencyHit
	More  bool
	Limit int
}

// agencyHit is one result: the agency, how it was found and, when the visitor
// said who is speaking, whether that is listed for it.
type agencyHit struct {
	agencyHead
	HowKey  string
	Matched string
	Answer  claimAnswer
}

// Search answers /agencies: who is speaking to you, and is that listed? What is
// asked is shown again and kept nowhere.
func (a *Agencies) Search(c *fiber.Ctx) error {
	page := agencySearchPage{Form: readQuestion(c), Limit: shownAgencies}
	if page.Form.Failed() {
		return a.web.Render(c, fiber.StatusUnprocessableEntity, "public/agencies", page)
	}
	asked, speaker := page.Form.Value("q"), page.Form.Value("speaker")
	if asked == "" {
		asked = speaker // a phone alone is a question too
	}
	if asked == "" {
		return a.web.Render(c, fiber.StatusOK, "public/agencies", page)
	}
	page.Asked = true
	hits, err := a.register.Search(c.UserContext(), asked, shownAgencies+1)
	if err != nil {
		return err
	}
	page.More = len(hits) > shownAgencies
	for _, h := range hits[:min(len(hits), shownAgencies)] {
		answer, err := a.answer(c, h.Agency, speaker)
		if err != nil {
			return err
		}
		page.Hits = append(page.Hits, agencyHit{
			agencyHead: a.head(c, h.Agency, speaker), HowKey: "agencies.how." + string(h.How), Matched: h.Matched, Answer: answer,
		})
	}
	return a.web.Render(c, fiber.StatusOK, "public/agencies", page)
}

// readQuestion reads the two fields of the address, q and speaker.
func readQuestion(c *fiber.Ctx) views.Form {
	form := views.Form{Values: map[string][]string{}, Errors: map[string]string{}, Args: map[string]map[string]any{}}
	for _, name := range []string{"q", "speaker"} {
		sent := c.Context().QueryArgs().PeekMulti(name)
		if len(sent) == 0 {
			continue
		}
		text := plainLine(string(sent[0]))
		switch {
		case len(sent) > 1:
			form.Errors[name] = "form.duplicate"
		case utf8.RuneCountInString(text) > register.MaxQuery:
			form.Errors[name] = "form.too_long"
			form.Args[name] = map[string]any{"Max": register.MaxQuery}
			text = string([]rune(text)[:register.MaxQuery])
		}
		form.Values[name] = []string{text}
	}
	return form
}

// plainLine makes one line of readable text of whatever an address holds.
func plainLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	return strings.Join(strings.Fields(text), " ")
}

// agencyPath is the page of an agency, with the question about who is speaking
// carried along.
func agencyPath(slug, speaker string) string {
	path := "/agencies/" + url.PathEscape(slug)
	if speaker != "" {
		path += "?speaker=" + url.QueryEscape(speaker)
	}
	return path
}
