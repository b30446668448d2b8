package web

import (
	"crypto/rand"
	"errors"
	"log/slog"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// statusOf maps a kind of fault to the answer. Forbidden is a page that does
// not exist: that a case exists is never confirmed.
var statusOf = map[fault.Kind]int{
	fault.Invalid:     fiber.StatusUnprocessableEntity,
	fault.NotFound:    fiber.StatusNotFound,
	fault.Conflict:    fiber.StatusConflict,
	fault.Forbidden:   fiber.StatusNotFound,
	fault.Unavailable: fiber.StatusServiceUnavailable,
	fault.TooMany:     fiber.StatusTooManyRequests,
}

// problemPages are the statuses that have a page of their own.
var problemPages = map[int]string{
	fiber.StatusBadRequest:            "problem/400",
	fiber.StatusForbidden:             "problem/403",
	fiber.StatusNotFound:              "problem/404",
	fiber.StatusConflict:              "problem/409",
	fiber.StatusRequestEntityTooLarge: "problem/413",
	fiber.StatusUnsupportedMediaType:  "problem/415",
	fiber.StatusUnprocessableEntity:   "problem/400",
	fiber.StatusTooManyRequests:       "problem/429",
	fiber.StatusInternalServerError:   "problem/500",
	fiber.StatusServiceUnavailable:    "problem/503",
}

// faultPages are faults that have a page of their own, by code.
var faultPages = map[string]string{
	"desk.not_admitted": "desk/not_admitted",
}

// Problem is the server's only error handler. A fault gets its status and a
// page in plain words; everything else a 500 with an incident id, under which
// the log has the error. No text of an error reaches the visitor.
func (w *Web) Problem(c *fiber.Ctx, err error) error {
	status := fiber.StatusInternalServerError
	if known, ok := errors.AsType[*fiber.Error](err); ok {
		status = known.Code
	}
	if s, ok := statusOf[fault.KindOf(err)]; ok {
		status = s
	}
	if status == fiber.StatusMethodNotAllowed {
		status = fiber.StatusNotFound
	}
	r, _ := route(c)
	w.chooseLanguage(c)
	w.headers(c, r)
	page := views.Problem{}
	if status >= fiber.StatusInternalServerError {
		page.Incident = rand.Text()[:10]
		w.log.LogAttrs(c.UserContext(), slog.LevelError, "request failed",
			slog.String("incident", page.Incident), slog.String("method", c.Method()),
			slog.String("route", r.Path), slog.Int("status", status), slog.String("error", err.Error()))
	}
	if r.JSON {
		return w.problemJSON(c, status, page.Incident, err)
	}
	name, ok := problemPages[status]
	if !ok {
		name = problemPages[fiber.StatusBadRequest]
	}
	if f, is := errors.AsType[*fault.Error](err); is && faultPages[f.Code] != "" {
		name = faultPages[f.Code]
	}
	if renderErr := w.Render(c, status, name, page); renderErr != nil {
		w.log.LogAttrs(c.UserContext(), slog.LevelError, "problem page failed", slog.String("error", renderErr.Error()))
		return c.Status(status).SendString("")
	}
	return nil
}
