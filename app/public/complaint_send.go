package public

import (
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// sentPage repeats how to follow up.
type sentPage struct {
	Receipt string
	FiledAt time.Time
	// Again says that the same form had already arrived.
	Again bool
}

// Send files the complaint. Sent twice it is one complaint, and the second
// answer is the first. When it cannot be filed now, the last screen comes back
// with everything on it.
func (p *Complaints) Send(c *fiber.Ctx) error {
	var walk walkForm
	sent, err := p.Web.Bind(c, &walk)
	if err != nil {
		return err
	}
	s, ok := p.read(walk.State)
	if !ok || sent.Failed() {
		return p.restart(c)
	}
	receipt, err := complaint.ParseReceipt(s.Receipt)
	if err != nil {
		return p.restart(c)
	}
	in, failing, wrong := p.way.intake(s.Answers)
	if failing >= 0 {
		return p.show(c, fiber.StatusUnprocessableEntity, s, failing, wrong)
	}
	in.Language = p.Web.Lang(c)
	filed, err := p.Service.File(c.UserContext(), p.Web.Actor(c), in, receipt, s.Nonce)
	switch fields := fault.FieldsOf(err); {
	case err == nil:
		return p.Web.Render(c, fiber.StatusOK, "public/complaint_sent", sentPage{
			Receipt: receipt.Grouped(), FiledAt: filed.FiledAt, Again: filed.Again,
		})
	case len(fields) > 0:
		return p.show(c, fiber.StatusUnprocessableEntity, s, p.firstAsking(fields), fields)
	case fault.KindOf(err) == fault.Unavailable:
		return p.render(c, fiber.StatusServiceUnavailable, s, p.way.last(), views.Form{}, "complaint.not_sent")
	}
	return err
}

// firstAsking returns the first screen that asks one of the fields.
func (p *Complaints) firstAsking(fields fault.Fields) int {
	first := p.way.last()
	for field := range fields {
		first = min(first, p.way.asking(field))
	}
	return first
}
