package upload_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/upload"
)

// poppler is needed by whoever runs these tests: scripts/need installs it.
func poppler(t testing.TB) *upload.Poppler {
	t.Helper()
	p := upload.FindPoppler(t.Context())
	if p == nil {
		t.Fatal("pdfinfo and pdftoppm are not installed: run scripts/need poppler")
	}
	return p
}

func take(t testing.TB, c *upload.Cleaner, claim upload.Claim, data []byte) upload.Result {
	t.Helper()
	r, err := c.Take(t.Context(), claim, data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func decoded(t testing.TB, i upload.Image) image.Image {
	t.Helper()
	read := jpeg.Decode
	if i.Type == upload.PNG {
		read = png.Decode
	}
	m, err := read(bytes.NewReader(i.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// corner names the colour of a place of quarters.
func corner(c color.Color) string {
	r, g, b, _ := c.RGBA()
	const half = 0x8000
	switch {
	case r > half && g < half && b < half:
		return "red"
	case g > half && r < half:
		return "green"
	case b > half && r < half:
		return "blue"
	case r < half:
		return "black"
	}
	return "white"
}

func corners(m image.Image) [4]string {
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	at := func(x, y int) string { return corner(m.At(b.Min.X+x, b.Min.Y+y)) }
	return [4]string{at(w/4, h/4), at(3*w/4, h/4), at(w/4, 3*h/4), at(3*w/4, 3*h/4)}
}

func TestAPhotoIsTurnedTheWayItsCameraWasHeldAndSaysNothingElse(t *testing.T) {
	c := upload.New(nil, nil)
	plain := jpegOf(t, quarters(64, 32))
	for orientation, want := range map[int][4]string{
		1: {"red", "green", "blue", "black"}, 2: {"green", "red", "black", "blue"},
		3: {"black", "blue", "green", "red"}, 4: {"blue", "black", "red", "green"},
		5: {"red", "blue", "green", "black"}, 6: {"blue", "red", "black", "green"},
		7: {"black", "green", "blue", "red"}, 8: {"green", "black", "red", "blue"},
		9: {"red", "green", "blue", "black"},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			data := exif(plain, order, orientation)
			if !bytes.Contains(data, []byte(gps)) {
				t.Fatal("the test's photo says no place")
			}
			r := take(t, c, upload.Claim{Name: "photo.JPG", Type: "image/jpeg"}, data)
			m := decoded(t, r.Images[0])
			if got := corners(m); got != want {
				t.Errorf("%s, orientation %d: %v, want %v", order, orientation, got, want)
			}
			if tall := m.Bounds().Dy() > m.Bounds().Dx(); tall != (orientation >= 5 && orientation <= 8) {
				t.Errorf("orientation %d: %v", orientation, m.Bounds())
			}
			for _, left := range []string{gps, "Exif", "11.5564"} {
				if bytes.Contains(r.Images[0].Bytes, []byte(left)) {
					t.Errorf("orientation %d: %q is left", orientation, left)
				}
			}
			if r.SHA256 != sha256.Sum256(data) || r.Pages != 1 || r.View != upload.Made || r.Scan != upload.NotConfigured {
				t.Errorf("%+v", r)
			}
		}
	}
}

func TestAPicturesCommentsAndTextsAreGone(t *testing.T) {
	c := upload.New(nil, nil)
	picture := pngOf(t, quarters(20, 20))
	ihdr := len("\x89PNG\r\n\x1a\n") + 25
	withText := append(append(bytes.Clone(picture[:ihdr]), chunk("tEXt", []byte("Author\x00"+gps))...), picture[ihdr:]...)
	for name, data := range map[string][]byte{
		"PNG": withText, "JPEG": segment(jpegOf(t, quarters(20, 20)), 0xfe, []byte(gps)),
	} {
		r := take(t, c, upload.Claim{}, data)
		if bytes.Contains(r.Images[0].Bytes, []byte("11.5564")) {
			t.Errorf("%s: the text is left", name)
		}
		if got := corners(decoded(t, r.Images[0])); got != [4]string{"red", "green", "blue", "black"} {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestALargePictureIsMadeSmallForTheScreenAndNothingHidesInTransparency(t *testing.T) {
	c := upload.New(nil, nil)
	r := take(t, c, upload.Claim{}, pngOf(t, quarters(5300, 100)))
	if b := decoded(t, r.Images[0]).Bounds(); b.Dx() > 2600 || b.Dx() < 1000 {
		t.Errorf("%v", b)
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 10, 10))
	for i := range clear.Pix {
		if i%4 != 3 {
			clear.Pix[i] = 77
		}
	}
	if got := corner(decoded(t, take(t, c, upload.Claim{}, pngOf(t, clear)).Images[0]).At(5, 5)); got != "white" {
		t.Errorf("what is transparent shows %s", got)
	}
}

func zipOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("content of " + name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// polyglotPDF is a PDF with a ZIP as one of its streams: both open.
func polyglotPDF(t testing.TB) []byte {
	t.Helper()
	data := append([]byte("%PDF-1.4\n9 0 obj\n<< /Length 100 >>\nstream\n"), zipOf(t, "a.txt")...)
	return append(data, append([]byte("\nendstream\nendobj\n"), pdfOf(1)[9:]...)...)
}

func TestWhatIsWrongWithAFileIsSaid(t *testing.T) {
	photo, picture, pdf := jpegOf(t, quarters(40, 40)), pngOf(t, quarters(40, 40)), pdfOf(2)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	cases := map[string]struct {
		claim upload.Claim
		data  []byte
		want  string
	}{
		"nothing":                        {data: nil, want: "empty"},
		"eleven megabytes":               {data: join(photo, make([]byte, 11<<20)), want: "too_large"},
		"a ZIP":                          {data: zipOf(t, "a.txt"), want: "zip"},
		"a ZIP that says it is a PDF":    {claim: upload.Claim{Name: "contract.pdf", Type: "application/pdf"}, data: zipOf(t, "contract.pdf"), want: "zip"},
		"an empty ZIP":                   {data: zipOf(t), want: "zip"},
		"a text document":                {data: zipOf(t, "[Content_Types].xml", "word/document.xml"), want: "office"},
		"an old text document":           {data: []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), want: "office"},
		"a page":                         {data: []byte("\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>"), want: "html"},
		"a drawing with scripts":         {data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), want: "html"},
		"a shell script":                 {data: []byte("#!/bin/sh\nrm -rf /"), want: "program"},
		"a program":                      {data: []byte("MZ\x90\x00rest"), want: "program"},
		"a picture of an iPhone":         {data: []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), want: "other_image"},
		"a GIF":                          {data: []byte("GIF89a\x01\x00\x01\x00"), want: "other_image"},
		"a text":                         {data: []byte("I am a text."), want: "type"},
		"a PDF by its name":              {claim: upload.Claim{Name: "scan.pdf"}, data: photo, want: "extension"},
		"a page by its name":             {claim: upload.Claim{Name: "scan.jpg.html"}, data: photo, want: "extension"},
		"a page by its name, with a dot": {claim: upload.Claim{Name: "scan.html. "}, data: photo, want: "extension"},
		"a page by what the sender says": {claim: upload.Claim{Name: "scan.jpg", Type: "text/html; charset=utf-8"}, data: photo, want: "claimed"},
		"another kind of picture":        {claim: upload.Claim{Type: "image/png"}, data: photo, want: "claimed"},
		"a PDF behind other bytes":       {data: join([]byte("GARBAGE\n"), pdf), want: "polyglot"},
		"a page before a PDF":            {data: join([]byte("<html>"), pdf), want: "html"},
		"a PDF with a ZIP behind it":     {data: join(pdf, zipOf(t, "a.txt")), want: "polyglot"},
		"a PDF with a ZIP in it":         {data: polyglotPDF(t), want: "polyglot"},
		"a photo with a ZIP behind it":   {data: join(photo, zipOf(t, "a.txt")), want: "polyglot"},
		"a photo with a ZIP in a note":   {data: segment(photo, 0xfe, zipOf(t, "a.txt")), want: "polyglot"},
		"a photo with more behind it":    {data: join(photo, []byte("<script>alert(1)</script>")), want: "trailing"},
		"a photo with another behind it": {data: join(photo, photo), want: "trailing"},
		"a picture with more behind it":  {data: join(picture, []byte{0}), want: "trailing"},
		"a PDF with more behind it":      {data: join(pdf, []byte("<script>")), want: "trailing"},
		"a PDF far before the end":       {data: join(pdf, bytes.Repeat([]byte("x"), 4000)), want: "trailing"},
		"half a photo":                   {data: photo[:len(photo)/2], want: "truncated"},
		"a photo without its last byte":  {data: photo[:len(photo)-1], want: "truncated"},
		"half a picture":                 {data: picture[:len(picture)-20], want: "truncated"},
		"half a PDF":                     {data: pdf[:len(pdf)/2], want: "truncated"},
		"the beginning of a photo":       {data: photo[:4], want: "truncated"},
		"a photo of nothing":             {data: []byte{0xff, 0xd8, 0xff, 0xd9}, want: "damaged"},
		"a picture of 40,001 × 1,000":    {data: bomb(40_001, 1000), want: "pixels"},
		"a picture of 100,000 squared":   {data: bomb(100_000, 100_000), want: "pixels"},
		"a picture that holds nothing":   {data: bomb(10, 10), want: "damaged"},
		"a locked PDF":                   {data: pdfOf(1, "/Encrypt << /Filter /Standard /V 1 >>"), want: "encrypted"},
		"two hundred pages":              {data: pdfOf(200), want: "pages"},
		"a PDF of nothing":               {data: []byte("%PDF-1.7\n%%EOF\n"), want: "damaged"},
	}
	c := upload.New(nil, poppler(t))
	for name, k := range cases {
		_, err := c.Take(t.Context(), k.claim, k.data)
		var r *upload.Refusal
		if !errors.As(err, &r) || r.Code != "upload.error."+k.want {
			t.Errorf("%s: %v, want %s", name, err, k.want)
			continue
		}
		if fault.KindOf(err) != fault.Invalid || fault.FieldsOf(err)["file"] != r.Code {
			t.Errorf("%s: no fault at the field", name)
		}
	}
}

func TestOfTooManyPagesItIsSaidHowManyThereAreAndHowManyAreTaken(t *testing.T) {
	for name, c := range map[string]*upload.Cleaner{"with poppler": upload.New(nil, poppler(t)), "without": upload.New(nil, nil)} {
		_, err := c.Take(t.Context(), upload.Claim{}, pdfOf(200))
		var r *upload.Refusal
		if !errors.As(err, &r) || r.Args["Pages"] != 200 || r.Args["Max"] != 100 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestAPDFIsDrawnPageByPage(t *testing.T) {
	r := take(t, upload.New(nil, poppler(t)), upload.Claim{Name: "contract.pdf", Type: "application/pdf"}, pdfOf(3))
	if r.Pages != 3 || r.View != upload.Made || len(r.Images) != 3 {
		t.Fatalf("%d pages, %d drawn, %s", r.Pages, len(r.Images), r.View)
	}
	for i, page := range r.Images {
		m := decoded(t, page)
		b := m.Bounds()
		if b.Dy() != 1600 || corner(m.At(b.Dx()/5, b.Dy()*7/8)) != "red" || corner(m.At(b.Dx()/2, 10)) != "white" {
			t.Errorf("page %d: %v, %s", i+1, b, corner(m.At(b.Dx()/5, b.Dy()*7/8)))
		}
	}
	if bytes.Equal(r.Images[0].Bytes, r.Images[1].Bytes) {
		t.Error("two pages look alike")
	}
}

func TestAHundredPagesAreTaken(t *testing.T) {
	if r := take(t, upload.New(nil, poppler(t)), upload.Claim{}, pdfOf(100)); len(r.Images) != 100 {
		t.Errorf("%d pages", len(r.Images))
	}
}

func TestWithoutPopplerThereIsNoViewingCopyAndItIsSaid(t *testing.T) {
	c := upload.New(nil, nil)
	r := take(t, c, upload.Claim{}, pdfOf(3))
	if r.View != upload.NoRenderer || len(r.Images) != 0 || r.Pages != 3 {
		t.Errorf("%+v", r)
	}
	// What cannot be counted is not checked, and never fine.
	hidden := bytes.ReplaceAll(pdfOf(3), []byte("/Type /Page "), []byte("/Tipe /Page "))
	if r := take(t, c, upload.Claim{}, hidden); r.Pages != 0 {
		t.Errorf("%d pages were counted", r.Pages)
	}
}

type stubborn struct{ upload.Renderer }

func (stubborn) Pages(ctx context.Context, _ []byte) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

func TestADocumentThatTakesTooLongIsRefusedAndTheNextIsTaken(t *testing.T) {
	c := upload.New(nil, stubborn{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Take(ctx, upload.Claim{}, pdfOf(1))
	var r *upload.Refusal
	if errors.As(err, &r) && r.Code != "upload.error.slow" || err == nil {
		t.Errorf("%v", err)
	}
	if r := take(t, c, upload.Claim{}, pngOf(t, quarters(8, 8))); r.View != upload.Made {
		t.Errorf("%+v", r)
	}
}

func TestOneFileAtATimeIsUnpacked(t *testing.T) {
	busy := make(chan struct{})
	release := make(chan struct{})
	c := upload.New(nil, gate{busy: busy, release: release})
	done := make(chan error, 1)
	go func() {
		_, err := c.Take(context.Background(), upload.Claim{}, pdfOf(1))
		done <- err
	}()
	<-busy
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Take(ctx, upload.Claim{}, pngOf(t, quarters(8, 8))); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("while another is unpacked: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type gate struct{ busy, release chan struct{} }

func (g gate) Pages(context.Context, []byte) (int, error) {
	g.busy <- struct{}{}
	<-g.release
	return 1, nil
}

func (gate) Draw(context.Context, []byte) ([]upload.Image, error) {
	return make([]upload.Image, 1), nil
}
