package ministry

import (
	"slices"
	"strconv"

	"github.com/fairpassage/portal/app/documents"
	"github.com/fairpassage/portal/app/inspected"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// shown is what a page of an inspection shows beside the inspection.
type shown struct {
	Form   views.Form
	Notice string // why the last attempt came to nothing: a message, or ""
	Photo  views.Form
	// Meanwhile says that somebody else saved answers since the form was drawn.
	Meanwhile bool
}

type inspectionPage struct {
	shown

	Paper    inspected.Paper
	Mistakes []views.Mistake // of the sheet of answers
	Path     string
	// Records, Sends and Closes say what the reader may do next; Waits that only
	// the agency's reply is missing.
	Visits, Records, CallsOff, Sends, Closes, Waits bool
	Answered                                        int
	// Attach is the form of a photograph; nil where the reader attaches none.
	Attach *documents.Form
	Reader uuid.UUID
}

// Show shows an inspection, with the form of what comes next.
func (p *Inspections) Show(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	return p.show(c, fiber.StatusOK, key, shown{})
}

// Report is the inspection for paper.
func (p *Inspections) Report(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	r, err := p.service.Get(c.UserContext(), p.web.Actor(c), key)
	if err != nil {
		return err
	}
	page := inspectionPage{Paper: inspected.New(c, p.web, r, inspected.Ministry), Path: inspectionsPath + "/" + key.String()}
	return p.web.Render(c, fiber.StatusOK, "ministry/inspection_report", page)
}

func (p *Inspections) show(c *fiber.Ctx, status int, key uuid.UUID, with shown) error {
	actor := p.web.Actor(c)
	r, err := p.service.Get(c.UserContext(), actor, key)
	if err != nil {
		return err
	}
	officer := authority.Enter(actor, authority.InspectionSend).Allowed
	page := inspectionPage{
		shown: with, Paper: inspected.New(c, p.web, r, inspected.Ministry), Path: inspectionsPath + "/" + key.String(), Reader: actor.PersonID,
		Visits: r.Status == inspection.Planned && r.Goes, Records: r.Open() && r.Goes,
		CallsOff: r.Status == inspection.Planned && officer, Sends: r.Status == inspection.Recorded && officer,
		Closes: r.Closable(r.Today) && officer && !r.Goes, Waits: r.Status == inspection.Sent && !r.Closable(r.Today),
		Answered: len(r.Lines) - r.Score.Open,
	}
	page.Form = prefilled(with, r)
	if page.Records {
		attach := documents.NewForm(document.OfInspection, page.Path+"/photos", with.Photo)
		page.Attach = &attach
	}
	if page.Mistakes, err = page.Paper.Mistakes(p.web.Views().Catalogue(), p.web.Lang(c), page.Form, inspection.FieldAnswer, inspection.FieldSeen, inspection.FieldDanger); err != nil {
		return err
	}
	return p.web.Render(c, status, "ministry/inspection", page)
}

// prefilled is the form as it was sent or, where nothing was, as the record has it.
func prefilled(with shown, r inspection.Report) views.Form {
	form := with.Form
	if form.Values == nil {
		form.Values = map[string][]string{}
		fillDay(form, "visited_on", r.Today)
		for _, l := range r.Lines {
			form.Values[inspection.FieldAnswer+l.Code] = []string{string(l.Answer)}
			form.Values[inspection.FieldSeen+l.Code] = []string{l.Seen}
			if l.Danger {
				form.Values[inspection.FieldDanger+l.Code] = []string{"yes"}
			}
		}
	}
	// Whoever was told who saved meanwhile saves over it, knowing so.
	if with.Meanwhile || form.Value("revision") == "" {
		form.Values["revision"] = []string{strconv.Itoa(r.Revision)}
	}
	return form
}

// Record saves the sheet of answers. What was typed stays on the page whatever
// speaks against it.
func (p *Inspections) Record(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	actor := p.web.Actor(c)
	r, err := p.service.Get(c.UserContext(), actor, key)
	if err != nil {
		return err
	}
	names := []string{"revision"}
	for _, l := range r.Lines {
		names = append(names, inspection.FieldAnswer+l.Code, inspection.FieldSeen+l.Code, inspection.FieldDanger+l.Code)
	}
	sent, err := p.web.BindNamed(c, names...)
	if err != nil {
		return err
	}
	if sent.Failed() {
		return p.show(c, fiber.StatusUnprocessableEntity, key, shown{Form: sent})
	}
	err = p.service.Record(c.UserContext(), actor, key, sheetOf(sent, r.Lines))
	if fault.KindOf(err) == fault.Conflict && fault.CodeOf(err) == "inspection.saved_meanwhile" {
		return p.show(c, fiber.StatusConflict, key, shown{Form: sent, Meanwhile: true})
	}
	return p.moved(c, key, sent, err)
}

// sheetOf reads the answers of the form. A revision that is no number is none, and
// so an old one.
func sheetOf(sent views.Form, lines []inspection.Line) inspection.Sheet {
	revision, err := strconv.Atoi(sent.Value("revision"))
	if err != nil {
		revision = -1
	}
	s := inspection.Sheet{Revision: revision}
	for _, l := range lines {
		s.Answers = append(s.Answers, inspection.Given{
			Code: l.Code, Answer: inspection.Answer(sent.Value(inspection.FieldAnswer + l.Code)),
			Seen: sent.Value(inspection.FieldSeen + l.Code), Danger: sent.Value(inspection.FieldDanger+l.Code) == "yes",
		})
	}
	return s
}

// Theirs is what somebody else saved meanwhile at that standard, where it differs
// from what is typed.
func (p inspectionPage) Theirs(l inspected.Line) bool {
	typed := p.Form.Value(inspection.FieldAnswer+l.Code) != string(l.Answer) || p.Form.Value(inspection.FieldSeen+l.Code) != l.Seen ||
		(p.Form.Value(inspection.FieldDanger+l.Code) == "yes") != l.Danger
	return p.Meanwhile && l.Answer != "" && typed
}

// Wrong is the message at one field of the sheet, or "".
func (p inspectionPage) Wrong(name string) string { return p.Form.Errors[name] }

// Answers lists the choices of a standard.
func (p inspectionPage) Answers() []inspection.Answer { return slices.Clone(inspection.Answers()) }
