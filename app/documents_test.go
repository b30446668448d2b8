package app_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/testkit"
)

// paperDesk is a ministry and an agency that hands in papers.
type paperDesk struct {
	*twin
	head, officer *visitor
}

func openPapers(t *testing.T) *paperDesk {
	t.Helper()
	w := openTwin(t, testkit.DB(t), append([]office{{"agency-1", "agency", "", "an agency", "", []identity.Role{identity.RoleAgencyHead}}}, twinUnits...)...)
	return &paperDesk{w, w.visitor("agency_head@agency-1.example"), w.visitor("licensing_officer@ministry-hq.example")}
}

type sentFile struct {
	field, name, kind string
	data              []byte
}

const papers = "/agency/documents"

// upload sends the form of the page with these fields and files.
func (v *visitor) upload(t *testing.T, fields map[string]string, files ...sentFile) *http.Response {
	t.Helper()
	return v.attach(t, papers, papers, fields, files...)
}

// attach is upload from any page to any address.
func (v *visitor) attach(t *testing.T, from, to string, fields map[string]string, files ...sentFile) *http.Response {
	t.Helper()
	_, page := v.get(t, from)
	fields["_csrf"] = page.Find(`input[name="_csrf"]`).First().AttrOr("value", "")
	body, kind := multi(t, fields, files...)
	req := httptest.NewRequest(http.MethodPost, to, body)
	req.Header.Set("Content-Type", kind)
	return v.do(t, req)
}

func multi(t *testing.T, fields map[string]string, files ...sentFile) (*bytes.Buffer, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		head := textproto.MIMEHeader{}
		head.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, f.field, f.name))
		head.Set("Content-Type", f.kind)
		part, err := w.CreatePart(head)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &body, w.FormDataContentType()
}

func scanOf(t *testing.T, side int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		m.Pix[i] = byte(i * i >> 3)
	}
	m.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func scan(t *testing.T) sentFile {
	t.Helper()
	return sentFile{"file", "lease of Sok Sample.png", "image/png", scanOf(t, 20)}
}

func lease() map[string]string {
	return map[string]string{"kind": "office_lease", "expires_on_day": "1", "expires_on_month": "5", "expires_on_year": "2033"}
}

func TestAnAgencyHandsInAPaperAndAnOfficerLooksAtIt(t *testing.T) {
	b := openPapers(t)
	if res := b.head.upload(t, lease(), scan(t)); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != papers {
		t.Fatalf("%d\n%s", res.StatusCode, document(t, res.Body).Find("main").Text())
	}
	_, page := b.head.get(t, papers)
	wantText(t, page, "Lease or deed of the office", "1 May 2033", "Not scanned")
	href := page.Find(`main a[href^="/documents/"]`).AttrOr("href", "")
	if strings.Contains(page.Text(), "Sok Sample") {
		t.Error("a list tells the names of files")
	}
	agency := b.people["agency_head@agency-1.example"].AgencyID
	_, folder := b.officer.get(t, "/ministry/agencies/"+agency.String()+"/documents")
	if folder.Find(`a[href="`+href+`"]`).Length() != 1 || folder.Find(`input[type="file"]`).Length() != 0 {
		t.Error("the officer's page is another")
	}
	for who, v := range map[string]*visitor{"the agency": b.head, "an officer": b.officer} {
		_, shown := v.get(t, href)
		wantText(t, shown, "lease of Sok Sample.png", "1 May 2033", "Sealed to the national police unit")
		picture := shown.Find(".fp-sheets img").AttrOr("src", "")
		if shown.Find(".fp-sheets img").AttrOr("alt", "") != "Page 1 of 1" {
			t.Errorf("%s: the picture has no words", who)
		}
		res := v.do(t, httptest.NewRequest(http.MethodGet, picture, nil))
		for name, want := range map[string]string{
			"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"Content-Disposition": `inline; filename="page-1.png"`, "Content-Type": "image/png", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", who, name, got, want)
			}
		}
		if m, err := png.Decode(res.Body); err != nil || m.Bounds().Dx() != 20 {
			t.Errorf("%s: %v", who, err)
		}
		if code, _ := v.get(t, href+"/pages/2"); code != http.StatusNotFound {
			t.Errorf("%s: a second page: %d", who, code)
		}
	}
}

func TestAPaperIsTakenBack(t *testing.T) {
	b := openPapers(t)
	b.head.upload(t, lease(), scan(t))
	_, page := b.head.get(t, papers)
	href := page.Find(`main a[href^="/documents/"]`).AttrOr("href", "")
	_, shown := b.head.get(t, href)
	action := shown.Find(`main form`).AttrOr("action", "")
	if res := b.head.send(t, href, action, map[string][]string{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d", res.StatusCode)
	}
	if _, page := b.head.get(t, papers); page.Find(`main a[href^="/documents/"]`).Length() != 0 {
		t.Error("it is listed")
	}
	if code, _ := b.officer.get(t, href+"/pages/1"); code != http.StatusNotFound {
		t.Errorf("its page: %d", code)
	}
	_, shown = b.officer.get(t, href)
	wantText(t, shown, "Taken back on 6 January 2031")
	res := b.head.send(t, papers, action, map[string][]string{})
	if res.StatusCode != http.StatusConflict {
		t.Errorf("a second time: %d", res.StatusCode)
	}
	wantText(t, document(t, res.Body), "can no longer be changed")
}

// pages is a PDF of so many pages, as far as one can see without reading it.
func pagesOf(n int) []byte {
	return []byte("%PDF-1.4\n<< /Type /Pages /Count " + fmt.Sprint(n) + " >>\n" + strings.Repeat("<< /Type /Page >>\n", n) + "%%EOF\n")
}

func TestWhatIsWrongWithAFileIsSaidAtTheFieldWithTheFormKept(t *testing.T) {
	b := openPapers(t)
	file := func(name, kind string, data []byte) []sentFile { return []sentFile{{"file", name, kind, data}} }
	for name, c := range map[string]struct {
		files []sentFile
		says  string
	}{
		"none":              {nil, "Choose a file"},
		"nothing chosen":    {file("", "application/octet-stream", nil), "Choose a file"},
		"two":               {append(file("a.png", "image/png", scanOf(t, 4)), sentFile{"other", "b.png", "image/png", scanOf(t, 4)}), "one file at a time"},
		"empty":             {file("a.pdf", "application/pdf", nil), "empty"},
		"two hundred pages": {file("a.pdf", "application/pdf", pagesOf(200)), "has 200 pages; at most 100"},
		"a ZIP":             {file("a.pdf", "application/pdf", []byte("PK\x03\x04rest of it")), "archive"},
		"a wrong name":      {file("a.pdf", "", scanOf(t, 4)), "ends in .pdf, but it is a PNG"},
		"too large":         {file("a.png", "image/png", append(scanOf(t, 4), make([]byte, 10<<20)...)), "larger than 10 MB"},
	} {
		res := b.head.upload(t, lease(), c.files...)
		page := document(t, res.Body)
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page.Find("#file-error").Text(), c.says) || page.Find(".govuk-error-summary a[href='#file']").Length() != 1 {
			t.Errorf("%s: %d, %q", name, res.StatusCode, page.Find("#file-error").Text())
		}
		if page.Find(`option[value="office_lease"][selected]`).Length() != 1 || page.Find(`input[name="expires_on_year"]`).AttrOr("value", "") != "2033" {
			t.Errorf("%s: the form was not kept", name)
		}
	}
	for field, spoil := range map[string]func(map[string]string){
		"kind":       func(f map[string]string) { f["kind"] = "" },
		"expires_on": func(f map[string]string) { f["expires_on_year"] = "2020" },
	} {
		fields := lease()
		spoil(fields)
		res := b.head.upload(t, fields, scan(t))
		if page := document(t, res.Body); res.StatusCode != http.StatusUnprocessableEntity || page.Find("#"+field+"-error").Length() != 1 {
			t.Errorf("%s: %d", field, res.StatusCode)
		}
	}
	_, page := b.head.get(t, papers)
	if page.Find(`main a[href^="/documents/"]`).Length() != 0 {
		t.Error("something was taken")
	}
}

// A form with a file stays in memory: were a byte of it put on disk, there would be
// no place for that.
func TestAFileOfTenMegabytesTouchesNoDisk(t *testing.T) {
	b := openPapers(t)
	large := scanOf(t, 3200) // ten megabytes of grey, all but a little
	if len(large) < 10_000_000 || len(large) > 10<<20 {
		t.Fatalf("%d bytes", len(large))
	}
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	t.Setenv("TMPDIR", nowhere)
	if os.TempDir() != nowhere {
		t.Fatal("files would go elsewhere")
	}
	res := b.head.upload(t, lease(), sentFile{"file", "scan.png", "image/png", large})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d\n%s", res.StatusCode, document(t, res.Body).Find("main").Text())
	}
	if _, err := os.Stat(nowhere); !os.IsNotExist(err) {
		t.Error("something was put on disk")
	}
}

// The server itself holds the limit, so this talks over a real connection.
func TestNoOtherAddressTakesABodyOfThatSize(t *testing.T) {
	b := openPapers(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = b.server.Listener(listener) }()
	t.Cleanup(func() { _ = b.server.ShutdownWithTimeout(time.Second) })
	for _, r := range b.routesThatTake() {
		body, kind := multi(t, map[string]string{}, sentFile{"file", "a.png", "image/png", make([]byte, 3<<20)})
		res, err := http.Post("http://"+listener.Addr().String()+r, kind, body)
		if err != nil {
			continue // closed before all was sent
		}
		_ = res.Body.Close()
		if took := res.StatusCode != http.StatusRequestEntityTooLarge; took != (r == papers || strings.HasSuffix(r, "/photos")) {
			t.Errorf("%s answers three megabytes with %d", r, res.StatusCode)
		}
	}
}

func (b *paperDesk) routesThatTake() (paths []string) {
	for _, r := range b.server.GetRoutes(true) {
		if r.Method == http.MethodPost {
			paths = append(paths, strings.NewReplacer(":id", unitOf("anything").String()).Replace(r.Path))
		}
	}
	return paths
}
