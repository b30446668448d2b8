package upload

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	pageSide    = 1600     // pixels along the longer side of a page
	maxDrawn    = 96 << 20 // bytes of all pages
	readTime    = 10 * time.Second
	drawTime    = 40 * time.Second
	pageQuality = "quality=80"
)

var (
	errSlow   = errors.New("upload: a document took too long to draw")
	errNotRun = errors.New("upload: poppler could not be started")

	pagesLine = regexp.MustCompile(`(?m)^Pages:\s+(\d{1,9})\s*$`)
	encLine   = regexp.MustCompile(`(?m)^Encrypted:\s+yes`)
)

// limits hold the program that reads a stranger's file: a gigabyte of memory, 60
// seconds of processor, few descriptors, and no byte into any file.
const limits = `ulimit -v 1048576; ulimit -t 60; ulimit -f 0; ulimit -n 64; ulimit -c 0; exec "$@"`

// Poppler draws by the programs pdfinfo and pdftoppm. It is safe for concurrent
// use.
type Poppler struct {
	info, draw string
	attr       func() *syscall.SysProcAttr
}

// FindPoppler looks for both programs. Without them it returns nil: then there
// are no viewing copies of PDFs.
func FindPoppler(ctx context.Context) *Poppler {
	info, err := exec.LookPath("pdfinfo")
	if err != nil {
		return nil
	}
	draw, err := exec.LookPath("pdftoppm")
	if err != nil {
		return nil
	}
	p := &Poppler{info: info, draw: draw, attr: apart}
	// Where the system lets nobody make a network of their own, it draws without.
	if _, _, err := p.run(ctx, readTime, 1<<10, nil, info, "-v"); errors.Is(err, errNotRun) {
		p.attr = func() *syscall.SysProcAttr { return nil }
	}
	return p
}

// Apart reports whether the programs run without a network.
func (p *Poppler) Apart() bool { return p.attr() != nil }

// Pages counts the pages. An encrypted document is a *Refusal.
func (p *Poppler) Pages(ctx context.Context, data []byte) (int, error) {
	out, said, err := p.run(ctx, readTime, 1<<20, data, p.info, "-")
	if strings.Contains(said, "Incorrect password") || encLine.Match(out) {
		return 0, refuse("encrypted")
	}
	if err != nil {
		return 0, err
	}
	found := pagesLine.FindSubmatch(out)
	if found == nil {
		return 0, refuse("damaged")
	}
	n, err := strconv.Atoi(string(found[1]))
	if err != nil || n < 1 {
		return 0, refuse("damaged")
	}
	return n, nil
}

// Draw draws every page as a JPEG.
func (p *Poppler) Draw(ctx context.Context, data []byte) ([]Image, error) {
	out, _, err := p.run(ctx, drawTime, maxDrawn, data, p.draw,
		"-q", "-jpeg", "-jpegopt", pageQuality, "-l", strconv.Itoa(MaxPages), "-scale-to", strconv.Itoa(pageSide), "-")
	if err != nil {
		return nil, err
	}
	var all []Image
	for len(out) > 0 {
		end, _, whole := jpegEnd(out)
		if !whole || !bytes.HasPrefix(out, markJPEG) {
			return nil, errors.New("upload: a page that is no picture was drawn")
		}
		size, err := jpeg.DecodeConfig(bytes.NewReader(out[:end]))
		if err != nil || size.Width > pageSide || size.Height > pageSide {
			return nil, errors.New("upload: a page that is no picture was drawn")
		}
		all = append(all, Image{Type: JPEG, Bytes: bytes.Clone(out[:end])})
		out = out[end:]
	}
	return all, nil
}

// run gives the document to a program and takes what it writes, up to most bytes.
func (p *Poppler) run(ctx context.Context, limit time.Duration, most int, data []byte, name string, args ...string) (out []byte, said string, err error) {
	inner, cancel := context.WithTimeoutCause(ctx, limit, errSlow)
	defer cancel()
	cmd := exec.CommandContext(inner, "/bin/sh", append([]string{"-c", limits, "sh", name}, args...)...) //nolint:gosec // G204: the programs that LookPath found, with our own arguments
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=/nonexistent"}
	cmd.Dir = "/"
	cmd.SysProcAttr = p.attr()
	cmd.WaitDelay = time.Second
	cmd.Stdin = bytes.NewReader(data)
	stdout, stderr := &capped{most: most}, &capped{most: 4 << 10}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("%w: %w", errNotRun, err)
	}
	err = cmd.Wait()
	switch {
	case inner.Err() != nil:
		return nil, "", context.Cause(inner)
	case stdout.full:
		return nil, "", errors.New("upload: more was drawn than is taken")
	}
	return stdout.Bytes(), stderr.String(), err
}

// capped takes so many bytes and no more.
type capped struct {
	bytes.Buffer

	most int
	full bool
}

func (c *capped) Write(p []byte) (int, error) {
	if c.Len()+len(p) > c.most {
		c.full = true
		return 0, io.ErrShortWrite
	}
	return c.Buffer.Write(p)
}
