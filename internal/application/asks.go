package application

import (
	"time"

	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/policy"
)

// Asks is what the law asks of whoever applies today. What nobody configured is
// empty: not checked, and to be said so.
type Asks struct {
	Destinations []string     // in scope, ISO 3166-1 alpha-2
	Documents    []string     // as policy.Documents names them; a change asks for none
	Fee          *money.Money // nil: not configured, or a change, which costs nothing
	Window       Window
}

func asksOn(b policy.Book, day time.Time, kind Kind) (a Asks) {
	var scope struct {
		Destinations []string `json:"destinations"`
	}
	var documents struct {
		Required []string `json:"required"`
	}
	var fee struct {
		Currency             string
		Application, Renewal int64
	}
	b.Read(policy.PlacementScope, day, &scope)
	b.Read(policy.LicenceDocuments, day, &documents)
	a.Destinations, a.Window = scope.Destinations, windowOn(b, day)
	if kind != Change {
		a.Documents = documents.Required
	}
	if _, set := b.Read(policy.LicenceFee, day, &fee); set && kind != Change {
		a.Fee = &money.Money{Minor: fee.Application, Currency: fee.Currency}
		if kind == Renewal {
			a.Fee.Minor = fee.Renewal
		}
	}
	return a
}

func (a Asks) of(today time.Time) dossier.Asked {
	return dossier.Asked{Today: today, Fee: a.Fee != nil && a.Fee.Minor > 0, Destinations: a.Destinations}
}

// Window is when a licence may be renewed, around the last day of its period.
type Window struct {
	// Known is false where the law is not configured: then renewal is open at any
	// time of the last period, and never late.
	Known  bool
	Before int `json:"before_days"`
	Late   int `json:"late_days"`
}

func windowOn(b policy.Book, day time.Time) (w Window) {
	_, w.Known = b.Read(policy.LicenceRenewal, day, &w)
	return w
}

// Opens reports whether renewal is open before a period ends.
func (w Window) Opens(until, today time.Time) bool {
	return !w.Known || !today.Before(w.First(until))
}

// First is the first day of the window.
func (w Window) First(until time.Time) time.Time { return until.AddDate(0, 0, -w.Before) }

// Last is the last day on which a renewal is taken late.
func (w Window) Last(until time.Time) time.Time { return until.AddDate(0, 0, w.Late) }

// StillLate reports whether an expired licence may still be renewed. Where no
// window is configured an expired one is applied for anew.
func (w Window) StillLate(until, today time.Time) bool {
	return w.Known && !today.After(w.Last(until))
}
