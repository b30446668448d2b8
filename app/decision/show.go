package decision

import (
	"context"
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

type showPage struct {
	line
	Form         views.Form
	DoesKey      string
	Facts        []fact
	ProposerUnit string
	// Notice is why the last attempt came to nothing: a message, or "".
	Notice string
	// Locked says that this session holds no key to sign with.
	Locked bool
}

type fact struct {
	Key, Text, Word string
	Day             time.Time
}

// Show opens one decision.
func (d *Desk) Show(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return d.show(c, fiber.StatusOK, key, views.Form{}, "")
}

func (d *Desk) show(c *fiber.Ctx, status int, key uuid.UUID, sent views.Form, notice string) error {
	p, err := d.decisions.Get(c.UserContext(), d.web.Actor(c), key)
	if err != nil {
		return err
	}
	page := showPage{
		line: d.line(c, p.Line), Form: sent, DoesKey: "decision.does." + word(p.Kind),
		ProposerUnit: d.web.InLanguage(c, p.ProposerUnit), Notice: notice, Locked: d.web.Member(c).Locked(),
	}
	for _, f := range p.Facts {
		text := f.Text
		if f.Names != nil {
			text = d.web.InLanguage(c, f.Names)
		}
		if f.Place != "" {
			text = d.web.Scope(d.web.Lang(c), []licensing.ScopeLine{{Destination: f.Place, Occupation: f.Work}})[0]
		}
		page.Facts = append(page.Facts, fact{Key: f.Key, Text: text, Word: f.Word, Day: f.Day})
	}
	return d.web.Render(c, status, "decision/show", page)
}

// move is one thing to do with a proposal.
type move func(ctx context.Context, by identity.Actor, member seal.Member, key uuid.UUID, reason string) error

func (d *Desk) approve(ctx context.Context, by identity.Actor, member seal.Member, key uuid.UUID, _ string) error {
	return d.decisions.Approve(ctx, by, member, key)
}

func (d *Desk) refuse(ctx context.Context, by identity.Actor, member seal.Member, key uuid.UUID, reason string) error {
	return d.decisions.Refuse(ctx, by, member, key, reason)
}

func (d *Desk) sendBack(ctx context.Context, by identity.Actor, _ seal.Member, key uuid.UUID, reason string) error {
	return d.decisions.SendBack(ctx, by, key, reason)
}

func (d *Desk) withdraw(ctx context.Context, by identity.Actor, _ seal.Member, key uuid.UUID, _ string) error {
	return d.decisions.Withdraw(ctx, by, key)
}

// Approve gives leave.
func (d *Desk) Approve(c *fiber.Ctx) error { return d.byForm(c, d.approve) }

// Refuse says no, with a reason.
func (d *Desk) Refuse(c *fiber.Ctx) error { return d.byForm(c, d.refuse) }

// SendBack asks for another proposal, with a reason.
func (d *Desk) SendBack(c *fiber.Ctx) error { return d.byForm(c, d.sendBack) }

// Withdraw takes one's own proposal back.
func (d *Desk) Withdraw(c *fiber.Ctx) error { return d.byForm(c, d.withdraw) }

type reasonForm struct {
	Reason string `form:"reason" validate:"max=2000"`
}

func (d *Desk) byForm(c *fiber.Ctx, do move) error {
	key, sent, err := d.attempt(c, do)
	switch {
	case err == nil && !sent.Failed():
		return d.web.Redirect(c, home+"/"+key.String())
	case fault.KindOf(err) == fault.Conflict:
		return d.show(c, fiber.StatusConflict, key, sent, fault.CodeOf(err))
	case err != nil && !web.Explain(&sent, err):
		return err
	}
	return d.show(c, fiber.StatusUnprocessableEntity, key, sent, "")
}

// attempt is what both doors do. A form with mistakes is not tried.
func (d *Desk) attempt(c *fiber.Ctx, do move) (uuid.UUID, views.Form, error) {
	key, err := web.Key(c, "id")
	if err != nil {
		return key, views.Form{}, err
	}
	var form reasonForm
	sent, err := d.web.Bind(c, &form)
	if err != nil || sent.Failed() {
		return key, sent, err
	}
	return key, sent, do(c.UserContext(), d.web.Actor(c), d.web.Member(c), key, form.Reason)
}

// ApproveAPI gives leave, for programs.
func (d *Desk) ApproveAPI(c *fiber.Ctx) error { return d.byProgram(c, d.approve, decision.Approved) }

// RefuseAPI says no, with a reason, for programs.
func (d *Desk) RefuseAPI(c *fiber.Ctx) error { return d.byProgram(c, d.refuse, decision.Refused) }

// SendBackAPI asks for another proposal, with a reason, for programs.
func (d *Desk) SendBackAPI(c *fiber.Ctx) error { return d.byProgram(c, d.sendBack, decision.SentBack) }

func (d *Desk) byProgram(c *fiber.Ctx, do move, state decision.State) error {
	key, sent, err := d.attempt(c, do)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return fault.FromFields(sent.Errors)
	}
	return d.web.JSON(c, fiber.StatusOK, map[string]any{"id": key, "state": state})
}
