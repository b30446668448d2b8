package retention

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Kind is a kind of data that a policy speaks of.
type Kind string

// Items of complaints, counted from the day the complaint was filed.
const (
	Narrative Kind = "narrative"
	Answers   Kind = "answers"
	Identity  Kind = "identity"
	Contact   Kind = "contact"
	Originals Kind = "originals"
)

// Evidence is how long whatever is linked to a finding, an alert, an escalation
// or a step is kept, counted from the last link: until limitation and appeals
// have run. Unset is for ever.
const Evidence Kind = "evidence"

// Rows, counted from the moment named.
const (
	Sessions         Kind = "sessions"          // its end
	ReceiptSessions  Kind = "receipt_sessions"  // its end
	Attempts         Kind = "attempts"          // the window in which they were counted
	ImportRejections Kind = "import_rejections" // the end of the import
	MailDeliveries   Kind = "mail_deliveries"   // when the letter was sent
)

// ItemKinds are those that shred keys guard.
func ItemKinds() []Kind { return []Kind{Narrative, Answers, Identity, Contact, Originals} }

// Kinds lists all, in the order of the page.
func Kinds() []Kind {
	return append(ItemKinds(), Evidence, Sessions, ReceiptSessions, Attempts, ImportRejections, MailDeliveries)
}

const prefix = "retention."

// Policy is how long one kind is kept.
type Policy struct {
	Kind   Kind
	Days   int
	From   time.Time // the day from which it holds
	Source string    // the law, or whose rule it is
}

func (p Policy) key() string { return prefix + string(p.Kind) }

// before is the moment such that what began earlier is due.
func (p Policy) before(now time.Time) time.Time { return now.AddDate(0, 0, -p.Days) }

// pinned are the parts that the pin binds.
func (p Policy) pinned() [][]byte {
	return [][]byte{[]byte(p.key()), []byte(p.From.Format(time.DateOnly)), []byte(strconv.Itoa(p.Days)), []byte(p.Source)}
}

const pinPurpose = "retention.policy"

// SetPolicy writes a policy down, as an operator's command. Another policy of
// the same kind and day is a Conflict fault.
func (s *Service) SetPolicy(ctx context.Context, by identity.Actor, p Policy) error {
	if err := authority.Require(by, authority.RetentionSet, authority.Object{}); err != nil {
		return err
	}
	return s.DB.InTx(ctx, by, func(tx postgres.Tx) error { return s.ChangePolicy(tx, by, p) })
}

// ChangePolicy is SetPolicy within the caller's transaction, which must be that
// of an operator's command: the database refuses it to people, who propose
// (AskPolicy).
func (s *Service) ChangePolicy(tx postgres.Tx, by identity.Actor, p Policy) error {
	return s.write(tx, by, p, uuid.Nil)
}

// write writes a policy down. decision is the one of two people that says so, or
// the zero id.
func (s *Service) write(tx postgres.Tx, by identity.Actor, p Policy, decision uuid.UUID) error {
	if err := p.check(); err != nil {
		return err
	}
	value, err := json.Marshal(policyValue{Days: p.Days})
	if err != nil {
		return fmt.Errorf("write policy: %w", err)
	}
	if err := insertPolicy(tx, p, string(value), s.Pins.Pin(pinPurpose, p.pinned()...), decision); err != nil {
		if postgres.Violates(err, "policies_pkey") {
			return fault.New(fault.Conflict, "problem.conflict")
		}
		return fmt.Errorf("write policy: %w", err)
	}
	return audit.Record(tx, audit.Entry{Actor: by, Action: "retention.policy_set", ObjectKind: "policy", ObjectID: policySubject(p.Kind)})
}

// The longest a rule may be, in days and in characters of its source.
const (
	longest    = 100 * 366
	longSource = 500
)

func (p Policy) check() error {
	wrong := fault.Fields{}
	if !slices.Contains(Kinds(), p.Kind) {
		wrong["kind"] = "form.choice"
	}
	if p.Days < 1 || p.Days > longest {
		wrong["days"] = "retention.error.days"
	}
	if p.From.IsZero() {
		wrong["from"] = "form.date"
	}
	switch {
	case p.Source == "":
		wrong["source"] = "form.required"
	case len([]rune(p.Source)) > longSource:
		wrong["source"] = "form.invalid"
	}
	return fault.FromFields(wrong)
}

type policyValue struct {
	Days int `json:"days"`
}

// Policies returns what holds today. forged counts the rows that nobody wrote
// through the portal, or that cannot be read: they delete nothing.
func (s *Service) Policies(ctx context.Context, by identity.Actor) (inForce map[Kind]Policy, forged int, err error) {
	err = s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		inForce, forged, err = s.inForce(tx)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read policies: %w", err)
	}
	return inForce, forged, nil
}

func (s *Service) inForce(tx postgres.Tx) (map[Kind]Policy, int, error) {
	inForce, _, forged, err := s.rules(tx)
	return inForce, forged, err
}

// rules tells what holds today, and of each kind what comes next.
func (s *Service) rules(tx postgres.Tx) (inForce, next map[Kind]Policy, forged int, err error) {
	rows, err := findPolicies(tx, s.Clock.Now())
	if err != nil {
		return nil, nil, 0, err
	}
	inForce, next = map[Kind]Policy{}, map[Kind]Policy{}
	for _, row := range rows { // the latest first
		p, ok := s.read(row)
		if !ok {
			forged++
			continue
		}
		if row.Coming {
			next[p.Kind] = p
			continue
		}
		if _, later := inForce[p.Kind]; !later {
			inForce[p.Kind] = p
		}
	}
	return inForce, next, forged, nil
}

func (s *Service) read(row policyRow) (Policy, bool) {
	var value policyValue
	if json.Unmarshal([]byte(row.Value), &value) != nil || value.Days < 1 {
		return Policy{}, false
	}
	p := Policy{Kind: Kind(row.Key[len(prefix):]), Days: value.Days, From: row.ValidFrom, Source: row.Source}
	return p, slices.Contains(Kinds(), p.Kind) && s.Pins.Check(row.Pin, pinPurpose, p.pinned()...)
}
