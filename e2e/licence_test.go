package e2e

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// licenceOf leads an officer to the page of an agency's licence.
func licenceOf(officer *tab, words string) string {
	officer.t.Helper()
	officer.visit("/ministry/agencies?q=" + words)
	officer.press(`main td a[href^="/ministry/agencies/"]`)
	return officer.path()
}

// link is where the first link leads whose address holds a text.
func (b *tab) link(part string) string {
	b.t.Helper()
	css := fmt.Sprintf(`main a[href*=%q]`, part)
	if !b.has(css) {
		b.t.Fatalf("%s leads to no %s: %s", b.path(), part, b.text("main"))
	}
	return b.read(fmt.Sprintf(`document.querySelector(%q).getAttribute("href")`, css))
}

// send sends the page's own form.
func (b *tab) send() {
	b.t.Helper()
	b.press(`main form[method="post"] button[type="submit"]`)
}

// day types a day into a date's three fields.
func (b *tab) day(name string, at time.Time) {
	b.t.Helper()
	b.say(name+"_day", strconv.Itoa(at.Day()))
	b.say(name+"_month", strconv.Itoa(int(at.Month())))
	b.say(name+"_year", strconv.Itoa(at.Year()))
}

// approve has another person approve what waits on the page of the first.
func approve(first, second *tab) {
	first.t.Helper()
	if !strings.HasPrefix(first.path(), "/decisions/") {
		first.t.Fatalf("nothing waits for a second person at %s: %s", first.path(), first.text("main"))
	}
	second.visit(first.path())
	second.press(`main form[action$="/approve"] button`)
}

// sheet is what is filled into a form: fields, answers to choose, lists and days.
type sheet struct {
	say, tick, choose map[string]string
	days              map[string]time.Time
}

// fill answers a section of the application with a new item.
func (b *tab) fill(section string, s sheet) {
	b.t.Helper()
	b.visit("/agency/application/" + section + "/new")
	for name, text := range s.say {
		b.say(name, text)
	}
	for name, value := range s.tick {
		b.tick(name, value)
	}
	for name, value := range s.choose {
		b.choose(name, value)
	}
	for name, at := range s.days {
		b.day(name, at)
	}
	b.send()
	if strings.HasSuffix(b.path(), "/new") {
		b.t.Fatalf("%s is refused: %s", section, b.text("main"))
	}
}

// An agency is told what is intended, replies on a phone, is suspended by two, and
// appeals; two of the oversight body give it its licence back.
func TestAnAgencyIsSuspendedAfterItsReplyAndAppeals(t *testing.T) {
	p := sharedRun(t)
	officer, second := p.by(t, "sophea.lim@ministry.example", desktop, withAxe), p.by(t, "dara.keo@ministry.example", desktop)
	head := p.by(t, "rany.khun@tall-bamboo.example", phone, withAxe)
	agency := licenceOf(officer, "tall+bamboo")
	officer.visit(agency + "/steps/notice")
	officer.tick("ground", "worker_fees")
	officer.say("text", "Nine workers paid more than the law allows.")
	officer.day("until", time.Now().AddDate(0, 0, 30))
	officer.send()
	approve(officer, second)

	head.visit("/agency/licence")
	head.visit(head.link("/reply?of="))
	head.say("text", "Every worker has the money back; the receipts are with you.")
	head.send()
	officer.visit(agency)
	officer.must(http.StatusOK, "Every worker has the money back")
	officer.visit(officer.link("/steps/suspend?of="))
	officer.tick("ground", "worker_fees")
	officer.say("text", "The receipts show four of nine.")
	officer.send()
	approve(officer, second)

	head.visit("/agency/licence")
	head.must(http.StatusOK, "Suspended", "The receipts show four of nine.")
	anybody := open(t, p.url, phone, withoutScript)
	anybody.visit("/agencies?q=tall+bamboo")
	anybody.press(`main a[href^="/agencies/"]`)
	anybody.must(http.StatusOK, "The licence of this agency is suspended. It may not recruit now.")
	if strings.Contains(anybody.text("main"), "receipts show") {
		t.Error("the public reads the reasons")
	}

	head.visit(head.link("/appeal?of="))
	head.say("text", "The other five were paid in cash, before witnesses.")
	head.send()
	overseer, other := p.by(t, "chenda.uk@oversight.example", desktop), p.by(t, "sovann.ieng@oversight.example", desktop)
	overseer.visit("/oversight/appeals")
	overseer.visit(overseer.link("/oversight/agencies/"))
	overseer.visit(overseer.link("/steps/appeal_upheld?of="))
	overseer.say("text", "The witnesses were heard, and are believed.")
	overseer.send()
	approve(overseer, other)
	head.visit("/agency/licence")
	head.must(http.StatusOK, "Licensed", "Appeal upheld")
	anybody.visit(anybody.path())
	anybody.must(http.StatusOK, "This agency has licence TM-", "appeal upheld")
	officer.visit(agency + "/timeline")
	officer.must(http.StatusOK, "Notice of what is intended", "Reply of the agency", "Suspension", "Appeal upheld")
	pagesFit(officer, agency, "", "/certificate", "/timeline", "/duties", "/documents", "/guarantee")
	pagesFit(head, "/agency/licence", "")
}

// A licence that ran out weeks ago is renewed within the time that the law gives, under
// its old number, and from the day of the decision.
func TestALicenceIsRenewedLateUnderItsOldNumber(t *testing.T) {
	p := sharedRun(t)
	officer, second, head := p.by(t, "sophea.lim@ministry.example", desktop), p.by(t, "dara.keo@ministry.example", desktop), p.by(t, "mony.sar@quiet-harbour.example", phone)
	head.visit("/agency/licence")
	head.must(http.StatusOK, "Expired")
	officer.visit("/ministry/agencies?q=quiet+harbour")
	number := officer.read(`(document.querySelector("main tbody").innerText.match(/TM-\d+/) || [""])[0]`)
	if number == "" {
		t.Fatalf("it has no number: %s", officer.text("main"))
	}
	handIn(t, head)
	officer.visit("/ministry/applications?q=Quiet+Harbour")
	officer.press(`main td a[href^="/ministry/applications/"]`)
	application := officer.path()
	secondDecision(t, p, officer, application, "Quiet Harbour Overseas Employment")
	officer.tick("decision", "grant")
	officer.say("reason", "Late, and in order.")
	officer.press(`main form[action$="/recommendation"] button`)
	approve(officer, second)
	head.visit("/agency/licence")
	head.must(http.StatusOK, "Licensed", number)
	head.visit("/agency/certificate")
	head.must(http.StatusOK, number)
}

// stopped recommends a grant to the file at hand, and finds that nobody can grant it
// until the oversight body has seen what it shares with an agency that was revoked.
func stopped(t *testing.T, p *portal, officer, second *tab, agency string, recommend func()) {
	t.Helper()
	application := officer.path()
	awaitCheck(t, officer, application)
	officer.must(http.StatusOK, "Strong match", "Same phone", "Same address", "Black Stone Overseas", "A second decision is required")
	officer.tick("decision", "grant")
	officer.say("reason", "The papers are in order.")
	recommend()
	officer.press(`main form[action$="/recommendation"] button`)
	if strings.HasPrefix(officer.path(), "/decisions/") {
		approve(officer, second)
		second.must(http.StatusConflict, "A second decision is required")
	} else {
		officer.must(http.StatusConflict, "A second decision is required")
	}
	overseer := p.by(t, "chenda.uk@oversight.example", desktop)
	overseer.visit("/oversight/fitness")
	link := fmt.Sprintf(`[...document.querySelectorAll('main a[href^="/oversight/fitness/"]')].find(a => a.innerText.includes(%q)).getAttribute("href")`, agency)
	overseer.visit(overseer.read(link))
	overseer.must(http.StatusOK, "Strong match", "Black Stone Overseas")
	overseer.tick("go_on", "no")
	overseer.say("text", "The revoked one sits behind it.")
	overseer.send()
	officer.visit(application)
	officer.must(http.StatusOK, "A second decision is required")
}

// Whoever lost a licence comes back under another name, from the same office.
func TestThePhoenixIsStoppedAtTheDoor(t *testing.T) {
	p := sharedRun(t)
	officer, second := p.by(t, "sophea.lim@ministry.example", desktop), p.by(t, "dara.keo@ministry.example", desktop)
	officer.visit("/ministry/applications?q=Open+Hand")
	officer.press(`main td a[href^="/ministry/applications/"]`)
	stopped(t, p, officer, second, "Open Hand Overseas", func() { officer.say("number", "TM-9002") })
	anybody := open(t, p.url, phone, withoutScript)
	anybody.visit("/agencies?q=open+hand")
	anybody.press(`main a[href^="/agencies/"]`)
	anybody.must(http.StatusOK, "Whether it may recruit today is not known")
}

// A clean agency takes on a director who lives where the revoked one had its office.
func TestThePhoenixIsStoppedAtAChangeOfDirector(t *testing.T) {
	p := sharedRun(t)
	officer, second := p.by(t, "sophea.lim@ministry.example", desktop), p.by(t, "dara.keo@ministry.example", desktop)
	licenceOf(officer, "black+stone")
	head := p.by(t, "lyda.nop@white-heron.example", phone)
	anybody := open(t, p.url, phone)
	anybody.visit("/agencies?q=black+stone")
	anybody.press(`main a[href^="/agencies/"]`)
	number, street := anybody.read(`(document.querySelector("main").innerText.match(/\+855[\d ]+/) || [""])[0].trim()`), anybody.read(`(document.querySelector("main").innerText.match(/\d+ Invented Street, [A-Za-z ]+/) || [""])[0].trim()`)

	head.visit("/agency/application")
	head.press(`main form[action="/agency/application"] button`)
	began, since := time.Date(2015, 5, 4, 0, 0, 0, 0, time.UTC), time.Now().AddDate(0, 0, -3)
	const own = "45 Invented Street, Hill Quarter"
	head.fill("company", sheet{
		say:  map[string]string{"name_latin": "White Heron Employment", "registration_number": "EX-00901", "address": own, "province": "Hill Quarter", "phone": "+85549600001", "email": "office@white-heron.example"},
		days: map[string]time.Time{"founded_on": began},
	})
	director := sheet{
		say:    map[string]string{"name_latin": "Nop Lyda", "document_number": "Q7654321", "address": own},
		tick:   map[string]string{"position": "managing_director", "convicted": "no", "lost_licence": "no"},
		choose: map[string]string{"nationality": "KH", "document_country": "KH"},
		days:   map[string]time.Time{"born_on": time.Date(1980, 5, 4, 0, 0, 0, 0, time.UTC), "appointed_on": began},
	}
	head.fill("directors", director)
	director.say = map[string]string{"name_latin": "Someone New", "document_number": "Q1234567", "address": street, "phone": number}
	director.days["appointed_on"] = since
	head.fill("directors", director)
	head.fill("owners", sheet{
		say: map[string]string{"name_latin": "Nop Lyda", "share": "100", "document_number": "Q7654321"}, tick: map[string]string{"owner_kind": "person", "interest": "shareholding", "held": "direct"},
		choose: map[string]string{"country": "KH"}, days: map[string]time.Time{"since": began, "born_on": time.Date(1980, 5, 4, 0, 0, 0, 0, time.UTC)},
	})
	head.fill("accounts", sheet{
		say: map[string]string{"bank": "Example Bank", "account_number": "000 901 777", "holder": "White Heron Employment"}, tick: map[string]string{"purpose": "fees"}, choose: map[string]string{"country": "KH"},
	})
	for _, section := range []string{"staff", "branches", "agents", "training", "representatives"} {
		head.visit("/agency/application/" + section)
		head.send()
	}
	head.fill("scope", sheet{tick: map[string]string{"destinations": "TH"}})
	head.fill("declaration", sheet{say: map[string]string{"name_latin": "Nop Lyda"}, tick: map[string]string{"declared": "yes"}})
	head.visit("/agency/application")
	head.press(`main form[action$="/file"] button`)
	head.must(http.StatusOK, "cannot be changed until it is decided")

	officer.visit("/ministry/applications?q=White+Heron")
	officer.press(`main td a[href^="/ministry/applications/"]`)
	stopped(t, p, officer, second, "White Heron Employment", func() {})
}
