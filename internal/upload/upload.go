package upload

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/fairpassage/portal/internal/fault"
)

// Limits.
const (
	MaxBytes  = 10 << 20
	MaxPages  = 100
	MaxPixels = 40_000_000
)

// Type is what a file is, as a media type.
type Type string

// The types that are taken.
const (
	PDF  Type = "application/pdf"
	JPEG Type = "image/jpeg"
	PNG  Type = "image/png"
)

// Claim is what the sender says of the file. Nothing rests on it but that it
// must not contradict the content.
type Claim struct {
	Name string // of the file, with its extension
	Type string // media type, or ""
}

// Scanned says what a virus scanner had to do with a file.
type Scanned string

// The states. A file in which something was found is refused.
const (
	Clean         Scanned = "clean"
	NotConfigured Scanned = "not_configured" // there is no scanner
	Unreachable   Scanned = "unreachable"    // there is one, and it gave no answer
)

// Viewable says whether there is a copy to look at, or why not.
type Viewable string

// The states.
const (
	Made       Viewable = "made"
	NoRenderer Viewable = "no_renderer" // poppler is not installed
)

// Image is one page of a viewing copy.
type Image struct {
	Type  Type // JPEG or PNG
	Bytes []byte
}

// Result is what became of a file that is taken.
type Result struct {
	Type   Type
	SHA256 [sha256.Size]byte // of the file as it was sent
	Pages  int               // 0: could not be counted, and was not checked
	View   Viewable
	Images []Image // one a page; none unless View is Made
	Scan   Scanned
}

// Scanner looks for viruses. Scan returns what was found, or "" for a file that
// is clean; an error says that it gave no answer.
type Scanner interface {
	Scan(ctx context.Context, data []byte) (found string, err error)
}

// Renderer counts and draws the pages of a PDF.
type Renderer interface {
	Pages(ctx context.Context, data []byte) (int, error)
	Draw(ctx context.Context, data []byte) ([]Image, error)
}

// Cleaner takes files. It is safe for concurrent use.
type Cleaner struct {
	scanner  Scanner
	renderer Renderer
	// large lets one file at a time be unpacked: a picture of 40 megapixels takes
	// a quarter of a gigabyte.
	large chan struct{}
}

// New returns a Cleaner. Both may be nil: a missing scanner and a missing
// renderer are said in every result.
func New(s Scanner, r Renderer) *Cleaner {
	return &Cleaner{scanner: s, renderer: r, large: make(chan struct{}, 1)}
}

// Take looks at a file and makes its viewing copy. What is wrong with it is a
// *Refusal; an Unavailable fault says that too many wait before it.
func (c *Cleaner) Take(ctx context.Context, claim Claim, data []byte) (Result, error) {
	kind, err := sniff(claim, data)
	if err != nil {
		return Result{}, err
	}
	r := Result{Type: kind, SHA256: sha256.Sum256(data)}
	if r.Scan, err = c.scan(ctx, data); err != nil {
		return Result{}, err
	}
	select {
	case c.large <- struct{}{}:
		defer func() { <-c.large }()
	case <-ctx.Done():
		return Result{}, fault.New(fault.Unavailable, "upload.error.busy")
	}
	if kind == PDF {
		err = c.takePDF(ctx, data, &r)
	} else {
		err = takeImage(data, &r)
	}
	if err != nil {
		return Result{}, err
	}
	return r, nil
}

func (c *Cleaner) scan(ctx context.Context, data []byte) (Scanned, error) {
	if c.scanner == nil {
		return NotConfigured, nil
	}
	found, err := c.scanner.Scan(ctx, data)
	if err != nil {
		return Unreachable, nil //nolint:nilerr // recorded and shown: a scanner that is down stops nobody
	}
	if found != "" {
		return "", refuse("virus")
	}
	return Clean, nil
}

func (c *Cleaner) takePDF(ctx context.Context, data []byte, r *Result) error {
	var err error
	if err = checkPDF(data); err != nil {
		return err
	}
	if c.renderer == nil {
		r.View = NoRenderer
		r.Pages, err = countPages(data)
		return err
	}
	if r.Pages, err = c.renderer.Pages(ctx, data); err != nil {
		return wrong(ctx, err)
	}
	if err := fewPages(r.Pages); err != nil {
		return err
	}
	if r.Images, err = c.renderer.Draw(ctx, data); err != nil {
		return wrong(ctx, err)
	}
	if len(r.Images) != r.Pages {
		return refuse("damaged")
	}
	r.View = Made
	return nil
}

func fewPages(n int) error {
	if n > MaxPages {
		return refuseWith("pages", map[string]any{"Pages": n, "Max": MaxPages})
	}
	return nil
}

// wrong turns a renderer's error into what the sender is told. A file that
// poppler cannot read is one that nobody could look at.
func wrong(ctx context.Context, err error) error {
	var known *Refusal
	switch {
	case errors.As(err, &known):
		return known
	case ctx.Err() != nil, errors.Is(err, errSlow):
		return refuse("slow")
	case errors.Is(err, errNotRun):
		return err
	}
	return refuse("damaged")
}
