package public_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
)

const consentPath = "/complaints/mine/consent"

// handIn opens the complaint of the receipt by the form.
func (b *browser) handIn(t *testing.T, receipt string) {
	t.Helper()
	b.get(t, "/complaints/check")
	b.press(t, "/complaints/check", "", "receipt", receipt)
}

func aboutAFriend(mayAct ...complaint.MayAct) complaint.Intake {
	return complaint.Intake{
		Language: "en", Narrative: "They keep her passport.", About: complaint.AboutFriend, WorkerName: "Example Worker", ReporterName: "Example Friend", MayAct: mayAct,
	}
}

func TestAReporterAllowsMoreLaterByTheFormUntilNothingIsLeft(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"Allow somebody else to act", "What you allowed later", "the complaints desk may act", "the national police unit may act", "may learn the name"},
		"km": {"អនុញ្ញាតឱ្យ", "អ្វីដែលអ្នកបានអនុញ្ញាតនៅពេលក្រោយ", "", "", ""},
	} {
		t.Run(lang, func(t *testing.T) {
			o := open(t)
			b := o.browser(lang)
			b.handIn(t, o.lodge(t, aboutAFriend()))
			if !strings.Contains(b.text(), want[0]) || strings.Contains(b.text(), want[1]) {
				t.Fatal(b.text())
			}
			b.get(t, consentPath)
			if n := b.page.Find(`input[name="may_act"]`).Length(); n != 3 {
				t.Fatalf("%d choices: %s", n, b.text())
			}
			b.press(t, consentPath, "", "may_act", "labour_desk")
			if b.status != http.StatusOK || !strings.Contains(b.text(), want[1]) || !strings.Contains(b.text(), want[2]) {
				t.Fatalf("%d %s", b.status, b.text())
			}
			b.get(t, consentPath)
			if got := b.page.Find(`input[name="may_act"]`); got.Length() != 1 || got.AttrOr("value", "") != "police" {
				t.Fatalf("what is allowed is asked again: %s", b.text())
			}
			b.press(t, consentPath, "", "may_act", "police", "worker_agrees", "yes")
			if b.status != http.StatusOK || !strings.Contains(b.text(), want[3]) || !strings.Contains(b.text(), want[4]) {
				t.Fatalf("%d %s", b.status, b.text())
			}
			if b.page.Find(`a[href="`+consentPath+`"]`).Length() != 0 {
				t.Error("the page leads to a form that has nothing to ask")
			}
			b.get(t, consentPath)
			if b.page.Find(`form[action="/complaints/close"]`).Length() != 1 {
				t.Errorf("with nothing left it shows %s", b.text())
			}
			if n := o.count(t, `SELECT count(*) FROM complaint_consents`); n != 3 {
				t.Errorf("%d consents", n)
			}
		})
	}
}

func TestAConsentThatSaysNothingIsExplainedAtTheField(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	b.handIn(t, o.lodge(t, aboutAFriend()))
	b.get(t, consentPath)
	b.press(t, consentPath, "")
	if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.errorAt("may_act"), "Please choose who may act") {
		t.Errorf("%d %q: %s", b.status, b.errorAt("may_act"), b.text())
	}
	b.press(t, consentPath, "", "may_act", "everybody", "worker_agrees", "yes")
	if b.status != http.StatusUnprocessableEntity || b.errorAt("may_act") == "" || b.fields().Get("worker_agrees") != "yes" {
		t.Errorf("%d %q, kept %v", b.status, b.errorAt("may_act"), b.fields())
	}
	if n := o.count(t, `SELECT count(*) FROM complaint_consents`); n != 0 {
		t.Errorf("%d consents", n)
	}
	// Only the name is left: the message stands where the question does.
	b.handIn(t, o.lodge(t, aboutAFriend(complaint.LabourDesk, complaint.Police)))
	b.get(t, consentPath)
	b.press(t, consentPath, "")
	if b.status != http.StatusUnprocessableEntity || b.errorAt("worker_agrees") == "" {
		t.Errorf("%d %s", b.status, b.text())
	}
}

func TestWithoutAReceiptNobodyIsAskedForConsent(t *testing.T) {
	o := open(t)
	b := o.browser("en")
	b.get(t, consentPath)
	if b.page.Find(`input[name="receipt"]`).Length() != 1 {
		t.Errorf("%d %s", b.status, b.text())
	}
	b.press(t, consentPath, "")
	if b.page.Find(`input[name="receipt"]`).Length() != 1 {
		t.Errorf("sent without a receipt: %d %s", b.status, b.text())
	}
}
