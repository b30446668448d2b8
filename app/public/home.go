package public

import (
	"context"

	"github.com/fairpassage/portal/app/web"
	"github.com/gofiber/fiber/v2"
)

// Home serves the first page, the neutral page behind the exit control, and
// the probes of operations.
type Home struct {
	web   *web.Web
	ready func(context.Context) error
}

// NewHome returns the pages; ready reports whether the portal can take work.
func NewHome(w *web.Web, ready func(context.Context) error) *Home {
	return &Home{web: w, ready: ready}
}

// Show answers the first page: check a recruiter, tell us, follow up.
func (h *Home) Show(c *fiber.Ctx) error {
	return h.web.Render(c, fiber.StatusOK, "public/home", struct{}{})
}

// Leave answers the exit control: a neutral page, an open receipt is closed, and
// the browser is asked to drop what it keeps of this site. Older browsers do not
// know how to, and history none drops: what it leads back to opens nothing.
func (h *Home) Leave(c *fiber.Ctx) error {
	h.web.Forget(c)
	c.Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
	return h.web.Render(c, fiber.StatusOK, "neutral/leave", struct{}{})
}

// Alive answers that the process runs.
func (h *Home) Alive(c *fiber.Ctx) error {
	return c.SendString("ok\n")
}

// Ready answers whether the record and the doorbell can be reached and no
// promise waits for too long.
func (h *Home) Ready(c *fiber.Ctx) error {
	if h.ready(c.UserContext()) != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
	}
	return c.SendString("ready\n")
}
