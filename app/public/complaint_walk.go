package public

import (
	"strings"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// walkForm is what every screen sends beside its answers. The sealed state of
// the longest possible answers stays well below its limit.
type walkForm struct {
	State string `form:"_state" validate:"required,max=600000"`
	Step  string `form:"_step" validate:"max=40"`
	Go    string `form:"_go" validate:"max=40"`
}

// walkPage is the page struct of every screen.
type walkPage struct {
	Form   views.Form
	Step   string
	State  string
	Number int
	// Of is about how many screens ask something, given the answers so far.
	Of    int
	First bool
	// Problem is the key of what went wrong with the whole, or "".
	Problem string
	Data    any
}

// LanguageForm lets the language switch send the answers along.
func (walkPage) LanguageForm() (id, action string) { return "walk", "/complaints/new" }

// New starts afresh: nothing of an earlier visit is known.
func (p *Complaints) New(c *fiber.Ctx) error {
	return p.show(c, fiber.StatusOK, newState(), firstStep, nil)
}

// Walk takes the answers of one screen and shows the next. Nothing is stored.
func (p *Complaints) Walk(c *fiber.Ctx) error {
	var walk walkForm
	sent, err := p.Web.Bind(c, &walk)
	if err != nil {
		return err
	}
	s, ok := p.read(walk.State)
	at := p.way.at(walk.Step)
	if !ok || at < 0 || sent.Failed() {
		return p.restart(c)
	}
	if walk.Go == "exit" {
		return p.Web.Redirect(c, "/leave")
	}
	if p.way[at].form != nil {
		form := p.way[at].form()
		given, err := p.Web.Bind(c, form)
		if err != nil {
			return err
		}
		if given.Failed() {
			return p.again(c, s, at, given)
		}
		s.Answers = s.Answers.with(given.Values)
	}
	if to, jumps := strings.CutPrefix(walk.Go, "to:"); jumps && p.way.at(to) >= 0 {
		return p.show(c, fiber.StatusOK, s, p.way.at(to), nil)
	}
	if lang, switches := strings.CutPrefix(walk.Go, "lang:"); switches {
		p.Web.Speak(c, lang)
		return p.show(c, fiber.StatusOK, s, at, nil)
	}
	// Back keeps what was typed, whatever it is worth; going on looks at it.
	if walk.Go == "back" {
		return p.show(c, fiber.StatusOK, s, p.way.previous(s, at), nil)
	}
	if p.way[at].fill != nil {
		if wrong := p.way[at].fill(s.Answers, &complaint.Intake{}); len(wrong) > 0 {
			return p.show(c, fiber.StatusUnprocessableEntity, s, at, wrong)
		}
	}
	return p.show(c, fiber.StatusOK, s, p.way.next(s, at), nil)
}

// show renders one screen with the answers it has.
func (p *Complaints) show(c *fiber.Ctx, status int, s state, at int, wrong fault.Fields) error {
	form := views.Form{Values: s.Answers, Errors: wrong}
	return p.render(c, status, s, at, form, "")
}

// again renders a screen whose answers could not even be read, as they were
// sent. The state stays as it was before.
func (p *Complaints) again(c *fiber.Ctx, s state, at int, given views.Form) error {
	return p.render(c, fiber.StatusUnprocessableEntity, s, at, given, "")
}

func (p *Complaints) render(c *fiber.Ctx, status int, s state, at int, form views.Form, problem string) error {
	if at == p.way.last() {
		s.Reviewed = true
		// An answer that a step back left unread is asked again before the end.
		if _, failing, wrong := p.way.intake(s.Answers); failing >= 0 {
			at, status = failing, fiber.StatusUnprocessableEntity
			form = views.Form{Values: s.Answers, Errors: wrong}
		}
	}
	page := walkPage{Form: form, Step: p.way[at].name, Number: p.way.number(s, at), Of: p.way.number(s, p.way.last()) - 1, First: at == firstStep, Problem: problem}
	var err error
	if page.State, err = p.write(s); err != nil {
		return err
	}
	if p.way[at].data != nil {
		s.Answers = s.Answers.with(form.Values)
		if page.Data, err = p.way[at].data(c.UserContext(), p, p.Web.Lang(c), s); err != nil {
			return err
		}
	}
	return p.Web.Render(c, status, "public/complaint_"+page.Step, page)
}

// restart answers a form that cannot go on: it lay too long, or it is not ours.
func (p *Complaints) restart(c *fiber.Ctx) error {
	return p.Web.Render(c, fiber.StatusUnprocessableEntity, "public/complaint_expired", struct{}{})
}
