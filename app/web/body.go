package web

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Longest bodies, in bytes. An upload's is that of the largest file and of the
// fields and boundaries around it, and less than the 16 MiB from which the server
// would put a form's files on disk.
const (
	BodyLimit       = 2 << 20
	UploadBodyLimit = 11 << 20
	BulkBodyLimit   = 64 << 20
)

// How long a body may take that is a file: a phone abroad sends a megabyte in ten
// seconds.
const uploadReadTimeout = 2 * time.Minute

// RefuseEncodedBodies answers 415 to a compressed request: the server would
// inflate it without limit, 200 MiB from 200 kB.
func RefuseEncodedBodies(c *fiber.Ctx) error {
	if c.Get(fiber.HeaderContentEncoding) != "" {
		return fiber.ErrUnsupportedMediaType
	}
	return c.Next()
}

// LimitBodies sets the limit of each request by its method and path, before the
// body is read.
func LimitBodies(server *fasthttp.Server, routes []Route) {
	var wide []Route
	for _, r := range routes {
		if r.Bulk || r.Upload {
			wide = append(wide, r)
		}
	}
	server.HeaderReceived = func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		conf := fasthttp.RequestConfig{MaxRequestBodySize: BodyLimit}
		uri := fasthttp.AcquireURI()
		defer fasthttp.ReleaseURI(uri)
		if uri.Parse(nil, h.RequestURI()) != nil {
			return conf
		}
		method, path := string(h.Method()), string(uri.Path())
		at := slices.IndexFunc(wide, func(r Route) bool { return r.Method == method && matches(r.Path, path) })
		switch {
		case at < 0:
		case wide[at].Bulk:
			conf.MaxRequestBodySize = BulkBodyLimit
		default:
			conf.MaxRequestBodySize, conf.ReadTimeout = UploadBodyLimit, uploadReadTimeout
		}
		return conf
	}
}

// matches compares a path with that of a route, in which a part that begins with
// a colon is anything.
func matches(route, path string) bool {
	want, got := strings.Split(route, "/"), strings.Split(strings.TrimSuffix(path, "/"), "/")
	return slices.EqualFunc(want, got, func(w, g string) bool { return w == g || strings.HasPrefix(w, ":") && g != "" })
}
