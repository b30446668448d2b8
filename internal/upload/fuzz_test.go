package upload_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/upload"
)

// Whatever comes, it is refused with a message or becomes pictures that open and
// carry nothing beside their pixels.
func FuzzTake(f *testing.F) {
	photo := jpegOf(f, quarters(16, 16))
	for _, seed := range [][]byte{
		photo, exif(photo, binary.BigEndian, 6), pngOf(f, quarters(16, 16)), pdfOf(2), pdfOf(101), bomb(1<<20, 1<<20),
		photo[:30], []byte("%PDF-"),
		{0xff, 0xd8, 0xff},
		[]byte("\x89PNG\r\n\x1a\n"), []byte("PK\x03\x04"),
		{},
	} {
		f.Add("file.pdf", "", seed)
	}
	c := upload.New(nil, nil)
	f.Fuzz(func(t *testing.T, name, claimed string, data []byte) {
		// A few hundred pixels a side are enough for finding mistakes.
		if conf, err := png.DecodeConfig(bytes.NewReader(data)); err == nil && conf.Width*conf.Height > 1<<20 {
			return
		}
		if conf, err := jpeg.DecodeConfig(bytes.NewReader(data)); err == nil && conf.Width*conf.Height > 1<<20 {
			return
		}
		r, err := c.Take(t.Context(), upload.Claim{Name: name, Type: claimed}, data)
		if err != nil {
			var known *upload.Refusal
			if !errors.As(err, &known) || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("no refusal: %v", err)
			}
			return
		}
		for _, page := range r.Images {
			decoded(t, page)
			if bytes.Contains(page.Bytes, []byte("Exif")) && page.Type == upload.JPEG {
				t.Fatal("something is left")
			}
		}
	})
}
