package e2e

import (
	"fmt"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// by signs somebody of the demonstration in, by address: all have one passphrase.
func (p *portal) by(t *testing.T, email string, width int64, options ...tabOption) *tab {
	t.Helper()
	b := open(t, p.url, width, options...)
	b.signIn(account{Email: email, Password: p.accounts(t)[0].Password, Role: email})
	return b
}

// must fails unless the page answered so.
func (b *tab) must(status int64, words ...string) {
	b.t.Helper()
	main := b.text("main")
	if b.status != status {
		b.t.Fatalf("%s answers %d, want %d: %s", b.path(), b.status, status, main)
	}
	for _, w := range words {
		if !strings.Contains(main, w) {
			b.t.Errorf("%s does not say %q: %s", b.path(), w, main)
		}
	}
}

// An agency's application is sent back, corrected on a phone with its papers, its
// office inspected, and then recommended by one officer and granted by another, and is then what anybody finds
// in the register and checks by the certificate's code.
func TestAnApplicationBecomesALicenceThatAnybodyChecks(t *testing.T) {
	const agency = "Lotus Steps Recruitment"
	p := sharedRun(t)
	officer, head := p.by(t, "sophea.lim@ministry.example", desktop), p.by(t, "kosal.tep@lotus-steps.example", phone)

	officer.visit("/ministry/applications?q=Lotus+Steps")
	officer.press(`main td a[href^="/ministry/applications/"]`)
	application := officer.path()
	officer.press(`main a[href*="section=directors"][href*="field=address"]`)
	officer.say("text", "This street is not on the map.")
	officer.press(`main form button[type="submit"]`)
	officer.press(`main form[action$="/return"] button`)
	officer.must(http.StatusOK, "Sent back to the agency")

	head.visit("/agency/application")
	head.must(http.StatusOK, "The ministry sent this back")
	head.press(`main a[href="/agency/application/directors"]`)
	head.must(http.StatusOK, "This street is not on the map.")
	head.press(`main td a[href^="/agency/application/directors/"]`)
	head.say("address", "99 Invented Street, West Gate")
	if wide := head.overhang(); wide > 0 {
		t.Errorf("the form of a director is %d px too wide", wide)
	}
	head.press(`main form button[type="submit"]`)
	handIn(t, head)
	head.visit("/agency/application")
	head.press(`main form[action$="/file"] button`)
	head.must(http.StatusOK, "cannot be changed until it is decided")

	officer.visit(application)
	officer.must(http.StatusOK, "What changed since last time", "99 Invented Street, West Gate")
	second := p.by(t, "dara.keo@ministry.example", desktop)
	inspect(t, officer, second, head)
	secondDecision(t, p, officer, application, agency)
	officer.must(http.StatusOK, "Passed")
	officer.tick("decision", "grant")
	officer.say("reason", "All is in order.")
	officer.say("number", "TM-9001")
	officer.press(`main form[action$="/recommendation"] button`)
	officer.must(http.StatusOK, agency, "TM-9001")
	waits := officer.path()

	second.visit(waits)
	second.press(`main form[action$="/approve"] button`)
	head.visit("/agency/certificate")
	head.must(http.StatusOK, "TM-9001")
	code := head.read(`document.querySelector('main a[href*="/verify/"]').getAttribute("href")`)

	officer.visit(licenceOf(officer, "Lotus+Steps") + "/timeline")
	officer.must(http.StatusOK, "Application filed", "Application sent back", "Document handed in", "Inspected", "Inspection closed", "Compared with who lost a licence", "Application granted")

	anybody := open(t, p.url, phone, withoutScript)
	anybody.visit(code[strings.Index(code, "/verify/"):])
	anybody.must(http.StatusOK, "genuine and holds today", "TM-9001", agency)
	anybody.visit("/agencies?q=TM-9001")
	anybody.press(`main a[href^="/agencies/"]`)
	anybody.must(http.StatusOK, agency, "Where it may send workers", "Thailand")
	anybody.press(`main form[action="/agencies/check"] button`)
	anybody.must(http.StatusOK, "Proof no.", "TM-9001")
}

// inspect has an officer go to the office of the agency whose application they look at;
// a second one sends what was found and closes it after the agency's reply.
func inspect(t *testing.T, officer, second, head *tab) {
	t.Helper()
	officer.press(`main a[href^="/ministry/inspections/new"]`)
	officer.day("planned_for", time.Now().AddDate(0, 0, 1)) // a day to come in every zone
	officer.say("place", "99 Invented Street, West Gate")
	officer.tick("announced", "no")
	officer.tick("team", officer.read(`[...document.querySelectorAll('main input[name="team"]')].find(i => i.labels[0].innerText.includes("Lim Sophea")).value`))
	officer.send()
	inspection := officer.path()
	officer.day("visited_on", time.Now().UTC()) // a day that has come in the country, which is ahead
	officer.press(`main form[action$="/visit"] button`)
	officer.read(`document.querySelectorAll('main input[type="radio"][value="met"]').forEach(met => { met.checked = true }), "all are met"`)
	officer.tick("answer.premises.licence_shown", "not_met")
	officer.say("seen.premises.licence_shown", "There is no licence yet.")
	officer.press(`main form[action="` + inspection + `"] button[type="submit"]`)
	officer.must(http.StatusOK, "8 points; 30 fail")

	second.visit(inspection + "/send")
	second.send()
	head.visit("/agency/inspections")
	head.press(`main td a[href^="/agency/inspections/"]`)
	head.must(http.StatusOK, "There is no licence yet.")
	head.say("reply", "We shall hang it up when we have it.")
	head.press(`main form button[type="submit"]`)
	second.visit(inspection + "/close")
	second.must(http.StatusOK, "We shall hang it up when we have it.")
	second.tick("outcome", "passed")
	second.say("reason", "Nothing stands against it.")
	second.send()
	second.must(http.StatusOK, "Passed")
}

// handIn hands in a picture of each paper that the law of the demonstration asks for.
func handIn(t *testing.T, b *tab) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper.png")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(file, image.NewGray(image.Rect(0, 0, 60, 80))); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"company_registration", "tax_registration", "bank_guarantee", "criminal_record", "office_lease", "training_site"} {
		b.visit("/agency/documents")
		b.choose("kind", kind)
		b.do("choose a file", chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
		b.press(`main form[enctype] button[type="submit"]`)
		b.must(http.StatusOK)
	}
	if missing := b.read(`String([...document.querySelectorAll('main table td')].filter(td => td.innerText.includes('Missing')).length)`); missing != "0" {
		t.Fatalf("%s papers are missing: %s", missing, b.text("main"))
	}
}

// awaitCheck opens the file of an application once the phoenix check has run.
func awaitCheck(t *testing.T, officer *tab, application string) {
	t.Helper()
	// The job is done within seconds; each look is a whole page.
	for tries := 0; ; tries++ {
		officer.visit(application)
		if !strings.Contains(officer.text("main"), "has not run yet") {
			return
		}
		if tries == 100 {
			t.Fatal("the phoenix check never ran")
		}
	}
}

// secondDecision lets an overseer give the second decision where the file was drawn
// for one.
func secondDecision(t *testing.T, p *portal, officer *tab, application, agency string) {
	t.Helper()
	awaitCheck(t, officer, application)
	if !strings.Contains(officer.text("main"), "A second decision is required") {
		return
	}
	overseer := p.by(t, "chenda.uk@oversight.example", desktop)
	overseer.visit("/oversight/fitness")
	link := fmt.Sprintf(`[...document.querySelectorAll('main a[href^="/oversight/fitness/"]')].find(a => a.innerText.includes(%q)).getAttribute("href")`, agency)
	overseer.visit(overseer.read(link))
	overseer.tick("go_on", "yes")
	overseer.say("text", "Nothing stands against it.")
	overseer.press(`main form button[type="submit"]`)
	officer.visit(application)
}
