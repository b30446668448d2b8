package web_test

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/gofiber/fiber/v2"
)

// Somebody who copies a token from one cookie into the other gains nothing.
func TestASessionIsNeverSeenOnTheOtherSurface(t *testing.T) {
	kind := func(s *site) fiber.Handler {
		return func(c *fiber.Ctx) error { return c.SendString(string(s.web.Actor(c).Kind)) }
	}
	s := newSite(t)
	person, receipt := s.staffSession(t), s.receiptSession(t)
	for path, surface := range map[string]web.Surface{"/of-public": web.Public, "/of-staff": web.Staff} {
		s.app.Get(path, s.web.Guard(web.Route{Method: fiber.MethodGet, Path: path, Surface: surface, Action: authority.PublicRead, Handler: kind(s)}))
	}
	for name, c := range map[string]struct{ path, cookie, token, want string }{
		"a person on the staff site":   {"/of-staff", "session", person, "staff"},
		"a person on the public site":  {"/of-public", "receipt", person, "public"},
		"a receipt on the public site": {"/of-public", "receipt", receipt, "receipt"},
		"a receipt on the staff site":  {"/of-staff", "session", receipt, "public"},
	} {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequest(http.MethodGet, c.path, nil)
			req.AddCookie(&http.Cookie{Name: c.cookie, Value: c.token})
			if got := read(t, s.do(t, req)); got != c.want {
				t.Errorf("seen as %q, want %q", got, c.want)
			}
		})
	}
}

func (s *site) staffSession(t *testing.T) string {
	t.Helper()
	unit := id.New()
	s.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'police-unit', 'police', '{"en":"Police unit"}')`, unit)
	s.db.Hire(t, testkit.Clock(), "sok@police.example", "Sok", unit, identity.RoleInvestigator)
	return testkit.SignIn(t, s.sessions, "sok@police.example")
}

func (s *site) receiptSession(t *testing.T) string {
	t.Helper()
	complaint, receipt := id.New(), sha256.Sum256([]byte("r"))
	s.exec(t, `INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand,
			danger_now, missing_person, never_departed, minor, official)
		VALUES ($1, sha256('n'), sha256('r'), now(), 'received', 'en', 'web', 'self', true, false, false, false, false, false)`, complaint)
	token, err := s.sessions.OpenReceipt(t.Context(), receipt[:], func(string) ([]byte, error) { return []byte("sealed"), nil })
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (s *site) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := s.db.Super(t).ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}
