package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/go-playground/validator/v10"
)

// Config is what the edge needs to know of its deployment.
type Config struct {
	BaseURL *url.URL
	// Demo shows the banner and, over plain HTTP on loopback only, allows
	// cookies without Secure.
	Demo bool
	// CSRFKey is 32 random bytes that all web processes share.
	CSRFKey []byte
	// Greet is called when somebody has signed in, with their key in hand; Waits
	// tells whether something waits for the actor at their desk. Both may be nil.
	Greet func(ctx context.Context, by identity.Holder) error
	Waits func(ctx context.Context, by identity.Actor) (bool, error)
	// RequestTimeout ends the context of a request; 0 means 20 s.
	RequestTimeout time.Duration
}

// Web is the shared edge. It is safe for concurrent use.
type Web struct {
	conf     Config
	views    *views.Views
	sessions *identity.Sessions
	log      *slog.Logger
	validate *validator.Validate
	secure   bool // cookies are __Host- and Secure
}

// New checks the deployment and returns the edge. A plain-HTTP base URL is
// allowed on a loopback name only, and there only a demonstration does without
// Secure cookies: browsers send those to this machine itself over plain HTTP.
func New(conf Config, v *views.Views, sessions *identity.Sessions, log *slog.Logger) (*Web, error) {
	if len(conf.CSRFKey) < 32 {
		return nil, fmt.Errorf("the key of the CSRF tokens has %d bytes, want 32", len(conf.CSRFKey))
	}
	if conf.RequestTimeout == 0 {
		conf.RequestTimeout = 20 * time.Second
	}
	plain := conf.BaseURL.Scheme != "https"
	if plain && !loopback(conf.BaseURL.Hostname()) {
		return nil, fmt.Errorf("the base URL is plain http: that is allowed on localhost only")
	}
	secure := !plain || !conf.Demo
	return &Web{
		conf: conf, views: v, sessions: sessions, log: log, secure: secure,
		validate: validator.New(validator.WithRequiredStructEnabled()),
	}, nil
}

// Views returns the pages and their words.
func (w *Web) Views() *views.Views { return w.views }

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}

// WriteTimeout is how long an answer may take; a stream ends itself before.
const WriteTimeout = 30 * time.Second
