package ministry

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/gofiber/fiber/v2"
)

// Photo attaches a photograph to an inspection. The sheet of answers is another form:
// what is not saved in it stays with whoever types.
func (p *Inspections) Photo(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	sent, added, err := p.photos.Receive(c, document.Owner{Kind: document.OfInspection, ID: key})
	switch {
	case fault.KindOf(err) == fault.Conflict:
		return p.show(c, fiber.StatusConflict, key, shown{Notice: fault.CodeOf(err)})
	case err != nil:
		return err
	case added:
		return p.web.Redirect(c, inspectionsPath+"/"+key.String()+"#photos")
	}
	return p.show(c, fiber.StatusUnprocessableEntity, key, shown{Photo: sent})
}

// TakeBack removes a photograph that the reader attached.
func (p *Inspections) TakeBack(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	photo, err := web.Key(c, "photo")
	if err != nil {
		return err
	}
	err = p.photos.TakeBack(c, photo)
	switch {
	case err == nil:
		return p.web.Redirect(c, inspectionsPath+"/"+key.String()+"#photos")
	case fault.KindOf(err) == fault.Conflict:
		return p.show(c, fiber.StatusConflict, key, shown{Notice: fault.CodeOf(err)})
	}
	return err
}
