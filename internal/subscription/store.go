package subscription

import (
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// The kinds of letter, as the table allows them.
const (
	kindConfirm = "confirm"
	kindChanged = "changed"
)

type subscriptionRow struct {
	ID, AgencyID       uuid.UUID
	Subscriber, Sealed []byte
	Language           string
	AskedAt            time.Time
}

// keep adds the subscription, unless the address has one of this agency. It returns
// the one that is there, and whether a letter is wanted: not by one that is confirmed,
// that got one since pause, or whose address has too many that it did not confirm.
func keep(tx postgres.Tx, r subscriptionRow, pause time.Time) (key uuid.UUID, wants bool, err error) {
	var open int
	err = tx.Gorm().Raw(`SELECT count(*) FROM subscriptions WHERE subscriber = ? AND confirmed_at IS NULL AND agency_id <> ?`, r.Subscriber, r.AgencyID).Scan(&open).Error
	if err != nil || open >= perAddress {
		return uuid.Nil, false, err
	}
	err = tx.Gorm().Exec(`
		INSERT INTO subscriptions (id, agency_id, subscriber, sealed, language, asked_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (agency_id, subscriber) DO NOTHING`,
		r.ID, r.AgencyID, r.Subscriber, r.Sealed, r.Language, r.AskedAt).Error
	if err != nil {
		return uuid.Nil, false, err
	}
	var there struct {
		ID    uuid.UUID
		Wants bool
	}
	err = tx.Gorm().Raw(`
		SELECT s.id, s.confirmed_at IS NULL AND NOT EXISTS (SELECT FROM subscription_letters l WHERE l.subscription_id = s.id AND l.made_at > ?) AS wants
		FROM subscriptions s WHERE s.agency_id = ? AND s.subscriber = ?`, pause, r.AgencyID, r.Subscriber).Scan(&there).Error
	return there.ID, there.Wants, err
}

// countLetters counts those to addresses that nobody confirmed.
func countLetters(tx postgres.Tx, since time.Time) (n int, err error) {
	err = tx.Gorm().Raw(`SELECT count(*) FROM subscription_letters WHERE kind = 'confirm' AND made_at > ?`, since).Scan(&n).Error
	return n, err
}

func insertLetter(tx postgres.Tx, key, subscription uuid.UUID, kind string, now time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO subscription_letters (id, subscription_id, kind, made_at) VALUES (?, ?, ?, ?)`, key, subscription, kind, now).Error
}

func find(tx postgres.Tx, key uuid.UUID) (s Subscription, err error) {
	res := tx.Gorm().Raw(`
		SELECT s.id, a.slug, a.name_latin, a.name_local, s.confirmed_at IS NOT NULL AS confirmed FROM subscriptions s JOIN agencies a ON a.id = s.agency_id WHERE s.id = ?`, key).Scan(&s)
	if res.Error == nil && res.RowsAffected == 0 {
		return s, errGone()
	}
	return s, res.Error
}

func confirm(tx postgres.Tx, key uuid.UUID, seen []byte, now time.Time) error {
	return tx.Gorm().Exec(`UPDATE subscriptions SET confirmed_at = ?, seen = ? WHERE id = ? AND confirmed_at IS NULL`, now, seen, key).Error
}

func forget(tx postgres.Tx, key uuid.UUID) error {
	res := tx.Gorm().Exec(`DELETE FROM subscriptions WHERE id = ?`, key)
	if res.Error == nil && res.RowsAffected == 0 {
		return errGone()
	}
	return res.Error
}

func forgetUnconfirmed(tx postgres.Tx, before time.Time) error {
	return tx.Gorm().Exec(`DELETE FROM subscriptions WHERE confirmed_at IS NULL AND asked_at < ?`, before).Error
}

type watchedRow struct {
	AgencyID uuid.UUID
	Slug     string
}

func watchedAgencies(tx postgres.Tx, after uuid.UUID, limit int) (all []watchedRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT DISTINCT s.agency_id, a.slug FROM subscriptions s JOIN agencies a ON a.id = s.agency_id
		WHERE s.confirmed_at IS NOT NULL AND s.agency_id > ? ORDER BY s.agency_id LIMIT ?`, after, limit).Scan(&all).Error
	return all, err
}

// takeUntold marks those as told who saw something else, and returns them.
func takeUntold(tx postgres.Tx, agency uuid.UUID, now []byte) (all []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`UPDATE subscriptions SET seen = @now WHERE agency_id = @agency AND confirmed_at IS NOT NULL AND seen <> @now RETURNING id`,
		map[string]any{"now": now, "agency": agency}).Scan(&all).Error
	return all, err
}

type letterRow struct {
	ID, SubscriptionID uuid.UUID
	Kind               string
	SentAt             *time.Time
	Sealed             []byte
	Language           string
}

func findLetter(tx postgres.Tx, key uuid.UUID) (l letterRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT l.id, l.subscription_id, l.kind, l.sent_at, s.sealed, s.language FROM subscription_letters l JOIN subscriptions s ON s.id = l.subscription_id WHERE l.id = ?`, key).Scan(&l).Error
	return l, err
}

func markSent(tx postgres.Tx, key uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`UPDATE subscription_letters SET sent_at = ? WHERE id = ? AND sent_at IS NULL`, at, key).Error
}
