package public

import (
	"context"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/gofiber/fiber/v2"
)

// AuditLog is what the public may ask of the audit log.
type AuditLog interface {
	Newest(ctx context.Context) ([]byte, error)
	VerifierKey() string
	ProveFiled(ctx context.Context, by identity.Actor) (audit.Proof, bool, error)
}

// Audit serves what the log has signed, and to the holder of a receipt the
// proof that their complaint is in it. Of the log itself it shows nothing.
type Audit struct {
	web *web.Web
	log AuditLog
}

// NewAudit returns the pages.
func NewAudit(w *web.Web, log AuditLog) *Audit { return &Audit{w, log} }

// Checkpoint answers with the newest signed checkpoint, as text.
func (a *Audit) Checkpoint(c *fiber.Ctx) error {
	text, err := a.log.Newest(c.UserContext())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.Send(text)
}

// Key answers with the public key by which checkpoints are verified.
func (a *Audit) Key(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.SendString(a.log.VerifierKey() + "\n")
}

type proofPage struct{ Ready bool }

// Proof explains the proof and leads to it, or says when it will be there.
// Whoever holds no open receipt is asked for one.
func (a *Audit) Proof(c *fiber.Ctx) error {
	actor := a.web.Actor(c)
	if actor.Kind != identity.KindReceipt {
		return a.web.Redirect(c, checkPath)
	}
	_, ready, err := a.log.ProveFiled(c.UserContext(), actor)
	if err != nil {
		return err
	}
	return a.web.Render(c, fiber.StatusOK, "public/complaint_proof", proofPage{ready})
}

// ProofFile is the proof itself. Its name says nothing to others who use the
// same phone.
func (a *Audit) ProofFile(c *fiber.Ctx) error {
	actor := a.web.Actor(c)
	if actor.Kind != identity.KindReceipt {
		return a.web.Redirect(c, checkPath)
	}
	proof, ready, err := a.log.ProveFiled(c.UserContext(), actor)
	if err != nil {
		return err
	}
	if !ready {
		return a.web.Redirect(c, "/complaints/mine/proof")
	}
	text, err := proof.MarshalText()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="record.txt"`)
	return c.Send(text)
}
