package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// wearing gives Sok a second role, at a ministry.
func (h *house) wearing(t *testing.T) {
	t.Helper()
	ministry := id.New()
	if _, err := h.db.Super(t).Exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'a-ministry', 'ministry', '{"en":"The Ministry"}')`, ministry); err != nil {
		t.Fatal(err)
	}
	err := h.db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		var sok struct{ ID uuid.UUID }
		if err := tx.Gorm().Raw(`SELECT id FROM people WHERE email = 'sok@administration.example'`).Scan(&sok).Error; err != nil {
			return err
		}
		return h.people.Grant(tx, sok.ID, ministry, identity.RoleLicensingOfficer, uuid.Nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// option returns the value of the choice whose words begin so.
func option(page *goquery.Document, words string) (value string) {
	page.Find(`input[name="hat"]`).Each(func(_ int, s *goquery.Selection) {
		label := strings.TrimSpace(page.Find(`label[for="` + s.AttrOr("id", "") + `"]`).Text())
		if strings.HasPrefix(label, words) {
			value = s.AttrOr("value", "")
		}
	})
	return value
}

func TestSomebodyWithSeveralRolesIsAskedInWhich(t *testing.T) {
	h := openHouse(t, true)
	first := h.browser()
	first.passphrase(t, "sok@administration.example")
	h.wearing(t)
	v := h.browser()
	leads(t, v.passphrase(t, "sok@administration.example"), "/sign-in/role")
	leads(t, v.do(t, httptest.NewRequest(http.MethodGet, "/account", nil)), "/sign-in")
	_, page := v.get(t, "/sign-in/role")
	wantText(t, page, "In which role?", "Licensing officer", "The Ministry", "Administrator")
	if got := page.Find(`input[name="hat"][checked]`).AttrOr("value", ""); got == "" || got != option(page, "Administrator") {
		t.Errorf("%q is offered first, want the role of the last session", got)
	}
	for _, wrong := range []string{"", "nothing", h.unit.String() + "/commander"} {
		res := v.send(t, "/sign-in/role", "/sign-in/role", url.Values{"hat": {wrong}})
		if page := document(t, res.Body); res.StatusCode != 422 || page.Find(".govuk-error-summary a[href='#hat']").Length() != 1 {
			t.Errorf("%q: %d", wrong, res.StatusCode)
		}
	}
	leads(t, v.send(t, "/sign-in/role", "/sign-in/role", url.Values{"hat": {option(page, "Licensing officer")}}), "/ministry/applications")
	_, page = v.get(t, "/account")
	wantText(t, page, "Licensing officer", "Work in another role")
	leads(t, v.do(t, httptest.NewRequest(http.MethodGet, "/sign-in/role", nil)), "/sign-in?done=again")
}

func TestARoleIsChangedFromTheAccount(t *testing.T) {
	h := openHouse(t, true)
	v := h.browser()
	v.passphrase(t, "sok@administration.example")
	_, page := v.get(t, "/account/role")
	wantText(t, page, "You have no other role")
	h.wearing(t)
	_, page = v.get(t, "/account/role")
	if page.Find(`input[name="hat"]`).Length() != 1 {
		t.Fatal("the role of this session is offered, too")
	}
	ministry := option(page, "Licensing officer")
	res := v.send(t, "/account/role", "/account/role", url.Values{"hat": {"nothing"}})
	if page := document(t, res.Body); res.StatusCode != 422 || page.Find(".govuk-error-summary a[href='#hat']").Length() != 1 {
		t.Errorf("nothing: %d", res.StatusCode)
	}
	before := v.cookies["session"]
	leads(t, v.send(t, "/account/role", "/account/role", url.Values{"hat": {ministry}}), "/ministry/applications")
	if v.cookies["session"] == before {
		t.Error("the session keeps its token")
	}
	if status, _ := v.get(t, "/account"); status != http.StatusOK {
		t.Errorf("after changing: %d", status)
	}
	h.clock.Advance(11 * time.Minute)
	leads(t, v.do(t, httptest.NewRequest(http.MethodGet, "/account/role", nil)), "/account/confirm?to="+url.QueryEscape("/account/role"))
}
