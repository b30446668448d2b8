package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/google/uuid"
)

// licensed is a ministry, an oversight body and an agency with a licence.
type licensed struct {
	*twin

	t      *testing.T
	agency uuid.UUID
}

func openLicensed(t *testing.T) *licensed {
	t.Helper()
	w := openTwin(t, testkit.DB(t),
		office{"ministry-hq", "ministry", "", "", "", []identity.Role{identity.RoleLicensingOfficer, identity.RoleComplaintsOfficer}},
		office{"oversight-hq", "oversight", "", "", "", []identity.Role{identity.RoleOverseer}},
		office{"police-unit", "police", "", "", "", []identity.Role{identity.RoleInvestigator}},
		office{"police-elsewhere", "police", "police-unit", "", "", []identity.Role{identity.RoleInvestigator}},
		office{"sample-office", "agency", "", "the agency", "", []identity.Role{identity.RoleAgencyHead, identity.RoleAgencyClerk}})
	for email, unit := range map[string]string{"second@ministry.example": "ministry-hq", "second@oversight.example": "oversight-hq"} {
		role := identity.RoleLicensingOfficer
		if strings.Contains(unit, "oversight") {
			role = identity.RoleOverseer
		}
		w.db.Hire(t, w.clock, email, "A Second", unitOf(unit), role)
	}
	l := &licensed{w, t, w.people["agency_head@sample-office.example"].AgencyID}
	period, from, until := uuid.New(), w.clock.Now().AddDate(-1, 0, 0), w.clock.Now().AddDate(2, 0, 0)
	w.exec(`INSERT INTO licences (agency_id, number) VALUES ($1, 'L-0001')`, l.agency)
	w.exec(`INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES ($1, $2, $3, $4)`, period, l.agency, from, until)
	w.exec(`INSERT INTO licence_scopes (period_id, destination, occupation, since) VALUES ($1, 'TH', '', $2), ($1, 'JP', '', $2)`, period, from)
	w.exec(`INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'granted', $3)`, uuid.New(), l.agency, from)
	return l
}

func (l *licensed) home() string { return "/ministry/agencies/" + l.agency.String() }

// until is a form with a day that comes.
func (l *licensed) form(days int, fields ...string) url.Values {
	form := url.Values{"text": {"Because of what we found."}}
	if days > 0 {
		day := l.clock.Now().AddDate(0, 0, days)
		form.Set("until_day", strconv.Itoa(day.Day()))
		form.Set("until_month", strconv.Itoa(int(day.Month())))
		form.Set("until_year", strconv.Itoa(day.Year()))
	}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return form
}

// decided proposes a step on a page, and has the second approve it.
func (l *licensed) decided(first, second *visitor, path string, form url.Values) {
	l.t.Helper()
	if of := strings.SplitN(path, "?of=", 2); len(of) == 2 {
		form.Set("of", of[1])
	}
	res := first.send(l.t, path, strings.SplitN(path, "?", 2)[0], form)
	waits := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(waits, "/decisions/") {
		l.t.Fatalf("%s: %d\n%s", path, res.StatusCode, document(l.t, res.Body).Find("main").Text())
	}
	if res := second.send(l.t, waits, waits+"/approve", url.Values{}); res.StatusCode != http.StatusSeeOther {
		l.t.Fatalf("%s: approving answers %d\n%s", path, res.StatusCode, document(l.t, res.Body).Find("main").Text())
	}
}

// link is the address of a link whose address holds a text.
func (l *licensed) link(v *visitor, page, part string) string {
	l.t.Helper()
	_, doc := v.get(l.t, page)
	href, there := doc.Find(`main a[href*="` + part + `"]`).First().Attr("href")
	if !there {
		l.t.Fatalf("%s leads to no %s:\n%s", page, part, doc.Find("main").Text())
	}
	return href
}

func TestALicenceIsSuspendedAfterAReplyAppealedAndGivenBackByTheOversightBody(t *testing.T) {
	l := openLicensed(t)
	l.law(policy.LicenceAppeal, `{"days":30,"basis":"calendar"}`)
	first, second := l.visitor("licensing_officer@ministry-hq.example"), l.signIn(t, "second@ministry.example")
	head := l.visitor("agency_head@sample-office.example")
	l.decided(first, second, l.home()+"/steps/notice", l.form(10, "ground", "worker_fees"))

	reply := l.link(head, "/agency/licence", "/reply?of=")
	form := l.form(0)
	form.Set("text", "We took nothing.")
	form.Set("of", strings.SplitN(reply, "of=", 2)[1])
	if res := head.send(t, reply, "/agency/licence/reply", form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("replying: %d %s", res.StatusCode, document(t, res.Body).Find("main").Text())
	}
	suspend := l.link(first, l.home(), "/steps/suspend?of=")
	_, page := first.get(t, suspend)
	wantText(t, page, "Notice of what is intended")
	l.decided(first, second, suspend, l.form(0, "ground", "worker_fees"))
	_, page = head.get(t, "/agency/licence")
	wantText(t, page, "Suspended", "Workers were charged what the law does not allow", "Because of what we found.")
	letter := l.link(head, "/agency/licence", "/agency/letters/")
	_, page = head.get(t, letter)
	wantText(t, page, "The licence is suspended from this day.", "អាជ្ញាបណ្ណត្រូវបានផ្អាកចាប់ពីថ្ងៃនេះ។", "L-0001")

	appeal := l.link(head, "/agency/licence", "/appeal?of=")
	form.Set("of", strings.SplitN(appeal, "of=", 2)[1])
	if res := head.send(t, appeal, "/agency/licence/appeal", form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("appealing: %d %s", res.StatusCode, document(t, res.Body).Find("main").Text())
	}
	overseer, other := l.visitor("overseer@oversight-hq.example"), l.signIn(t, "second@oversight.example")
	at := l.link(overseer, "/oversight/appeals", "/oversight/agencies/")
	l.decided(overseer, other, l.link(overseer, at, "/steps/appeal_upheld?of="), l.form(0))
	_, page = head.get(t, "/agency/licence")
	wantText(t, page, "Licensed", "Appeal upheld")
	_, page = first.get(t, l.home()+"/timeline")
	wantText(t, page, "Suspension", "Appeal upheld", "Reply of the agency")
	_, page = overseer.get(t, l.link(overseer, at, "/timeline"))
	wantText(t, page, "Suspension", "Appeal upheld", "Reply of the agency")
	_, page = first.get(t, l.home()+"/timeline?what=licence")
	wantText(t, page, "granted")
}

func TestPagesLeadToDroppingANoticeAndToGivingAPartBack(t *testing.T) {
	l := openLicensed(t)
	officer, second := l.visitor("licensing_officer@ministry-hq.example"), l.signIn(t, "second@ministry.example")
	l.decided(officer, second, l.home()+"/steps/notice", l.form(10, "ground", "worker_fees"))
	drop := l.link(officer, l.home(), "/steps/notice_dropped?of=")
	l.decided(officer, second, drop, l.form(0))
	l.decided(officer, second, l.home()+"/steps/narrow", l.form(20, "ground", "worker_fees", "scope", "TH"))
	_, page := l.visitor("agency_head@sample-office.example").get(t, "/agency/licence")
	wantText(t, page, "Notice dropped", "Suspension of a part")
	if page.Find(`main a[href*="/reply?of="]`).Length() != 0 {
		t.Error("a notice that was dropped asks for a reply")
	}
	widen := l.link(officer, l.home(), "/steps/widen?of=")
	l.decided(officer, l.visitor("overseer@oversight-hq.example"), widen, l.form(0))
	_, page = officer.get(t, l.home())
	wantText(t, page, "Suspension of a part lifted", "Thailand")
	if page.Find(`main a[href*="/steps/widen"], main a[href*="/steps/notice_dropped"]`).Length() != 0 {
		t.Error("what was done can be done again")
	}
}

func TestEveryStepHasItsWordsInEveryLanguage(t *testing.T) {
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	words := pages.Catalogue()
	own := []licensing.StepKind{licensing.Reply, licensing.AskSurrender, licensing.ConditionDone, licensing.Appeal}
	for _, lang := range words.Languages() {
		for _, kind := range licensing.StepKinds() {
			keys := []string{"licensing.step." + string(kind), "licensing.step." + string(kind) + ".do", "licensing.step." + string(kind) + ".text", "letter." + string(kind)}
			if !slices.Contains(own, kind) { // which nobody decides about
				keys = append(keys, "decision.kind.licence_"+string(kind), "decision.does.licence_"+string(kind))
			}
			for _, key := range keys {
				if !words.Has(lang, key) {
					t.Errorf("%s has no %s", lang, key)
				}
			}
		}
	}
}

// What the record allows to stand on a timeline can be said: a word that is missing
// would be a page that does not open.
func TestEveryLineOfATimelineHasItsWords(t *testing.T) {
	l := openLicensed(t)
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	for prefix, constraint := range map[string]string{
		"timeline.kind.": "agency_parts_kind_check", "timeline.notice.": "agency_notices_kind_check", "licensing.event.": "licence_events_kind_check",
		"timeline.guarantee.": "guarantee_entries_kind_check", "fitness.grade.": "fitness_checks_grade_check", "inspection.outcome.": "inspections_outcome_check",
		"timeline.escalation.": "escalations_grade_check", "agencies.event.": "licence_events_kind_check",
	} {
		var text string
		if err := l.super.QueryRow(`SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1`, constraint).Scan(&text); err != nil {
			t.Fatal(constraint, err)
		}
		words := regexp.MustCompile(`'([a-z_]+)'`).FindAllStringSubmatch(text, -1)
		if len(words) == 0 {
			t.Errorf("%s allows nothing: %s", constraint, text)
		}
		for _, lang := range pages.Catalogue().Languages() {
			for _, word := range words {
				if key := prefix + word[1]; word[1] != "step" && !pages.Catalogue().Has(lang, key) {
					t.Errorf("%s has no %s", lang, key)
				}
			}
		}
	}
}

// handedOver is an escalation to a unit with one complaint about the agency.
func (l *licensed) handedOver(unit string) (key uuid.UUID) {
	alert, told, key := uuid.New(), uuid.New(), uuid.New()
	l.exec(`INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at) VALUES ($1, 'agency', $2, 'red', 1, now())`, alert, l.agency.String())
	l.exec(`INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, agency_id, first_hand, danger_now, missing_person, never_departed, minor, official)
		VALUES ($1, sha256(convert_to($2, 'UTF8')), sha256(convert_to($2 || 'r', 'UTF8')), $3, 'received', 'km', 'web', 'self', $4, true, false, false, false, false, false)`,
		told, told.String(), l.clock.Now(), l.agency)
	l.exec(`INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) VALUES ($1, $2, 'k', '{facts}', '\x00'), ($1, 'ministry-hq', 'k', '{facts}', '\x00')`, told, unit)
	l.exec(`INSERT INTO escalations (id, ref, alert_id, grade, subject_kind, subject_key, pattern, unit_id, raised_at, acknowledge_by) VALUES ($1, 'E-2222-2222', $2, 'red', 'agency', $3, '{}', $4, $5, $5)`,
		key, alert, l.agency.String(), unitOf(unit), l.clock.Now())
	l.exec(`INSERT INTO escalation_complaints (escalation_id, complaint_id) VALUES ($1, $2)`, key, told)
	return key
}

func TestATimelineSpeaksOfComplaintsToWhomTheyWereHandedAndToNobodyElse(t *testing.T) {
	l := openLicensed(t)
	officer := l.visitor("licensing_officer@ministry-hq.example")
	l.decided(officer, l.signIn(t, "second@ministry.example"), l.home()+"/steps/notice", l.form(10, "ground", "worker_fees"))
	key := l.handedOver("police-unit")
	at := "/police/agencies/" + l.agency.String() + "/timeline"
	_, page := l.visitor("investigator@police-unit.example").get(t, at)
	wantText(t, page, "Notice of what is intended", "A pattern was handed over, red: E-2222-2222", "A complaint that a pattern carries was filed", "Placement")
	if page.Find(`main a[href="/police/escalations/`+key.String()+`"]`).Length() != 1 {
		t.Error("it does not lead to what was handed over")
	}
	_, page = l.visitor("investigator@police-unit.example").get(t, at+"?what=complaint")
	if page.Find("tbody tr").Length() != 1 {
		t.Errorf("narrowed to complaints: %s", page.Find("tbody").Text())
	}
	for who, path := range map[string]string{
		"investigator@police-elsewhere.example": at, "licensing_officer@ministry-hq.example": l.home() + "/timeline",
		"agency_head@sample-office.example": "/agency/timeline", "overseer@oversight-hq.example": "/oversight/agencies/" + l.agency.String() + "/timeline",
	} {
		for _, narrowed := range []string{"", "?what=complaint", "?what=escalation"} {
			status, page := l.visitor(who).get(t, path+narrowed)
			if text := page.Find("main table").Text(); status != http.StatusOK || strings.Contains(text, "omplaint") || strings.Contains(text, "E-2222-2222") {
				t.Errorf("%s%s: %d %s", who, narrowed, status, text)
			}
		}
	}
	for _, who := range []string{"licensing_officer@ministry-hq.example", "overseer@oversight-hq.example", "complaints_officer@ministry-hq.example"} {
		if status, _ := l.visitor(who).get(t, at); status != http.StatusNotFound {
			t.Errorf("%s opens the page of investigators: %d", who, status)
		}
	}
}

func TestAStepThatFailsKeepsWhatWasTypedAndOneThatIsNotLegalSaysSo(t *testing.T) {
	l := openLicensed(t)
	officer := l.visitor("licensing_officer@ministry-hq.example")
	path := l.home() + "/steps/suspend"
	res := officer.send(t, path, path, url.Values{"text": {"Some words."}, "until_day": {"31"}, "until_month": {"2"}, "until_year": {"2027"}})
	page := document(t, res.Body)
	if res.StatusCode != http.StatusUnprocessableEntity || page.Find("#until-error").Length() != 1 || strings.TrimSpace(page.Find("textarea#text").Text()) != "Some words." {
		t.Errorf("%d: %s", res.StatusCode, page.Find("main").Text())
	}
	res = officer.send(t, path, path, url.Values{"text": {"Some words."}})
	if page = document(t, res.Body); res.StatusCode != http.StatusUnprocessableEntity || page.Find("#ground-error").Length() != 1 {
		t.Errorf("without a ground: %d", res.StatusCode)
	}
	path = l.home() + "/steps/reinstate"
	if res := officer.send(t, path, path, l.form(0)); res.StatusCode != http.StatusConflict {
		t.Errorf("lifting what is not suspended: %d", res.StatusCode)
	}
}

func TestASuspensionOpensTheListOfThoseItStrands(t *testing.T) {
	l := openLicensed(t)
	first, second := l.visitor("licensing_officer@ministry-hq.example"), l.signIn(t, "second@ministry.example")
	l.exec(`INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_at) VALUES ($1, $2, $3, 'TH', '9329', 'soon', $4, $5)`,
		uuid.New(), l.agency, unitOf("the employer"), l.clock.Now().AddDate(0, 0, 9), l.clock.Now())
	l.decided(first, second, l.home()+"/steps/suspend", l.form(0, "ground", "licence_lent"))
	head := l.visitor("agency_head@sample-office.example")
	_, page := head.get(t, "/agency/duties?place=not_left")
	wantText(t, page, "Hand back passport and papers", "Pay back what was paid", "Find another licensed agency, if wanted")
	done, _ := page.Find(`input[name="done"]`).First().Attr("value")
	if res := head.send(t, "/agency/duties", "/agency/duties", url.Values{"done": {done, "rubbish", uuid.NewString()}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("noting a duty: %d", res.StatusCode)
	}
	_, page = first.get(t, l.home()+"/duties?place=not_left")
	if n := page.Find(`input[name="done"]`).Length(); n != 2 {
		t.Errorf("%d duties are open, want 2", n)
	}
}

func TestTheRegisterOfOfficersIsFilteredInItsAddress(t *testing.T) {
	l := openLicensed(t)
	officer := l.visitor("licensing_officer@ministry-hq.example")
	for query, want := range map[string]bool{
		"": true, "q=recruit": true, "q=L-0001": true, "q=100%25": false, "q=nobody": false, "state=revoked": false, "days=30": false, "conditions=yes": false,
		"q=%00%ff": true, "page=-1": true, "days=x": true,
	} {
		status, page := officer.get(t, "/ministry/agencies?"+query)
		if got := page.Find(`a[href="`+l.home()+`"]`).Length() == 1; status != http.StatusOK || got != want {
			t.Errorf("%q: %d, listed %t", query, status, got)
		}
	}
}

func TestAnAgencyGivesItsLicenceBackAndOnlyItsHeadSpeaksForIt(t *testing.T) {
	l := openLicensed(t)
	clerk, head := l.visitor("agency_clerk@sample-office.example"), l.visitor("agency_head@sample-office.example")
	if status, _ := clerk.get(t, "/agency/licence/surrender_ask"); status != http.StatusNotFound {
		t.Errorf("a clerk: %d", status)
	}
	if status, _ := clerk.get(t, "/agency/licence"); status != http.StatusOK {
		t.Errorf("a clerk reads: %d", status)
	}
	if res := head.send(t, "/agency/licence/surrender_ask", "/agency/licence/surrender_ask", l.form(0)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("asking: %d", res.StatusCode)
	}
	first, second := l.visitor("licensing_officer@ministry-hq.example"), l.signIn(t, "second@ministry.example")
	l.decided(first, second, l.link(first, l.home(), "/steps/surrender?of="), l.form(0))
	_, page := head.get(t, "/agency/licence")
	wantText(t, page, "Given back by the agency")
}
