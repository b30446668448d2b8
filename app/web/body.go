package web

import (
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Longest bodies, in bytes.
const (
	BodyLimit     = 12 << 20
	BulkBodyLimit = 64 << 20
)

// RefuseEncodedBodies answers 415 to a compressed request: the server would
// inflate it without limit, 200 MiB from 200 kB.
func RefuseEncodedBodies(c *fiber.Ctx) error {
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return fiber.ErrUnsupportedMediaType
	}
	return c.Next()
}

// LimitBodies sets the limit of each request by its path, before the body is
// read.
func LimitBodies(server *fasthttp.Server, routes []Route) {
	bulk := map[string]bool{}
	for _, r := range routes {
		if r.Bulk {
			bulk[r.Path] = true
		}
	}
	server.HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		limit := BodyLimit
		uri := fasthttp.AcquireURI()
		defer fasthttp.ReleaseURI(uri)
		if err := uri.Parse(nil, h.RequestURI()); err == nil && bulk[string(uri.Path())] {
			limit = BulkBodyLimit
		}
		return fasthttp.RequestConfig{MaxRequestBodySize: limit}
	}
}
