package web_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// Taken apart, a megabyte of nothing but separators is half a million fields.
func TestAFormOfCountlessFieldsIsRefusedBeforeItIsTakenApart(t *testing.T) {
	site := newSite(t, public(fiber.MethodPost, "/things", func(c *fiber.Ctx) error { return c.SendString("done") }))
	req := httptest.NewRequest(http.MethodPost, "/things", strings.NewReader(strings.Repeat("a&", 1<<19-1)))
	req.Header.Set("Content-Type", fiber.MIMEApplicationForm)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res := site.do(t, req)
	runtime.ReadMemStats(&after)
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("status %d, want 422", res.StatusCode)
	}
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 40 {
		t.Errorf("a body of 1 MiB took %d MiB", used)
	}
}
