package ministry

import (
	"strconv"
	"time"

	"github.com/fairpassage/portal/app/answers"
	"github.com/fairpassage/portal/app/inspected"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const applicationView = "ministry/application"

type applicationPage struct {
	Form     views.Form // of the recommendation
	Fee      views.Form
	Folder   application.Folder
	Sections []answers.Section
	Changes  []changeLine
	StateKey string
	ID       string
	// Own says that the reader filed it and so cannot decide.
	Own bool
	// Open says that a recommendation may be made.
	Open    bool
	Remarks int // of this round
	Notice  string
	Scope   []views.Option
	// Inspections are the agency's, what is open first and then the latest.
	Inspections []inspectionLine
}

// changeLine is one difference between two rounds, in words.
type changeLine struct {
	dossier.Change

	Was, Is answers.Line
}

// Application shows one application with its agency's licence, and what can be
// done about it.
func (a *Applications) Application(c *fiber.Ctx) error {
	return a.show(c, fiber.StatusOK, sentBack{})
}

// sentBack is what was sent to the page, and came to nothing.
type sentBack struct {
	recommendation, fee *views.Form
	notice              string
}

func (a *Applications) show(c *fiber.Ctx, status int, sent sentBack) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	actor, lang := a.web.Actor(c), a.web.Lang(c)
	folder, err := a.applications.Get(c.UserContext(), actor, key)
	if err != nil {
		return err
	}
	page := applicationPage{
		Folder: folder, StateKey: "licensing.state." + string(folder.State), ID: key.String(), Notice: sent.notice,
		Own: folder.Paper.FiledBy == actor.PersonID, Scope: a.scopeOptions(lang, folder.Answers),
		Changes: changes(lang, folder.Changes),
	}
	page.Open = folder.Paper.Status == application.Filed && !folder.Paper.Recommended() && !page.Own
	notes := answers.Notes{Changes: folder.Changes}
	for _, r := range folder.Remarks {
		if r.Round == folder.Paper.Round {
			notes.Remarks, page.Remarks = append(notes.Remarks, r), page.Remarks+1
		}
	}
	page.Sections = answers.Read(lang, folder.Answers, notes)
	if page.Inspections, err = a.inspectionsOf(c, folder.Paper.AgencyID); err != nil {
		return err
	}
	if page.Form = a.proposal(folder); sent.recommendation != nil {
		page.Form = *sent.recommendation
	}
	if sent.fee != nil {
		page.Fee = *sent.fee
	}
	return a.web.Render(c, status, applicationView, page)
}

// inspectionsOf lists what inspections of the agency came to.
func (a *Applications) inspectionsOf(c *fiber.Ctx, agency uuid.UUID) (all []inspectionLine, err error) {
	queue, err := a.inspections.Queue(c.UserContext(), a.web.Actor(c), inspection.Filter{Agency: agency})
	for _, i := range queue.Inspections {
		all = append(all, inspectionLine{Summary: i, Tone: inspected.Tone(i.Inspection)})
	}
	return all, err
}

func changes(lang string, all []dossier.Change) (lines []changeLine) {
	for _, change := range all {
		line := changeLine{Change: change}
		if chapter, known := dossier.ChapterOf(change.Section); known && change.Kind == dossier.Changed {
			field, _ := chapter.Field(change.Field)
			line.Was, line.Is = answers.Value(lang, field, change.Old), answers.Value(lang, field, change.New)
		}
		lines = append(lines, line)
	}
	return lines
}

// scopeOf lists what was applied for, a line for each destination and occupation.
func scopeOf(d dossier.Dossier) (lines []licensing.ScopeLine) {
	asked := d.One(dossier.Scope)
	works := asked.List("occupations")
	if len(works) == 0 {
		works = []string{""}
	}
	for _, destination := range asked.List("destinations") {
		for _, work := range works {
			lines = append(lines, licensing.ScopeLine{Destination: destination, Occupation: work})
		}
	}
	return lines
}

func (a *Applications) scopeOptions(lang string, d dossier.Dossier) (all []views.Option) {
	lines := scopeOf(d)
	for i, text := range a.web.Scope(lang, lines) {
		all = append(all, views.Option{Value: lines[i].String(), Text: text})
	}
	return all
}

// proposal fills in the days and the scope: a renewal begins when the last period
// ends, and the licence term says until when. Where none is configured it stays
// empty.
func (a *Applications) proposal(f application.Folder) views.Form {
	values := map[string][]string{}
	fill := func(field string, day time.Time) {
		if !day.IsZero() {
			values[field+"_day"], values[field+"_month"], values[field+"_year"] =
				[]string{strconv.Itoa(day.Day())}, []string{strconv.Itoa(int(day.Month()))}, []string{strconv.Itoa(day.Year())}
		}
	}
	from := a.applications.Today()
	if until := f.Licence.ValidUntil(); !until.Before(from) {
		from = until.AddDate(0, 0, 1)
	}
	fill("valid_from", from)
	fill("valid_until", f.Term.Last(from))
	for _, line := range scopeOf(f.Answers) {
		values["scope"] = append(values["scope"], line.String())
	}
	return views.Form{Values: values}
}

type remarkPage struct {
	Form     views.Form
	Back     string
	Section  dossier.Section
	Item     string
	Field    string
	ItemName string
	Line     *answers.Line // the answer, nil for a remark on a whole
}

// RemarkForm asks what is wrong with one answer: ?section=, ?item=, ?field=.
func (a *Applications) RemarkForm(c *fiber.Ctx) error {
	return a.remarkForm(c, fiber.StatusOK, remarkForm{Section: c.Query("section"), Item: c.Query("item"), Field: c.Query("field")}, nil)
}

type remarkForm struct {
	Section string `form:"section" validate:"required,max=40"`
	Item    string `form:"item" validate:"max=40"`
	Field   string `form:"field" validate:"max=40"`
	Text    string `form:"text" validate:"max=2000"`
}

func (a *Applications) remarkForm(c *fiber.Ctx, status int, f remarkForm, sent *views.Form) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	folder, err := a.applications.Get(c.UserContext(), a.web.Actor(c), key)
	if err != nil {
		return err
	}
	page := remarkPage{Back: applicationsPath + "/" + key.String(), Section: dossier.Section(f.Section), Item: f.Item, Field: f.Field}
	found, text := a.answer(c, folder, f, &page)
	if !found {
		return a.web.Redirect(c, page.Back)
	}
	if page.Form = (views.Form{Values: map[string][]string{"text": {text}}}); sent != nil {
		page.Form = *sent
	}
	return a.web.Render(c, status, "ministry/remark", page)
}

// answer finds what is remarked on, and the remark that is there.
func (a *Applications) answer(c *fiber.Ctx, folder application.Folder, f remarkForm, page *remarkPage) (found bool, text string) {
	chapter, known := dossier.ChapterOf(page.Section)
	if !known {
		return false, ""
	}
	if f.Item != "" {
		item, there := folder.Answers.Item(page.Section, f.Item)
		if !there {
			return false, ""
		}
		page.ItemName = item.Name()
		if field, there := chapter.Field(f.Field); there {
			line := answers.Value(a.web.Lang(c), field, item.Text(field.Name))
			page.Line = &line
		} else if f.Field != "" {
			return false, ""
		}
	}
	for _, r := range folder.Remarks {
		if r.Round == folder.Paper.Round && r.Section == page.Section && r.Item == f.Item && r.Field == f.Field {
			text = r.Text
		}
	}
	return true, text
}

func (a *Applications) here(key uuid.UUID) string { return applicationsPath + "/" + key.String() }
