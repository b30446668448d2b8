// Package app is the site: the order of its middleware and, in routes.go, every
// address it answers.
//
// It refuses business: handlers read a form, call one use case and render.
package app

import (
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"
)

// Config of the server.
type Config struct {
	// Surfaces lists which of the two sites this process serves.
	Surfaces []web.Surface
	// TrustedProxies are the addresses whose forwarding headers are believed;
	// empty believes nobody.
	TrustedProxies []string
	// WriteTimeout ends an answer; streams end themselves before it. 0 means 30 s.
	WriteTimeout time.Duration
}

// New builds the server. It fails when a route names no known policy.
func New(conf Config, w *web.Web, pages Pages) (*fiber.App, error) {
	if conf.WriteTimeout == 0 {
		conf.WriteTimeout = web.WriteTimeout
	}
	server := fiber.New(fiber.Config{
		AppName: "Fairpassage",
		// Values outlive their request in use cases and logs: without this the
		// server would overwrite them with the next visitor's.
		Immutable:               true,
		ErrorHandler:            w.Problem,
		DisableStartupMessage:   true,
		BodyLimit:               web.BodyLimit,
		ReadTimeout:             20 * time.Second,
		WriteTimeout:            conf.WriteTimeout,
		IdleTimeout:             60 * time.Second,
		EnableTrustedProxyCheck: true,
		TrustedProxies:          conf.TrustedProxies,
		CaseSensitive:           true,
		StrictRouting:           false,
	})
	// First of all: a panic would otherwise end the process.
	server.Use(recover.New())
	server.Use(web.RefuseEncodedBodies)
	routes, err := routesOf(conf.Surfaces, w, pages)
	if err != nil {
		return nil, err
	}
	for _, r := range routes {
		server.Add(r.Method, r.Path, w.Guard(r))
	}
	web.LimitBodies(server.Server(), routes)
	return server, nil
}
