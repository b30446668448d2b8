package escalation

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// errNoUnit stops raising until the country has the unit. The promise that
// screens stays open meanwhile, so nothing is lost.
var errNoUnit = errors.New("escalation: there is no unit of this kind without a parent")

// Raising is what screening hands over.
type Raising struct {
	// To is the kind of unit that receives it: police, or the oversight body
	// where police may not know the whole.
	To          identity.UnitKind
	AlertID     uuid.UUID
	Grade       Grade
	SubjectKind string // agency, employer, phone
	SubjectKey  string // an agency's id or a keyed token
	Pattern     Pattern
	Complaints  []uuid.UUID
}

// Raise hands a pattern to the national unit of that kind, within the transaction
// that established it: the escalation, its audit entry and the promises to
// deliver it and to see after its deadline commit with the findings or not at
// all. An alert is escalated once per grade; raised is false, and key that of
// the first, when it already was.
func (s *Service) Raise(tx postgres.Tx, by identity.Actor, in Raising) (key uuid.UUID, raised bool, err error) {
	if err := authority.Require(by, authority.EscalationRaise, authority.Object{}); err != nil {
		return uuid.Nil, false, err
	}
	key, raised, err = s.raise(tx, by, in)
	if err != nil {
		return uuid.Nil, false, fmt.Errorf("raise escalation: %w", err)
	}
	return key, raised, nil
}

func (s *Service) raise(tx postgres.Tx, by identity.Actor, in Raising) (uuid.UUID, bool, error) {
	pattern, err := json.Marshal(in.Pattern)
	if err != nil {
		return uuid.Nil, false, err
	}
	unit, err := s.nationalUnit(tx, in.To)
	if err != nil {
		return uuid.Nil, false, err
	}
	now := s.deps.Clock.Now()
	deadline, err := acknowledgeBy(tx, in.Grade, now)
	if err != nil {
		return uuid.Nil, false, err
	}
	e := row{
		ID: id.New(), AlertID: in.AlertID, Grade: in.Grade, SubjectKind: in.SubjectKind, SubjectKey: in.SubjectKey,
		Pattern: string(pattern), UnitID: unit, RaisedAt: now, AcknowledgeBy: deadline,
	}
	if existing, err := s.insertOnce(tx, &e); err != nil || existing != uuid.Nil {
		return existing, false, err
	}
	if _, err := insertComplaints(tx, e.ID, in.Complaints); err != nil {
		return uuid.Nil, false, err
	}
	if err := audit.Record(tx, audit.Entry{Actor: by, Action: "escalation.raise", ObjectKind: "escalation", ObjectID: e.ID}); err != nil {
		return uuid.Nil, false, err
	}
	if err := outbox.Append(tx, outbox.Promise{Topic: TopicRaised, SubjectID: e.ID}); err != nil {
		return uuid.Nil, false, err
	}
	err = outbox.Append(tx, outbox.Promise{Topic: TopicOverdue, SubjectID: e.ID, RunAfter: deadline})
	return e.ID, err == nil, err
}

// nationalUnit returns the first unit of that kind that is under no other, of
// those that stand as the portal wrote them.
func (s *Service) nationalUnit(tx postgres.Tx, kind identity.UnitKind) (uuid.UUID, error) {
	all, err := s.deps.People.Units(tx, kind)
	if err != nil {
		return uuid.Nil, err
	}
	for _, u := range all {
		if u.ParentID == nil && s.deps.People.GenuineUnit(u) {
			return u.ID, nil
		}
	}
	return uuid.Nil, errNoUnit
}

// insertOnce gives the row a reference and adds it. When the alert was already
// escalated at this grade it returns the key of that escalation.
func (s *Service) insertOnce(tx postgres.Tx, e *row) (existing uuid.UUID, err error) {
	for range 3 { // a reference that is taken is drawn again
		if e.Ref, err = newRef(s.deps.Random); err != nil {
			return uuid.Nil, err
		}
		added, err := insert(tx, *e)
		if err != nil || added {
			return uuid.Nil, err
		}
		if existing, err := ofAlert(tx, e.AlertID, e.Grade); err != nil || existing != uuid.Nil {
			return existing, err
		}
	}
	return uuid.Nil, errors.New("no free reference")
}

// acknowledgeBy reads how long the unit may stay silent. Where no rule is set
// for the grade the answer is "not at all": a missing rule must not become a
// way to hold an escalation back, so it climbs at once.
func acknowledgeBy(tx postgres.Tx, grade Grade, now time.Time) (time.Time, error) {
	text, err := policy(tx, "escalation.acknowledge_minutes", now)
	if err != nil || text == "" {
		return now, err
	}
	var minutes map[Grade]float64
	if err := json.Unmarshal([]byte(text), &minutes); err != nil || minutes[grade] <= 0 {
		return now, nil //nolint:nilerr // a rule that cannot be read is a missing rule
	}
	return now.Add(time.Duration(minutes[grade] * float64(time.Minute))).Truncate(time.Microsecond), nil
}
