package barred

import (
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type row struct {
	ID, DecisionID         uuid.UUID
	NameLatin, NameLocal   string
	Token, Last4           string
	BornOn                 *time.Time
	Ground, Text, LiftText string
	FromDay                time.Time
	UntilDay               *time.Time
	ProposedBy             uuid.UUID
	ProposedAt             time.Time
	ConfirmedAt, LiftedAt  *time.Time
}

func orNull(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

func value(at *time.Time) (t time.Time) {
	if at != nil {
		t = *at
	}
	return t
}

func newRow(d Draft, by uuid.UUID, now time.Time) row {
	return row{
		ID: id.New(), DecisionID: id.New(), NameLatin: d.NameLatin, NameLocal: d.NameLocal, BornOn: orNull(d.BornOn), Ground: d.Ground, Text: d.Text,
		FromDay: d.From, UntilDay: orNull(d.Until), ProposedBy: by, ProposedAt: now,
	}
}

func (r row) person() Person {
	return Person{
		ID: r.ID, NameLatin: r.NameLatin, NameLocal: r.NameLocal, BornOn: value(r.BornOn), Last4: r.Last4, Ground: r.Ground, Text: r.Text, From: r.FromDay,
		Until: value(r.UntilDay), ConfirmedAt: value(r.ConfirmedAt), LiftedAt: value(r.LiftedAt), Lift: r.LiftText, Decision: r.DecisionID,
	}
}

func insert(tx postgres.Tx, r row) error {
	err := tx.Gorm().Exec(`
		INSERT INTO barred_people (id, decision_id, name_latin, name_local, born_on, token, last4, ground, text, from_day, until_day, proposed_by, proposed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.DecisionID, r.NameLatin, r.NameLocal, r.BornOn, r.Token, r.Last4, r.Ground, r.Text, r.FromDay, r.UntilDay, r.ProposedBy, r.ProposedAt).Error
	if err != nil {
		return err
	}
	for _, name := range []string{r.NameLatin, r.NameLocal} {
		if folded := matching.Fold(name); folded != "" {
			if err := tx.Gorm().Exec(`INSERT INTO barred_names (barred_id, folded) VALUES (?, ?) ON CONFLICT DO NOTHING`, r.ID, folded).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

const people = `SELECT b.id, b.decision_id, b.name_latin, b.name_local, b.born_on, b.last4, b.ground, b.text, b.from_day, b.until_day, b.confirmed_at, b.lifted_at,
	coalesce((SELECT l.text FROM barred_lifts l WHERE l.decision_id = b.lift_decision_id), '') AS lift_text FROM barred_people b `

func one(tx postgres.Tx, query string, key uuid.UUID) (Person, error) {
	var r row
	res := tx.Gorm().Raw(query, key).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Person{}, fault.New(fault.NotFound, "problem.not_found")
	}
	return r.person(), res.Error
}

func find(tx postgres.Tx, key uuid.UUID) (Person, error) {
	return one(tx, people+`WHERE b.id = ?`, key)
}

// hold is find for a move: nobody else moves it until the transaction ends.
func hold(tx postgres.Tx, key uuid.UUID) (Person, error) {
	return one(tx, people+`WHERE b.id = ? FOR UPDATE OF b`, key)
}

// listed is how many a list shows.
const listed = 500

func list(tx postgres.Tx, name string) ([]Person, error) {
	var rows []row
	folded := matching.Fold(name)
	err := tx.Gorm().Raw(people+`WHERE @name = '' OR EXISTS (SELECT FROM barred_names n WHERE n.barred_id = b.id AND position(@name IN n.folded) > 0)
		ORDER BY b.proposed_at DESC, b.id DESC LIMIT @limit`, map[string]any{"name": folded, "limit": listed}).Scan(&rows).Error
	all := make([]Person, len(rows))
	for i, r := range rows {
		all[i] = r.person()
	}
	if folded == "" && strings.TrimSpace(name) != "" {
		return nil, err
	}
	return all, err
}

func insertLift(tx postgres.Tx, decision, barred uuid.UUID, text string, by uuid.UUID, at time.Time) error {
	return tx.Gorm().Exec(`INSERT INTO barred_lifts (decision_id, barred_id, text, proposed_by, proposed_at) VALUES (?, ?, ?, ?, ?)`, decision, barred, text, by, at).Error
}

func liftOf(tx postgres.Tx, decision uuid.UUID) (barred uuid.UUID, text string, err error) {
	var r struct {
		BarredID uuid.UUID
		Text     string
	}
	res := tx.Gorm().Raw(`SELECT barred_id, text FROM barred_lifts WHERE decision_id = ?`, decision).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return r.BarredID, "", fault.New(fault.NotFound, "problem.not_found")
	}
	return r.BarredID, r.Text, res.Error
}

func confirm(tx postgres.Tx, key uuid.UUID, now time.Time) error {
	res := tx.Gorm().Exec(`UPDATE barred_people SET confirmed_at = ? WHERE id = ? AND confirmed_at IS NULL`, now, key)
	return changed(res.RowsAffected, res.Error)
}

func end(tx postgres.Tx, key, decision uuid.UUID, now time.Time) error {
	res := tx.Gorm().Exec(`UPDATE barred_people SET lifted_at = ?, lift_decision_id = ? WHERE id = ? AND lifted_at IS NULL`, now, decision, key)
	return changed(res.RowsAffected, res.Error)
}

func changed(rows int64, err error) error {
	if err == nil && rows != 1 {
		return fmt.Errorf("changed %d rows, want 1", rows)
	}
	return err
}

const holds = ` AND b.confirmed_at IS NOT NULL AND b.lifted_at IS NULL AND b.from_day <= @day AND coalesce(b.until_day, 'infinity') >= @day ORDER BY b.id LIMIT 50`

func byDocument(tx postgres.Tx, token string, day time.Time) (all []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`SELECT b.id FROM barred_people b WHERE b.token = @token`+holds, map[string]any{"token": token, "day": day}).Scan(&all).Error
	return all, err
}

func byName(tx postgres.Tx, folded, born string, day time.Time) (all []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`
		SELECT b.id FROM barred_people b WHERE b.born_on = CAST(@born AS date) AND EXISTS (SELECT FROM barred_names n WHERE n.barred_id = b.id AND n.folded = @name)`+holds,
		map[string]any{"born": born, "name": folded, "day": day}).Scan(&all).Error
	return all, err
}
