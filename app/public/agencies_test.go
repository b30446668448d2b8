package public_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	agencies "github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// library is the register's pages over a real database.
type library struct {
	server *fiber.App
	log    bytes.Buffer
}

func openLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{}
	db, clk := testkit.DB(t), testkit.Clock()
	hasher, err := matching.NewHasher(bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	enter := agency.New(db.DB, hasher, clk)
	var licensed uuid.UUID
	records := []agency.Record{
		{Source: "hk-eaa-2021", NameLatin: "Golden Dragonfly Agency", NameLocal: "金蜻蜓僱傭中心", Phones: "5540 0001", Kinds: []string{"domestic_foreign", "Sea work"}, ValidSinceYear: 2019, Regions: []string{"HK"}},
		{Source: "test", NameLatin: "Kind Harbour Co., Ltd.", NameLocal: "កំពង់ផែសប្បុរស", LicenceNo: "KH/42", Phones: "012 345 678", People: []string{"Chan Invented"}, Regions: []string{"KH"}},
	}
	for n := range 25 {
		records = append(records, agency.Record{Source: "test", NameLatin: fmt.Sprintf("Crowded Name %c", 'A'+n)})
	}
	for _, r := range records {
		entered, err := enter.EnterAlone(t.Context(), identity.System("test"), r)
		if err != nil {
			t.Fatal(err)
		}
		if r.LicenceNo != "" {
			licensed = entered.ID
		}
	}
	for _, statement := range []string{
		`INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES (gen_random_uuid(), $1, '2025-01-01', '2026-12-31')`,
		`INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES (gen_random_uuid(), $1, 'granted', '2025-01-01')`,
		`INSERT INTO licence_events (id, agency_id, kind, on_day, reason) VALUES (gen_random_uuid(), $1, 'suspended', '2025-06-01', 'Fees above the cap')`,
		`INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES (gen_random_uuid(), $1, 'reinstated', '2025-07-01')`,
	} {
		if _, err := db.Super(t).Exec(statement, licensed); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	base, _ := url.Parse("http://localhost:8080")
	conf := web.Config{BaseURL: base, Demo: true, CSRFKey: bytes.Repeat([]byte{7}, 32)}
	edge, err := web.New(conf, pages, identity.NewSessions(db.DB, testkit.People(clk)), slog.New(slog.NewTextHandler(&l.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	a := public.NewAgencies(edge, agencies.New(db.DB, clk, country.Home{Code: "KH", Zone: time.UTC}), true)
	l.server = fiber.New(fiber.Config{Immutable: true, ErrorHandler: edge.Problem, DisableStartupMessage: true})
	for _, r := range []web.Route{
		{Method: "GET", Path: "/agencies", Surface: web.Public, Action: authority.PublicRead, Handler: a.Search},
		{Method: "GET", Path: "/agencies/+", Surface: web.Public, Action: authority.PublicRead, Handler: a.Show},
	} {
		l.server.Add(r.Method, r.Path, edge.Guard(r))
	}
	return l
}

// get reads a page in English or, with a third argument, in that language.
func (l *library) get(t *testing.T, path string, lang ...string) (*http.Response, *goquery.Document) {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for _, code := range lang {
		req.Header.Set("Cookie", "language="+code)
	}
	res, err := l.server.Test(req, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return res, doc
}

func search(q, speaker string) string {
	return "/agencies?" + url.Values{"q": {q}, "speaker": {speaker}}.Encode()
}

func mainText(doc *goquery.Document) string {
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

func TestTheSearchFirstAsksWhoIsSpeaking(t *testing.T) {
	l := openLibrary(t)
	for _, lang := range []string{"en", "km"} {
		res, doc := l.get(t, "/agencies", lang)
		if res.StatusCode != http.StatusOK || doc.Find(`form[method=get] input[name=q], form[method=get] input[name=speaker]`).Length() != 2 {
			t.Errorf("%s: status %d, fields missing", lang, res.StatusCode)
		}
		if doc.Find(".fp-empty").Length() != 1 || doc.Find("article").Length() != 0 {
			t.Errorf("%s: no empty state before a search", lang)
		}
	}
}

func TestTheAnswerIsAboutThisClaimAndThisAgency(t *testing.T) {
	l := openLibrary(t)
	for _, c := range []struct {
		q, speaker string
		want       []string
	}{
		{"golden dragonfly", "", []string{"the 2021 list of employment agencies in Hong Kong", "Whether it may recruit today is not known", "Anyone can use the name of a real agency"}},
		{"金蜻", "+852 5540 0001", []string{"This phone number is listed for this agency: +852 5540 0001", "The source gives no end date"}},
		{"golden dragonfly", "5540 0002", []string{"This phone number is NOT listed"}},
		{"golden dragonfly", "Somebody Else", []string{"The register names no people for this agency"}},
		{"kind harbour", "invented chan", []string{"This person is listed for this agency: Chan Invented", "31 December 2026"}},
		{"kind harbour", "", []string{"This agency has licence KH/42, until 31 December 2026"}},
		{"", "012 345 678", []string{"Kind Harbour", "This phone number is listed for this agency"}},
		{"kh/42", "", []string{"Found by the licence number KH/42"}},
	} {
		res, doc := l.get(t, search(c.q, c.speaker))
		text := mainText(doc)
		for _, want := range c.want {
			if res.StatusCode != http.StatusOK || !strings.Contains(text, want) {
				t.Errorf("%q by %q: status %d, no %q in: %s", c.q, c.speaker, res.StatusCode, want, text)
			}
		}
		if strings.Contains(strings.ToLower(text), "licensed") {
			t.Errorf("%q by %q is called licensed", c.q, c.speaker)
		}
	}
}

func TestNothingFoundSaysWhatToDo(t *testing.T) {
	l := openLibrary(t)
	for _, q := range []string{"qqqxxzz", "😀", "%_\\", "\x00", "\xff"} {
		res, doc := l.get(t, search(q+" ", ""))
		if q == "\x00" || q == "\xff" {
			if res.StatusCode != http.StatusOK {
				t.Errorf("%q: status %d", q, res.StatusCode)
			}
			continue // nothing is left of it: the page before a search
		}
		text := mainText(doc)
		for _, want := range []string{"We did not find this", "Check the spelling", "licence number", "Do not pay", "passport"} {
			if res.StatusCode != http.StatusOK || !strings.Contains(text, want) {
				t.Errorf("%q: status %d, no %q", q, res.StatusCode, want)
			}
		}
		if doc.Find(`main a[href="/complaints/new"]`).Length() != 1 {
			t.Errorf("%q: no way to tell us", q)
		}
	}
}

func TestALongListSaysThatThereIsMore(t *testing.T) {
	l := openLibrary(t)
	_, doc := l.get(t, search("crowded", ""))
	if n := doc.Find("article").Length(); n != 20 || !strings.Contains(mainText(doc), "There are more than 20") {
		t.Errorf("%d agencies shown", n)
	}
}

func TestAQuestionThatIsNoneIsRefusedAtTheField(t *testing.T) {
	l := openLibrary(t)
	for _, path := range []string{search(strings.Repeat("ក", 201), ""), search("a", strings.Repeat("5", 10_000)[:3000]), "/agencies?q=a&q=b"} {
		res, doc := l.get(t, path)
		if res.StatusCode != http.StatusUnprocessableEntity || doc.Find(".govuk-error-summary a").Length() != 1 {
			t.Errorf("%.30s: status %d", path, res.StatusCode)
		}
	}
}

func TestAnAgencysPageShowsWhatIsOnRecordInBothLanguages(t *testing.T) {
	l := openLibrary(t)
	res, doc := l.get(t, "/agencies/kind-harbour-co-ltd?speaker=012345678")
	text := mainText(doc)
	for _, want := range []string{
		"KH/42", "កំពង់ផែសប្បុរស", "Chan Invented", "+855 12 345 678", "Licence from 1 January 2025 to 31 December 2026",
		"1 June 2025: licence suspended (Fees above the cap)", "licence valid again", "This phone number is listed for this agency",
		"This does not prove who is speaking",
	} {
		if res.StatusCode != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("status %d, no %q in: %s", res.StatusCode, want, text)
		}
	}
	if href := doc.Find(`main a[href^="tel:"]`).AttrOr("href", ""); href != "tel:+85512345678" {
		t.Errorf("phone leads to %q", href)
	}
	_, doc = l.get(t, "/agencies/golden-dragonfly-agency")
	for _, want := range []string{"Domestic workers from abroad", "Sea work", "2019", "The source gives no end date", "None listed", "Nothing is on record here"} {
		if !strings.Contains(mainText(doc), want) {
			t.Errorf("no %q in: %s", want, mainText(doc))
		}
	}
	for _, path := range []string{"/agencies/kind-harbour-co-ltd?speaker=012345678", "/agencies/golden-dragonfly-agency?speaker=x", search("crowded", "x"), search("qqqxxzz", "")} {
		if res, doc := l.get(t, path, "km"); res.StatusCode != http.StatusOK || doc.Find("html").AttrOr("lang", "") != "km" {
			t.Errorf("%s in Khmer: %d", path, res.StatusCode)
		}
	}
}

func TestALicenceNumberLeadsToTheAgencyAndNothingElseDoes(t *testing.T) {
	l := openLibrary(t)
	for _, path := range []string{"/agencies/KH%2F42", "/agencies/KH/42", "/agencies/kh%2f42"} {
		if res, _ := l.get(t, path); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/agencies/kind-harbour-co-ltd" {
			t.Errorf("%s: %d to %q", path, res.StatusCode, res.Header.Get("Location"))
		}
	}
	for _, path := range []string{"/agencies/nobody", "/agencies/%00", "/agencies/%ff%fe", "/agencies/KH/43", "/agencies/..%2f..%2fetc", "/agencies/%25"} {
		if res, _ := l.get(t, path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestWhatIsAskedOfTheRegisterIsNotLogged(t *testing.T) {
	l := openLibrary(t)
	for _, path := range []string{search("canary-name", "0123456789"), "/agencies/canary-name?speaker=0123456789", "/agencies?q=canary-name&q=0123456789"} {
		l.get(t, path)
	}
	if log := l.log.String(); strings.Contains(log, "canary") || strings.Contains(log, "0123456789") {
		t.Error("the log holds a question")
	}
}
