package documents

import (
	"fmt"
	"strconv"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/gofiber/fiber/v2"
)

// pagePolicy lets nothing in a picture run, load or send, whatever a browser takes
// it for.
const pagePolicy = "sandbox; default-src 'none'"

type showPage struct {
	document.Facts

	KindKey  string
	TypeName string
	KB       int
	Digest   string
	Back     string
	Pages    []pageLine
}

type pageLine struct {
	Number int
	Href   string
}

// Show shows what is known of a document, and its pages.
func (d *Desk) Show(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	actor := d.web.Actor(c)
	facts, err := d.documents.Read(c.UserContext(), actor, key)
	if err != nil {
		return err
	}
	page := showPage{
		Facts: facts, KindKey: KindKey(facts.Kind), KB: (facts.Size + 1023) / 1024, Digest: fmt.Sprintf("%x", facts.SHA256), Back: backOf(actor, facts.Document),
		TypeName: map[upload.Type]string{upload.PDF: "PDF", upload.JPEG: "JPEG", upload.PNG: "PNG"}[facts.Type],
	}
	for n := range facts.Shown() {
		page.Pages = append(page.Pages, pageLine{Number: n + 1, Href: fmt.Sprintf("/documents/%s/pages/%d", key, n+1)})
	}
	return d.web.Render(c, fiber.StatusOK, "documents/show", page)
}

// backOf is the page from which somebody comes to the document: that of its owner.
func backOf(actor identity.Actor, doc document.Document) string {
	switch {
	case actor.UnitKind == identity.UnitAgency:
		return ownFolder
	case actor.Role == identity.RoleLicensingOfficer:
		return "/ministry/agencies/" + doc.AgencyID.String() + "/documents"
	}
	return ""
}

// Page answers with one page of the viewing copy, a picture that this portal made.
func (d *Desk) Page(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(c.Params("page"))
	if err != nil {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	image, err := d.documents.Open(c.UserContext(), d.web.Actor(c), key, number)
	if err != nil {
		return err
	}
	extension := map[upload.Type]string{upload.JPEG: "jpg", upload.PNG: "png"}[image.Type]
	if extension == "" {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	c.Set(fiber.HeaderContentSecurityPolicy, pagePolicy)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`inline; filename="page-%d.%s"`, number, extension))
	c.Set(fiber.HeaderContentType, string(image.Type))
	return c.Status(fiber.StatusOK).Send(image.Bytes)
}
