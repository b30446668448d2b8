package register

import (
	"context"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Search finds agencies by a name in any script, whole, in part or misspelt; by
// a phone in any notation or six of its digits; by an e-mail address, a listed
// person or a licence number. The surest come first, at most limit. A question
// without a letter or digit finds nothing; of a very long one the first
// MaxQuery characters count.
func (s *Service) Search(ctx context.Context, typed string, limit int) ([]Hit, error) {
	q := newQuery(typed, s.regions())
	return s.look(ctx, q, limit, q.sureWays(), q.ways())
}

// Candidates finds agencies by name alone, for somebody who types the name of
// the agency that a complaint is about.
func (s *Service) Candidates(ctx context.Context, typed string, limit int) ([]Hit, error) {
	q := newQuery(typed, nil)
	return s.look(ctx, q, limit, q.nameWays())
}

// look asks the ways in turn, until some of them find anybody.
func (s *Service) look(ctx context.Context, q query, limit int, turns ...[]way) (hits []Hit, err error) {
	if q.empty() || limit <= 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		var best map[uuid.UUID]candidate
		for _, ways := range turns {
			all, err := findCandidates(tx, ways)
			if err != nil {
				return err
			}
			if best = q.rank(all); len(best) > 0 {
				break
			}
		}
		agencies, err := findAgencies(tx, best)
		if err != nil {
			return err
		}
		for _, a := range agencies {
			c := best[a.ID]
			hits = append(hits, Hit{Agency: a, How: c.how, Matched: c.Matched, Score: c.score})
		}
		sortHits(hits)
		hits = hits[:min(limit, len(hits))]
		return s.fillLicences(tx, hits)
	})
	if err != nil {
		return nil, fmt.Errorf("search register: %w", err)
	}
	return hits, nil
}

// fillLicences looks up what is on record about the licences of the few that
// are shown and have one.
func (s *Service) fillLicences(tx postgres.Tx, hits []Hit) error {
	var numbered []uuid.UUID
	for _, h := range hits {
		if h.Number != "" {
			numbered = append(numbered, h.ID)
		}
	}
	licences, err := licensing.LicencesOf(tx, numbered)
	if err != nil {
		return err
	}
	today := s.today()
	for i := range hits {
		if l, found := licences[hits[i].ID]; found {
			hits[i].Agency = withLicence(hits[i].Agency, l, today)
		}
	}
	return nil
}

// withLicence lets the dates speak: a period that is over is over, whatever the
// record's state says. Without a period, the record's state of a sanction
// stands, and nothing is ever called licensed.
func withLicence(a Agency, l licensing.Licence, today time.Time) Agency {
	a.Number = l.Number
	a.Until = l.ValidUntil()
	switch state := l.StateOn(today); {
	case state != licensing.Listed:
		a.State = state
	case a.State == licensing.Licensed:
		a.State = licensing.Listed
	}
	return a
}

// errUnknown is the answer for an agency that is not in the register.
func errUnknown() error { return fault.New(fault.NotFound, "problem.not_found") }

// Resolve returns the one agency whose name, folded, is the typed one: the
// whole name if exactly one has it, else the name without legal form and trade
// if one has that and no other agency's name begins with it. false when nobody
// or several do: a guess would put a complaint on the wrong agency.
func (s *Service) Resolve(ctx context.Context, typed string) (agency uuid.UUID, ok bool, err error) {
	err = s.db.Read(ctx, identity.Public(), func(tx postgres.Tx) error {
		agency, ok, err = s.ResolveIn(tx, typed)
		return err
	})
	return agency, ok, err
}

// ResolveIn is Resolve within the caller's transaction.
func (s *Service) ResolveIn(tx postgres.Tx, typed string) (uuid.UUID, bool, error) {
	q := newQuery(typed, nil)
	if q.folded == "" {
		return uuid.Nil, false, nil
	}
	found, err := findNamed(tx, q.folded, q.core)
	if err != nil {
		return uuid.Nil, false, fmt.Errorf("resolve agency: %w", err)
	}
	agency, ok := q.only(found)
	return agency, ok, nil
}

// only picks the one agency that the names leave no doubt about.
func (q query) only(found []named) (uuid.UUID, bool) {
	whole, core, all := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, n := range found {
		all[n.AgencyID] = true
		if n.Folded == q.core || n.Folded == q.folded {
			core[n.AgencyID] = true
		}
		if n.Folded == q.folded && n.Position < 2 {
			whole[n.AgencyID] = true
		}
	}
	switch {
	case len(whole) > 0:
		return sole(whole)
	case len(core) == 1 && len(all) == 1:
		return sole(core)
	}
	return uuid.Nil, false
}

func sole(set map[uuid.UUID]bool) (uuid.UUID, bool) {
	if len(set) != 1 {
		return uuid.Nil, false
	}
	for agency := range set {
		return agency, true
	}
	return uuid.Nil, false
}
