package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Asset serves the built style sheets, fonts and the staff script. Their names
// carry the hash of their content, so they may be kept for ever. They hold no
// secret, so they alone are compressed.
func (w *Web) Asset(c *fiber.Ctx) error {
	body, gz, kind, ok := w.views.OpenAsset(c.Path())
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if gz != nil && strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(gz)
	}
	return c.Send(body)
}
