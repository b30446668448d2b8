package licence

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/gofiber/fiber/v2"
)

type certificatePage struct {
	agencyPage

	Certificate certificate.Certificate
	Scopes      map[string][]string // by language
	Picture     web.Picture
	Address     string // where anybody checks it
}

// Certificate shows the certificate of a licence, to be printed. A licence that does
// not hold has none, and the page says so.
func (d *Desk) Certificate(c *fiber.Ctx) error {
	agency, err := d.agency(c)
	if err != nil {
		return err
	}
	actor := d.web.Actor(c)
	record, err := d.licensing.Open(c.UserContext(), actor, agency)
	if err != nil {
		return err
	}
	page := certificatePage{agencyPage: d.page(c, record), Scopes: map[string][]string{}}
	page.Certificate, err = d.certificates.Issue(c.UserContext(), actor, agency)
	switch {
	case fault.KindOf(err) == fault.Conflict:
		return d.web.Render(c, fiber.StatusOK, "licence/certificate", page)
	case err != nil:
		return err
	}
	for _, lang := range d.web.Views().Catalogue().Languages() {
		page.Scopes[lang] = d.web.Scope(lang, page.Certificate.Scope)
	}
	page.Address = d.public + "/verify/" + page.Certificate.Code
	if page.Picture, err = web.Draw(page.Address); err != nil {
		return err
	}
	return d.web.Render(c, fiber.StatusOK, "licence/certificate", page)
}
