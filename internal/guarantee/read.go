package guarantee

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// PageSize is how many agencies a page of the list holds; ExpiringDays within how many
// days a guarantee counts as expiring.
const (
	PageSize     = 50
	ExpiringDays = 60
)

// View narrows the list.
type View string

// The views.
const (
	All         View = ""
	IsShort     View = "short"
	Expiring    View = "expiring"
	TopUpOver   View = "top_up_overdue"
	IsUnchecked View = "not_checked"
)

// Views lists them.
func Views() []View { return []View{All, IsShort, Expiring, TopUpOver, IsUnchecked} }

// Filter narrows the list of agencies.
type Filter struct {
	View View
	Name string // part of a name in either script, or of the licence number
	Page int    // from 1; anything less is 1
}

// List is one page of agencies by name.
type List struct {
	Lines []Standing
	Page  int
	More  bool
	Today time.Time
	// Configured says that a law tells how much has to stand.
	Configured bool
}

// conditions are the views in SQL, over the row of standings.
var conditions = map[View]string{
	All:         `true`,
	IsShort:     `s.required IS NOT NULL AND NOT s.other AND s.counted - s.claims < s.required`,
	Expiring:    `s.expires <= @soon`,
	TopUpOver:   `s.owed AND s.top_up_by < @today`,
	IsUnchecked: `(s.required IS NULL OR s.other)`,
}

// Agencies lists who has a licence in force, or a guarantee or a claim.
func (s *Service) Agencies(ctx context.Context, actor identity.Actor, f Filter) (List, error) {
	if err := authority.Require(actor, authority.GuaranteeRead, authority.Object{}); err != nil {
		return List{}, err
	}
	if !slices.Contains(Views(), f.View) {
		f.View = All
	}
	list := List{Page: max(f.Page, 1), Today: s.Today()}
	condition := `(a.state IN ('licensed','suspended','not_yet') OR EXISTS (SELECT FROM guarantee_balances b WHERE b.agency_id = a.id AND b.held + b.reserved > 0)
		OR EXISTS (SELECT FROM guarantee_claims o WHERE o.agency_id = a.id AND o.closed_on IS NULL))
		AND (@name = '' OR strpos(lower(a.name_latin), lower(@name)) > 0 OR strpos(a.name_local, @name) > 0
			OR EXISTS (SELECT FROM licences n WHERE n.agency_id = a.id AND strpos(n.number, upper(@name)) > 0)) AND ` + conditions[f.View]
	err := s.DB.Read(ctx, actor, func(tx postgres.Tx) error {
		l, err := s.law(tx, list.Today)
		if err != nil {
			return err
		}
		list.Configured = len(l.Tiers) > 0
		list.Lines, err = standings(tx, l, list.Today, condition, map[string]any{
			"name": strings.TrimSpace(f.Name), "soon": list.Today.AddDate(0, 0, ExpiringDays), "limit": PageSize + 1, "offset": (list.Page - 1) * PageSize,
		})
		return err
	})
	if err != nil {
		return List{}, fmt.Errorf("list guarantees: %w", err)
	}
	if list.More = len(list.Lines) > PageSize; list.More {
		list.Lines = list.Lines[:PageSize]
	}
	return list, nil
}

// Record is everything about an agency's guarantee. Of an agency's own, Letters, Waits
// and Release are empty: that a step is considered is a warning.
type Record struct {
	Standing

	Today      time.Time
	Guarantees []Guarantee
	Entries    []EntryLine // the latest first
	Claims     []Claim
	TopUps     []TopUp
	Letters    []Letter
	Waits      []Waiting
	Release    Release
}

// Own returns that of the actor's own agency.
func (s *Service) Own(ctx context.Context, actor identity.Actor) (Record, error) {
	if err := authority.Require(actor, authority.GuaranteeOwn, authority.Object{AgencyID: actor.AgencyID}); err != nil {
		return Record{}, err
	}
	var r Record
	err := s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		r, err = s.open(tx, actor.AgencyID)
		return err
	})
	if err != nil {
		return Record{}, fmt.Errorf("open own guarantee: %w", err)
	}
	return r, nil
}

// Open returns that of an agency.
func (s *Service) Open(ctx context.Context, actor identity.Actor, agency uuid.UUID) (Record, error) {
	if err := authority.Require(actor, authority.GuaranteeRead, authority.Object{}); err != nil {
		return Record{}, err
	}
	var r Record
	err := s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if r, err = s.open(tx, agency); err != nil {
			return err
		}
		if r.Letters, err = lettersOf(tx, agency); err != nil {
			return err
		}
		if r.Waits, err = waitingOf(tx, agency); err != nil {
			return err
		}
		r.Release, _, err = s.releasable(tx, agency)
		return err
	})
	if err != nil {
		return Record{}, fmt.Errorf("open guarantee: %w", err)
	}
	return r, nil
}

func (s *Service) open(tx postgres.Tx, agency uuid.UUID) (r Record, err error) {
	r.Today = s.Today()
	if r.Standing, err = s.Standing(tx, agency, r.Today); err != nil {
		return r, err
	}
	if r.Guarantees, err = guaranteesOf(tx, agency); err != nil {
		return r, err
	}
	if r.Claims, err = claimsOf(tx, agency); err != nil {
		return r, err
	}
	if r.TopUps, err = topUpsOf(tx, agency); err != nil {
		return r, err
	}
	rows, err := entriesOf(tx, agency)
	r.Entries = ledger(rows)
	return r, err
}

// ledger adds the running balance of each currency, and turns it round.
func ledger(rows []entryRow) []EntryLine {
	balance := map[string]int64{}
	lines := make([]EntryLine, 0, len(rows))
	for _, r := range rows {
		balance[r.Currency] += r.Change
		of := func(minor int64) money.Money { return money.Money{Minor: minor, Currency: r.Currency} }
		lines = append(lines, EntryLine{ID: r.ID, Number: r.Number, Kind: r.Kind, Day: r.Day, Amount: of(r.Moved), Change: of(r.Change), Balance: of(balance[r.Currency])})
	}
	slices.Reverse(lines)
	return lines
}

// Claim returns one claim, with its agency's names.
func (s *Service) Claim(ctx context.Context, actor identity.Actor, key uuid.UUID) (c Claim, latin, local string, err error) {
	if err := authority.Require(actor, authority.GuaranteeRead, authority.Object{}); err != nil {
		return Claim{}, "", "", err
	}
	err = s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if c, err = claimOf(tx, key); err != nil {
			return err
		}
		latin, local, err = licensing.NamesOf(tx, c.AgencyID)
		return err
	})
	return c, latin, local, err
}

// Print is a letter with whom it is about.
type Print struct {
	Letter

	NameLatin, NameLocal, Licence string
}

// Print returns a letter to be printed.
func (s *Service) Print(ctx context.Context, actor identity.Actor, key uuid.UUID) (Print, error) {
	if err := authority.Require(actor, authority.GuaranteeRead, authority.Object{}); err != nil {
		return Print{}, err
	}
	var p Print
	err := s.DB.Read(ctx, actor, func(tx postgres.Tx) (err error) {
		if p.Letter, err = letterOf(tx, key); err != nil {
			return err
		}
		if p.NameLatin, p.NameLocal, err = licensing.NamesOf(tx, p.AgencyID); err != nil {
			return err
		}
		licence, err := licensing.LicenceOf(tx, p.AgencyID)
		p.Licence = licence.Number
		return err
	})
	if err != nil {
		return Print{}, fmt.Errorf("read letter: %w", err)
	}
	return p, nil
}

func sortMoney(all []money.Money) {
	slices.SortFunc(all, func(a, b money.Money) int { return strings.Compare(a.Currency, b.Currency) })
}
