package agency

import (
	"github.com/fairpassage/portal/app/answers"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// fresh is the address of an item that is not there yet.
const fresh = "new"

// Section shows a list of the dossier, or the form of a section that has one
// answer.
func (d *Desk) Section(c *fiber.Ctx) error { return d.section(c, fiber.StatusOK, "") }

func (d *Desk) section(c *fiber.Ctx, status int, notice string) error {
	own, chapter, err := d.opened(c)
	if err != nil || chapter.Section == "" {
		return d.elsewhere(c, err)
	}
	if !chapter.Many {
		return d.form(c, fiber.StatusOK, own, chapter, own.Answers.One(chapter.Section), nil)
	}
	page := sectionPage{Notice: notice, Writing: writing(own)}
	for _, s := range answers.Read(d.web.Lang(c), own.Answers, answers.Notes{Gaps: own.Gaps, Remarks: own.Remarks}) {
		if s.Chapter.Section == chapter.Section {
			page.Section = s
		}
	}
	return d.web.Render(c, status, "agency/section", page)
}

func writing(own application.Standing) bool {
	open, there := own.Open()
	return there && open.Status != application.Filed
}

// opened returns the open application and the chapter that the address names, empty
// where there is none.
func (d *Desk) opened(c *fiber.Ctx) (application.Standing, dossier.Chapter, error) {
	chapter, known := dossier.ChapterOf(dossier.Section(c.Params("section")))
	own, err := d.applications.Own(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return own, chapter, err
	}
	if _, there := own.Open(); !there || !known {
		return own, dossier.Chapter{}, nil
	}
	return own, chapter, nil
}

// elsewhere leads back from an address that names nothing any more: what was
// withdrawn, or removed in another tab.
func (d *Desk) elsewhere(c *fiber.Ctx, err error) error {
	if err != nil {
		return err
	}
	return d.web.Redirect(c, applicationHome)
}

// SayNone answers a list with "we have none".
func (d *Desk) SayNone(c *fiber.Ctx) error {
	err := d.applications.SayNone(c.UserContext(), d.web.Actor(c), dossier.Section(c.Params("section")))
	switch {
	case err == nil:
		return d.web.Redirect(c, applicationHome)
	case fault.KindOf(err) == fault.Conflict:
		return d.section(c, fiber.StatusConflict, fault.CodeOf(err))
	}
	return err
}

// Item shows the form of one item.
func (d *Desk) Item(c *fiber.Ctx) error {
	own, chapter, err := d.opened(c)
	item, there := itemOf(c, own, chapter)
	if err != nil || !there {
		return d.elsewhere(c, err)
	}
	return d.form(c, fiber.StatusOK, own, chapter, item, nil)
}

func itemOf(c *fiber.Ctx, own application.Standing, chapter dossier.Chapter) (dossier.Item, bool) {
	switch key := c.Params("item"); {
	case chapter.Section == "":
		return dossier.Item{}, false
	case key == fresh && chapter.Many:
		return dossier.Item{}, true
	case key == fresh:
		return own.Answers.One(chapter.Section), true
	default:
		return own.Answers.Item(chapter.Section, key)
	}
}

// Answer keeps one item.
func (d *Desk) Answer(c *fiber.Ctx) error {
	own, chapter, err := d.opened(c)
	item, there := itemOf(c, own, chapter)
	if err != nil || !there {
		return d.elsewhere(c, err)
	}
	typed, sent, err := answers.Bind(d.web, c, chapter)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		_, err = d.applications.Save(c.UserContext(), d.web.Actor(c), application.Answer{Section: chapter.Section, Item: item.ID, Typed: typed})
		switch {
		case err == nil && chapter.Many:
			return d.web.Redirect(c, applicationHome+"/"+string(chapter.Section))
		case err == nil:
			return d.web.Redirect(c, applicationHome)
		case fault.KindOf(err) == fault.Unavailable:
			sent.Errors[chapter.Fields[0].Name] = "form.unavailable"
			return d.form(c, fiber.StatusServiceUnavailable, own, chapter, item, &sent)
		case fault.KindOf(err) == fault.Conflict:
			return d.showApplication(c, fiber.StatusConflict, fault.CodeOf(err))
		case !answers.Explain(&sent, err) && !web.Explain(&sent, err):
			return err
		}
	} else if chapterErr := d.alsoWrong(chapter, typed, item); chapterErr != nil {
		answers.Explain(&sent, chapterErr)
	}
	return d.form(c, fiber.StatusUnprocessableEntity, own, chapter, item, &sent)
}

// alsoWrong finds what else is wrong with a form in which a day cannot be read, so
// that everything is said at once.
func (d *Desk) alsoWrong(chapter dossier.Chapter, typed dossier.Typed, item dossier.Item) error {
	_, err := chapter.Read(typed, item, d.home)
	return err
}

// Remove takes an item out.
func (d *Desk) Remove(c *fiber.Ctx) error {
	section := dossier.Section(c.Params("section"))
	err := d.applications.Remove(c.UserContext(), d.web.Actor(c), section, c.Params("item"))
	switch {
	case err == nil:
		return d.web.Redirect(c, applicationHome+"/"+string(section))
	case fault.KindOf(err) == fault.Conflict:
		return d.showApplication(c, fiber.StatusConflict, fault.CodeOf(err))
	}
	return err
}

func (d *Desk) form(c *fiber.Ctx, status int, own application.Standing, chapter dossier.Chapter, item dossier.Item, sent *views.Form) error {
	page := itemPage{
		Chapter: chapter, New: item.ID == "",
		Questions: answers.Questions(d.web.Lang(c), d.home, own.Asks.Destinations, own.Answers, chapter, item),
		Back:      applicationHome, Href: applicationHome + "/" + string(chapter.Section) + "/" + fresh,
	}
	if chapter.Many {
		page.Back = applicationHome + "/" + string(chapter.Section)
	}
	if !writing(own) {
		return d.showApplication(c, fiber.StatusConflict, "licensing.with_the_ministry")
	}
	if item.ID != "" {
		page.Href = applicationHome + "/" + string(chapter.Section) + "/" + item.ID
	}
	for _, r := range own.Remarks {
		switch {
		case r.Section != chapter.Section || r.Item != item.ID && r.Item != "":
		case r.Field == "":
			page.Remark = r.Text
		default:
			page.Remarks = append(page.Remarks, answers.Line{Label: answers.Label(r.Field) + ".label", Text: r.Text})
		}
	}
	if page.Form = (views.Form{Values: answers.Values(chapter, item)}); sent != nil {
		page.Form = *sent
	}
	return d.web.Render(c, status, "agency/item", page)
}
