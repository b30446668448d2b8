package application

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// PageSize is how many applications a page of the queue holds.
const PageSize = 50

// Filter narrows the queue. The zero value is the first page of everything.
type Filter struct {
	Status Status // "" is any
	Kind   Kind   // "" is any
	// Recommended keeps those about which a recommendation waits.
	Recommended bool
	Name        string // part of the agency's name in either script
	Page        int    // from 1; anything less is 1
}

// Queue is one page of applications: those with the ministry first, the longest
// waiting on top, then the others, the latest on top.
type Queue struct {
	Papers []Paper
	Total  int // of all pages
	Page   int
	Pages  int // at least 1
}

// Queue returns the applications that officers work through. Drafts are the
// agencies' own.
func (s *Service) Queue(ctx context.Context, actor identity.Actor, f Filter) (Queue, error) {
	if err := authority.Require(actor, authority.ApplicationList, authority.Object{}); err != nil {
		return Queue{}, err
	}
	q := Queue{Page: max(f.Page, 1)}
	err := s.read(ctx, actor, func(tx postgres.Tx) (err error) {
		if q.Total, err = countPapers(tx, f); err != nil {
			return err
		}
		q.Pages = max((q.Total+PageSize-1)/PageSize, 1)
		q.Page = min(q.Page, q.Pages)
		q.Papers, err = findPapers(tx, f, PageSize, (q.Page-1)*PageSize)
		return err
	})
	if err != nil {
		return Queue{}, fmt.Errorf("read queue: %w", err)
	}
	return q, nil
}
