package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Every form of an application, empty and refused, and the pages of its sections.
func TestEveryFormOfAnApplicationFitsItsReader(t *testing.T) {
	p := sharedRun(t)
	head := p.by(t, "sokha.ly@harvest-bridge.example", phone, withAxe)
	head.visit("/agency/application")
	head.press(`main form[action="/agency/application"] button`)
	sections := strings.Fields(head.read(`[...document.querySelectorAll('main td a[href^="/agency/application/"]')].map(a => a.getAttribute("href")).join(" ")`))
	if len(sections) < 10 {
		t.Fatalf("only %d sections: %s", len(sections), head.text("main"))
	}
	for _, lang := range languages {
		head.visit("/agency/application")
		head.speak(lang)
		head.fits("application that is written", lang)
		for _, at := range sections {
			head.visit(at)
			head.fits(at, lang)
			head.visit(at + "/new")
			head.fits(at+"/new", lang)
			head.send()
			if at == "/agency/application/directors" {
				head.must(http.StatusUnprocessableEntity)
			}
			head.fits(at+" refused", lang)
		}
	}
	head.visit("/agency/application")
	head.do("open the way out", chromedp.Click(chromedp.CSS(`main summary`), chromedp.NodeVisible))
	head.press(`main form[action$="/withdraw"] button`)
}

// pagesFit looks at pages of an agency, and at the letter of its latest step.
func pagesFit(b *tab, agency string, pages ...string) {
	b.t.Helper()
	b.resize(phone)
	for _, lang := range languages {
		b.visit(agency)
		b.speak(lang)
		b.visit(b.link("/letters/"))
		b.fits("letter of a step", lang)
		for _, page := range pages {
			b.visit(agency + page)
			b.fits("agency"+page, lang)
		}
	}
}

// What is printed of an inspection, and for whoever checks an agency.
func TestEveryPaperOfTheRegisterFitsItsReader(t *testing.T) {
	p := sharedRun(t)
	officer := p.by(t, "sophea.lim@ministry.example", phone, withAxe)
	anybody := open(t, p.url, phone, withAxe)
	for _, lang := range languages {
		officer.visit("/account")
		officer.speak(lang)
		officer.visit("/ministry/inspections?status=closed")
		officer.visit(officer.link("/ministry/inspections/0") + "/report")
		officer.fits("report of an inspection", lang)
		officer.visit("/ministry/agencies?q=harvest")
		officer.visit(officer.link("/ministry/agencies/0") + "/certificate")
		officer.fits("certificate", lang)

		anybody.visit("/")
		anybody.speak(lang)
		anybody.visit("/agencies?q=harvest+bridge")
		anybody.press(`main a[href^="/agencies/"]`)
		anybody.fits("register", lang)
		anybody.press(`main form[action="/agencies/check"] button`)
		anybody.fits("proof of a check", lang)
	}
}
