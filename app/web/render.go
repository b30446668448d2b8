package web

import (
	"bytes"

	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// Render answers with a whole page in the visitor's language.
func (w *Web) Render(c *fiber.Ctx, status int, page string, data any) error {
	var body bytes.Buffer
	frame := w.frame(c)
	if sending, ok := data.(LanguageSender); ok {
		frame.LanguageForm, frame.LanguageAction = sending.LanguageForm()
	}
	if err := w.views.Render(&body, w.Lang(c), page, views.Data{Frame: frame, Page: data}); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderContentLanguage, w.Lang(c))
	return c.Status(status).Send(body.Bytes())
}

// LanguageSender is a page whose form must go along when the language is
// switched, since its answers are stored nowhere: the id of that form, and the
// address that takes it with _go=lang:CODE.
type LanguageSender interface{ LanguageForm() (id, action string) }

// Redirect answers a form with the page to go to next. The path is ours, never
// taken from the request.
func (w *Web) Redirect(c *fiber.Ctx, path string) error {
	return c.Redirect(path, fiber.StatusSeeOther)
}

func (w *Web) frame(c *fiber.Ctx) views.Frame {
	lang := w.Lang(c)
	r, known := route(c)
	f := views.Frame{
		Lang: lang, Path: c.Path(), CSRF: w.CSRFToken(c), Surface: views.SurfacePublic, Demo: w.conf.Demo,
	}
	if known {
		f.Surface = string(r.Surface)
	}
	back := c.OriginalURL()
	// The answer to a form has no address of its own to come back to.
	if c.Method() != fiber.MethodGet || !known {
		back = "/"
	}
	f.Languages = w.views.LanguageSwitch(lang, back)
	if s, ok := w.Session(c); ok && f.Surface == views.SurfaceStaff {
		f.Actor, f.Nav = staffFrame(s, lang, f.Path)
		w.markNav(c, s.Actor, f.Nav)
	}
	return f
}
