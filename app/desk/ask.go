package desk

import (
	"errors"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// AskReadmission asks a colleague to admit one's new key.
func (d *Desk) AskReadmission(c *fiber.Ctx) error {
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	return d.after(c, d.desks.AskReadmission(c.UserContext(), by, d.proposer), "asked")
}

// AskRecovery asks the holders of shares for theirs.
func (d *Desk) AskRecovery(c *fiber.Ctx) error {
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	_, err = d.desks.AskRecovery(c.UserContext(), by, d.proposer)
	return d.after(c, err, "asked")
}

// Forget asks a colleague to agree that what does not open is given up.
func (d *Desk) Forget(c *fiber.Ctx) error {
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	return d.after(c, d.desks.AskForget(c.UserContext(), by, d.proposer), "asked")
}

type handOverForm struct {
	Unit string `form:"unit" validate:"required,uuid"`
}

// HandOver asks another unit to take what this desk has.
func (d *Desk) HandOver(c *fiber.Ctx) error {
	var form handOverForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	to, bad := uuid.Parse(form.Unit)
	if sent.Failed() || bad != nil {
		if !sent.Failed() {
			sent = views.Form{Values: sent.Values, Errors: map[string]string{"unit": "form.choice"}}
		}
		return d.show(c, fiber.StatusUnprocessableEntity, page{Form: sent})
	}
	by, err := d.web.Holder(c)
	if err != nil {
		return err
	}
	return d.after(c, d.desks.AskHandOver(c.UserContext(), by, to, d.proposer), "asked")
}

func faultOf(err error) (*fault.Error, bool) { return errors.AsType[*fault.Error](err) }
