package oversight

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const fitnessPath = "/oversight/fitness"

// Fitness serves the second decisions on applicants. It is safe for concurrent use.
type Fitness struct {
	web     *web.Web
	service *fitness.Service
}

// NewFitness returns the pages.
func NewFitness(w *web.Web, s *fitness.Service) *Fitness { return &Fitness{web: w, service: s} }

// List shows the files that wait.
func (f *Fitness) List(c *fiber.Ctx) error {
	all, err := f.service.Waiting(c.UserContext(), f.web.Actor(c))
	if err != nil {
		return err
	}
	return f.web.Render(c, fiber.StatusOK, "oversight/fitness", all)
}

type fitnessPage struct {
	Form   views.Form
	File   fitness.File
	Notice string
}

// Show opens one with what is sealed to the reviewer.
func (f *Fitness) Show(c *fiber.Ctx) error { return f.show(c, fiber.StatusOK, views.Form{}, "") }

func (f *Fitness) show(c *fiber.Ctx, status int, sent views.Form, notice string) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	file, err := f.service.Get(c.UserContext(), f.web.Actor(c), key)
	if err != nil {
		return err
	}
	return f.web.Render(c, status, "oversight/fitness_file", fitnessPage{Form: sent, File: file, Notice: notice})
}

// Review records the reviewer's word.
func (f *Fitness) Review(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	var form struct {
		GoOn string `form:"go_on" validate:"required,oneof=yes no"`
		Text string `form:"text" validate:"required,max=2000"`
	}
	sent, err := f.web.Bind(c, &form)
	if err != nil {
		return err
	}
	if !sent.Failed() {
		err = f.service.Review(c.UserContext(), f.web.Actor(c), key, fitness.Review{GoOn: form.GoOn == "yes", Text: form.Text})
		switch {
		case err == nil:
			return f.web.Redirect(c, fitnessPath)
		case fault.KindOf(err) == fault.Conflict:
			return f.show(c, fiber.StatusConflict, sent, fault.CodeOf(err))
		case !web.Explain(&sent, err):
			return err
		}
	}
	return f.show(c, fiber.StatusUnprocessableEntity, sent, "")
}
