package licensing

import (
	"context"
	"fmt"
	"time"

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

// Whats are the parts of a timeline that it can be narrowed to.
func Whats() []string {
	return []string{"step", "licence", "application", "fee", "part", "part_ended", "name", "inspection", "guarantee", "placement", "notice"}
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
	Lines []Happening
	More  bool
}

// Timeline returns a page. Each line is shown by the policies of the table that it
// comes from, so that an agency does not see what the ministry keeps to itself, and
// nothing that derives from a complaint is among them.
func (s *Service) Timeline(ctx context.Context, actor identity.Actor, agency uuid.UUID, f TimelineFilter) (Timeline, error) {
	if err := mayOpen(actor, agency); err != nil {
		return Timeline{}, err
	}
	if f.Before.IsZero() {
		// What is planned has a day to come.
		f.Before, f.BeforeID = s.clock.Now().AddDate(100, 0, 0), uuid.Max
	}
	var t Timeline
	err := s.db.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		t.Lines, err = happenings(tx, agency, f, PageSize+1)
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
