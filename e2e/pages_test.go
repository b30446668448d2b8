package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// languages are those of this portal's catalogues.
var languages = []string{"en", "km"}

// public is the role of people without an account.
const public = ""

// keyPage is one that people come to often. Where address is a list, link says
// which of its links leads to the page itself; through, which leads to the page
// that has that link.
type keyPage struct {
	name, role, address, link string
	through                   string
	status                    int // 0 means 200
}

// keyPages are looked at for everything that a page has to be.
var keyPages = []keyPage{
	{name: "home", address: "/"},
	{name: "search", address: "/agencies"},
	{name: "search-found", address: "/agencies?q=golden+ladder"},
	{name: "search-nothing", address: "/agencies?q=zzzyyyxxx"},
	{name: "agency", address: "/agencies?q=golden+ladder", link: `main a[href^="/agencies/"]`},
	{name: "verify", address: "/verify"},
	{name: "verify-wrong", address: "/verify/nonsense", status: http.StatusNotFound},
	{name: "complaint-first", address: "/complaints/new"},
	{name: "complaint-check", address: "/complaints/check"},
	{name: "sign-in", address: "/sign-in"},
	{name: "not-found", address: "/nothing/here", status: http.StatusNotFound},
	{name: "leave", address: "/leave"}, // last: it makes the browser forget the language
	{name: "agency-desk", role: "agency_head", address: "/agency"},
	{name: "agency-application", role: "agency_head", address: "/agency/application"},
	{name: "agency-licence", role: "agency_head", address: "/agency/licence"},
	{name: "agency-certificate", role: "agency_head", address: "/agency/certificate"},
	{name: "agency-surrender", role: "agency_head", address: "/agency/licence/surrender_ask"},
	{name: "agency-timeline", role: "agency_head", address: "/agency/timeline"},
	{name: "agency-duties", role: "agency_head", address: "/agency/duties"},
	{name: "agency-documents", role: "agency_head", address: "/agency/documents"},
	{name: "agency-placements", role: "agency_head", address: "/agency/placements"},
	{name: "agency-placement-new", role: "agency_head", address: "/agency/placements/new"},
	{name: "agency-inspections", role: "agency_head", address: "/agency/inspections"},
	{name: "agency-guarantee", role: "agency_head", address: "/agency/guarantee"},
	{name: "agency-inspection", role: "agency_head", address: "/agency/inspections", link: `main a[href^="/agency/inspections/"]`},
	{name: "ministry-applications", role: "licensing_officer", address: "/ministry/applications?status=all"},
	{name: "ministry-application", role: "licensing_officer", address: "/ministry/applications?status=all", link: `main a[href^="/ministry/applications/"]`},
	{name: "ministry-remark", role: "licensing_officer", address: "/ministry/applications?q=two+elephants", link: `main a[href*="/remarks?"]`, through: `main a[href^="/ministry/applications/"]`},
	{name: "ministry-agencies", role: "licensing_officer", address: "/ministry/agencies?q=harvest"},
	{name: "ministry-barred", role: "licensing_officer", address: "/ministry/barred"},
	{name: "ministry-barred-person", role: "licensing_officer", address: "/ministry/barred", link: `main td a[href^="/ministry/barred/"]`},
	{name: "ministry-bar", role: "licensing_officer", address: "/ministry/barred/new"},
	{name: "ministry-shared", role: "licensing_officer", address: "/ministry/register/shared"},
	{name: "ministry-agency", role: "licensing_officer", address: "/ministry/agencies?q=harvest", link: `main td a[href^="/ministry/agencies/"]`},
	{name: "ministry-agency-notice", role: "licensing_officer", address: "/ministry/agencies?q=harvest", through: `main td a[href^="/ministry/agencies/"]`, link: `main a[href$="/steps/notice"]`},
	{name: "ministry-agency-narrow", role: "licensing_officer", address: "/ministry/agencies?q=harvest", through: `main td a[href^="/ministry/agencies/"]`, link: `main a[href$="/steps/narrow"]`},
	{name: "ministry-agency-timeline", role: "licensing_officer", address: "/ministry/agencies?q=harvest", through: `main td a[href^="/ministry/agencies/"]`, link: `main a[href$="/timeline"]`},
	{name: "ministry-policies", role: "licensing_officer", address: "/ministry/policies"},
	{name: "ministry-policy", role: "licensing_officer", address: "/ministry/policies/guarantee.amount"},
	{name: "ministry-policy-age", role: "licensing_officer", address: "/ministry/policies/placement.age"},
	{name: "ministry-inspections", role: "licensing_officer", address: "/ministry/inspections?status=all"},
	{name: "ministry-guarantees", role: "licensing_officer", address: "/ministry/guarantees"},
	{name: "ministry-guarantee", role: "licensing_officer", address: "/ministry/guarantees?q=far+horizon", link: `main td a[href$="/guarantee"]`},
	{name: "ministry-guarantee-claim", role: "licensing_officer", address: "/ministry/guarantees?q=far+horizon", through: `main td a[href$="/guarantee"]`, link: `main td a[href*="/claims/"]`},
	{name: "ministry-inspection-find", role: "licensing_officer", address: "/ministry/inspections/new?q=harvest"},
	{name: "ministry-inspection-new", role: "licensing_officer", address: "/ministry/inspections/new?q=harvest", link: `main a[href^="/ministry/inspections/new?agency="]`},
	{name: "ministry-inspection-record", role: "licensing_officer", address: "/ministry/inspections?status=visited", link: `main a[href^="/ministry/inspections/0"]`},
	{name: "ministry-inspection", role: "licensing_officer", address: "/ministry/inspections?status=closed", link: `main a[href^="/ministry/inspections/0"]`},
	{name: "police-escalations", role: "investigator", address: "/police/escalations"},
	{name: "police-escalation", role: "investigator", address: "/police/escalations", link: `main a[href^="/police/escalations/"]`},
	{name: "police-timeline", role: "investigator", address: "/police/escalations", through: `main tr:contains("Far Horizon") a[href^="/police/escalations/"]`, link: `main a[href$="/timeline"]`},
	{name: "account", role: "investigator", address: "/account"},
	{name: "account-factors", role: "investigator", address: "/account/factors"},
	{name: "account-sessions", role: "investigator", address: "/account/sessions"},
	{name: "desk", role: "investigator", address: "/desk"},
	{name: "decisions", role: "investigator", address: "/decisions"},
	{name: "readings", role: "first_reader", address: "/readings"},
	{name: "reading", role: "first_reader", address: "/readings", link: `main a[href^="/readings/"]`},
	{name: "oversight-escalations", role: "overseer", address: "/oversight/escalations"},
	{name: "oversight-appeals", role: "overseer", address: "/oversight/appeals"},
	{name: "oversight-fitness", role: "overseer", address: "/oversight/fitness"},
	{name: "oversight-retention", role: "overseer", address: "/oversight/retention"},
	{name: "people", role: "administrator", address: "/admin/people"},
	{name: "person-invite", role: "administrator", address: "/admin/people/invite"},
	{name: "units", role: "administrator", address: "/admin/units"},
	{name: "unit", role: "administrator", address: "/admin/units", link: `main a[href^="/admin/units/"]`},
}

// roles are those of the pages, each once, in order.
func roles() []string {
	var all []string
	for _, p := range keyPages {
		if len(all) == 0 || all[len(all)-1] != p.role {
			all = append(all, p.role)
		}
	}
	return all
}

// follow resolves the link of a page, as that role sees it.
func (p keyPage) follow(t testing.TB, v *visitor) keyPage {
	t.Helper()
	if p.through != "" {
		p.address = hrefOf(t, v, p.address, p.through)
	}
	if p.link != "" {
		p.address = hrefOf(t, v, p.address, p.link)
	}
	return p
}

func (p keyPage) wants() int {
	if p.status == 0 {
		return http.StatusOK
	}
	return p.status
}

// tour shows every key page in both languages on a phone, with scripts as the
// pages have them, to look.
func tour(t *testing.T, run *portal, options []tabOption, look func(t *testing.T, b *tab, p keyPage, lang string)) {
	t.Helper()
	for _, role := range roles() {
		b := open(t, run.url, phone, options...)
		v := visit(t, run.url, "en")
		if role != public {
			who := run.account(t, role)
			b.signIn(who)
			v.signIn(who)
		}
		for _, lang := range languages {
			b.visit("/sign-in") // shows the switch to everybody
			b.speak(lang)
			for _, p := range keyPages {
				if p.role != role {
					continue
				}
				p = p.follow(t, v)
				b.visit(p.address)
				if int(b.status) != p.wants() {
					t.Errorf("%s in %s answers %d, not %d", p.name, lang, b.status, p.wants())
					continue
				}
				look(t, b, p, lang)
			}
		}
	}
}

// overhang is by how many pixels the page is wider than the screen.
func (b *tab) overhang() int {
	b.t.Helper()
	return evaluate[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
}

// widest names what makes a page too wide.
const widest = `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest(".fp-nav, .fp-scroll:not(:has(.fp-table--stack))"))
	.slice(0, 4).map(e => e.tagName + "." + e.className).join(", ")`

func TestEveryPageFitsItsReader(t *testing.T) {
	run := sharedRun(t)
	tour(t, run, []tabOption{withAxe}, func(t *testing.T, b *tab, p keyPage, lang string) {
		t.Helper()
		if got := b.read(`document.documentElement.lang`); got != lang {
			t.Errorf("%s says that it is in %q, not %q", p.name, got, lang)
		}
		if n := evaluate[int](b, `document.querySelectorAll("h1").length`); n != 1 {
			t.Errorf("%s in %s has %d first headings", p.name, lang, n)
		}
		if p.name != "leave" { // it has nothing to skip
			skip := b.read(`(document.querySelector("body > a") || {getAttribute: () => ""}).getAttribute("href") || ""`)
			if !strings.HasPrefix(skip, "#") || !b.has(skip) {
				t.Errorf("%s in %s: its first link, to %q, does not skip to the main text", p.name, lang, skip)
			}
		}
		for _, width := range []int64{phone, desktop} {
			b.resize(width)
			if wide := b.overhang(); wide > 0 {
				t.Errorf("%s in %s is %d px too wide for %d: %s", p.name, lang, wide, width, b.read(widest))
			}
		}
		b.resize(phone)
		for _, v := range b.violations() {
			t.Errorf("%s in %s: %s", p.name, lang, v)
		}
	})
}

// fits checks what every screen has to be, on the screen at hand.
func (b *tab) fits(screen, lang string) {
	b.t.Helper()
	if n := evaluate[int](b, `document.querySelectorAll("h1").length`); n != 1 {
		b.t.Errorf("%s in %s has %d first headings", screen, lang, n)
	}
	if wide := b.overhang(); wide > 0 {
		b.t.Errorf("%s in %s is %d px too wide: %s", screen, lang, wide, b.read(widest))
	}
	for _, v := range b.violations() {
		b.t.Errorf("%s in %s: %s", screen, lang, v)
	}
}

// Every screen of the form, and what follows it.
func TestEveryScreenOfTheFormFitsItsReader(t *testing.T) {
	run := sharedRun(t)
	for _, lang := range languages {
		b := open(t, run.url, phone, withAxe)
		b.visit("/")
		b.speak(lang)
		look := func(screen string) { b.fits(screen, lang) }
		told := workplaceStory("golden ladder", "They keep my passport.", "Example Delta", "+855 49 100 300")
		told["safe"]["safe"] = []string{"danger"}
		told["act"]["may_act"] = []string{"labour_desk"} // somebody is left to allow later
		receipt := b.tell(told, look)
		b.press(send)
		look("sent")
		b.visit("/complaints/check")
		b.say("receipt", "not a receipt")
		b.press(`main form button[type="submit"]`)
		look("mistyped")
		b.say("receipt", receipt)
		b.press(`main form button[type="submit"]`)
		look("mine")
		b.visit("/complaints/mine/consent")
		look("consent")
		b.press(`main form button[type="submit"]`)
		look("consent that says nothing")
	}
}

// Pages of the list exist and are whole, also in the plainest browser.
func TestScreenshots(t *testing.T) {
	run := sharedRun(t)
	for _, role := range roles() {
		for _, lang := range languages {
			v := visit(t, run.url, lang)
			if role != public {
				v.signIn(run.account(t, role))
			}
			for _, p := range keyPages {
				if p.role != role {
					continue
				}
				p = p.follow(t, v)
				a := v.get(p.address).ok(p.wants())
				if got := a.doc.Find("html").AttrOr("lang", ""); got != lang || a.doc.Find("h1").Length() != 1 {
					t.Errorf("%s in %s: language %q, %d first headings", p.name, lang, got, a.doc.Find("h1").Length())
				}
			}
		}
	}
	if dir := screenshotFolder(); dir != "" {
		photograph(t, run, dir)
	}
}

// fileOf names the picture of a page.
func fileOf(p keyPage, lang string, width int64) string {
	return fmt.Sprintf("%s-%s-%d.png", p.name, lang, width)
}
