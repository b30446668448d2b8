package decision

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Fake is a verdict that nobody's key backs, or one that was taken and is gone.
type Fake struct {
	ID   uuid.UUID
	Kind Kind   // "" of one that is gone
	Why  string // a word of the code
}

// Why a verdict does not count.
const (
	WhyNoKey     = "no genuine key" // the decider has none of that id
	WhySignature = "not signed"     // the signature is not of this verdict
	WhyOneMind   = "one person"     // proposer and decider are the same
	WhyPin       = "not taken here" // signed, but the portal did not take it: who signed was not asked
	WhyGone      = "row is gone"    // the record of deeds has the verdict, the table has it not
)

// Verify lists every verdict whose signature is not that of its decider, or that
// the portal did not take, and those whose row was taken away.
func (s *Service) Verify(ctx context.Context, by identity.Actor) (fakes []Fake, err error) {
	err = s.db.Read(ctx, by, func(tx postgres.Tx) error {
		fakes, err = Unsigned(tx, s.people)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("verify decisions: %w", err)
	}
	return fakes, nil
}

// Unsigned is Verify within a transaction that sees all decisions, for portal
// audit verify.
func Unsigned(tx postgres.Tx, people *identity.People) ([]Fake, error) {
	all, err := signed(tx)
	if err != nil {
		return nil, err
	}
	var fakes []Fake
	for _, d := range all {
		why, err := Doubt(tx, people, d)
		if err != nil {
			return nil, err
		}
		if why != "" {
			fakes = append(fakes, Fake{ID: d.ID, Kind: d.Kind, Why: why})
		}
	}
	missing, err := gone(tx)
	for _, key := range missing {
		fakes = append(fakes, Fake{ID: key, Why: WhyGone})
	}
	return fakes, err
}

// Find returns a decision as it stands, or false: for a subject whose work goes
// on after the verdict, and which asks Doubt of it each time.
func Find(tx postgres.Tx, key uuid.UUID) (d Decision, found bool, err error) {
	d, found, err = byID(tx, key)
	if err != nil {
		err = fmt.Errorf("find decision: %w", err)
	}
	return d, found, err
}

// Approvals lists what was approved of these kinds, oldest first.
func Approvals(tx postgres.Tx, kinds ...Kind) ([]Decision, error) {
	all, err := signed(tx)
	if err != nil {
		return nil, fmt.Errorf("list approvals: %w", err)
	}
	return slices.DeleteFunc(all, func(d Decision) bool { return d.State != Approved || !slices.Contains(kinds, d.Kind) }), nil
}

// Doubt says why the verdict does not count, or "" when its decider signed it
// with a genuine key. tx must see the decision and members' public keys.
func Doubt(tx postgres.Tx, people *identity.People, d Decision) (string, error) {
	if d.DecidedBy == d.ProposedBy {
		return WhyOneMind, nil
	}
	if d.KeyID == "" {
		return WhySignature, nil
	}
	public, err := people.Key(tx, d.DecidedBy, d.KeyID)
	if fault.KindOf(err) == fault.NotFound {
		return WhyNoKey, nil
	}
	if err != nil {
		return "", err
	}
	if !public.Signed(purpose, d.Statement(), d.Signature) {
		return WhySignature, nil
	}
	if !people.GenuineVerdict(d.Pin, d.Statement(), d.Signature) {
		return WhyPin, nil
	}
	return "", nil
}

// Approval returns the approval of that id, for whatever follows from it later
// than the transaction in which it was given: there the state of the row is not
// enough. One of another kind or subject, one that nobody signed or that the
// portal did not take, and one from before since are NotFound faults.
func Approval(tx postgres.Tx, people *identity.People, key uuid.UUID, kind Kind, subject uuid.UUID, since time.Time) (Decision, error) {
	d, err := find(tx, key, kind, subject)
	if err != nil {
		return Decision{}, fmt.Errorf("find approval: %w", err)
	}
	if d.ID == uuid.Nil || d.DecidedAt.Before(since) {
		return Decision{}, errNotFound()
	}
	why, err := Doubt(tx, people, d)
	if err == nil && why != "" {
		err = errNotFound()
	}
	if err != nil {
		return Decision{}, err
	}
	return d, nil
}
