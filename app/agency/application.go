package agency

import (
	"errors"

	"github.com/fairpassage/portal/app/answers"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const (
	applicationHome = "/agency/application"
	applicationView = "agency/application"
)

type applicationPage struct {
	Standing application.Standing
	// Open is the application about which something is still to be done, or nil.
	Open     *application.Paper
	Writing  bool // the agency may change its answers
	MayFile  bool
	Sections []answers.Section
	Missing  int // answers
	StateKey string
	Notice   string
}

// Application shows what can be applied for, or the checklist of what is open.
func (d *Desk) Application(c *fiber.Ctx) error { return d.showApplication(c, fiber.StatusOK, "") }

func (d *Desk) showApplication(c *fiber.Ctx, status int, notice string) error {
	own, err := d.applications.Own(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return err
	}
	page := applicationPage{Standing: own, StateKey: "licensing.state." + string(own.State), Notice: notice, Missing: len(own.Gaps) + len(own.Missing)}
	if open, there := own.Open(); there {
		page.Open, page.Writing = &open, open.Status != application.Filed
		for _, s := range answers.Read(d.web.Lang(c), own.Answers, answers.Notes{Gaps: own.Gaps, Remarks: own.Remarks}) {
			if s.Section != dossier.Fee || own.Asks.Fee != nil {
				page.Sections = append(page.Sections, s)
			}
		}
		page.MayFile = page.Writing && page.Missing == 0
	}
	return d.web.Render(c, status, applicationView, page)
}

// Begin opens a draft.
func (d *Desk) Begin(c *fiber.Ctx) error {
	_, err := d.applications.Begin(c.UserContext(), d.web.Actor(c))
	return d.applied(c, err)
}

// File hands the draft to the ministry.
func (d *Desk) File(c *fiber.Ctx) error {
	err := d.applications.File(c.UserContext(), d.web.Actor(c))
	var incomplete *application.Incomplete
	if errors.As(err, &incomplete) {
		return d.showApplication(c, fiber.StatusUnprocessableEntity, "dossier.incomplete")
	}
	return d.applied(c, err)
}

// Withdraw ends the application.
func (d *Desk) Withdraw(c *fiber.Ctx) error {
	return d.applied(c, d.applications.Withdraw(c.UserContext(), d.web.Actor(c)))
}

// applied leads back to the checklist, which says what came to nothing.
func (d *Desk) applied(c *fiber.Ctx, err error) error {
	switch {
	case err == nil:
		return d.web.Redirect(c, applicationHome)
	case fault.KindOf(err) == fault.Conflict:
		return d.showApplication(c, fiber.StatusConflict, fault.CodeOf(err))
	}
	return err
}

// Receipt shows the ministry's receipt for the fee, to be printed.
func (d *Desk) Receipt(c *fiber.Ctx) error {
	own, err := d.applications.Own(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return err
	}
	return d.web.Render(c, fiber.StatusOK, "agency/receipt", own)
}

type sectionPage struct {
	answers.Section

	Writing bool
	Notice  string
}

type itemPage struct {
	Form      views.Form
	Chapter   dossier.Chapter
	Questions []answers.Question
	Href      string
	Back      string
	New       bool
	Remarks   []answers.Line
	Remark    string
}
