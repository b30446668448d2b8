package licensing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Happening is one line of an agency's timeline.
type Happening struct {
	At       time.Time
	What     string // one of Whats
	Kind     string // a word of the code
	ObjectID uuid.UUID
	Words    string // data as it stands, or a locale key
}

// Whats are the parts of a timeline that the actor can narrow it to.
func Whats(actor identity.Actor) (all []string) {
	for _, s := range sourcesFor(actor) {
		if !slices.Contains(all, s.what) {
			all = append(all, s.what)
		}
	}
	return all
}

// sourcesFor are where a timeline is read for the actor. What derives from complaints
// is read for those alone to whom patterns are handed, and with whom an agency was
// compared is nothing to it.
func sourcesFor(actor identity.Actor) []happeningSource {
	if actor.UnitKind == identity.UnitAgency {
		return slices.DeleteFunc(slices.Clone(happeningSources), func(s happeningSource) bool { return s.what == "fitness" })
	}
	if authority.Enter(actor, authority.EscalationList).Allowed || authority.Enter(actor, authority.OversightList).Allowed {
		return slices.Concat(happeningSources, sealedSources)
	}
	return happeningSources
}

// TimelineFilter narrows a timeline. The zero value is its newest page.
type TimelineFilter struct {
	What string // "" is all
	// Before and BeforeID are of the last line of the page before, so that a page is
	// where it was whatever happened meanwhile.
	Before   time.Time
	BeforeID uuid.UUID
}

// Timeline is a page of everything about an agency, the newest first. More says that
// there is an older one.
type Timeline struct {
	Agency               uuid.UUID
	NameLatin, NameLocal string
	State                State // of the licence today

	Lines []Happening
	More  bool
}

// Timeline returns a page. Each line is shown by the policies of the table that it
// comes from, so that an agency does not see what the ministry keeps to itself, and a
// unit no pattern that was handed to another.
func (s *Service) Timeline(ctx context.Context, actor identity.Actor, agency uuid.UUID, f TimelineFilter) (Timeline, error) {
	if err := mayFollow(actor, agency); err != nil {
		return Timeline{}, err
	}
	if f.Before.IsZero() {
		// What is planned has a day to come.
		f.Before, f.BeforeID = s.clock.Now().AddDate(100, 0, 0), uuid.Max
	}
	t := Timeline{Agency: agency}
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if err = title(tx, &t, s.Today()); err != nil {
			return err
		}
		t.Lines, err = happenings(tx, sourcesFor(actor), agency, f, PageSize+1)
		return err
	})
	if err != nil {
		return Timeline{}, fmt.Errorf("read timeline: %w", err)
	}
	if t.More = len(t.Lines) > PageSize; t.More {
		t.Lines = t.Lines[:PageSize]
	}
	return t, nil
}

// mayFollow also lets investigators read a timeline: of licence and sanctions they
// need no page of their own.
func mayFollow(actor identity.Actor, agency uuid.UUID) error {
	if authority.Enter(actor, authority.EscalationList).Allowed {
		return nil
	}
	return mayOpen(actor, agency)
}
