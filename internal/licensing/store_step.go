package licensing

import (
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// overturned lists the steps of an agency that an upheld appeal undid.
func overturned(tx postgres.Tx, agency uuid.UUID) (all []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`
		SELECT a.of_step FROM licence_steps u JOIN licence_steps a ON a.id = u.of_step WHERE u.agency_id = ? AND u.kind = 'appeal_upheld'`, agency).Scan(&all).Error
	return all, err
}

// decidingUnit is the unit whose decision it is: the oversight body's where a
// suspension is lifted, whole or in part, one's own everywhere else.
func decidingUnit(tx postgres.Tx, actor identity.Actor, kind StepKind) (uuid.UUID, error) {
	if kind != Reinstate && kind != Widen {
		return actor.UnitID, nil
	}
	var row struct{ ID uuid.UUID }
	res := tx.Gorm().Raw(`SELECT id FROM units WHERE kind = 'oversight' ORDER BY code LIMIT 1`).Scan(&row)
	if res.Error == nil && res.RowsAffected == 0 {
		return uuid.Nil, fault.New(fault.Conflict, "licensing.no_oversight")
	}
	return row.ID, res.Error
}

func textOf(lines []ScopeLine) string {
	all := make([]string, len(lines))
	for i, l := range lines {
		all[i] = l.String()
	}
	return strings.Join(all, ",")
}

func linesOf(text string) (all []ScopeLine) {
	for line := range strings.SplitSeq(text, ",") {
		if line != "" {
			all = append(all, ParseScopeLine(line))
		}
	}
	return all
}

// orNull keeps a zero day or id as NULL.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func insertProposal(tx postgres.Tx, key uuid.UUID, d Draft, actor identity.Actor, now time.Time) error {
	return tx.Gorm().Exec(`
		INSERT INTO licence_step_proposals (decision_id, agency_id, kind, ground, text, until_day, of_step, scope, made_by, made_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, string_to_array(?, ','), ?, ?)`,
		key, d.Agency, d.Kind, d.Ground, d.Text, orNull(d.Until), orNull(d.Of), textOf(d.Scope), actor.PersonID, now).Error
}

func proposalOf(tx postgres.Tx, key uuid.UUID) (Draft, error) {
	var r stepRow
	res := tx.Gorm().Raw(`SELECT agency_id, kind, ground, text, until_day, of_step, array_to_string(scope, ',') AS scope FROM licence_step_proposals WHERE decision_id = ?`, key).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Draft{}, fault.New(fault.NotFound, "problem.not_found")
	}
	s := r.step()
	return Draft{Agency: s.AgencyID, Kind: s.Kind, Ground: s.Ground, Text: s.Text, Until: s.Until, Of: s.Of, Scope: s.Scope}, res.Error
}

func insertStep(tx postgres.Tx, s Step, by identity.Actor, decided uuid.UUID) error {
	err := tx.Gorm().Exec(`
		INSERT INTO licence_steps (id, agency_id, kind, ground, text, on_day, until_day, of_step, scope, decision_id, done_by, done_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, string_to_array(?, ','), ?, ?, ?)`,
		s.ID, s.AgencyID, s.Kind, s.Ground, s.Text, s.On, orNull(s.Until), orNull(s.Of), textOf(s.Scope), orNull(decided), by.PersonID, s.At).Error
	if postgres.Violates(err, "licence_steps_answered") {
		return fault.New(fault.Conflict, "licensing.answered")
	}
	return err
}

// imposedBy reports whether the person proposed or decided the step that an appeal is
// against.
func imposedBy(tx postgres.Tx, appeal, person uuid.UUID) (yes bool, err error) {
	err = tx.Gorm().Raw(`
		SELECT EXISTS (SELECT FROM licence_steps a JOIN licence_steps s ON s.id = a.of_step JOIN decisions d ON d.id = s.decision_id
			WHERE a.id = @appeal AND @person IN (d.proposed_by, d.decided_by))`, map[string]any{"appeal": appeal, "person": person}).Scan(&yes).Error
	return yes, err
}

type stepRow struct {
	ID       uuid.UUID
	Number   int64
	AgencyID uuid.UUID
	Kind     StepKind
	Ground   string
	Text     string
	OnDay    time.Time
	UntilDay *time.Time
	OfStep   *uuid.UUID
	Scope    string
	DoneAt   time.Time
}

func (r stepRow) step() Step {
	s := Step{
		ID: r.ID, Number: r.Number, AgencyID: r.AgencyID, Kind: r.Kind, Ground: r.Ground, Text: r.Text, On: r.OnDay, Scope: linesOf(r.Scope), At: r.DoneAt,
		Own: moves[r.Kind].own,
	}
	if r.UntilDay != nil {
		s.Until = *r.UntilDay
	}
	if r.OfStep != nil {
		s.Of = *r.OfStep
	}
	return s
}

const selectSteps = `SELECT id, number, agency_id, kind, ground, text, on_day, until_day, of_step, array_to_string(scope, ',') AS scope, done_at FROM licence_steps `

func stepOf(tx postgres.Tx, key uuid.UUID) (Step, error) {
	var r stepRow
	res := tx.Gorm().Raw(selectSteps+`WHERE id = ?`, key).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Step{}, fault.New(fault.NotFound, "problem.not_found")
	}
	return r.step(), res.Error
}

// stepsOf lists an agency's steps, the latest first.
func stepsOf(tx postgres.Tx, agency uuid.UUID) ([]Step, error) {
	var rows []stepRow
	if err := tx.Gorm().Raw(selectSteps+`WHERE agency_id = ? ORDER BY done_at DESC, id DESC LIMIT 200`, agency).Scan(&rows).Error; err != nil {
		return nil, err
	}
	steps := make([]Step, len(rows))
	for i, r := range rows {
		steps[i] = r.step()
	}
	return steps, nil
}

// answersTo lists the kinds of the steps about a step.
func answersTo(tx postgres.Tx, of uuid.UUID) (kinds []StepKind, err error) {
	err = tx.Gorm().Raw(`SELECT kind FROM licence_steps WHERE of_step = ?`, of).Scan(&kinds).Error
	return kinds, err
}

// surrenderAsked reports whether the agency asked to give its licence back, and
// nobody has answered.
func surrenderAsked(tx postgres.Tx, agency uuid.UUID) (open bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM licence_steps a WHERE a.agency_id = ? AND a.kind = 'surrender_ask'
		AND NOT EXISTS (SELECT FROM licence_steps s WHERE s.of_step = a.id))`, agency).Scan(&open).Error
	return open, err
}

func insertNarrowing(tx postgres.Tx, s Step) error {
	for _, l := range s.Scope {
		err := tx.Gorm().Exec(`INSERT INTO licence_narrowings (step_id, agency_id, destination, occupation, since, until_day) VALUES (?, ?, ?, ?, ?, ?)`,
			s.ID, s.AgencyID, l.Destination, l.Occupation, s.On, orNull(s.Until)).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// endNarrowings ends those of a step, if there is one and it is not over.
func endNarrowings(tx postgres.Tx, by Step, of uuid.UUID) error {
	return tx.Gorm().Exec(`UPDATE licence_narrowings SET until_day = CAST(? AS date) - 1 WHERE step_id = ? AND (until_day IS NULL OR until_day >= ?)`,
		by.On, of, by.On).Error
}

func updateState(tx postgres.Tx, agency uuid.UUID, to State, now time.Time) error {
	if to == NotYet {
		to = Listed // the register's own word for a licence that does not hold
	}
	res := tx.Gorm().Exec(`UPDATE agencies SET state = ?, updated_at = ? WHERE id = ?`, to, now, agency)
	return one(res.RowsAffected, res.Error)
}

// strand lists whom the step strands: who has not left is owed documents, money or
// another agency; who is abroad, somebody that answers.
func strand(tx postgres.Tx, s Step, today time.Time) error {
	return tx.Gorm().Exec(`
		INSERT INTO stranded_people (id, step_id, agency_id, placement_id, place, duty)
		SELECT gen_random_uuid(), @step, @agency, p.id, d.place, d.duty
		FROM placements p
		JOIN (VALUES ('not_left','documents'), ('not_left','refund'), ('not_left','transfer'), ('abroad','contact')) AS d(place, duty)
		  ON d.place = CASE WHEN p.departed_on > CAST(@today AS date) THEN 'not_left' ELSE 'abroad' END
		WHERE p.agency_id = @agency AND p.departed_on > CAST(@today AS date) - 1096
		  AND (@scope = '' OR EXISTS (SELECT FROM unnest(string_to_array(@scope, ',')) AS l(line)
		        WHERE split_part(l.line, ' ', 1) = p.country AND starts_with(p.occupation, split_part(l.line, ' ', 2))))`,
		map[string]any{"step": s.ID, "agency": s.AgencyID, "today": today, "scope": textOf(s.Scope)}).Error
}
