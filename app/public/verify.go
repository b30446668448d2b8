package public

import (
	"net/url"
	"strings"
	"time"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// Verify serves the checking of certificates, and of proofs that somebody checked.
type Verify struct {
	web     *web.Web
	service *certificate.Service
	base    string // of this site, for the codes that are scanned
}

// NewVerify returns the pages. base is the address of the public site.
func NewVerify(w *web.Web, s *certificate.Service, base string) *Verify {
	return &Verify{web: w, service: s, base: strings.TrimSuffix(base, "/")}
}

// verifyPath is where codes lead to.
const verifyPath = "/verify"

// Form asks for a code, and leads to what it says: ?code=.
func (v *Verify) Form(c *fiber.Ctx) error {
	code := strings.TrimSpace(c.Query("code"))
	if code != "" {
		return v.web.Redirect(c, verifyPath+"/"+url.PathEscape(code))
	}
	return v.web.Render(c, fiber.StatusOK, "public/verify", verifyPage{})
}

type verifyPage struct {
	Form     views.Form
	Asked    bool
	Reason   certificate.Reason
	Check    bool // a proof of a check, and ours
	Tone     string
	Payload  certificate.Payload
	Now      *certificate.Now
	SameName bool
	Then     string // the state as it was signed, a message
	Today    string // the state of today, a message
	Scope    []string
	Code     string
	Picture  web.Picture
	Day      time.Time // today
}

// Show says what a code says, and what holds today.
func (v *Verify) Show(c *fiber.Ctx) error {
	code, err := url.PathUnescape(c.Params("+"))
	if err != nil {
		code = ""
	}
	found, err := v.service.Verify(c.UserContext(), code)
	if err != nil {
		return err
	}
	page := verifyPage{Asked: true, Reason: found.Reason, Payload: found.Payload, Now: found.Now, SameName: found.SameName, Day: v.service.Today(), Tone: "red"}
	ours := found.Payload.Kind != 0
	if !ours {
		return v.web.Render(c, fiber.StatusNotFound, "public/verify", page)
	}
	if page.Check = found.Payload.Kind == certificate.Check; page.Check || found.Reason == certificate.Valid {
		page.Tone = ""
	}
	page.Then = "licensing.state." + string(found.Payload.State)
	if found.Now != nil {
		page.Today = "licensing.state." + string(found.Now.State)
	}
	page.Scope = v.web.Scope(v.web.Lang(c), found.Payload.Scope)
	page.Code = strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(code, " ", ""), "-", ""))
	if page.Picture, err = web.Draw(v.base + verifyPath + "/" + page.Code); err != nil {
		return err
	}
	return v.web.Render(c, fiber.StatusOK, "public/verify", page)
}

// Prove gives whoever asks a numbered, dated proof of what the register says of an
// agency now.
func (v *Verify) Prove(c *fiber.Ctx) error {
	var form struct {
		Slug string `form:"slug" validate:"required,max=80"`
	}
	sent, err := v.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return v.web.Redirect(c, "/agencies")
	}
	code, err := v.service.Prove(c.UserContext(), form.Slug)
	if err != nil {
		return err
	}
	return v.web.Redirect(c, verifyPath+"/"+code)
}

// Keys are the public keys, for those who check without the portal.
func (v *Verify) Keys(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.SendString(v.service.Keys())
}

// Revoked is the signed list of licences that do not hold.
func (v *Verify) Revoked(c *fiber.Ctx) error {
	list, err := v.service.List(c.UserContext())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.SendString(list)
}
