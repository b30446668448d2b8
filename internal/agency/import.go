package agency

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// batchSize is how many rows share a transaction.
const batchSize = 500

// ErrBusy says that another process imports the same file.
var ErrBusy = errors.New("another import of this file is under way")

// File is a register's file and how to read it.
type File struct {
	// Text is read twice: for its hash, by which a run is taken up again, and
	// for its rows.
	Text   io.ReadSeeker
	Format Format
	// Source overrides the format's; one of them must be set. It is part of the
	// key of every entry: another source makes other entries.
	Source string
}

// Run is how far an import is, or how it ended. Read counts all rows of the
// file but the header, the rejected ones included.
type Run struct {
	ID        uuid.UUID
	Resumed   bool // an earlier run of the same file was taken up
	NextRow   int  // first row that is not done; the header is row 1
	Read      int
	Created   int
	Updated   int
	Unchanged int
	Rejected  int
}

// Rejection is a row that was not taken over.
type Rejection struct {
	Row    int
	Reason Reason
}

// Import brings a register's file into the record, 500 rows a transaction, and
// calls progress after each. It may be stopped at any moment: called again with
// the same file it goes on after the last row that was committed, and a
// finished file read again changes nothing. A row that cannot be taken is noted
// with its reason and does not touch the others. A file without the format's
// columns is refused whole, as ColumnError.
func (s *Service) Import(ctx context.Context, actor identity.Actor, f File, progress func(Run)) (Run, error) {
	if err := authority.Require(actor, authority.RegisterImport, authority.Object{}); err != nil {
		return Run{}, err
	}
	source := f.Source
	if source == "" {
		source = f.Format.Source
	}
	if source == "" {
		return Run{}, errors.New("the source has no name")
	}
	sum, err := hashOf(f.Text)
	if err != nil {
		return Run{}, fmt.Errorf("read the file: %w", err)
	}
	in, err := newRows(f.Text)
	if err != nil {
		return Run{}, err
	}
	layout, err := f.Format.readHeader(in)
	if err != nil {
		return Run{}, err
	}
	run, err := s.begin(ctx, actor, "agencies:"+f.Format.Name+":"+source, sum)
	if err != nil {
		return run, fmt.Errorf("begin import: %w", err)
	}
	i := importer{service: s, actor: actor, source: source, layout: layout, run: run}
	return i.through(ctx, in, progress)
}

func hashOf(text io.ReadSeeker) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, text); err != nil {
		return "", err
	}
	_, err := text.Seek(0, io.SeekStart)
	return hex.EncodeToString(h.Sum(nil)), err
}

// begin takes an unfinished run of the file up, or opens one and says so in the
// audit: a run that is killed has changed something too.
func (s *Service) begin(ctx context.Context, actor identity.Actor, kind, sum string) (run Run, err error) {
	err = s.db.InTx(ctx, actor, func(tx postgres.Tx) error {
		var found bool
		if run, found, err = findRun(tx, kind, sum); err != nil || found {
			run.Resumed = found
			return err
		}
		run = Run{ID: id.New(), NextRow: 1}
		if err = insertRun(tx, run.ID, kind, sum, s.clock.Now()); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Actor: actor, Action: "import.run", ObjectKind: "import_run", ObjectID: run.ID})
	})
	return run, err
}

// importer is one run at work.
type importer struct {
	service *Service
	actor   identity.Actor
	source  string
	layout  layout
	run     Run
}

func (i *importer) through(ctx context.Context, in *rows, progress func(Run)) (Run, error) {
	b := batch{now: i.service.clock.Now(), run: i.run.ID}
	for {
		r, err := in.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return i.run, fmt.Errorf("read the file: %w", err)
		}
		end := err != nil
		if !end && r.Number < i.run.NextRow {
			continue
		}
		if !end {
			i.add(&b, r)
		}
		if b.rows == batchSize || end && b.rows > 0 {
			if err := i.commit(ctx, &b); err != nil {
				return i.run, fmt.Errorf("import up to row %d: %w", b.last, err)
			}
			progress(i.run)
			b = batch{now: i.service.clock.Now(), run: i.run.ID}
		}
		if end {
			return i.run, i.finish(ctx)
		}
	}
}

// add puts a row into the batch, as an entry or as a rejection.
func (i *importer) add(b *batch, r row) {
	b.rows++
	b.last = r.Number
	record, why := Record{}, r.Why
	if why == "" {
		record, why = i.layout.record(r.Fields)
	}
	record.Source = i.source
	if why == "" {
		why = record.check(b.now)
	}
	if why != "" {
		b.reject(r.Number, why)
		return
	}
	b.entries = append(b.entries, numbered{row: r.Number, entry: newEntry(record)})
}

// commit hashes the batch's phones, and writes the batch and the progress of the
// run in one transaction.
func (i *importer) commit(ctx context.Context, b *batch) error {
	entries := make([]*entry, len(b.entries))
	for n := range b.entries {
		entries[n] = &b.entries[n].entry
	}
	if err := complete(ctx, i.service.hasher, entries...); err != nil {
		return err
	}
	after := i.run
	err := i.service.db.InTx(ctx, i.actor, func(tx postgres.Tx) error {
		if err := holdRun(tx, i.run); err != nil {
			return err
		}
		if err := b.write(tx); err != nil {
			return err
		}
		if err := insertRejections(tx, i.run.ID, b.rejected); err != nil {
			return err
		}
		after.NextRow = b.last + 1
		after.Read += b.rows
		after.Created += b.Created
		after.Updated += b.Updated
		after.Unchanged += b.Unchanged
		after.Rejected += len(b.rejected)
		return updateRun(tx, after)
	})
	if err == nil {
		i.run = after
	}
	return err
}

func (i *importer) finish(ctx context.Context) error {
	err := i.service.db.InTx(ctx, i.actor, func(tx postgres.Tx) error {
		if err := holdRun(tx, i.run); err != nil {
			return err
		}
		return finishRun(tx, i.run.ID, i.service.clock.Now())
	})
	if err != nil {
		return fmt.Errorf("finish import: %w", err)
	}
	return nil
}

// Rejections lists rejected rows of a run after the given row, in order, at
// most limit of them.
func (s *Service) Rejections(ctx context.Context, actor identity.Actor, run uuid.UUID, after, limit int) (list []Rejection, err error) {
	err = s.db.Read(ctx, actor, func(tx postgres.Tx) error {
		list, err = findRejections(tx, run, after, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list rejected rows: %w", err)
	}
	return list, nil
}
