package public_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/audit"
)

// file fetches what the browser would save.
func (b *browser) file(t *testing.T, path string) (status int, header http.Header, body string) {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for name, value := range b.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := b.o.server.Test(req, 30_000)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

func TestTheHolderOfAReceiptGetsProofOfTheirOwnComplaint(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	tell(t, o, b)
	receipt := b.receipt()
	b.press(t, "/complaints", "")
	other := o.browser("en")
	tell(t, o, other)
	other.press(t, "/complaints", "")

	b = o.browser("en")
	b.get(t, "/complaints/check")
	b.press(t, "/complaints/check", "", "receipt", receipt)
	link, ok := b.page.Find(`main a[href="/complaints/mine/proof"]`).Attr("href")
	if !ok {
		t.Fatal("the page of the receipt does not lead to the proof")
	}
	b.get(t, link)
	if !strings.Contains(b.text(), "in about a minute") || b.page.Find(`a[href="/complaints/mine/proof/file"]`).Length() != 0 {
		t.Fatalf("before the log is signed: %s\n%s", b.text(), o.log.String())
	}
	if err := o.audit.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.get(t, link)
	if b.page.Find(`a[href="/complaints/mine/proof/file"]`).Length() != 1 {
		t.Fatalf("after the log was signed: %s", b.text())
	}
	status, header, text := b.file(t, "/complaints/mine/proof/file")
	if status != http.StatusOK || header.Get("Content-Disposition") != `attachment; filename="record.txt"` || header.Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d, %v", status, header)
	}
	var proof audit.Proof
	if err := proof.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if _, err := proof.Verify(o.audit.Verifier()); err != nil {
		t.Fatal(err)
	}
	n := o.count(t, `SELECT count(*) FROM complaints c JOIN receipt_sessions s ON s.complaint_id = c.id WHERE $1 LIKE '%object ' || c.id || '%'`, string(proof.Leaf))
	if n != 1 || !strings.Contains(string(proof.Leaf), `did "complaint.filed"`) || !strings.Contains(string(proof.Leaf), "person -\nunit -\n") {
		t.Errorf("proved is:\n%s", proof.Leaf)
	}

	stranger := o.browser("en")
	for _, path := range []string{link, "/complaints/mine/proof/file"} {
		stranger.get(t, path)
		if stranger.page.Find(`input[name="receipt"]`).Length() != 1 {
			t.Errorf("%s is answered without a receipt", path)
		}
	}
}

func TestTheCheckpointIsPublic(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	if status, _, _ := b.file(t, "/checkpoint"); status != http.StatusServiceUnavailable {
		t.Errorf("before the first: status %d", status)
	}
	if err := o.audit.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	status, header, text := b.file(t, "/checkpoint")
	c, err := audit.OpenCheckpoint([]byte(text), o.audit.Verifier())
	if status != http.StatusOK || err != nil || c.Size != 256 || !strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		t.Fatalf("status %d, %v, %v: %s", status, header, err, text)
	}
	if _, _, key := b.file(t, "/checkpoint/key"); key != o.audit.VerifierKey()+"\n" {
		t.Errorf("the key is %q", key)
	}
}
