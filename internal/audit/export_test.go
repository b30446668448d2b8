package audit

import "github.com/google/uuid"

// What a plan is asked of, as the log sends it.
const (
	SeedSize         = seedSize
	PendingStatement = pendingStatement
	TakeStatement    = takeStatement
	WaitingStatement = waitingStatement
	SizeStatement    = sizeStatement
	PlacedStatement  = placedStatement
)

// ToArray spells ids as the log does.
func ToArray(ids []uuid.UUID) any { return toArray(ids) }
