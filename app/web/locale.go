package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/language"
)

// chooseLanguage settles the language of the request: the visible switch first,
// then what a signed-in person prefers, then what the browser asks for, then
// English. A language the portal does not speak is no error.
func (w *Web) chooseLanguage(c *fiber.Ctx) {
	codes := w.views.Catalogue().Languages()
	if chosen := w.cookie(c, cookieLang); slices.Contains(codes, chosen) {
		c.Locals(localLang, chosen)
		return
	}
	c.Locals(localLang, negotiate(c.Get(fiber.HeaderAcceptLanguage), codes))
}

func negotiate(header string, codes []string) string {
	const longest = 200 // nobody speaks more; the parser is quadratic on junk
	if len(header) > longest {
		return "en"
	}
	tags := []language.Tag{language.English}
	for _, code := range codes {
		if code != "en" {
			tags = append(tags, language.Make(code))
		}
	}
	asked, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return "en"
	}
	_, at, confidence := language.NewMatcher(tags).Match(asked...)
	if confidence == language.No {
		return "en"
	}
	base, _ := tags[at].Base()
	return base.String()
}

// Lang returns the language of the request, as in the catalogue.
func (w *Web) Lang(c *fiber.Ctx) string {
	if lang, ok := c.Locals(localLang).(string); ok {
		return lang
	}
	return "en"
}

// SwitchLanguage is the handler of the language switch: it remembers the
// choice until the browser closes and goes back where the visitor was.
func (w *Web) SwitchLanguage(c *fiber.Ctx) error {
	w.Speak(c, c.Params("code"))
	return w.Redirect(c, OwnPath(c.Query("back"), "/"))
}

// Speak answers this request, and those that follow until the browser closes,
// in the language. A language that the portal does not speak changes nothing.
func (w *Web) Speak(c *fiber.Ctx, code string) {
	if slices.Contains(w.views.Catalogue().Languages(), code) {
		w.setCookie(c, cookieLang, code)
		c.Locals(localLang, code)
	}
}

// OwnPath returns path when it stays on this site, else the other one. Browsers
// read "//" and "/\" as another host.
func OwnPath(path, other string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return other
	}
	return path
}

// InLanguage picks the name in the visitor's language, or the English one.
func (w *Web) InLanguage(c *fiber.Ctx, names map[string]string) string {
	if name := names[w.Lang(c)]; name != "" {
		return name
	}
	return names["en"]
}
