package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/gofiber/fiber/v2"
)

// CSRFField is the form field that carries the token, CSRFHeader what programs
// may send instead.
const (
	CSRFField  = "_csrf"
	CSRFHeader = "X-CSRF-Token"
)

// CSRFToken returns the token that this visitor's forms carry: bound to the
// session, or to the visit where there is no session. A person's session gets
// another token whenever they confirm who they are; forms that lie open in
// another window then are not lost.
func (w *Web) CSRFToken(c *fiber.Ctx) string {
	if s, ok := w.Session(c); ok && s.Actor.Kind == identity.KindStaff {
		return w.csrfToken("session " + s.Actor.SessionID.String())
	}
	bound := w.SessionToken(c)
	if bound == "" {
		bound, _ = c.Locals(localVisit).(string)
	}
	return w.csrfToken(bound)
}

func (w *Web) csrfToken(bound string) string {
	if bound == "" {
		return ""
	}
	mac := hmac.New(sha256.New, w.conf.CSRFKey)
	mac.Write([]byte("csrf\x00" + bound))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ownTokens lists the tokens that this browser's forms may carry. On the public
// site a receipt may be opened, or end, while a complaint lies half written in
// another screen: what the browser itself still sends binds that screen, so
// that no story is lost.
func (w *Web) ownTokens(c *fiber.Ctx) []string {
	own := []string{w.CSRFToken(c)}
	if r, _ := route(c); r.Surface == Public {
		own = append(own, w.csrfToken(w.cookie(c, cookieReceipt)), w.csrfToken(w.cookie(c, cookieVisit)))
	}
	return own
}

// refuseForgery lets a state change pass only when it comes from our own page.
// A modern browser says where a request comes from, in Sec-Fetch-Site and in
// Origin; either may refuse. The token must match in every case, and alone
// decides for old browsers that say neither.
func (w *Web) refuseForgery(c *fiber.Ctx) error {
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return fiber.ErrForbidden
	}
	// "null" is what a browser sends for a privacy-sensitive context: it says
	// nothing of the origin, so the token decides.
	origin := c.Get(fiber.HeaderOrigin)
	if origin != "" && origin != "null" && origin != w.conf.BaseURL.Scheme+"://"+w.conf.BaseURL.Host {
		return fiber.ErrForbidden
	}
	values, err := bodyValues(c)
	if err != nil {
		return err
	}
	got := values[CSRFField]
	if header := c.Get(CSRFHeader); header != "" && len(got) == 0 {
		got = []string{header}
	}
	if len(got) != 1 || got[0] == "" {
		return fiber.ErrForbidden
	}
	for _, want := range w.ownTokens(c) {
		if hmac.Equal([]byte(got[0]), []byte(want)) {
			return nil
		}
	}
	return fiber.ErrForbidden
}
