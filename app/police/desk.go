package police

import (
	"context"
	"fmt"
	"strings"

	"github.com/fairpassage/portal/app/sealed"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/register"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// SealedReader opens what a complaint sealed to the holder's desk, with their own
// key, and records that it was read.
type SealedReader interface {
	OpenFor(ctx context.Context, by identity.Holder, complaintID uuid.UUID) (complaint.Contents, error)
}

// Agencies names agencies; an id that the register does not know is absent.
type Agencies interface {
	Named(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]register.Agency, error)
}

// Deps of a Desk.
type Deps struct {
	Escalations *escalation.Service
	Sealed      SealedReader
	Agencies    Agencies
	// Base is the address of the inbox. The oversight body has one of its own,
	// for patterns that police may not know.
	Base string
	// Offices names offices of officials.
	Offices sealed.Offices
	// Bell wakes open inboxes when something happened to an escalation.
	Bell *web.Bell
}

// Desk serves the pages of the unit. It is safe for concurrent use.
type Desk struct {
	web  *web.Web
	deps Deps
}

// New returns the pages.
func New(w *web.Web, deps Deps) *Desk { return &Desk{web: w, deps: deps} }

// subject is whom an escalation is about, in words that show no token.
type subject struct {
	Text string
	Href string // of the register's page; "" where there is none
	// Timeline is the address of everything about an agency.
	Timeline string
}

// subjects finds the words for each of the lines.
func (d *Desk) subjects(c *fiber.Ctx, lines []escalation.Summary) ([]subject, error) {
	var wanted []uuid.UUID
	for _, line := range lines {
		if key, err := uuid.Parse(line.SubjectKey); err == nil && line.SubjectKind == "agency" {
			wanted = append(wanted, key)
		}
	}
	names := map[uuid.UUID]register.Agency{}
	if len(wanted) > 0 {
		var err error
		if names, err = d.deps.Agencies.Named(c.UserContext(), wanted); err != nil {
			return nil, fmt.Errorf("name agencies: %w", err)
		}
	}
	all := make([]subject, 0, len(lines))
	for _, line := range lines {
		key, _ := uuid.Parse(line.SubjectKey)
		s, err := d.subject(c, line, names[key])
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (d *Desk) subject(c *fiber.Ctx, line escalation.Summary, a register.Agency) (subject, error) {
	if a.Slug == "" {
		text, err := d.text(c, "police.subject."+line.SubjectKind, "Count", line.Complaints)
		return subject{Text: text}, err
	}
	s := subject{Text: a.Name(), Href: "/agencies/" + a.Slug, Timeline: strings.TrimSuffix(d.deps.Base, "/escalations") + "/agencies/" + a.ID.String() + "/timeline"}
	if a.NameLatin != "" && a.NameLocal != "" {
		s.Text += " · " + a.NameLocal
	}
	return s, nil
}

// text speaks the visitor's language where a page cannot: arguments that come
// as data, and keys that may be unknown.
func (d *Desk) text(c *fiber.Ctx, key string, args ...any) (string, error) {
	return d.web.Views().Catalogue().Text(d.web.Lang(c), key, args...)
}

// known reports whether the visitor's language has the message.
func (d *Desk) known(c *fiber.Ctx, key string) bool {
	return d.web.Views().Catalogue().Has(d.web.Lang(c), key)
}
