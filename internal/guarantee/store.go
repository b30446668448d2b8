package guarantee

import (
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// lockAgency holds the agency's row until the transaction ends, as steps of its
// licence do.
func lockAgency(tx postgres.Tx, agency uuid.UUID) error {
	var state string
	res := tx.Gorm().Raw(`SELECT state FROM agencies WHERE id = ? FOR NO KEY UPDATE`, agency).Scan(&state)
	if res.Error == nil && res.RowsAffected == 0 {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	return res.Error
}

// orNull keeps a zero day or id as NULL.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func insertGuarantee(tx postgres.Tx, key, decided, agency uuid.UUID, g Posting, by uuid.UUID, now time.Time) error {
	return tx.Gorm().Exec(`
		INSERT INTO guarantees (id, agency_id, decision_id, kind, bank, reference, amount, currency, valid_from, expires_on, made_by, made_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		key, agency, orNull(decided), g.Kind, g.Bank, g.Reference, g.Amount.Minor, g.Amount.Currency, g.From, orNull(g.Until), orNull(by), now).Error
}

// referenceTaken reports whether that guarantee of that bank is posted, or waits.
func referenceTaken(tx postgres.Tx, agency uuid.UUID, g Posting) (bool, error) {
	posted, err := alreadyPosted(tx, agency, g)
	if err != nil || posted {
		return posted, err
	}
	var waits bool
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM guarantees g JOIN decisions d ON d.id = g.decision_id
		WHERE g.agency_id = ? AND lower(g.bank) = lower(?) AND lower(g.reference) = lower(?) AND d.state = 'waiting')`, agency, g.Bank, g.Reference).Scan(&waits).Error
	return waits, err
}

func alreadyPosted(tx postgres.Tx, agency uuid.UUID, g Posting) (posted bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM guarantees g JOIN guarantee_balances b ON b.guarantee_id = g.id
		WHERE g.agency_id = ? AND lower(g.bank) = lower(?) AND lower(g.reference) = lower(?))`, agency, g.Bank, g.Reference).Scan(&posted).Error
	return posted, err
}

// entry is one transaction of the ledger.
type entry struct {
	ID       uuid.UUID
	Agency   uuid.UUID
	Kind     EntryKind
	Day      time.Time
	Decision uuid.UUID // of Posted, Called and Released
	Letter   uuid.UUID // of Paid
	By       uuid.UUID // the zero id: a process
	At       time.Time
}

func insertEntry(tx postgres.Tx, e entry, lines []Line) error {
	err := tx.Gorm().Exec(`INSERT INTO guarantee_entries (id, agency_id, kind, day, decision_id, of_letter, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		e.ID, e.Agency, e.Kind, e.Day, orNull(e.Decision), orNull(e.Letter), orNull(e.By), e.At).Error
	for i, l := range lines {
		if err != nil {
			return err
		}
		err = tx.Gorm().Exec(`INSERT INTO guarantee_postings (entry_id, line, guarantee_id, account, minor, currency, claim_id) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			e.ID, i+1, l.Guarantee, l.Account, l.Amount.Minor, l.Amount.Currency, orNull(l.Claim)).Error
	}
	return err
}

func insertLetter(tx postgres.Tx, key, entry, guarantee uuid.UUID, amount int64) error {
	return tx.Gorm().Exec(`INSERT INTO guarantee_letters (id, entry_id, guarantee_id, amount) VALUES (?, ?, ?, ?)`, key, entry, guarantee, amount).Error
}

func insertTopUp(tx postgres.Tx, entry, agency uuid.UUID, amount money.Money, due time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO guarantee_top_ups (entry_id, agency_id, amount, currency, due_on, missing) VALUES (?, ?, ?, ?, ?, ?)`,
		entry, agency, amount.Minor, amount.Currency, orNull(due), amount.Minor).Error
}

func lessTopUp(tx postgres.Tx, entry uuid.UUID, missing int64, today time.Time) error {
	var cleared *time.Time
	if missing == 0 {
		cleared = &today
	}
	return tx.Gorm().Exec(`UPDATE guarantee_top_ups SET missing = ?, cleared_on = ? WHERE entry_id = ?`, missing, cleared, entry).Error
}

func insertClaim(tx postgres.Tx, key, agency uuid.UUID, a Award, by identity.Actor, now time.Time) error {
	return tx.Gorm().Exec(`
		INSERT INTO guarantee_claims (id, agency_id, amount, currency, source, award, enforceable_on, appealed, made_by, made_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		key, agency, a.Amount.Minor, a.Amount.Currency, a.Source, a.Reference, orNull(a.EnforceableOn), a.Appealed, by.PersonID, now).Error
}

func updateClaim(tx postgres.Tx, key uuid.UUID, to Change, today time.Time) error {
	var closed *time.Time
	if to.Ending != "" {
		closed = &today
	}
	return tx.Gorm().Exec(`UPDATE guarantee_claims SET enforceable_on = ?, appealed = ?, closed_on = ?, closed_why = ? WHERE id = ?`,
		orNull(to.EnforceableOn), to.Appealed, closed, orNull(to.Ending), key).Error
}
