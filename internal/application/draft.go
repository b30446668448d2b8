package application

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Begin opens a draft of the actor's own agency, of the kind that its licence
// allows today, filled with what it filed last, and returns its id. One that is
// open already is a Conflict fault, and so is a revoked licence.
func (s *Service) Begin(ctx context.Context, actor identity.Actor) (uuid.UUID, error) {
	if err := mayWrite(actor); err != nil {
		return uuid.Nil, err
	}
	key := id.New()
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		licence, err := licensing.HoldLicence(tx, actor.AgencyID)
		if err != nil {
			return err
		}
		book, err := s.Laws.Book(tx)
		if err != nil {
			return err
		}
		kind := kindFor(licence, windowOn(book, s.Today()), s.Today())
		if kind == "" {
			return fault.New(fault.Conflict, "licensing.barred")
		}
		answers, err := lastFiled(tx, actor.AgencyID, kind)
		if err != nil {
			return err
		}
		delete(answers, dossier.Declaration)
		delete(answers, dossier.Fee)
		fresh, err := insertDraft(tx, key, actor, kind, answers, s.now())
		if err != nil {
			return err
		}
		if !fresh {
			return fault.New(fault.Conflict, "licensing.already_open")
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "application.begun", ObjectKind: "application", ObjectID: key})
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("begin application: %w", err)
	}
	return key, nil
}

func mayWrite(actor identity.Actor) error {
	return authority.Require(actor, authority.ApplicationWrite, authority.Object{AgencyID: actor.AgencyID})
}

// Answer is one item as it was typed.
type Answer struct {
	Section dossier.Section
	Item    string // "" is a new one
	Typed   dossier.Typed
}

// Save keeps one item of the agency's open draft, and returns its id. Mistakes are
// dossier.Problems at the fields; nothing is kept of them.
func (s *Service) Save(ctx context.Context, actor identity.Actor, a Answer) (string, error) {
	if err := mayWrite(actor); err != nil {
		return "", err
	}
	chapter, known := dossier.ChapterOf(a.Section)
	if !known {
		return "", errNotFound()
	}
	before := dossier.Item{ID: a.Item}
	if a.Item == "" {
		before.ID = dossier.NewID()
	} else if err := s.read(ctx, actor, func(tx postgres.Tx) error {
		d, err := draftOf(tx, actor.AgencyID, "")
		if err != nil {
			return err
		}
		item, there := d.Answers.Item(a.Section, a.Item)
		if !there {
			return errNotFound()
		}
		before = item
		return nil
	}); err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	entry, err := chapter.Read(a.Typed, before, s.Home)
	if err != nil {
		return "", err
	}
	// The key may be in another process: no transaction waits for it.
	if err := s.seal(ctx, chapter, &entry); err != nil {
		return "", err
	}
	err = s.edit(ctx, actor, func(d dossier.Dossier) (dossier.Dossier, error) {
		items := d.Items(a.Section)
		_, there := d.Item(a.Section, before.ID)
		switch {
		case a.Item != "" && !there:
			return nil, errNotFound()
		case !there && chapter.Many && len(items) >= chapter.Most:
			return nil, dossier.Problems{chapter.Fields[0].Name: {Code: "dossier.error.most", Args: map[string]any{"Max": chapter.Most}}}
		case !there && !chapter.Many && len(items) > 0:
			entry.Item.ID = items[0].ID
		}
		return d.With(a.Section, entry.Item), nil
	})
	return entry.Item.ID, err
}

// Remove takes an item out of the draft. What is not there any more is out already.
func (s *Service) Remove(ctx context.Context, actor identity.Actor, section dossier.Section, item string) error {
	return s.edit(ctx, actor, func(d dossier.Dossier) (dossier.Dossier, error) {
		return d.Without(section, item), nil
	})
}

// SayNone answers a list with "we have none".
func (s *Service) SayNone(ctx context.Context, actor identity.Actor, section dossier.Section) error {
	return s.edit(ctx, actor, func(d dossier.Dossier) (dossier.Dossier, error) {
		chapter, known := dossier.ChapterOf(section)
		if !known || !chapter.Many || chapter.Least > 0 || len(d.Items(section)) > 0 {
			return nil, fault.New(fault.Conflict, "dossier.error.not_none")
		}
		return d.WithNone(section), nil
	})
}

// edit changes the answers of the agency's open draft, one after the other.
func (s *Service) edit(ctx context.Context, actor identity.Actor, change func(dossier.Dossier) (dossier.Dossier, error)) error {
	if err := mayWrite(actor); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, actor, func(tx postgres.Tx) error {
		d, err := draftOf(tx, actor.AgencyID, forUpdate)
		if err != nil {
			return err
		}
		if d.Status != Draft && d.Status != Returned {
			return fault.New(fault.Conflict, "licensing.with_the_ministry")
		}
		answers, err := change(d.Answers)
		if err != nil {
			return err
		}
		return saveDraft(tx, d.ID, answers, actor, s.now())
	})
	if err != nil {
		return fmt.Errorf("save answers: %w", err)
	}
	return nil
}

// seal turns the numbers that were typed into tokens, and makes those by which
// phones are compared.
func (s *Service) seal(ctx context.Context, chapter dossier.Chapter, e *dossier.Entry) error {
	var inputs []matching.Input
	var fields []dossier.Field
	for _, f := range chapter.Fields {
		plain, typed := e.Plain[f.Name]
		switch {
		case f.Type == dossier.Secret && typed:
			inputs, fields = append(inputs, inputFor(chapter.Section, e.Item, f.Name, plain)), append(fields, f)
		case f.Type == dossier.Phone && e.Item.Text(f.Name) != "":
			inputs, fields = append(inputs, matching.Phone(e.Item.Text(f.Name))), append(fields, f)
		}
	}
	if len(inputs) == 0 {
		return nil
	}
	marks, err := s.Hasher.Hash(ctx, inputs)
	if err != nil {
		return fmt.Errorf("make tokens: %w", err)
	}
	for i, f := range fields {
		e.Seal(f.Name, string(marks[i].Token))
	}
	return nil
}

// inputFor says as what a number is compared: accounts with accounts, documents
// with those of the same country.
func inputFor(section dossier.Section, i dossier.Item, field, plain string) matching.Input {
	if field == "account_number" {
		return matching.Account(plain)
	}
	issuer := i.Text("document_country")
	if section == dossier.Owners {
		issuer = i.Text("country")
	}
	return matching.Document(issuer, plain)
}
