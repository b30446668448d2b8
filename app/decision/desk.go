package decision

import (
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/decision"
)

const home = "/decisions"

// Desk serves the pages and the interface. It is safe for concurrent use.
type Desk struct {
	web       *web.Web
	decisions *decision.Service
}

// New returns the pages.
func New(w *web.Web, decisions *decision.Service) *Desk { return &Desk{web: w, decisions: decisions} }

// word is the last part of the kind's messages.
func word(kind decision.Kind) string { return strings.ReplaceAll(string(kind), ".", "_") }
