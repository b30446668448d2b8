package desk

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
)

// fresh is how long a process addresses envelopes by what it read. A key that
// was replaced meanwhile is refused by the database, and the sender reads anew:
// nothing is ever addressed to an old key.
const fresh = 2 * time.Second

// book holds the current keys of all desks, as of one moment.
type book struct {
	mu     sync.Mutex
	at     time.Time
	byUnit map[string]entry // unit code
	read   map[string]entry // key id: checking a pin and a point each time would be a waste
	newest map[string]int   // unit code → highest sequence of a genuine key ever seen by this process
}

var errOlder = fmt.Errorf("%w: an older key was put back", ErrForged)

// follows reports whether no newer key of the unit was ever seen, and remembers
// this one.
func (b *book) follows(unit string, sequence int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if sequence < b.newest[unit] {
		return false
	}
	if b.newest == nil {
		b.newest = map[string]int{}
	}
	b.newest[unit] = sequence
	return true
}

func (b *book) newestOf(unit string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.newest[unit]
}

type entry struct {
	to  seal.Recipient
	pin string
	err error
}

// Public returns where to address envelopes for the unit. A unit without a key
// is an Unavailable fault; a key that the portal did not make, or an older one
// put back, is ErrForged.
func (s *Service) Public(ctx context.Context, unit string) (seal.Recipient, error) {
	b := &s.book
	b.mu.Lock()
	defer b.mu.Unlock()
	age := s.deps.Clock.Now().Sub(b.at)
	found, has := b.byUnit[unit]
	if !has || age < 0 || age >= fresh {
		if err := s.reload(ctx); err != nil {
			return seal.Recipient{}, fmt.Errorf("read keys of desks: %w", err)
		}
		if found, has = b.byUnit[unit]; !has {
			return seal.Recipient{}, fault.New(fault.Unavailable, "desk.error.no_key")
		}
	}
	return found.to, found.err
}

// Refresh makes the next Public read anew.
func (s *Service) Refresh() {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	s.book.at = time.Time{}
}

func (s *Service) reload(ctx context.Context) error {
	var rows []keyRow
	err := s.deps.DB.Read(ctx, identity.Public(), func(tx postgres.Tx) (err error) {
		rows, err = currentKeys(tx)
		return err
	})
	if err != nil {
		return err
	}
	b := &s.book
	if b.newest == nil {
		b.newest = map[string]int{}
	}
	byUnit, read := map[string]entry{}, map[string]entry{}
	for _, r := range rows {
		e, known := b.read[r.ID]
		if !known || e.pin != string(r.Pin) || e.to.Name != r.UnitCode {
			to, err := s.genuine(r)
			e = entry{to: to, pin: string(r.Pin), err: err}
		}
		read[r.ID] = e
		if r.Sequence < b.newest[r.UnitCode] {
			e.err = errOlder
		} else if e.err == nil {
			b.newest[r.UnitCode] = r.Sequence
		}
		byUnit[r.UnitCode] = e
	}
	b.byUnit, b.read, b.at = byUnit, read, s.deps.Clock.Now()
	return nil
}
