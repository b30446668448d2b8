package guarantee

import (
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// Adequacy says whether enough stands behind an agency.
type Adequacy string

// What it can be. Where no law is configured, and where claims are in another
// currency than the law's, nobody can tell.
const (
	Adequate   Adequacy = "adequate"
	Short      Adequacy = "short"
	NotChecked Adequacy = "not_checked"
)

// Standing is what stands behind an agency on a day.
type Standing struct {
	AgencyID             uuid.UUID
	NameLatin, NameLocal string
	// Held is what is in force on the day, in each currency.
	Held     []money.Money
	Adequacy Adequacy
	Volume   int // placements of the year that ends on the day
	// Required, Counted and OpenClaims are in the law's currency; zero where no law is
	// configured. Counted is what of Held is in that currency.
	Required, Counted, OpenClaims, Missing money.Money
	// OtherCurrency says that a claim is open in another currency than the law's.
	OtherCurrency bool
	Expires       time.Time // the next last day of what is held, or the zero time
	// Owed says that the agency has to put something back, TopUpBy until when; the
	// zero time where that is not configured.
	Owed    bool
	TopUpBy time.Time
}

// TopUpOver reports whether the day to put it back is gone.
func (s Standing) TopUpOver(today time.Time) bool {
	return s.Owed && !s.TopUpBy.IsZero() && today.After(s.TopUpBy)
}

// amountLaw is policy.GuaranteeAmount.
type amountLaw struct {
	Currency string `json:"currency"`
	Flat     *int64 `json:"flat"`
	Tiers    []tier `json:"tiers"`
}

// tier is the amount up to a yearly volume; without one for all above.
type tier struct {
	UpTo   *int64 `json:"up_to"`
	Amount int64  `json:"amount"`
}

// law returns the amounts of the day; none where nothing is configured.
func (s *Service) law(tx postgres.Tx, today time.Time) (amountLaw, error) {
	book, err := s.Laws.Book(tx)
	if err != nil {
		return amountLaw{}, err
	}
	var l amountLaw
	if _, set := book.Read(policy.GuaranteeAmount, today, &l); !set {
		return amountLaw{}, nil
	}
	if l.Flat != nil {
		l.Tiers = []tier{{Amount: *l.Flat}}
	}
	return l, nil
}

// Standing returns what stands behind the agency on the day.
func (s *Service) Standing(tx postgres.Tx, agency uuid.UUID, today time.Time) (Standing, error) {
	l, err := s.law(tx, today)
	if err != nil {
		return Standing{}, err
	}
	found, err := standings(tx, l, today, `a.id = @agency`, map[string]any{"agency": agency})
	if err != nil {
		return Standing{}, err
	}
	if len(found) == 0 {
		return Standing{}, fault.New(fault.NotFound, "problem.not_found")
	}
	return found[0], nil
}
