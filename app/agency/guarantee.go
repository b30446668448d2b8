package agency

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/gofiber/fiber/v2"
)

// Guarantee serves an agency's page of its own guarantee. It is safe for concurrent use.
type Guarantee struct {
	web     *web.Web
	service *guarantee.Service
}

// NewGuarantee returns the page.
func NewGuarantee(w *web.Web, s *guarantee.Service) *Guarantee {
	return &Guarantee{web: w, service: s}
}

// Show shows what is held, what has to stand, and what is due.
func (p *Guarantee) Show(c *fiber.Ctx) error {
	r, err := p.service.Own(c.UserContext(), p.web.Actor(c))
	if err != nil {
		return err
	}
	return p.web.Render(c, fiber.StatusOK, "agency/guarantee", r)
}
