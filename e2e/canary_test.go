package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// canary is one made-up detail of a complaint. The numbers are of the range
// that the British regulator keeps for fiction.
type canary struct{ field, text, national string }

// canaries are what one reporter says, in fields that hold a person, a place or
// a story.
func canaries(i int) []canary {
	word := [...]string{"Quillonby", "Zarnvetch", "Ombrelith", "Plovgasta"}[i]
	khmer := [...]string{"កសិណាឡុង", "ផ្លេកវង់ស៊ី", "ឈូងប្រៃណុត", "ត្រគៀកស៊ូម"}[i]
	contact, broker := fmt.Sprintf("770090041%d", i), fmt.Sprintf("770090062%d", i)
	return []canary{
		{"narrative", "They beat the man called " + word + "story and locked us in. " + khmer, ""},
		{"reporter_name", word + "self", ""},
		{"place", "behind the " + word + "place ice works", ""},
		{"employer", word + "boss", ""},
		{"broker_name", "Uncle " + word + "broker", ""},
		{"broker_phone", "00 44 (0)" + broker[:4] + "-" + broker[4:7] + "." + broker[7:], broker},
		{"contact_phone", "+44 " + contact[:4] + " " + contact[4:7] + " " + contact[7:], contact},
		{"contact_when", "after ten, my brother " + word + "when must not know", ""},
		{"worker_name", word + "friend", ""},
	}
}

// told puts the canaries into a story that detection will escalate.
func told(all []canary) story {
	s := workplaceStory(quiet, "", "", "")
	for _, c := range all {
		for _, fields := range s {
			if _, asked := fields[c.field]; asked {
				fields[c.field] = []string{c.text}
			}
		}
		switch c.field {
		case "broker_name":
			s["broker"] = map[string][]string{"broker_name": {c.text}}
		case "broker_phone":
			s["broker"]["broker_phone"] = []string{c.text}
		case "contact_when":
			s["contact"]["contact_when"] = []string{c.text}
		}
	}
	return s
}

// needlesOf are the canaries as they may be found: each telling word of them.
func needlesOf(all []canary) []needle {
	var out []needle
	for _, c := range all {
		if c.national != "" {
			out = append(out, phoneNeedle(c.field, c.text, c.national))
			continue
		}
		for word := range strings.FieldsSeq(c.text) {
			if len(word) > 12 { // only the made-up words are so long
				out = append(out, needleOf(c.field, strings.Trim(word, ".,")))
			}
		}
	}
	return out
}

// What somebody entrusts to the portal is found in no log, no Redis command,
// no table, no mail, no address and no file.
func TestWhatIsEntrustedIsFoundNowhere(t *testing.T) {
	t.Parallel()
	s := startStage(t)
	var secret []needle
	var visitors []*visitor
	for i, lang := range []string{"en", "km", "en", "km"} {
		v := visit(t, s.url, lang)
		visitors = append(visitors, v)
		said := canaries(i)
		secret = append(secret, needlesOf(said)...)
		form := told(said)
		if i == 3 { // about somebody else, of an agency that the register does not know
			form["about"] = map[string][]string{"about": {"friend"}}
			form["names"]["worker_name"] = []string{said[8].text}
			form["agency"] = map[string][]string{"agency": {"Plovgastaagency Nowhere"}}
			secret = append(secret, needleOf("agency", "Plovgastaagency"))
			form["act"]["may_act"] = []string{"labour_desk"}
		}
		receipt := lodge(t, v, form)
		secret = append(secret, needleOf("receipt", receipt), needleOf("receipt", strings.ReplaceAll(receipt, "-", "")))
		if mine := v.follow(receipt).ok(http.StatusOK); !strings.Contains(mine.text(), said[0].text) {
			t.Fatalf("the complaint does not hold what was told: %s", mine.text())
		}
		if i == 3 { // and allowed to somebody else later
			v.get("/complaints/mine/consent").ok(http.StatusOK).submit(map[string][]string{"may_act": {"police"}, "worker_agrees": {"yes"}}).ok(http.StatusOK)
		}
		secret = append(secret, cookies(t, v)...)
	}
	s.stumble(t, canaries(0))
	investigator := s.investigate(t)
	visitors = append(visitors, investigator)
	secret = append(secret, cookies(t, investigator)...)

	for _, h := range s.haystacks(t, visitors) {
		if !strings.Contains(h.text, h.known) {
			t.Errorf("%s: not even %q is found, of %d bytes", h.name, h.known, len(h.text))
		}
		for _, found := range h.find(secret) {
			t.Errorf("%s holds the %s", h.name, found)
		}
		planted := h
		planted.text += "\n" + secret[0].forms[0]
		if len(planted.find(secret[:1])) != 1 {
			t.Errorf("%s: the search does not find what is planted", h.name)
		}
	}
}

// cookies are the secrets of a visitor's sessions.
func cookies(t testing.TB, v *visitor) []needle {
	t.Helper()
	base, err := url.Parse(v.base)
	if err != nil {
		t.Fatal(err)
	}
	var out []needle
	for _, c := range v.http.Jar.Cookies(base) {
		if len(c.Value) > 16 {
			out = append(out, needleOf("cookie "+c.Name, c.Value))
		}
	}
	return out
}

// stumble sends what goes wrong: forms that are refused must not be quoted in
// a log either.
func (s *stage) stumble(t *testing.T, said []canary) {
	t.Helper()
	v := visit(t, s.url, "en")
	page := v.get("/complaints/new").ok(http.StatusOK)
	form := values(page.form())
	for name, broken := range map[string]url.Values{
		"sent twice":      {"_csrf": form["_csrf"], "_state": form["_state"], "_step": {"words"}, "narrative": {said[0].text, said[0].text}},
		"not from here":   {"_csrf": {"x"}, "narrative": {said[0].text}},
		"not a state":     {"_csrf": form["_csrf"], "_state": {said[0].text}, "_step": {"words"}},
		"not readable":    {"_csrf": form["_csrf"], "_state": form["_state"], "_step": {"words"}, "narrative": {said[0].text + "\xff\xfe"}},
		"another field":   {"_csrf": form["_csrf"], "_state": form["_state"], "_step": {"words"}, said[1].text: {said[0].text}},
		"much too long":   {"_csrf": form["_csrf"], "_state": form["_state"], "_step": {"words"}, "narrative": {strings.Repeat(said[0].text, 4000)}},
		"not an account":  {"_csrf": form["_csrf"], "email": {said[1].text + "@mail.example"}, "passphrase": {said[0].text}},
		"not any receipt": {"_csrf": form["_csrf"], "receipt": {said[0].text}},
	} {
		path := "/complaints/new"
		switch name {
		case "not an account":
			path = "/sign-in"
		case "not any receipt":
			path = "/complaints/check"
		}
		if a := v.send(http.MethodPost, path, broken); a.status >= http.StatusInternalServerError {
			t.Errorf("a form %s answers %d: %s", name, a.status, a.text())
		}
	}
	// A search is in the address by its nature; the log must not have it.
	v.get("/agencies?q=" + url.QueryEscape(said[6].text)).ok(http.StatusOK)
	v.get("/nothing/" + url.PathEscape(said[1].text)).ok(http.StatusNotFound)
}

// investigate waits for the escalation and its letters, and opens what the
// unit may open.
func (s *stage) investigate(t *testing.T) *visitor {
	t.Helper()
	who := (&portal{}).account(t, "investigator")
	v := visit(t, s.url, "en")
	v.signIn(who)
	var inbox *answer
	eventually(t, "the escalation is in the inbox", func() bool {
		inbox = v.get("/police/escalations").ok(http.StatusOK)
		return strings.Contains(inbox.text(), quiet)
	})
	href, _ := inbox.doc.Find(`main tr:contains("` + quiet + `") a[href^="/police/escalations/"]`).First().Attr("href")
	pattern := v.get(href).ok(http.StatusOK)
	if linked, found := pattern.doc.Find(`main a[href*="/complaints/"]`).First().Attr("href"); !found {
		t.Errorf("no complaint is linked: %s", pattern.text())
	} else if opened := v.get(linked).ok(http.StatusOK); !strings.Contains(opened.text(), "place ice works") {
		t.Errorf("with the reporter's leave the unit reads the answers: %s", opened.text())
	}
	eventually(t, "the investigator has a letter", func() bool {
		for _, letter := range s.mail.Letters() {
			if letter.To == who.Email {
				return true
			}
		}
		return false
	})
	return v
}
