package public

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/views"
	"github.com/google/uuid"
)

// Candidate is an agency that a typed name may mean.
type Candidate struct {
	ID    uuid.UUID
	Name  string // as the register shows it, in all its scripts
	Place string // district or address, to tell namesakes apart; may be ""
}

// Register looks agencies up for people who are not sure of the spelling.
type Register interface {
	// Candidates returns the best few first; none is no error.
	Candidates(ctx context.Context, typed string, limit int) ([]Candidate, error)
}

// ComplaintDependencies of the complaint pages; all are needed.
type ComplaintDependencies struct {
	Web      *web.Web
	Service  *complaint.Service
	Sessions *identity.Sessions
	Register Register
	Clock    clock.Clock
	// FormKey is 32 random bytes that all web processes share.
	FormKey []byte
	// Destinations, ISO 3166-1 alpha-2, come first in the list of countries.
	Destinations []string
}

// Complaints serves the way from "are you safe?" to a receipt, and the way back
// by that receipt. It keeps nothing between two screens: the answers travel in
// the page, sealed.
type Complaints struct {
	ComplaintDependencies

	box       *seal.Box
	way       way
	countries map[string][]views.Option // language → the select of countries
}

// NewComplaints returns the pages.
func NewComplaints(d ComplaintDependencies) (*Complaints, error) {
	box, err := seal.NewBox(d.FormKey, "complaint form")
	if err != nil {
		return nil, fmt.Errorf("complaint pages: %w", err)
	}
	p := &Complaints{ComplaintDependencies: d, box: box, way: theWay(d.Clock.Now), countries: map[string][]views.Option{}}
	for _, lang := range d.Web.Views().Catalogue().Languages() {
		p.countries[lang] = countryOptions(lang, d.Destinations)
	}
	return p, nil
}
