// Package documents is the pages of papers: what an agency has handed in and the
// law asks for, a document with its pages as pictures, and the form by which a file
// comes in.
//
// It shows re-encoded pictures alone, never what somebody sent: those answers carry
// a policy that lets nothing in them run.
package documents

import (
	"context"
	"errors"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// Service is what the pages ask.
type Service interface {
	Own(ctx context.Context, by identity.Actor) (document.Folder, error)
	Of(ctx context.Context, by identity.Actor, agency uuid.UUID) (document.Folder, error)
	Add(ctx context.Context, by identity.Actor, in document.Incoming) (uuid.UUID, error)
	Remove(ctx context.Context, by identity.Actor, key uuid.UUID) error
	Read(ctx context.Context, by identity.Actor, key uuid.UUID) (document.Facts, error)
	Open(ctx context.Context, by identity.Actor, key uuid.UUID, page int) (upload.Image, error)
}

// Desk serves the pages. It is safe for concurrent use.
type Desk struct {
	web       *web.Web
	documents Service
}

// New returns the pages.
func New(w *web.Web, s Service) *Desk { return &Desk{web: w, documents: s} }

type uploadForm struct {
	Kind  string `form:"kind" validate:"required,max=40"`
	Day   string `form:"expires_on_day" validate:"max=10"`
	Month string `form:"expires_on_month" validate:"max=10"`
	Year  string `form:"expires_on_year" validate:"max=10"`
}

// Form is what views/partials/upload.html draws: the fields of a file that is to
// be attached to an owner of that kind.
type Form struct {
	Form  views.Form
	Kinds []views.Option
	Href  string // where it is sent: a route with Upload set
	MaxMB int
	Lasts bool // it can have a last day: a photograph has none
}

// NewForm returns the form for an owner of that kind, with what was sent before.
func NewForm(owner document.OwnerKind, href string, sent views.Form) Form {
	f := Form{Form: sent, Href: href, MaxMB: upload.MaxBytes >> 20, Lasts: owner != document.OfInspection, Kinds: []views.Option{{Key: "document.kind.choose"}}}
	for _, kind := range document.KindsOf(owner) {
		f.Kinds = append(f.Kinds, views.Option{Value: kind, Key: KindKey(kind)})
	}
	return f
}

// KindKey is the message that names a kind of document.
func KindKey(kind string) string {
	switch kind {
	case document.Receipt, document.InspectionPhoto, document.Other:
		return "document.kind." + kind
	}
	return "policy.choice." + kind
}

// TakeBack removes a document for a page that lists it.
func (d *Desk) TakeBack(c *fiber.Ctx, key uuid.UUID) error {
	return d.documents.Remove(c.UserContext(), d.web.Actor(c), key)
}

// Receive takes a file from the request and attaches it to the owner, for any page
// with such a form. What is wrong with it is in sent, to be shown with 422; then
// added is false.
func (d *Desk) Receive(c *fiber.Ctx, owner document.Owner) (sent views.Form, added bool, err error) {
	var form uploadForm
	if sent, err = d.web.Bind(c, &form); err != nil {
		return sent, false, err
	}
	in := document.Incoming{Owner: owner, Kind: form.Kind}
	var ok bool
	if in.ExpiresOn, ok = web.ParseDay(form.Day, form.Month, form.Year); !ok {
		sent.Errors["expires_on"] = "form.date"
	}
	file, _, err := d.web.File(c, upload.Field, &sent)
	if err != nil || sent.Failed() {
		return sent, false, err
	}
	in.Claim, in.Bytes = upload.Claim{Name: file.Name, Type: file.Type}, file.Bytes
	_, err = d.documents.Add(c.UserContext(), d.web.Actor(c), in)
	if err == nil {
		return sent, true, nil
	}
	if !web.Explain(&sent, err) {
		return sent, false, err
	}
	var refusal *upload.Refusal
	if errors.As(err, &refusal) {
		sent.Args[upload.Field] = refusal.Args
	}
	return sent, false, nil
}
