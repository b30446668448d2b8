package main

import (
	"context"

	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/internal/register"
	"github.com/google/uuid"
)

// registerFor turns the register into the narrow doors of others.
type registerFor struct{ *register.Service }

// ExactlyNamed is what filing a complaint asks.
func (r registerFor) ExactlyNamed(ctx context.Context, name string) (uuid.UUID, bool, error) {
	return r.Resolve(ctx, name)
}

// Candidates is what the complaint's pages ask.
func (r registerFor) Candidates(ctx context.Context, typed string, limit int) ([]public.Candidate, error) {
	hits, err := r.Service.Candidates(ctx, typed, limit)
	if err != nil {
		return nil, err
	}
	var all []public.Candidate
	for _, h := range hits {
		name := h.NameLatin
		if name != "" && h.NameLocal != "" {
			name += " · "
		}
		all = append(all, public.Candidate{ID: h.ID, Name: name + h.NameLocal, Place: h.District})
	}
	return all, nil
}
