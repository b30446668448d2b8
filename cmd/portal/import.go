package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/mattn/go-isatty"
)

// importCmd brings the files of other registers into the record.
type importCmd struct {
	Agencies importAgenciesCmd `cmd:"" help:"Bring in a register of agencies: resumable, and without effect the second time."`
}

type importAgenciesCmd struct {
	dataFlag
	File   string `arg:"" help:"CSV file in UTF-8." type:"path"`
	Format string `help:"hk-eaa: the register that Hong Kong published in 2021. csv: a header of name_latin, name_local, licence_no, valid_since, district, address, phones, fax, emails, kinds." enum:"hk-eaa,csv" required:""`
	Source string `help:"Which register this is; another name makes other entries. Default: the format's own, or for csv the name of the file." placeholder:"NAME"`
	JSON   bool   `help:"One JSON object of read, created, updated, unchanged and rejected."`
}

// Run opens the record and imports the file.
func (c *importAgenciesCmd) Run(p *program) (err error) {
	at, err := c.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	db, err := at.open(p.ctx, "import")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	hasher, err := openHasher(at)
	if err != nil {
		return err
	}
	i := agencyImport{service: agency.New(db, hasher, clock.System{}), json: c.JSON, stdout: p.stdout, stderr: p.stderr}
	return i.run(p.ctx, c.File, c.Format, c.Source)
}

// agencyImport is one import with its report: what was rejected and the counts
// go to stdout, progress to stderr.
type agencyImport struct {
	service        *agency.Service
	json           bool
	stdout, stderr io.Writer
}

var importer = identity.System("import")

func (i agencyImport) run(ctx context.Context, path, format, source string) (err error) {
	f, known := agency.FormatOf(format)
	if !known {
		return exitError{exitUsage, fmt.Errorf("unknown format %q", format)}
	}
	if source == "" && f.Source == "" {
		source = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	text, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = text.Close() }()
	progress, done := i.progress()
	run, err := i.service.Import(ctx, importer, agency.File{Text: text, Format: f, Source: source}, progress)
	done()
	if err != nil {
		if run.NextRow > 1 {
			fmt.Fprintf(i.stderr, "stopped before row %d; the same command goes on from there\n", run.NextRow)
		}
		return err
	}
	if i.json {
		return i.summary(ctx, run)
	}
	return i.report(ctx, run)
}

// plainEvery is after how many rows a line of progress is printed where it
// cannot be overwritten.
const plainEvery = 5000

// progress draws over one line on a terminal and prints a line now and then
// elsewhere.
func (i agencyImport) progress() (show func(agency.Run), done func()) {
	file, ok := i.stderr.(*os.File)
	terminal := ok && isatty.IsTerminal(file.Fd())
	first, printed := true, 0
	show = func(r agency.Run) {
		line := fmt.Sprintf("%d rows: %d created, %d updated, %d unchanged, %d rejected", r.Read, r.Created, r.Updated, r.Unchanged, r.Rejected)
		if first && r.Resumed {
			fmt.Fprintln(i.stderr, "goes on where an earlier run stopped")
		}
		first = false
		switch {
		case terminal:
			fmt.Fprintf(i.stderr, "\r\x1b[K%s", line)
		case r.Read-printed >= plainEvery:
			fmt.Fprintln(i.stderr, line)
			printed = r.Read
		}
	}
	done = func() {
		if terminal && !first {
			fmt.Fprintln(i.stderr)
		}
	}
	return show, done
}

// eachRejection calls fn for every rejected row, a page of them in memory.
func (i agencyImport) eachRejection(ctx context.Context, run agency.Run, fn func(agency.Rejection) error) error {
	const page = 1000
	last := 0
	for {
		list, err := i.service.Rejections(ctx, importer, run.ID, last, page)
		if err != nil {
			return err
		}
		for _, r := range list {
			if err := fn(r); err != nil {
				return err
			}
			last = r.Row
		}
		if len(list) < page {
			return nil
		}
	}
}

func (i agencyImport) report(ctx context.Context, run agency.Run) error {
	err := i.eachRejection(ctx, run, func(r agency.Rejection) error {
		_, err := fmt.Fprintf(i.stdout, "row %d rejected: %s\n", r.Row, r.Reason)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(i.stdout, "read %d, created %d, updated %d, unchanged %d, rejected %d\n", run.Read, run.Created, run.Updated, run.Unchanged, run.Rejected)
	return err
}

// summary writes the object that other programs read, row by row: a file of
// nothing but bad rows must not fill the memory.
func (i agencyImport) summary(ctx context.Context, run agency.Run) error {
	_, err := fmt.Fprintf(i.stdout, `{"read":%d,"created":%d,"updated":%d,"unchanged":%d,"rejected":[`, run.Read, run.Created, run.Updated, run.Unchanged)
	if err != nil {
		return err
	}
	comma := ""
	err = i.eachRejection(ctx, run, func(r agency.Rejection) error {
		text, err := json.Marshal(struct {
			Row    int    `json:"row"`
			Reason string `json:"reason"`
		}{r.Row, string(r.Reason)})
		if err == nil {
			_, err = fmt.Fprintf(i.stdout, "%s%s", comma, text)
		}
		comma = ","
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(i.stdout, "]}")
	return err
}
