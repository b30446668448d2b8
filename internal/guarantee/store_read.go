package guarantee

import (
	"time"

	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type guaranteeRow struct {
	ID        uuid.UUID
	AgencyID  uuid.UUID
	Kind      Kind
	Bank      string
	Reference string
	Amount    int64
	Currency  string
	ValidFrom time.Time
	ExpiresOn *time.Time
	MadeBy    *uuid.UUID
	Held      int64
	Reserved  int64
}

// orZero reads NULL as the zero value.
func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func (r guaranteeRow) guarantee() Guarantee {
	return Guarantee{
		ID: r.ID, Held: money.Money{Minor: r.Held, Currency: r.Currency}, Reserved: money.Money{Minor: r.Reserved, Currency: r.Currency},
		Posting: Posting{
			Kind: r.Kind, Bank: r.Bank, Reference: r.Reference, Amount: money.Money{Minor: r.Amount, Currency: r.Currency}, From: r.ValidFrom, Until: orZero(r.ExpiresOn),
		},
	}
}

// guaranteesOf lists what was posted, those that end first.
func guaranteesOf(tx postgres.Tx, agency uuid.UUID) ([]Guarantee, error) {
	var rows []guaranteeRow
	err := tx.Gorm().Raw(`
		SELECT g.id, g.agency_id, g.kind, g.bank, g.reference, g.amount, g.currency, g.valid_from, g.expires_on, b.held, b.reserved
		FROM guarantees g JOIN guarantee_balances b ON b.guarantee_id = g.id
		WHERE g.agency_id = ? ORDER BY g.expires_on NULLS LAST, g.valid_from, g.id`, agency).Scan(&rows).Error
	all := make([]Guarantee, 0, len(rows))
	for _, r := range rows {
		all = append(all, r.guarantee())
	}
	return all, err
}

// proposedGuarantee returns a guarantee by its decision, with its agency and who
// proposed it.
func proposedGuarantee(tx postgres.Tx, decided uuid.UUID) (g Guarantee, agency, by uuid.UUID, err error) {
	var r guaranteeRow
	res := tx.Gorm().Raw(`SELECT id, agency_id, kind, bank, reference, amount, currency, valid_from, expires_on, made_by FROM guarantees WHERE decision_id = ?`, decided).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Guarantee{}, uuid.Nil, uuid.Nil, fault.New(fault.NotFound, "problem.not_found")
	}
	return r.guarantee(), r.AgencyID, orZero(r.MadeBy), res.Error
}

type claimRow struct {
	ID            uuid.UUID
	Number        int64
	AgencyID      uuid.UUID
	Amount        int64
	Currency      string
	Source        Source
	Award         string
	EnforceableOn *time.Time
	Appealed      bool
	ClosedOn      *time.Time
	ClosedWhy     *Ending
	Called        int64
}

const selectClaims = `SELECT id, number, agency_id, amount, currency, source, award, enforceable_on, appealed, closed_on, closed_why, guarantee_called(id) AS called FROM guarantee_claims `

func (r claimRow) claim() Claim {
	return Claim{
		ID: r.ID, Number: r.Number, AgencyID: r.AgencyID, Called: money.Money{Minor: r.Called, Currency: r.Currency}, ClosedOn: orZero(r.ClosedOn), Ending: orZero(r.ClosedWhy),
		Award: Award{
			Amount: money.Money{Minor: r.Amount, Currency: r.Currency}, Source: r.Source, Reference: r.Award, EnforceableOn: orZero(r.EnforceableOn), Appealed: r.Appealed,
		},
	}
}

// claimsOf lists an agency's claims by number.
func claimsOf(tx postgres.Tx, agency uuid.UUID) ([]Claim, error) {
	var rows []claimRow
	err := tx.Gorm().Raw(selectClaims+`WHERE agency_id = ? ORDER BY number`, agency).Scan(&rows).Error
	all := make([]Claim, 0, len(rows))
	for _, r := range rows {
		all = append(all, r.claim())
	}
	return all, err
}

func claimOf(tx postgres.Tx, key uuid.UUID) (Claim, error) {
	var r claimRow
	res := tx.Gorm().Raw(selectClaims+`WHERE id = ?`, key).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Claim{}, fault.New(fault.NotFound, "problem.not_found")
	}
	return r.claim(), res.Error
}

// topUpsOf lists what has to be put back, the oldest first.
func topUpsOf(tx postgres.Tx, agency uuid.UUID) ([]TopUp, error) {
	var rows []struct {
		EntryID  uuid.UUID
		Missing  int64
		Currency string
		DueOn    *time.Time
	}
	err := tx.Gorm().Raw(`SELECT t.entry_id, t.missing, t.currency, t.due_on FROM guarantee_top_ups t JOIN guarantee_entries e ON e.id = t.entry_id
		WHERE t.agency_id = ? AND t.cleared_on IS NULL ORDER BY e.number`, agency).Scan(&rows).Error
	all := make([]TopUp, 0, len(rows))
	for _, r := range rows {
		all = append(all, TopUp{EntryID: r.EntryID, Missing: money.Money{Minor: r.Missing, Currency: r.Currency}, Due: orZero(r.DueOn)})
	}
	return all, err
}

type entryRow struct {
	ID       uuid.UUID
	Number   int64
	Kind     EntryKind
	Day      time.Time
	MadeAt   time.Time
	Currency string
	Moved    int64
	Change   int64
}

// entriesOf lists the ledger by number, an entry of two currencies as two.
func entriesOf(tx postgres.Tx, agency uuid.UUID) (rows []entryRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT e.id, e.number, e.kind, e.day, e.made_at, p.currency, CAST(sum(p.minor) FILTER (WHERE p.minor > 0) AS bigint) AS moved,
			CAST(coalesce(sum(p.minor) FILTER (WHERE p.account = 'held'), 0) AS bigint) AS change
		FROM guarantee_entries e JOIN guarantee_postings p ON p.entry_id = e.id WHERE e.agency_id = ?
		GROUP BY e.id, p.currency ORDER BY e.number, p.currency`, agency).Scan(&rows).Error
	return rows, err
}

type letterRow struct {
	ID        uuid.UUID
	Number    int64
	AgencyID  uuid.UUID
	Kind      EntryKind
	Day       time.Time
	Amount    int64
	Currency  string
	Bank      string
	Reference string
	Paid      bool
}

func (r letterRow) letter() Letter {
	return Letter{
		ID: r.ID, Number: r.Number, AgencyID: r.AgencyID, Kind: r.Kind, Day: r.Day, Amount: money.Money{Minor: r.Amount, Currency: r.Currency},
		Bank: r.Bank, Reference: r.Reference, Paid: r.Paid,
	}
}

const selectLetters = `SELECT l.id, l.number, e.agency_id, e.kind, e.day, l.amount, g.currency, g.bank, g.reference,
		EXISTS (SELECT FROM guarantee_entries p WHERE p.of_letter = l.id) AS paid
	FROM guarantee_letters l JOIN guarantee_entries e ON e.id = l.entry_id JOIN guarantees g ON g.id = l.guarantee_id `

func lettersOf(tx postgres.Tx, agency uuid.UUID) ([]Letter, error) {
	var rows []letterRow
	err := tx.Gorm().Raw(selectLetters+`WHERE e.agency_id = ? ORDER BY l.number DESC`, agency).Scan(&rows).Error
	all := make([]Letter, 0, len(rows))
	for _, r := range rows {
		all = append(all, r.letter())
	}
	return all, err
}

func letterOf(tx postgres.Tx, key uuid.UUID) (Letter, error) {
	var r letterRow
	res := tx.Gorm().Raw(selectLetters+`WHERE l.id = ?`, key).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Letter{}, fault.New(fault.NotFound, "problem.not_found")
	}
	return r.letter(), res.Error
}

// reservedBy lists what a letter's call reserved.
func reservedBy(tx postgres.Tx, letter uuid.UUID) ([]Line, error) {
	var rows []struct {
		GuaranteeID uuid.UUID
		Minor       int64
		Currency    string
		ClaimID     uuid.UUID
	}
	err := tx.Gorm().Raw(`SELECT p.guarantee_id, p.minor, p.currency, p.claim_id FROM guarantee_letters l JOIN guarantee_postings p USING (entry_id, guarantee_id)
		WHERE l.id = ? AND p.account = 'reserved' ORDER BY p.line`, letter).Scan(&rows).Error
	lines := make([]Line, 0, len(rows))
	for _, r := range rows {
		lines = append(lines, Line{Guarantee: r.GuaranteeID, Account: Reserved, Amount: money.Money{Minor: r.Minor, Currency: r.Currency}, Claim: r.ClaimID})
	}
	return lines, err
}

// waitingOf lists the decisions about an agency's guarantee that wait.
func waitingOf(tx postgres.Tx, agency uuid.UUID) (all []Waiting, err error) {
	err = tx.Gorm().Raw(`SELECT id, kind FROM decisions WHERE subject_id = ? AND state = 'waiting' AND kind IN (?, ?, ?) ORDER BY proposed_at, id`,
		agency, PostKind, CallKind, ReleaseKind).Scan(&all).Error
	return all, err
}

// Waiting is a decision that waits.
type Waiting struct {
	ID   uuid.UUID
	Kind decision.Kind
}

func endedBefore(tx postgres.Tx, today time.Time) (due []overdue, err error) {
	err = tx.Gorm().Raw(`SELECT g.id, g.agency_id FROM guarantees g JOIN guarantee_balances b ON b.guarantee_id = g.id
		WHERE g.expires_on < ? AND b.held > 0 ORDER BY g.expires_on, g.id`, today).Scan(&due).Error
	return due, err
}

func dueBetween(tx postgres.Tx, from, until time.Time) ([]Due, error) {
	var rows []struct {
		AgencyID uuid.UUID
		ObjectID uuid.UUID
		Kind     string
		Day      time.Time
		Minor    int64
		Currency string
	}
	err := tx.Gorm().Raw(`
		SELECT g.agency_id, g.id AS object_id, 'expiry' AS kind, g.expires_on AS day, b.held AS minor, g.currency
		FROM guarantees g JOIN guarantee_balances b ON b.guarantee_id = g.id WHERE g.expires_on BETWEEN @from AND @until AND b.held > 0
		UNION ALL SELECT agency_id, entry_id, 'top_up', due_on, missing, currency FROM guarantee_top_ups WHERE due_on BETWEEN @from AND @until AND cleared_on IS NULL
		ORDER BY day, object_id`, map[string]any{"from": from, "until": until}).Scan(&rows).Error
	all := make([]Due, 0, len(rows))
	for _, r := range rows {
		all = append(all, Due{AgencyID: r.AgencyID, ObjectID: r.ObjectID, Kind: r.Kind, Day: r.Day, Amount: money.Money{Minor: r.Minor, Currency: r.Currency}})
	}
	return all, err
}
