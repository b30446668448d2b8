package decision

import (
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
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

func param(c *fiber.Ctx) (uuid.UUID, error) {
	key, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return uuid.Nil, fault.New(fault.NotFound, "problem.not_found")
	}
	return key, nil
}
