package jobs

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strings"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
)

// panicked stands for a panic. Its value is dropped, since it may quote what
// the handler was working on; where it happened is kept.
type panicked struct{ where string }

func (p panicked) Error() string { return "panic at " + p.where }

// guard runs the handler and turns a panic into an error.
func guard(ctx context.Context, j job, promiseID uuid.UUID) (err error) {
	defer func() {
		if recover() != nil {
			err = panicked{where: origin()}
		}
	}()
	return j.handle(ctx, promiseID)
}

// origin finds the line that panicked, called from the deferred recovery.
func origin() string {
	var counters [32]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters[:])])
	for {
		frame, more := frames.Next()
		if frame.Function != "" && !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", frame.Function, frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

// classify finds the word for an error.
func classify(err error) outbox.Class {
	switch {
	case is[panicked](err):
		return outbox.ClassPanic
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return outbox.ClassTimeout
	case errors.Is(err, mail.ErrNotSent):
		return outbox.ClassMail
	case is[*pgconn.PgError](err), is[*pgconn.ConnectError](err),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, sql.ErrTxDone):
		return outbox.ClassDatabase
	case fault.KindOf(err) != fault.Internal:
		return outbox.ClassRefused
	}
	return outbox.ClassInternal
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// cause is what the log may know of an error: its class, and where there is
// one the place, the code or the kind. The text stays out.
func cause(err error) slog.Attr {
	attrs := []any{"class", string(classify(err))}
	if p, ok := errors.AsType[panicked](err); ok {
		attrs = append(attrs, "at", p.where)
	}
	if server, ok := errors.AsType[*pgconn.PgError](err); ok {
		attrs = append(attrs, "sqlstate", server.Code, "constraint", server.ConstraintName)
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		attrs = append(attrs, "code", f.Code)
	}
	if n, ok := errors.AsType[*net.OpError](err); ok {
		attrs = append(attrs, "network", n.Op)
	}
	return slog.Group("cause", append(attrs, "type", fmt.Sprintf("%T", root(err)))...)
}

// root unwraps to the innermost error, whose type says most.
func root(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
