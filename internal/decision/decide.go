package decision

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// maxReason is the longest reason, in characters.
const maxReason = 2000

// Approve gives leave and does what was proposed, all of it or nothing. One's
// own proposal, one that is decided already, one whose proposer could not propose
// it any more, and a session without a key are Conflict faults; a proposal that
// is none of the actor's business is not there, and nothing is for a session that
// is not fresh.
func (s *Service) Approve(ctx context.Context, by identity.Actor, member seal.Member, key uuid.UUID) error {
	return s.verdict(ctx, by, key, func(tx postgres.Tx, d *Decision, rule Rule) error {
		d.State = Approved
		if err := s.stillProposed(tx, rule, *d); err != nil {
			return err
		}
		if rule.Check != nil {
			if err := rule.Check(tx, by, *d); err != nil {
				return err
			}
		}
		if err := s.sign(tx, by, member, d); err != nil {
			return err
		}
		if err := decide(tx, *d); err != nil {
			return err
		}
		d.By, d.Member = by, member
		if err := rule.Effect(tx, *d); err != nil {
			return fmt.Errorf("effect of %s: %w", d.Kind, err)
		}
		return audit.Record(tx, entry(by, "decision.approve", key))
	})
}

// Refuse says no, with a reason. An empty one is an Invalid fault.
func (s *Service) Refuse(ctx context.Context, by identity.Actor, member seal.Member, key uuid.UUID, reason string) error {
	reason, err := readReason(reason)
	if err != nil {
		return err
	}
	return s.verdict(ctx, by, key, func(tx postgres.Tx, d *Decision, _ Rule) error {
		d.State, d.Reason = Refused, reason
		if err := s.sign(tx, by, member, d); err != nil {
			return err
		}
		if err := decide(tx, *d); err != nil {
			return err
		}
		return audit.Record(tx, entry(by, "decision.refuse", key))
	})
}

// SendBack asks for another proposal, with a reason.
func (s *Service) SendBack(ctx context.Context, by identity.Actor, key uuid.UUID, reason string) error {
	reason, err := readReason(reason)
	if err != nil {
		return err
	}
	return s.verdict(ctx, by, key, func(tx postgres.Tx, d *Decision, _ Rule) error {
		d.State, d.Reason = SentBack, reason
		if err := decide(tx, *d); err != nil {
			return err
		}
		return audit.Record(tx, entry(by, "decision.send_back", key))
	})
}

// Withdraw takes one's own proposal back.
func (s *Service) Withdraw(ctx context.Context, by identity.Actor, key uuid.UUID) error {
	err := s.db.InTx(ctx, by, func(tx postgres.Tx) error {
		d, err := lock(tx, key)
		if err != nil {
			return err
		}
		if err := authority.Require(by, authority.DecisionWithdraw, d.object()); err != nil {
			return err
		}
		if d.State != Waiting {
			return fault.New(fault.Conflict, "decision.decided")
		}
		d.State, d.DecidedBy, d.DecidedUnit, d.DecidedAt = Withdrawn, by.PersonID, by.UnitID, s.now()
		if err := decide(tx, d); err != nil {
			return err
		}
		return audit.Record(tx, entry(by, "decision.withdraw", key))
	})
	if err != nil {
		return fmt.Errorf("withdraw proposal: %w", err)
	}
	return nil
}

// verdict locks the proposal, asks whether the actor may decide it, and lets
// fill do the rest.
func (s *Service) verdict(ctx context.Context, by identity.Actor, key uuid.UUID, fill func(postgres.Tx, *Decision, Rule) error) error {
	err := s.db.InTx(ctx, by, func(tx postgres.Tx) error {
		d, err := lock(tx, key)
		if err != nil {
			return err
		}
		rule, known := s.rules[d.Kind]
		if !known {
			return errNotFound()
		}
		if err := mayDecide(by, rule, d); err != nil {
			return err
		}
		if d.State != Waiting {
			return fault.New(fault.Conflict, "decision.decided")
		}
		if err := s.stillThere(tx, by); err != nil {
			return err
		}
		d.DecidedBy, d.DecidedUnit, d.DecidedAt = by.PersonID, by.UnitID, s.now()
		return fill(tx, &d, rule)
	})
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	return nil
}

// stillThere asks again what the session was recognised by, now that nobody can
// change it before the verdict: whoever was deactivated or lost the role in
// between decides nothing.
func (s *Service) stillThere(tx postgres.Tx, by identity.Actor) error {
	hats, err := s.people.Standing(tx, by.PersonID, by.UnitID)
	if err == nil && !slices.ContainsFunc(hats, func(a identity.Actor) bool { return a.Role == by.Role }) {
		err = errNotFound()
	}
	return err
}

// stillProposed asks that whoever proposed it could propose it now. A proposal
// bears no signature, and an account is closed when it may be in other hands.
func (s *Service) stillProposed(tx postgres.Tx, rule Rule, d Decision) error {
	hats, err := s.people.Standing(tx, d.ProposedBy, d.ProposedUnit)
	may := func(a identity.Actor) bool {
		return authority.Decide(a, rule.Propose, authority.Object{UnitID: a.UnitID, AgencyID: a.AgencyID}).Allowed
	}
	if err == nil && !slices.ContainsFunc(hats, may) {
		err = fault.New(fault.Conflict, "decision.proposer_gone")
	}
	return err
}

// mayDecide is asked of the policy first: who may not decide learns nothing.
func mayDecide(by identity.Actor, rule Rule, d Decision) error {
	if d.ProposedBy == by.PersonID {
		return fault.New(fault.Conflict, "decision.own")
	}
	for _, action := range []authority.Action{authority.DecisionDecide, rule.Approve} {
		if err := authority.Require(by, action, d.object()); err != nil {
			return err
		}
	}
	if rule.NotSubject && d.Subject == by.PersonID {
		return fault.New(fault.Conflict, "decision.about_you")
	}
	if d.OtherUnit && by.UnitID == d.ProposedUnit {
		return fault.New(fault.Conflict, "decision.other_unit")
	}
	return nil
}

// sign signs the statement and checks it as everybody later will: against the
// person's current public key as the record has it, and as it is pinned. Whoever
// signs has shown who they are a moment ago.
func (s *Service) sign(tx postgres.Tx, by identity.Actor, member seal.Member, d *Decision) error {
	if err := by.RequireFresh(s.clock.Now()); err != nil {
		return err
	}
	if member.Locked() {
		return fault.New(fault.Conflict, "decision.locked")
	}
	public, err := s.people.Key(tx, by.PersonID, "")
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.Conflict, "decision.locked")
	}
	if err != nil {
		return err
	}
	d.KeyID = member.ID()
	if d.Signature, err = member.Sign(purpose, d.Statement()); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	if public.ID != d.KeyID || !public.Signed(purpose, d.Statement(), d.Signature) {
		return fault.New(fault.Conflict, "decision.locked")
	}
	d.Pin = s.people.PinVerdict(d.Statement(), d.Signature)
	return nil
}

func readReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return "", fault.Field("reason", "decision.reason.missing")
	case len([]rune(reason)) > maxReason:
		return "", fault.Field("reason", "decision.reason.long")
	}
	return reason, nil
}

func entry(by identity.Actor, action string, key uuid.UUID) audit.Entry {
	return audit.Entry{Actor: by, Action: action, ObjectKind: "decision", ObjectID: key}
}
