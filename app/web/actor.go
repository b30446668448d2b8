package web

import (
	"crypto/rand"
	"log/slog"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/gofiber/fiber/v2"
)

// Cookie names. With TLS they carry the prefix that binds them to the host.
const (
	cookieStaff   = "session"
	cookieReceipt = "receipt"
	cookieVisit   = "visit"
	cookieLang    = "language"
	cookieHalfway = "halfway" // between the two steps of signing in
	cookieDevice  = "device"  // a browser in which somebody signed in before
)

// deviceLife is how many seconds a browser counts as known: half a year.
const deviceLife = 180 * 24 * 60 * 60

// recognise finds the session of the surface: a receipt's on the public one, a
// person's on the staff one. Neither is ever seen on the other surface.
func (w *Web) recognise(c *fiber.Ctx, surface Surface) error {
	name, find := cookieReceipt, w.sessions.RecogniseReceipt
	if surface == Staff {
		name, find = cookieStaff, w.sessions.Recognise
	}
	token := w.cookie(c, name)
	if token == "" {
		w.visit(c)
		return nil
	}
	s, err := find(c.UserContext(), token)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		w.clearCookie(c, name)
		w.visit(c)
		return nil
	case err != nil:
		return err
	}
	c.Locals(localSession, s)
	c.Locals(localToken, token)
	return nil
}

// visit gives a visitor without a session a random mark that lasts as long as
// the browser stays open, for nothing but the token in forms.
func (w *Web) visit(c *fiber.Ctx) {
	mark := w.cookie(c, cookieVisit)
	if len(mark) < 26 {
		mark = rand.Text()
		w.setCookie(c, cookieVisit, mark)
	}
	c.Locals(localVisit, mark)
}

// Session returns the visitor's session; false when there is none.
func (w *Web) Session(c *fiber.Ctx) (identity.Session, bool) {
	s, ok := c.Locals(localSession).(identity.Session)
	return s, ok
}

// Actor returns who the request works for.
func (w *Web) Actor(c *fiber.Ctx) identity.Actor {
	if s, ok := w.Session(c); ok {
		return s.Actor
	}
	return identity.Public()
}

// Holder returns the signed-in person with their own key in hand, which lives as
// long as the request. A locked key opens nothing.
func (w *Web) Holder(c *fiber.Ctx) (identity.Holder, error) {
	s, ok := w.Session(c)
	if !ok {
		return identity.Holder{Actor: identity.Public()}, nil
	}
	return s.Holder(w.SessionToken(c))
}

// SessionToken returns the token of the visitor's session, which opens what
// was sealed under it; "" without a session.
func (w *Web) SessionToken(c *fiber.Ctx) string {
	token, _ := c.Locals(localToken).(string)
	return token
}

// Member unlocks the signed-in person's own key; a locked one where there is
// none, or where it does not open.
func (w *Web) Member(c *fiber.Ctx) seal.Member {
	s, _ := w.Session(c)
	member, err := s.Member(w.SessionToken(c))
	if err != nil {
		return seal.Member{}
	}
	return member
}

// BeginSession hands the visitor the token of a session opened on the route's
// surface.
func (w *Web) BeginSession(c *fiber.Ctx, token string) {
	w.setCookie(c, sessionCookie(c), token)
	if r, _ := route(c); r.Surface == Staff && w.conf.Greet != nil {
		w.greet(c, token)
	}
}

// greet does what a key-holder's session owes their desk. That it fails keeps
// nobody out: the next session owes the same.
func (w *Web) greet(c *fiber.Ctx, token string) {
	s, err := w.sessions.Recognise(c.UserContext(), token)
	var by identity.Holder
	if err == nil {
		by, err = s.Holder(token)
	}
	if err == nil {
		err = w.conf.Greet(c.UserContext(), by)
	}
	if err != nil {
		w.log.LogAttrs(c.UserContext(), slog.LevelError, "a desk was not tended at sign-in", slog.String("error", err.Error()))
	}
}

// EndSession takes the token back. Ending it in the record is the caller's.
func (w *Web) EndSession(c *fiber.Ctx) {
	w.clearCookie(c, sessionCookie(c))
}

// BeginHalfway hands the visitor the token of the second step of signing in.
func (w *Web) BeginHalfway(c *fiber.Ctx, token string) { w.setCookie(c, cookieHalfway, token) }

// HalfwayToken returns it, and EndHalfway takes it back.
func (w *Web) HalfwayToken(c *fiber.Ctx) string { return w.cookie(c, cookieHalfway) }

// EndHalfway takes the token of the second step back.
func (w *Web) EndHalfway(c *fiber.Ctx) { w.clearCookie(c, cookieHalfway) }

// Device returns the mark of an earlier sign-in in this browser, or "".
func (w *Web) Device(c *fiber.Ctx) string { return w.cookie(c, cookieDevice) }

// KeepDevice lets the browser keep the mark when it closes: it opens nothing,
// and names the bucket in which attempts from here are counted.
func (w *Web) KeepDevice(c *fiber.Ctx, mark string) {
	c.Cookie(&fiber.Cookie{
		Name: w.cookieName(cookieDevice), Value: mark, Path: "/", MaxAge: deviceLife,
		Secure: w.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// Forget ends a receipt's session and takes back every cookie of the public
// site, so that going back in the browser's history opens nothing: forms of
// this visit are refused from now on. A session that cannot be ended now ends
// by itself, and the visitor is not kept waiting for it.
func (w *Web) Forget(c *fiber.Ctx) {
	if actor := w.Actor(c); actor.Kind == identity.KindReceipt {
		if err := w.sessions.Close(c.UserContext(), actor); err != nil {
			w.log.LogAttrs(c.UserContext(), slog.LevelError, "a receipt's session was not ended", slog.String("error", err.Error()))
		}
	}
	for _, name := range []string{cookieReceipt, cookieVisit, cookieLang} {
		w.clearCookie(c, name)
	}
}

func sessionCookie(c *fiber.Ctx) string {
	if r, _ := route(c); r.Surface == Staff {
		return cookieStaff
	}
	return cookieReceipt
}

func (w *Web) cookieName(name string) string {
	if w.secure {
		return "__Host-" + name
	}
	return name
}

func (w *Web) cookie(c *fiber.Ctx, name string) string {
	return c.Cookies(w.cookieName(name))
}

// setCookie sets a cookie that goes when the browser closes.
func (w *Web) setCookie(c *fiber.Ctx, name, value string) {
	c.Cookie(&fiber.Cookie{
		Name: w.cookieName(name), Value: value, Path: "/",
		Secure: w.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: true,
	})
}

func (w *Web) clearCookie(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{
		Name: w.cookieName(name), Value: "", Path: "/", MaxAge: -1,
		Secure: w.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}
