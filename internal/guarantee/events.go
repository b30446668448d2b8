package guarantee

import (
	"time"

	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Event is one line for a timeline.
type Event struct {
	At     time.Time // when it was written down
	Day    time.Time
	Kind   EntryKind
	ID     uuid.UUID // of the entry
	Amount money.Money
}

// Events lists what happened to an agency's guarantee, the oldest first, as whoever
// acts may see it.
func Events(tx postgres.Tx, agency uuid.UUID) ([]Event, error) {
	rows, err := entriesOf(tx, agency)
	events := make([]Event, 0, len(rows))
	for _, r := range rows {
		events = append(events, Event{At: r.MadeAt, Day: r.Day, Kind: r.Kind, ID: r.ID, Amount: money.Money{Minor: r.Moved, Currency: r.Currency}})
	}
	return events, err
}
