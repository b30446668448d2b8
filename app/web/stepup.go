package web

import (
	"net/url"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/gofiber/fiber/v2"
)

// Where people enrol a second factor, and where they confirm who they are.
const (
	factorsPath = "/account/factors"
	confirmPath = "/account/confirm"
)

// first says where a signed-in person has to go before the route answers them:
// to enrol a second factor, or to confirm who they are; "" for nowhere.
func (w *Web) first(c *fiber.Ctx, r Route) string {
	s, ok := w.Session(c)
	switch {
	case !ok || s.Actor.Kind != identity.KindStaff || r.Surface != Staff:
		return ""
	case !s.Guarded && !w.conf.Demo && !r.Unguarded:
		return factorsPath
	case r.StepUp && !s.Fresh:
		return confirmPath + "?to=" + url.QueryEscape(w.comesFrom(c))
	}
	return ""
}

// comesFrom is the page to come back to: the one that was asked for, or, for a
// form, the one it stands on.
func (w *Web) comesFrom(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodGet {
		return OwnPath(c.OriginalURL(), "/account")
	}
	page, err := url.Parse(c.Get(fiber.HeaderReferer))
	if err != nil || page.Host != w.conf.BaseURL.Host {
		return "/account"
	}
	return OwnPath(page.RequestURI(), "/account")
}

// Demo reports whether this is a demonstration, in which a second factor is
// optional.
func (w *Web) Demo() bool { return w.conf.Demo }
