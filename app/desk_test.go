package app_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/account"
	deskpages "github.com/fairpassage/portal/app/desk"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/views"
	"github.com/google/uuid"
)

// smithy is the site with three desks of one key-holder each.
type smithy struct {
	*counter
	db    *testkit.Database
	desks *desk.Service
	units map[string]uuid.UUID
}

func openSmithy(t *testing.T) *smithy {
	t.Helper()
	s := &smithy{counter: &counter{key: &awayKey{}, log: &bytes.Buffer{}}, db: testkit.DB(t), units: map[string]uuid.UUID{}}
	clk := testkit.Clock()
	for _, kind := range []string{"oversight", "police", "support"} {
		s.units[kind] = id.New()
		if _, err := s.db.Super(t).Exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, jsonb_build_object('en', 'The ' || $2))`, s.units[kind], kind); err != nil {
			t.Fatal(err)
		}
	}
	s.desks = s.db.Desks(t, clk, "oversight", "police", "support")
	s.db.Hire(t, clk, "new@police.example", "New Officer", s.units["police"], identity.RoleInvestigator)
	s.db.Hire(t, clk, "licences@police.example", "Other Clerk", s.units["police"], identity.RoleLicensingOfficer)
	decisions, err := decision.NewService(s.db.DB, clk, testkit.People(clk), s.desks.Rules()...)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := views.New()
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("http://localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	sessions := identity.NewSessions(s.db.DB, testkit.People(clk))
	w, err := web.New(web.Config{
		BaseURL: base, Demo: true, CSRFKey: bytes.Repeat([]byte{7}, 32), Greet: s.desks.Tend, Waits: s.desks.Waits,
	}, pages, sessions, slog.New(slog.NewTextHandler(s.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Staff}}, w, app.Pages{
		Account: account.New(w, sessions, nil), Desk: deskpages.New(w, s.desks, decisions),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestADesksPageTellsWhoHoldsTheKeyAndAdmitsANewMember(t *testing.T) {
	s := openSmithy(t)
	newcomer := s.signIn(t, "new@police.example")
	_, page := newcomer.get(t, "/desk")
	wantText(t, page, "Your key has not been admitted to this desk yet", "New Officer", "Not admitted yet", "Ask to be readmitted")
	if page.Find(`form[action="/desk/admit"], form[action="/desk/rotate"]`).Length() != 0 {
		t.Error("somebody who is not admitted may admit or rotate")
	}
	keeper := s.signIn(t, "keyholder@police.example")
	_, page = keeper.get(t, "/desk")
	wantText(t, page, "Keyholder of police", "Holds the key", "Nothing waits", "The oversight, The support")
	person, _ := page.Find(`form[action="/desk/admit"] input[name="person"]`).Attr("value")
	if res := keeper.send(t, "/desk", "/desk/admit", url.Values{"person": {person}}); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/desk?said=admitted" {
		t.Fatalf("admit: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if _, page = newcomer.get(t, "/desk"); strings.Contains(page.Text(), "has not been admitted") {
		t.Error("still not admitted")
	}
	if status, _ := s.signIn(t, "licences@police.example").get(t, "/desk"); status != http.StatusNotFound {
		t.Errorf("somebody who reads no case gets %d", status)
	}
}

func TestAMemberWhoLeftIsNoticedAtTheNextSignInAndTheRestGoesOnByAButton(t *testing.T) {
	s := openSmithy(t)
	if _, err := s.db.Super(t).Exec(`UPDATE people SET deactivated_at = now() WHERE email = 'keyholder@police.example'`); err != nil {
		t.Fatal(err)
	}
	// Nobody else holds it: the desk is lost, and asks.
	newcomer := s.signIn(t, "new@police.example")
	_, page := newcomer.get(t, "/desk")
	wantText(t, page, "Two of the desks that hold recovery shares", "0 desks have given")
	if res := newcomer.send(t, "/desk", "/desk/recovery", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("ask for shares: %d", res.StatusCode)
	}
	if res := newcomer.send(t, "/desk", "/desk/restore", url.Values{}); res.StatusCode != http.StatusConflict {
		t.Errorf("restore without shares: %d", res.StatusCode)
	}
	keeper := s.signIn(t, "keyholder@support.example")
	if res := keeper.send(t, "/desk", "/desk/rotate", url.Values{}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("rotate: %d", res.StatusCode)
	}
	_, page = keeper.get(t, "/desk")
	wantText(t, page, "Old complaints to the new key", "0 of 0 done", "Go on")
	if page.Find(`nav.fp-nav a[href="/desk"] .govuk-tag`).Length() != 1 {
		t.Error("the navigation does not tell that something waits")
	}
	if res := keeper.send(t, "/desk", "/desk/go-on", url.Values{}); res.Header.Get("Location") != "/desk?said=done" {
		t.Fatalf("go on: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	_, page = keeper.get(t, "/desk?said=done")
	wantText(t, page, "Nothing waits", "What could be done in your session is done")
	if res := keeper.send(t, "/desk", "/desk/hand-over", url.Values{"unit": {""}}); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a hand-over to nobody: %d", res.StatusCode)
	}
	if res := keeper.send(t, "/desk", "/desk/hand-over", url.Values{"unit": {s.units["oversight"].String()}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a hand-over: %d", res.StatusCode)
	}
}

// What somebody wrote into the database to have a desk handed over is shown as
// refused, and nothing goes on with it.
func TestADesksPageTellsOfAHandOverThatIsRefused(t *testing.T) {
	s := openSmithy(t)
	super := s.db.Super(t)
	for _, statement := range []string{`ALTER TABLE desk_work DISABLE TRIGGER ALL`, `INSERT INTO desk_work (id, unit_id, kind, to_unit_id, decision_id, asked_at, asked_by)
		SELECT gen_random_uuid(), p.id, 'handover', o.id, gen_random_uuid(), now(), h.id FROM units p, units o, people h
		WHERE p.code = 'police' AND o.code = 'oversight' AND h.email = 'keyholder@police.example'`} {
		if _, err := super.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	keeper := s.signIn(t, "keyholder@police.example")
	_, page := keeper.get(t, "/desk")
	wantText(t, page, "Hand-over to another unit", "The oversight", "This hand-over is refused", "Nothing waits.")
	if page.Find("progress").Length() != 0 || page.Find(`form[action="/desk/go-on"]`).Length() != 0 {
		t.Error("the page goes on with it")
	}
	if res := keeper.send(t, "/desk", "/desk/forget", url.Values{}); res.StatusCode != http.StatusConflict {
		t.Errorf("giving up nothing: %d", res.StatusCode)
	}
	if res := keeper.send(t, "/desk", "/desk/hand-over", url.Values{"unit": {s.units["oversight"].String()}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("asking genuinely: %d", res.StatusCode)
	}
	if _, page = keeper.get(t, "/desk"); strings.Contains(page.Text(), "This hand-over is refused") {
		t.Error("asking anew does not put it away")
	}
}
