package documents

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

const ownFolder = "/agency/documents"

type folderPage struct {
	Form   views.Form // for the title of a form that failed
	Upload Form
	Notice string

	Folder    document.Folder
	Asked     []askedLine
	Documents []line
	Removed   []line
	Officer   bool
}

// askedLine is what the law asks for, and how it stands.
type askedLine struct {
	KindKey, StateKey, Tone string
	Latest                  *document.Document
}

// line is one document of a list.
type line struct {
	document.Document

	KindKey string
	Href    string
	Over    bool // its last day is gone
}

// Own shows the agency's papers, and the form for another one.
func (d *Desk) Own(c *fiber.Ctx) error { return d.own(c, fiber.StatusOK, views.Form{}, "") }

// Add takes a file for the agency's own papers.
func (d *Desk) Add(c *fiber.Ctx) error {
	owner := document.Owner{Kind: document.OfAgency, ID: d.web.Actor(c).AgencyID}
	sent, added, err := d.Receive(c, owner)
	switch {
	case fault.KindOf(err) == fault.Conflict:
		return d.own(c, fiber.StatusConflict, views.Form{}, fault.CodeOf(err))
	case err != nil:
		return err
	case added:
		return d.web.Redirect(c, ownFolder)
	}
	return d.own(c, fiber.StatusUnprocessableEntity, sent, "")
}

// Remove takes a document of the agency back.
func (d *Desk) Remove(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	err = d.documents.Remove(c.UserContext(), d.web.Actor(c), key)
	switch {
	case err == nil:
		return d.web.Redirect(c, ownFolder)
	case fault.KindOf(err) == fault.Conflict:
		return d.own(c, fiber.StatusConflict, views.Form{}, fault.CodeOf(err))
	}
	return err
}

func (d *Desk) own(c *fiber.Ctx, status int, sent views.Form, notice string) error {
	folder, err := d.documents.Own(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return err
	}
	page := d.page(folder)
	page.Form, page.Notice, page.Upload = sent, notice, NewForm(document.OfAgency, ownFolder, sent)
	return d.web.Render(c, status, "documents/folder", page)
}

// Of shows an officer the papers of an agency.
func (d *Desk) Of(c *fiber.Ctx) error {
	key, err := web.Key(c, "id")
	if err != nil {
		return err
	}
	folder, err := d.documents.Of(c.UserContext(), d.web.Actor(c), key)
	if err != nil {
		return err
	}
	page := d.page(folder)
	page.Officer = true
	return d.web.Render(c, fiber.StatusOK, "documents/folder", page)
}

func (d *Desk) page(f document.Folder) folderPage {
	page := folderPage{Folder: f}
	tones := map[document.AskedState]string{document.There: "green", document.Missing: "red", document.Expiring: "amber", document.Lapsed: "red"}
	for _, a := range f.Asked {
		page.Asked = append(page.Asked, askedLine{KindKey: KindKey(a.Kind), StateKey: "document.asked." + string(a.State), Tone: tones[a.State], Latest: a.Latest})
	}
	page.Documents, page.Removed = lines(f, f.Documents), lines(f, f.Removed)
	return page
}

func lines(f document.Folder, all []document.Document) (out []line) {
	for _, doc := range all {
		out = append(out, line{Document: doc, KindKey: KindKey(doc.Kind), Href: "/documents/" + doc.ID.String(), Over: doc.Expired(f.Today)})
	}
	return out
}
