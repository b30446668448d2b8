package decision

import (
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// listing is what programs get: the list as the page has it, and the token that
// a change has to carry in the header X-CSRF-Token or the field _csrf.
type listing struct {
	CSRF      string `json:"csrf"`
	More      bool   `json:"more"`
	Decisions []item `json:"decisions"`
}

type item struct {
	ID         uuid.UUID         `json:"id"`
	Kind       decision.Kind     `json:"kind"`
	State      decision.State    `json:"state"`
	Subject    uuid.UUID         `json:"subject"`
	Unit       map[string]string `json:"unit"`
	ProposedBy string            `json:"proposed_by"`
	ProposedAt time.Time         `json:"proposed_at"`
	DecidedBy  string            `json:"decided_by,omitempty"`
	DecidedAt  time.Time         `json:"decided_at,omitzero"`
	Reason     string            `json:"reason,omitempty"`
	MayDecide  bool              `json:"may_decide"`
	Own        bool              `json:"own"`
	Missing    []identity.Role   `json:"missing,omitempty"`
}

// ListAPI is List for programs, with the same filter in the address.
func (d *Desk) ListAPI(c *fiber.Ctx) error {
	filter, _, _ := d.filter(c)
	lines, more, err := d.decisions.List(c.UserContext(), d.web.Actor(c), filter)
	if err != nil {
		return err
	}
	answer := listing{CSRF: d.web.CSRFToken(c), More: more, Decisions: []item{}}
	for _, l := range lines {
		answer.Decisions = append(answer.Decisions, item{
			ID: l.ID, Kind: l.Kind, State: l.State, Subject: l.Subject, Unit: l.Unit, ProposedBy: l.Proposer, ProposedAt: l.ProposedAt,
			DecidedBy: l.Decider, DecidedAt: l.DecidedAt, Reason: l.Reason, MayDecide: l.MayDecide, Own: l.Own, Missing: l.Missing,
		})
	}
	return d.web.JSON(c, fiber.StatusOK, answer)
}
