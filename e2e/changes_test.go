package e2e

import (
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/platform/mail/mailtest"
)

// words of a letter, as a mailbox shows them.
func words(t *testing.T, l mailtest.Letter) string {
	t.Helper()
	_, body, _ := strings.Cut(l.Raw, "\r\n\r\n")
	var in io.Reader = strings.NewReader(body)
	switch strings.ToLower(l.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		in = quotedprintable.NewReader(in)
	case "base64":
		in = base64.NewDecoder(base64.StdEncoding, in)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Somebody without an account asks for letters about an agency on a phone, confirms by
// the link that comes, and ends them; every page fits in both languages.
func TestSomebodyWatchesAnAgencyByMail(t *testing.T) {
	s := startStage(t)
	b := open(t, s.url, phone, withAxe)
	for n, lang := range languages {
		b.visit("/")
		b.speak(lang)
		b.visit("/agencies?q=harvest+bridge")
		b.press(`main a[href^="/agencies/"]`)
		b.press(`main a[href^="/changes?agency="]`)
		b.fits("asking for letters", lang)
		b.say("email", "no address")
		b.press(`main form[action="/changes"] button`)
		b.must(http.StatusUnprocessableEntity)
		b.fits("an address that is none", lang)
		to := []string{"family@village.example", "friend@village.example"}[n]
		b.say("email", to)
		b.press(`main form[action="/changes"] button`)
		b.fits("asked", lang)
		var link string
		eventually(t, "the letter comes", func() bool {
			for _, l := range s.mail.Letters() {
				if l.To == to {
					link = regexp.MustCompile(`/changes/[A-Za-z0-9_-]+`).FindString(words(t, l))
				}
			}
			return link != ""
		})
		b.visit(link)
		b.fits("a link", lang)
		b.press(`main form[action$="/confirm"] button`)
		b.fits("letters that come", lang)
		b.press(`main form[action$="/end"] button`)
		b.fits("letters that ended", lang)
		b.visit(link)
		b.must(http.StatusGone)
		b.fits("a link that is over", lang)
	}
}
