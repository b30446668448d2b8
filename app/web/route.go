package web

import (
	"context"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// Surface says which of the two sites a page belongs to. They may run apart,
// on different hosts and under different database roles.
type Surface string

// The surfaces.
const (
	Public Surface = views.SurfacePublic
	Staff  Surface = views.SurfaceStaff
)

// Route is one line of the site map.
type Route struct {
	Method  string
	Path    string
	Surface Surface
	// Action is the route's policy: who may attempt it. A route without a
	// known action does not start.
	Action  authority.Action
	Handler fiber.Handler
	// Bulk allows bodies of 64 MiB instead of two.
	Bulk bool
	// Upload allows a file of 10 MiB, and the time that looking at it takes. The
	// handler takes it by Web.File.
	Upload bool
	// Stream leaves the request without the deadline of a page.
	Stream bool
	// JSON routes are the programs' twin of a page: bodies and answers are JSON,
	// problems too, and nobody is led to a sign-in form.
	JSON bool
	// Plain routes need no visitor: assets and probes.
	Plain bool
	// OneClick is posted to by mail programs for their readers (RFC 8058): they bring
	// no form of ours, and the address itself is the secret.
	OneClick bool
	// StepUp asks for more than a session: a second factor shown in the last ten
	// minutes, or the passphrase of somebody who has none. Whoever has not is sent
	// to confirm first and comes back by GET: mark the page that holds the form,
	// too, so that nobody's words are lost.
	StepUp bool
	// Unguarded lets people in who have no second factor yet: the few pages on
	// which they enrol one. Outside a demonstration every other one leads there.
	Unguarded bool
}

// uploadTimeout is how long looking at a file, and drawing a hundred pages, may
// take: less than proxies wait.
const uploadTimeout = 55 * time.Second

type local string

const (
	localRoute   local = "route"
	localSession local = "session"
	localToken   local = "token"
	localLang    local = "lang"
	localVisit   local = "visit"
)

// Guard wraps the route's handler: it recognises the visitor, asks the policy,
// checks forgery on everything that changes state, and gives the request its
// deadline.
func (w *Web) Guard(r Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(localRoute, r)
		w.chooseLanguage(c)
		if !r.Plain {
			if err := w.recognise(c, r.Surface); err != nil {
				return err
			}
		}
		w.headers(c, r)
		actor := w.Actor(c)
		if d := authority.Enter(actor, r.Action); !d.Allowed {
			signedOut := r.Surface == Staff && actor.Kind == identity.KindPublic
			if signedOut && r.JSON {
				return fiber.ErrUnauthorized
			}
			if signedOut && c.Method() == fiber.MethodGet && !r.Stream {
				return w.Redirect(c, "/sign-in")
			}
			return fault.New(fault.Forbidden, "problem.not_found")
		}
		if first := w.first(c, r); first != "" {
			if r.JSON {
				return fault.New(fault.Conflict, "account.confirm.first")
			}
			return w.Redirect(c, first)
		}
		if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead && !r.OneClick {
			if err := w.refuseForgery(c); err != nil {
				return err
			}
		}
		if !r.Stream {
			limit := w.conf.RequestTimeout
			if r.Upload {
				limit = uploadTimeout
			}
			ctx, cancel := context.WithTimeout(c.UserContext(), limit)
			defer cancel()
			c.SetUserContext(ctx)
		}
		return r.Handler(c)
	}
}

// route returns the matched route; false before routing, as for a path that
// does not exist or a body that is too large.
func route(c *fiber.Ctx) (Route, bool) {
	r, ok := c.Locals(localRoute).(Route)
	return r, ok
}
