package ministry

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const policiesPath = "/ministry/policies"

// Policies serves the pages of law as data. It is safe for concurrent use.
type Policies struct {
	web      *web.Web
	service  *policy.Service
	proposer policy.Proposer
}

// NewPolicies returns the pages.
func NewPolicies(w *web.Web, s *policy.Service, p policy.Proposer) *Policies {
	return &Policies{web: w, service: s, proposer: p}
}

// lawLine is one law as the pages show it.
type lawLine struct {
	Key  policy.Key
	Href string
	// Now is what holds today, nil where nobody set it; Next is what comes.
	Now, Next *entryLine
	Waits     uuid.UUID // the proposal that waits, or the zero id
}

// Waiting reports whether a proposal waits.
func (l lawLine) Waiting() bool { return l.Waits != uuid.Nil }

type entryLine struct {
	policy.Entry
	Parts []part
}

type policiesPage struct {
	Laws   []lawLine
	Unset  int
	Forged int
}

// List shows every law, or that it is not configured.
func (p *Policies) List(c *fiber.Ctx) error {
	o, err := p.service.Overview(c.UserContext(), p.web.Actor(c))
	if err != nil {
		return err
	}
	page := policiesPage{Forged: o.Book.Forged}
	for _, law := range policy.Laws() {
		line, err := p.line(c, o, law.Key)
		if err != nil {
			return err
		}
		if line.Now == nil {
			page.Unset++
		}
		page.Laws = append(page.Laws, line)
	}
	return p.web.Render(c, fiber.StatusOK, "ministry/policies", page)
}

func (p *Policies) line(c *fiber.Ctx, o policy.Overview, key policy.Key) (lawLine, error) {
	line := lawLine{Key: key, Href: policiesPath + "/" + string(key), Waits: o.Waits[key]}
	var err error
	if e, set := o.Book.On(key, o.Today); set {
		if line.Now, err = p.entry(c, e); err != nil {
			return lawLine{}, err
		}
	}
	if e, set := o.Book.Next(key, o.Today); set {
		line.Next, err = p.entry(c, e)
	}
	return line, err
}

func (p *Policies) entry(c *fiber.Ctx, e policy.Entry) (*entryLine, error) {
	parts, err := p.parts(c, e)
	return &entryLine{Entry: e, Parts: parts}, err
}

type lawPage struct {
	lawLine

	Form    views.Form
	Fields  []lawField
	History []entryLine
	Notice  string
}

// Law shows one law with everything that held before, and the form that proposes
// another.
func (p *Policies) Law(c *fiber.Ctx) error { return p.law(c, fiber.StatusOK, views.Form{}, "") }

// Propose proposes what is to hold from a day on.
func (p *Policies) Propose(c *fiber.Ctx) error {
	law, known := policy.LawOf(policy.Key(c.Params("key")))
	if !known {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	var form lawForm
	sent, err := p.web.Bind(c, &form)
	if err != nil {
		return err
	}
	entry := form.entry(law, &sent)
	if sent.Failed() {
		return p.law(c, fiber.StatusUnprocessableEntity, sent, "")
	}
	key, err := p.service.Ask(c.UserContext(), p.web.Actor(c), entry.Entry, p.proposer)
	switch {
	case err == nil:
		return p.web.Redirect(c, "/decisions/"+key.String())
	case fault.KindOf(err) == fault.Conflict:
		return p.law(c, fiber.StatusConflict, sent, fault.CodeOf(err))
	case entry.explain(&sent, err), web.Explain(&sent, err):
		return p.law(c, fiber.StatusUnprocessableEntity, sent, "")
	}
	return err
}

func (p *Policies) law(c *fiber.Ctx, status int, sent views.Form, notice string) error {
	law, known := policy.LawOf(policy.Key(c.Params("key")))
	if !known {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	o, err := p.service.Overview(c.UserContext(), p.web.Actor(c))
	if err != nil {
		return err
	}
	page := lawPage{Form: sent, Notice: notice}
	if page.lawLine, err = p.line(c, o, law.Key); err != nil {
		return err
	}
	for _, e := range o.Book.History(law.Key) {
		line, err := p.entry(c, e)
		if err != nil {
			return err
		}
		page.History = append(page.History, *line)
	}
	if sent.Values == nil {
		page.Form.Values = valuesOf(page.Now)
	}
	page.Fields = fieldsOf(law)
	return p.web.Render(c, status, "ministry/policy", page)
}
