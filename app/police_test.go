package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/account"
	"github.com/fairpassage/portal/app/police"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/google/uuid"
)

// station is the site with a national police unit of two and one of elsewhere.
type station struct {
	*counter
	db          *testkit.Database
	clock       *clock.Fake
	escalations *escalation.Service
	bell        *web.Bell
	agency      uuid.UUID
	// sealed is what complaints opened to the unit.
	sealed map[uuid.UUID]complaint.Contents
}

// OpenFor makes the station its own SealedReader: sealing has tests of its own.
func (s *station) OpenFor(_ context.Context, _ identity.Holder, key uuid.UUID) (complaint.Contents, error) {
	return s.sealed[key], nil
}

// Offices makes it its own list of offices.
func (s *station) Offices(context.Context) ([]complaint.Office, error) { return nil, nil }

func openStation(t *testing.T) *station {
	t.Helper()
	s := &station{
		counter: &counter{log: &bytes.Buffer{}}, db: testkit.DB(t), clock: testkit.Clock(), bell: web.NewBell(),
		agency: id.New(), sealed: map[uuid.UUID]complaint.Contents{},
	}
	for _, u := range []struct {
		code   string
		parent any
		people map[string]string
	}{
		{"national", nil, map[string]string{"sokha@police.example": "investigator", "dara@police.example": "commander"}},
		{"elsewhere", "national", map[string]string{"other@police.example": "investigator"}},
	} {
		key := id.New()
		s.exec(t, `INSERT INTO units (id, code, kind, name, parent_id) VALUES ($1, $2, 'police', '{"en": "A unit"}', (SELECT id FROM units WHERE code = $3))`, key, u.code, u.parent)
		for email, role := range u.people {
			s.db.Hire(t, s.clock, email, "Officer "+email[:4], key, identity.Role(role))
		}
	}
	s.exec(t, `INSERT INTO agencies (id, slug, source, source_key, name_latin, name_local, state, created_at, updated_at)
		VALUES ($1, 'sample', 'test', 'sample', 'Sample Recruitment', 'គំរូ', 'listed', now(), now())`, s.agency)
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	sessions := identity.NewSessions(s.db.DB, testkit.People(s.clock))
	w, err := web.New(web.Config{BaseURL: base, Demo: true, CSRFKey: bytes.Repeat([]byte{7}, 32)}, pages, sessions, slog.New(slog.NewTextHandler(s.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s.db.Adopt(t)
	s.escalations = escalation.New(escalation.Deps{DB: s.db.DB, Clock: s.clock, People: testkit.People(s.clock), Random: rand.Reader})
	s.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Staff}}, w, app.Pages{
		Account: account.New(w, sessions, nil),
		Police:  police.New(w, police.Deps{Escalations: s.escalations, Sealed: s, Agencies: register.New(s.db.DB, s.clock, country.Home{Code: "KH", Zone: time.UTC}), Bell: s.bell, Base: "/police/escalations", Offices: s}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *station) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := s.db.Super(t).ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// raise hands over one escalation about the subject with one complaint, and
// returns the address of its page and the complaint.
func (s *station) raise(t *testing.T, grade escalation.Grade, kind, key string) (path string, complaintID uuid.UUID) {
	t.Helper()
	alert, told := id.New(), id.New()
	s.exec(t, `INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at) VALUES ($1, $2, $3, 'red', 1, now())`, alert, kind, key)
	s.exec(t, `
		INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about,
			first_hand, danger_now, missing_person, never_departed, minor, official)
		VALUES ($1, sha256(convert_to($2, 'UTF8')), sha256(convert_to($3, 'UTF8')), now(), 'received', 'km', 'web', 'self', true, false, false, false, false, false)`,
		told, "n"+told.String(), "r"+told.String())
	day := s.clock.Now().Truncate(24 * time.Hour)
	var raised uuid.UUID
	err := s.db.InTx(t.Context(), identity.System("screening"), func(tx postgres.Tx) (err error) {
		raised, _, err = s.escalations.Raise(tx, identity.System("screening"), escalation.Raising{
			To: identity.UnitPolice, AlertID: alert, Grade: grade, SubjectKind: kind, SubjectKey: key, Complaints: []uuid.UUID{told},
			Pattern: escalation.Pattern{
				Counts: escalation.Counts{Complaints: 3, FirstHand: 2, Reporters: 3}, From: day, To: day,
				Findings: []escalation.Finding{{
					Rule: "converging-testimony", Version: 1, Grade: "red", Score: 2.5, From: day, To: day,
					Reasons: []escalation.Reason{
						{Key: "pattern.converging_testimony.reason", Args: map[string]any{"Voices": "3", "FirstHand": "2", "Days": "90", "Exploitation": "4", "Coercion": "2"}},
						{Key: "pattern.that.was.withdrawn"},
					},
				}},
				Voices: []escalation.Voice{{ComplaintID: told, Day: day, Country: "TH", Indicators: []string{"violence"}, FirstHand: true, DangerNow: true}},
			},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return "/police/escalations/" + raised.String(), told
}

func TestAnEmptyInboxSaysWhatToExpect(t *testing.T) {
	s := openStation(t)
	_, page := s.signIn(t, "sokha@police.example").get(t, "/police/escalations")
	wantText(t, page, "Nothing has been handed to your unit yet", "Nobody can hold it back")
}

func TestTheInboxTellsUnreadAndOverdueInWords(t *testing.T) {
	s := openStation(t)
	s.raise(t, escalation.Red, "agency", s.agency.String())
	s.clock.Advance(2 * time.Hour)
	path, _ := s.raise(t, escalation.Amber, "phone", "a-keyed-token")
	sokha := s.signIn(t, "sokha@police.example")
	_, page := sokha.get(t, "/police/escalations")
	wantText(t, page, "Sample Recruitment · គំរូ", "A phone number that 1 complaint named", "Overdue", "Waiting", "Unread")
	if strings.Contains(page.Text(), "a-keyed-token") {
		t.Error("the page shows a token")
	}
	if n := page.Find(`tr[data-href]`).Length(); n != 2 {
		t.Fatalf("%d lines, want 2", n)
	}
	if n := page.Find(`tr.fp-row--red`).Length(); n != 1 {
		t.Errorf("%d lines are red, want the overdue one", n)
	}
	sokha.get(t, path)
	_, page = sokha.get(t, "/police/escalations?grade=amber&state=waiting")
	if page.Find(`tr[data-href]`).Length() != 1 || strings.Contains(page.Find("tbody").Text(), "Unread") {
		t.Error("the filter or the mark of what was read does not work")
	}
	if chosen, _ := page.Find(`select[name="grade"] option[selected]`).Attr("value"); chosen != "amber" {
		t.Errorf("the filter shows %q", chosen)
	}
	_, page = sokha.get(t, "/police/escalations?state=acknowledged")
	wantText(t, page, "No escalation fits")
}

func TestAnEscalationShowsWhyAndIsAcknowledgedOnce(t *testing.T) {
	s := openStation(t)
	path, told := s.raise(t, escalation.Red, "agency", s.agency.String())
	sokha, dara := s.signIn(t, "sokha@police.example"), s.signIn(t, "dara@police.example")
	_, page := sokha.get(t, path)
	wantText(t, page, "Independent accounts that agree", "3 independent people, 2 of them at first hand", "Thailand", "Physical or sexual violence", "In danger now",
		"Nobody has acknowledged this yet", "version 1, score 2.5")
	if href, _ := page.Find(`main a[href^="/agencies/"]`).Attr("href"); href != "/agencies/sample" {
		t.Errorf("the register's page is %q", href)
	}
	if page.Find(`main a[href="/police/agencies/`+s.agency.String()+`/timeline"]`).Length() != 1 {
		t.Error("no way leads to what became of the agency")
	}
	if page.Find(`a[href="`+path+"/complaints/"+told.String()+`"]`).Length() != 1 {
		t.Error("no way leads to the complaint")
	}
	if res := sokha.send(t, path, path+"/acknowledge", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("acknowledging answers %d", res.StatusCode)
	}
	_, page = dara.get(t, path)
	wantText(t, page, "Acknowledged by Officer sokh")
	req := httptest.NewRequest(http.MethodPost, path+"/acknowledge", nil)
	if res := dara.do(t, req); res.StatusCode == http.StatusSeeOther {
		t.Error("acknowledged without the token")
	}
	res := dara.send(t, "/account", path+"/acknowledge", url.Values{})
	if res.StatusCode != http.StatusConflict {
		t.Fatalf("the second acknowledgement answers %d", res.StatusCode)
	}
	wantText(t, document(t, res.Body), "Somebody acknowledged this before you", "Officer sokh")
}

func TestComplaintsThatCameLaterAreShownApart(t *testing.T) {
	s := openStation(t)
	path, told := s.raise(t, escalation.Red, "employer", "token")
	_, later := s.raise(t, escalation.Amber, "employer", "another")
	sokha := s.signIn(t, "sokha@police.example")
	if _, page := sokha.get(t, path); strings.Contains(page.Text(), "What came later") {
		t.Error("something came later before it did")
	}
	s.exec(t, `INSERT INTO escalation_complaints (escalation_id, complaint_id) VALUES ($1, $2)`, strings.TrimPrefix(path, "/police/escalations/"), later)
	_, page := sokha.get(t, path)
	wantText(t, page, "1 more complaint joined after this was raised")
	for _, complaintID := range []uuid.UUID{told, later} {
		if page.Find(`a[href="`+path+"/complaints/"+complaintID.String()+`"]`).Length() != 1 {
			t.Errorf("%s has no link or two", complaintID)
		}
	}
}

func TestALinkedComplaintShowsWhatIsHeldAndWhatIsNot(t *testing.T) {
	s := openStation(t)
	path, told := s.raise(t, escalation.Red, "employer", "token")
	fee := 1200
	s.sealed[told] = complaint.Contents{Answers: &complaint.Answers{
		Language: "km", Safe: complaint.InDanger, About: complaint.AboutSelf, Country: "TH", FeeUSD: &fee,
		Indicators: map[complaint.Indicator][]complaint.Phase{complaint.Violence: {complaint.Work}},
		HappenedOn: complaint.Day{Year: 2026, Month: 2}, MayAct: []complaint.MayAct{complaint.LabourDesk},
	}}
	sokha := s.signIn(t, "sokha@police.example")
	_, page := sokha.get(t, path+"/complaints/"+told.String())
	wantText(t, page, "No, in danger", "Thailand", "US$ 1,200", "Physical or sexual violence (at work)", "February 2026",
		"Not held. The reporter did not agree that police know this", "Not held. The reporter did not ask police to act")
	words := "First line.\n\nSecond line."
	s.sealed[told] = complaint.Contents{
		Narrative: &words, Reporter: &complaint.Person{Name: "Chan Sample"}, Contact: &complaint.Contact{Phone: "012 000 002", How: "message"},
	}
	_, page = sokha.get(t, path+"/complaints/"+told.String())
	wantText(t, page, "Chan Sample", "012 000 002", "Please write, do not call", "First line.", "Second line.")
	for _, other := range []string{id.New().String(), "no-key"} {
		if status, _ := sokha.get(t, path+"/complaints/"+other); status != http.StatusNotFound {
			t.Errorf("a complaint that is not linked answers %d", status)
		}
	}
}

func TestAnotherUnitFindsNothing(t *testing.T) {
	s := openStation(t)
	path, told := s.raise(t, escalation.Red, "employer", "token")
	other := s.signIn(t, "other@police.example")
	for _, address := range []string{path, path + "/complaints/" + told.String(), "/police/escalations/" + id.New().String(), "/police/escalations/none"} {
		if status, _ := other.get(t, address); status != http.StatusNotFound {
			t.Errorf("%s answers %d", address, status)
		}
	}
	if res := other.send(t, "/account", path+"/acknowledge", url.Values{}); res.StatusCode != http.StatusNotFound {
		t.Errorf("acknowledging answers %d", res.StatusCode)
	}
	if _, page := other.get(t, "/police/escalations"); page.Find(`tr[data-href]`).Length() != 0 {
		t.Error("the inbox lists another unit's escalation")
	}
}

func TestEveryPoliceTextIsThereInKhmer(t *testing.T) {
	s := openStation(t)
	path, told := s.raise(t, escalation.Red, "employer", "token")
	s.sealed[told] = complaint.Contents{Answers: &complaint.Answers{Safe: complaint.NotSure, Minor: true}}
	sokha := s.signIn(t, "sokha@police.example")
	sokha.do(t, httptest.NewRequest(http.MethodGet, "/language/km?back=/account", nil))
	for _, address := range []string{"/police/escalations", path, path + "/complaints/" + told.String()} {
		status, page := sokha.get(t, address)
		if lang, _ := page.Find("html").Attr("lang"); status != http.StatusOK || lang != "km" {
			t.Errorf("%s answers %d in %q", address, status, lang)
		}
	}
}

func TestAnOpenInboxIsToldThatSomethingHappened(t *testing.T) {
	s := openStation(t)
	sokha := s.signIn(t, "sokha@police.example")
	_, page := sokha.get(t, "/police/escalations")
	stream, _ := page.Find("#inbox[data-stream]").Attr("data-stream")
	s.raise(t, escalation.Red, "employer", "token")
	s.bell.Stop() // the stream says what it has to say, and ends
	res := sokha.do(t, httptest.NewRequest(http.MethodGet, stream, nil))
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	if got := body.String(); !strings.Contains(got, "event: changed") || strings.Contains(got, "E-") {
		t.Fatalf("the stream says %q", got)
	}
	var public visitor
	public.counter, public.cookies = s.counter, map[string]string{}
	if res := public.do(t, httptest.NewRequest(http.MethodGet, stream, nil)); res.StatusCode != http.StatusNotFound {
		t.Fatalf("the public's stream answers %d", res.StatusCode)
	}
}
