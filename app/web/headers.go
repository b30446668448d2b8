package web

import "github.com/gofiber/fiber/v2"

const (
	publicPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	staffPolicy  = publicPolicy + "; script-src 'self'; connect-src 'self'"
)

// headers sets what every answer carries. Public pages allow no script at all.
func (w *Web) headers(c *fiber.Ctx, r Route) {
	policy := publicPolicy
	if r.Surface == Staff {
		policy = staffPolicy
	}
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("X-Robots-Tag", "noarchive")
	if w.secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=63072000; includeSubDomains")
	}
}
