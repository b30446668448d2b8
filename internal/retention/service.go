package retention

import (
	"errors"
	"io"
	"log/slog"

	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/seal"
)

// Keys is the store of shred keys, as deleting needs it.
type Keys interface {
	ID() [16]byte
	Secret(slot int64) ([shred.Size]byte, error)
	Destroy(slots ...int64) error
	Next() (int64, error)
	Live(from, to int64) ([]int64, error)
}

// Deps of a Service; all are needed.
type Deps struct {
	DB     *postgres.DB
	Clock  clock.Clock
	Random io.Reader
	Keys   Keys
	Pins   seal.Pins
	Log    *slog.Logger
}

// Service does what can be done about retention. It is safe for concurrent use.
type Service struct {
	Deps

	// step is called between two steps of a deletion, for tests that stop there.
	step func(string) error
}

// New checks that nothing is missing.
func New(d Deps) (*Service, error) {
	if d.DB == nil || d.Clock == nil || d.Random == nil || d.Keys == nil || d.Log == nil {
		return nil, errors.New("retention service: a dependency is missing")
	}
	return &Service{Deps: d, step: func(string) error { return nil }}, nil
}
