package inspection

import (
	"encoding/json"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

type row struct {
	ID            uuid.UUID
	AgencyID      uuid.UUID
	NameLatin     string
	NameLocal     string
	ApplicationID *uuid.UUID
	Status        Status
	PlannedFor    time.Time
	Place         string
	Announced     bool
	VisitedOn     *time.Time
	Revision      int
	SentOn        *time.Time
	ReplyBy       *time.Time
	PointsFrom    *time.Time
	RepliedOn     *time.Time
	Reply         string
	LapsedOn      *time.Time
	ClosedOn      *time.Time
	Outcome       Outcome
	Reason        string
	Team          string // of the queue alone
}

func (r row) inspection() Inspection {
	day := func(d *time.Time) (at time.Time) {
		if d != nil {
			at = *d
		}
		return at
	}
	i := Inspection{
		ID: r.ID, AgencyID: r.AgencyID, NameLatin: r.NameLatin, NameLocal: r.NameLocal, Status: r.Status, PlannedFor: r.PlannedFor,
		Place: r.Place, Announced: r.Announced, VisitedOn: day(r.VisitedOn), Revision: r.Revision, SentOn: day(r.SentOn),
		ReplyBy: day(r.ReplyBy), PointsFrom: day(r.PointsFrom), RepliedOn: day(r.RepliedOn), Reply: r.Reply,
		LapsedOn: day(r.LapsedOn), ClosedOn: day(r.ClosedOn), Outcome: r.Outcome, Reason: r.Reason,
	}
	if r.ApplicationID != nil {
		i.ApplicationID = *r.ApplicationID
	}
	return i
}

const columns = `i.id, i.agency_id, g.name_latin, g.name_local, i.application_id, i.status, i.planned_for, i.place, i.announced, i.visited_on, i.revision,
	i.sent_on, i.reply_by, i.points_from, i.replied_on, i.reply, i.lapsed_on, i.closed_on, coalesce(i.outcome, '') AS outcome, i.reason`

const inspections = `SELECT ` + columns + ` FROM inspections i JOIN agencies g ON g.id = i.agency_id `

func one(tx postgres.Tx, query string, args ...any) (Inspection, error) {
	var r row
	res := tx.Gorm().Raw(query, args...).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return Inspection{}, fault.New(fault.NotFound, "problem.not_found")
	}
	return r.inspection(), res.Error
}

func find(tx postgres.Tx, key uuid.UUID) (Inspection, error) {
	return one(tx, inspections+`WHERE i.id = ?`, key)
}

// hold is find for a move: nobody else moves it until the transaction ends.
func hold(tx postgres.Tx, key uuid.UUID) (Inspection, error) {
	return one(tx, inspections+`WHERE i.id = ? FOR UPDATE OF i`, key)
}

func inspectionsOf(tx postgres.Tx, agency uuid.UUID) ([]Inspection, error) {
	var rows []row
	err := tx.Gorm().Raw(inspections+`WHERE i.agency_id = ? ORDER BY coalesce(i.visited_on, i.planned_for) DESC, i.id DESC`, agency).Scan(&rows).Error
	all := make([]Inspection, len(rows))
	for n, r := range rows {
		all[n] = r.inspection()
	}
	return all, err
}

func dueReplies(tx postgres.Tx, today time.Time) (keys []uuid.UUID, err error) {
	err = tx.Gorm().Raw(`SELECT id FROM inspections WHERE status = 'sent' AND reply_by < ? ORDER BY reply_by, id`, today).Scan(&keys).Error
	return keys, err
}

const queueFilter = `
	WHERE (@status = '' OR i.status = @status)
	  AND (NOT @open OR i.status NOT IN ('closed','called_off'))
	  AND (@name = '' OR position(lower(@name) IN lower(g.name_latin)) > 0 OR position(@name IN g.name_local) > 0)
	  AND (@any OR i.agency_id = @agency)
	  AND (@anybody OR EXISTS (SELECT FROM inspection_people p WHERE p.inspection_id = i.id AND p.person_id = @inspector))
	  AND (@due = '' OR i.status = 'sent' AND (@due = 'over') = coalesce(i.reply_by < @today, false)) `

func (f Filter) args(today time.Time) map[string]any {
	return map[string]any{
		"status": string(f.Status), "open": f.Open, "name": f.Name, "inspector": f.Inspector, "anybody": f.Inspector == uuid.Nil,
		"due": string(f.Due), "today": today, "agency": f.Agency, "any": f.Agency == uuid.Nil,
	}
}

func countQueue(tx postgres.Tx, f Filter, today time.Time) (n int, err error) {
	err = tx.Gorm().Raw(`SELECT count(*) FROM inspections i JOIN agencies g ON g.id = i.agency_id`+queueFilter, f.args(today)).Scan(&n).Error
	return n, err
}

func findQueue(tx postgres.Tx, f Filter, today time.Time, limit, offset int) ([]Summary, error) {
	args := f.args(today)
	args["limit"], args["offset"] = limit, offset
	var rows []row
	err := tx.Gorm().Raw(`SELECT `+columns+`,
			(SELECT coalesce(string_agg(w.name, ', ' ORDER BY p.seat), '') FROM inspection_people p JOIN people w ON w.id = p.person_id WHERE p.inspection_id = i.id) AS team
		FROM inspections i JOIN agencies g ON g.id = i.agency_id`+queueFilter+`
		ORDER BY i.status IN ('closed','called_off'), CASE WHEN i.status NOT IN ('closed','called_off') THEN i.planned_for END, i.planned_for DESC, i.id
		LIMIT @limit OFFSET @offset`, args).Scan(&rows).Error
	all := make([]Summary, len(rows))
	for n, r := range rows {
		all[n] = Summary{Inspection: r.inspection(), Team: r.Team}
	}
	return all, err
}

type lineRow struct {
	Code      string
	ValidFrom time.Time
	Topic     Topic
	Weight    Weight
	Wording   string
	Source    string
	Answer    Answer
	Seen      string
	Danger    bool
	Reply     string
	Withdrawn bool
}

// linesOf lists what is asked on the day of the visit with what is answered. What
// was sent stays as it was, whatever is asked since.
func linesOf(tx postgres.Tx, i Inspection) ([]Line, error) {
	asked := `FROM inspection_answers a JOIN inspection_standards s ON s.code = a.code AND s.valid_from = a.valid_from WHERE a.inspection_id = @id`
	if i.SentOn.IsZero() {
		asked = `FROM inspection_asked(CAST(@day AS date)) s LEFT JOIN inspection_answers a ON a.inspection_id = @id AND a.code = s.code`
	}
	var rows []lineRow
	if !i.VisitedOn.IsZero() {
		err := tx.Gorm().Raw(`
			SELECT s.code, s.valid_from, s.topic, s.weight, CAST(s.wording AS text) AS wording, s.source, coalesce(a.answer, '') AS answer, coalesce(a.seen, '') AS seen,
				s.code = ANY (coalesce((SELECT v.dangers FROM inspection_saves v WHERE v.inspection_id = @id ORDER BY v.revision DESC LIMIT 1), '{}')) AS danger,
				coalesce((SELECT r.reply FROM inspection_replies r WHERE r.inspection_id = @id AND r.code = s.code), '') AS reply,
				EXISTS (SELECT FROM inspection_withdrawals w WHERE w.inspection_id = @id AND w.code = s.code) AS withdrawn
			`+asked+` ORDER BY s.place, s.code`, map[string]any{"id": i.ID, "day": i.VisitedOn.Format(time.DateOnly)}).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
	}
	all := make([]Line, len(rows))
	for n, r := range rows {
		all[n] = Line{
			Standard: Standard{Code: r.Code, From: r.ValidFrom, Topic: r.Topic, Weight: r.Weight, Source: r.Source},
			Answer:   r.Answer, Seen: r.Seen, Danger: r.Danger, Reply: r.Reply, Withdrawn: r.Withdrawn,
		}
		if err := json.Unmarshal([]byte(r.Wording), &all[n].Wording); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// teamOf lists who goes; names come only to whoever may read who they are.
func teamOf(tx postgres.Tx, key uuid.UUID) ([]Inspector, error) {
	var rows []struct {
		Role     identity.Role
		UnitName string
		PersonID *uuid.UUID
		Name     string
	}
	err := tx.Gorm().Raw(`
		SELECT t.role, CAST(u.name AS text) AS unit_name, p.person_id, coalesce(w.name, '') AS name
		FROM inspection_team t JOIN units u ON u.id = t.unit_id
		LEFT JOIN inspection_people p USING (inspection_id, seat) LEFT JOIN people w ON w.id = p.person_id
		WHERE t.inspection_id = ? ORDER BY t.seat`, key).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	team := make([]Inspector, len(rows))
	for n, r := range rows {
		team[n] = Inspector{Role: r.Role, Name: r.Name}
		if r.PersonID != nil {
			team[n].PersonID = *r.PersonID
		}
		if err := json.Unmarshal([]byte(r.UnitName), &team[n].UnitName); err != nil {
			return nil, err
		}
	}
	return team, nil
}

func goesThere(tx postgres.Tx, key, person uuid.UUID) (goes bool, err error) {
	err = tx.Gorm().Raw(`SELECT EXISTS (SELECT FROM inspection_people WHERE inspection_id = ? AND person_id = ?)`, key, person).Scan(&goes).Error
	return goes, err
}

// stepsOf lists the moves that were made, oldest first, and who saved answers last.
func stepsOf(tx postgres.Tx, key uuid.UUID) (steps []Step, last Step, err error) {
	err = tx.Gorm().Raw(`SELECT s.status, coalesce(w.name, '') AS by, s.at FROM inspection_steps s LEFT JOIN people w ON w.id = s.person_id
		WHERE s.inspection_id = ? ORDER BY s.at, array_position(ARRAY['planned','called_off','visited','recorded','sent','replied','lapsed','closed'], s.status)`, key).Scan(&steps).Error
	if err != nil {
		return nil, Step{}, err
	}
	err = tx.Gorm().Raw(`SELECT w.name AS by, v.saved_at AS at FROM inspection_saves v JOIN people w ON w.id = v.person_id
		WHERE v.inspection_id = ? ORDER BY v.revision DESC LIMIT 1`, key).Scan(&last).Error
	return steps, last, err
}

func findAgency(tx postgres.Tx, agency uuid.UUID) (Agency, error) {
	var a Agency
	res := tx.Gorm().Raw(`SELECT id, name_latin, name_local, coalesce(address, '') AS address FROM agencies WHERE id = ?`, agency).Scan(&a)
	if res.Error == nil && res.RowsAffected == 0 {
		return Agency{}, fault.New(fault.NotFound, "problem.not_found")
	}
	return a, res.Error
}

func agenciesNamed(tx postgres.Tx, name string, limit int) (all []Agency, err error) {
	err = tx.Gorm().Raw(`SELECT id, name_latin, name_local, coalesce(address, '') AS address FROM agencies
		WHERE @name <> '' AND (position(lower(@name) IN lower(name_latin)) > 0 OR position(@name IN name_local) > 0)
		ORDER BY name_latin, name_local, id LIMIT @limit`, map[string]any{"name": name, "limit": limit}).Scan(&all).Error
	return all, err
}
