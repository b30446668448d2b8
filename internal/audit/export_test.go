package audit

import "github.com/google/uuid"

// What a plan is asked of, as the log sends it.
const (
	SeedSize        = seedSize
	TakeStatement   = takeStatement
	TakenStatement  = takenStatement
	SizeStatement   = sizeStatement
	PlacedStatement = placedStatement
)

// ToArray spells ids as the log does.
func ToArray(ids []uuid.UUID) any { return toArray(ids) }
