package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/platform/blob"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/upload"
)

// newCleaner looks for what helps to look at files: a virus scanner where one is
// configured, and poppler where it is installed. What is missing is said once.
func newCleaner(ctx context.Context, conf config.Config, log *slog.Logger) (*upload.Cleaner, error) {
	var scanner upload.Scanner
	if conf.ClamdURL != "" {
		clamd, err := upload.NewClamd(conf.ClamdURL)
		if err != nil {
			return nil, fmt.Errorf("CLAMD_URL %w", err)
		}
		scanner = clamd
	}
	poppler := upload.FindPoppler(ctx)
	if poppler == nil {
		log.Warn("poppler is not installed: PDFs are taken and nobody can look at them here")
		return upload.New(scanner, nil), nil
	}
	if !poppler.Apart() {
		log.Warn("this system gives programs no network of their own: PDFs are drawn with the portal's")
	}
	return upload.New(scanner, poppler), nil
}

// documents wires the papers of licence files; nil for a process that serves the
// public alone and was told no place for them.
func (s *subjects) openDocuments(ctx context.Context, conf config.Config, blobs *blob.Store, shredKeys *shred.Store, log *slog.Logger) (err error) {
	if blobs == nil {
		return nil
	}
	files, err := newCleaner(ctx, conf, log)
	if err != nil {
		return err
	}
	s.documents, err = document.New(document.Deps{
		DB: s.db, Clock: s.clock, Home: s.home, Files: files, Blobs: blobs, Shred: shredKeys, Keys: s.keys, Desks: s.desks, People: s.people,
		Holds: s.retention, Laws: s.laws, Log: log, Owners: map[document.OwnerKind]document.Owners{document.OfInspection: inspection.Photos{}},
	})
	return err
}

// openBlobs opens the place of documents; nil where none is named.
func openBlobs(conf config.Config) (*blob.Store, error) {
	if conf.BlobURL == "" {
		return nil, nil //nolint:nilnil // a process that serves the public alone has none
	}
	return blob.Open(conf.BlobURL)
}
