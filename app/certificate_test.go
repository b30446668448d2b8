package app_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/internal/country"
)

func TestACertificateIsCheckedByAnybodyAndARevokedOneSaysSo(t *testing.T) {
	l := openLicensed(t)
	head, anybody := l.visitor("agency_head@sample-office.example"), &visitor{&counter{server: l.server, log: l.log}, map[string]string{}}
	_, page := head.get(t, "/agency/certificate")
	wantText(t, page, "Licence to recruit workers for work abroad", "L-0001", "Thailand", "ថៃ")
	if page.Find("svg.fp-scan path").Length() != 1 {
		t.Error("no code to scan")
	}
	href, _ := page.Find(`main a[href*="/verify/"]`).Attr("href")
	path := href[strings.Index(href, "/verify/"):]
	_, page = anybody.get(t, path)
	wantText(t, page, "genuine and holds today", "L-0001", "Sample Recruitment")
	// Printed twice it is the same one; typed with what people do to it, too.
	if _, again := head.get(t, "/agency/certificate"); again.Find(`a[href="`+href+`"]`).Length() != 1 {
		t.Error("a second print is another certificate")
	}
	code := strings.TrimPrefix(path, "/verify/")
	_, page = anybody.get(t, "/verify/"+url.PathEscape(strings.ToLower(code[:10])+" - "+code[10:]))
	wantText(t, page, "genuine and holds today")

	touched := []byte(code)
	touched[20] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(strings.IndexByte("0123456789ABCDEFGHJKMNPQRSTVWXYZ", touched[20])+3)%32]
	for _, wrong := range []string{string(touched), "nonsense", code[:30], "%00", "%ff", strings.Repeat("A", 3000)} {
		if status, page := anybody.get(t, "/verify/"+wrong); status != http.StatusNotFound || strings.Contains(page.Text(), "holds today") {
			t.Errorf("%.20s: %d", wrong, status)
		}
	}
	// Under a key that is not believed any more, it is made anew, and once.
	signer, err := certificate.NewSigner(bytes.Repeat([]byte{9}, 32))
	if err != nil {
		t.Fatal(err)
	}
	anew := certificate.New(l.db.DB, l.clock, country.Home{Code: "KH", Zone: time.UTC}, signer, nil)
	for range 2 {
		c, err := anew.Issue(t.Context(), l.people["agency_head@sample-office.example"], l.agency)
		if _, reason := certificate.Read(c.Code, certificate.KeysOf(signer.Public())); err != nil || reason != certificate.Valid || c.Serial != 2 {
			t.Errorf("no. %d: %s, %v", c.Serial, reason, err)
		}
	}
	first, second := l.visitor("licensing_officer@ministry-hq.example"), l.signIn(t, "second@ministry.example")
	_, page = first.get(t, l.home()+"/certificate")
	wantText(t, page, "L-0001")
	l.decided(first, second, l.home()+"/steps/revoke", l.form(0, "ground", "licence_lent"))
	_, page = anybody.get(t, path)
	wantText(t, page, "This licence is gone.", "Do not pay")
	_, page = head.get(t, "/agency/certificate")
	wantText(t, page, "No certificate today")
	_, page = anybody.get(t, "/verify/revoked")
	if !strings.Contains(page.Text(), "L-0001 revoked") {
		t.Errorf("the list of those that do not hold: %s", page.Text())
	}
}

func TestWhoeverCheckedCanShowItLaterAndNothingIsKeptOfThem(t *testing.T) {
	l := openLicensed(t)
	anybody := &visitor{&counter{server: l.server, log: l.log}, map[string]string{}}
	_, page := anybody.get(t, "/agencies/sample")
	wantText(t, page, "Where it may send workers", "Thailand", "Nobody is registered to recruit for it")
	before := l.rows()
	res := anybody.send(t, "/agencies/sample", "/agencies/check", url.Values{"slug": {"sample"}})
	path := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(path, "/verify/") {
		t.Fatalf("%d %s", res.StatusCode, path)
	}
	if after := l.rows(); after != before {
		t.Errorf("%d rows became %d", before, after)
	}
	_, page = anybody.get(t, path)
	wantText(t, page, "Proof no. 1", "Sample Recruitment", "Licensed")
	first, second := l.visitor("licensing_officer@ministry-hq.example"), l.signIn(t, "second@ministry.example")
	l.decided(first, second, l.home()+"/steps/suspend", l.form(0, "ground", "licence_lent"))
	_, page = anybody.get(t, path)
	wantText(t, page, "Since then it has changed", "Suspended")
	if res := anybody.send(t, "/agencies/sample", "/agencies/check", url.Values{"slug": {"nobody"}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("a proof about nobody: %d", res.StatusCode)
	}
}

// rows counts what the whole database holds.
func (l *licensed) rows() (n int) {
	l.t.Helper()
	rows, err := l.super.Query(`SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			l.t.Fatal(err)
		}
		tables = append(tables, name)
	}
	for _, name := range tables {
		var one int
		if err := l.super.QueryRow(`SELECT count(*) FROM ` + name).Scan(&one); err != nil {
			l.t.Fatal(err)
		}
		n += one
	}
	return n
}
