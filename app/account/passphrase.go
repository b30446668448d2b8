package account

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

type passphrasePage struct{ Form views.Form }

// PassphraseForm explains what a passphrase is and takes another.
func (d *Desk) PassphraseForm(c *fiber.Ctx) error {
	return d.web.Render(c, fiber.StatusOK, "account/passphrase", passphrasePage{})
}

// ChangePassphrase sets another one and ends all other sessions.
func (d *Desk) ChangePassphrase(c *fiber.Ctx) error {
	var form struct {
		Old string `form:"old" validate:"required,max=200"`
		New string `form:"new" validate:"required,max=200"`
	}
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		s, _ := d.web.Session(c)
		err = d.sessions.ChangePassphrase(c.UserContext(), s, d.web.SessionToken(c), identity.Change{Old: form.Old, New: form.New})
		if err == nil {
			return d.web.Redirect(c, "/account?done=passphrase")
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	forget(&sent)
	return d.web.Render(c, fiber.StatusUnprocessableEntity, "account/passphrase", passphrasePage{Form: sent})
}

type invitationPage struct{ Form views.Form }

// acceptedPage is for somebody who has no role yet.
type acceptedPage struct{ KeyID string }

// InvitationForm asks for the code of an invitation. It is typed and stands in
// no address: those are kept in histories and logs.
func (d *Desk) InvitationForm(c *fiber.Ctx) error {
	return d.web.Render(c, fiber.StatusOK, "account/invitation", invitationPage{})
}

// Accept takes the invitation, and leads the person in.
func (d *Desk) Accept(c *fiber.Ctx) error {
	var form struct {
		Code       string `form:"code" validate:"required,max=100"`
		Passphrase string `form:"passphrase" validate:"required,max=200"`
	}
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		entry, err := d.sessions.Accept(c.UserContext(), identity.Acceptance{Code: form.Code, Passphrase: form.Passphrase})
		switch {
		case err == nil && entry.Token == "":
			return d.web.Render(c, fiber.StatusOK, "account/accepted", acceptedPage{KeyID: entry.KeyID})
		case err == nil && entry.Choosing:
			return d.enter(c, entry)
		case err == nil:
			d.web.KeepDevice(c, entry.Device)
			d.web.BeginSession(c, entry.Token)
			return d.web.Redirect(c, factorsPath)
		case !web.Explain(&sent, err):
			return err
		}
	}
	sent.Values["passphrase"] = nil // never sent back; the code is, to be corrected
	return d.web.Render(c, fiber.StatusUnprocessableEntity, "account/invitation", invitationPage{Form: sent})
}
