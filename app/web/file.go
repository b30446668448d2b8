package web

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// File is one that was sent in a form, and what the sender says of it.
type File struct {
	Name, Type string
	Bytes      []byte
}

// File reads the only file of a multipart form, from the field of that name. What
// is wrong is noted at the field of sent, and then ok is false. The bytes are a
// copy, in memory: on the routes that may take one (Route.Upload) no form is large
// enough to be put on disk.
func (w *Web) File(c *fiber.Ctx, field string, sent *views.Form) (file File, ok bool, err error) {
	note := func(code string) { sent.Errors[field] = code }
	if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		note("upload.error.none")
		return File{}, false, nil
	}
	form, err := c.MultipartForm()
	if err != nil {
		return File{}, false, fault.New(fault.Invalid, "problem.body")
	}
	n := 0
	for _, all := range form.File {
		n += len(all)
	}
	heads := form.File[field]
	switch {
	case n > 1:
		note("upload.error.several")
		return File{}, false, nil
	case len(heads) == 0 || heads[0].Filename == "" && heads[0].Size == 0:
		note("upload.error.none")
		return File{}, false, nil
	}
	from, err := heads[0].Open()
	if err != nil {
		return File{}, false, fault.New(fault.Invalid, "problem.body")
	}
	var data bytes.Buffer
	_, err = io.Copy(&data, from)
	if errors.Join(err, from.Close()) != nil {
		return File{}, false, fault.New(fault.Invalid, "problem.body")
	}
	return File{
		Name: strings.Clone(heads[0].Filename), Type: strings.Clone(heads[0].Header.Get(fiber.HeaderContentType)), Bytes: data.Bytes(),
	}, true, nil
}
