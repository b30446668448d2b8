package decision

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Propose writes the proposal down. The same one waiting already is a Conflict
// fault.
func (s *Service) Propose(ctx context.Context, by identity.Actor, p Proposal) (uuid.UUID, error) {
	var key uuid.UUID
	err := s.db.InTx(ctx, by, func(tx postgres.Tx) (err error) {
		key, err = s.ProposeIn(tx, by, p)
		return err
	})
	if postgres.Violates(err, "decisions_once") {
		return uuid.Nil, fault.New(fault.Conflict, "decision.waits_already")
	}
	return key, err
}

// ProposeIn is Propose within the caller's transaction, which must be that of
// the proposer. It gives the database's refusal of a second one as it is.
func (s *Service) ProposeIn(tx postgres.Tx, by identity.Actor, p Proposal) (uuid.UUID, error) {
	rule, known := s.rules[p.Kind]
	if !known {
		return uuid.Nil, fmt.Errorf("propose: no such kind %q", p.Kind)
	}
	if err := authority.Require(by, rule.Propose, authority.Object{UnitID: by.UnitID, AgencyID: by.AgencyID}); err != nil {
		return uuid.Nil, err
	}
	if rule.OtherUnit && p.UnitID == by.UnitID {
		return uuid.Nil, fault.New(fault.Conflict, "decision.other_unit")
	}
	detail, err := detailOf(p.Detail)
	if err != nil {
		return uuid.Nil, err
	}
	if p.ID == uuid.Nil {
		p.ID = id.New()
	}
	d := Decision{
		ID: p.ID, Kind: p.Kind, Subject: p.Subject, UnitID: p.UnitID, Detail: detail, OtherUnit: rule.OtherUnit,
		ProposedBy: by.PersonID, ProposedUnit: by.UnitID, ProposedAt: s.now(), State: Waiting,
	}
	if rule.Check != nil {
		if err := rule.Check(tx, by, d); err != nil {
			return uuid.Nil, err
		}
	}
	once := detail
	if p.Once != "" {
		once = json.RawMessage(p.Once)
	}
	sum := sha256.Sum256(once)
	if err := insert(tx, d, sum[:]); err != nil {
		return uuid.Nil, fmt.Errorf("propose %s: %w", p.Kind, err)
	}
	return d.ID, audit.Record(tx, audit.Entry{Actor: by, Action: "decision.propose", ObjectKind: "decision", ObjectID: d.ID})
}

func detailOf(detail any) (json.RawMessage, error) {
	if detail == nil {
		return json.RawMessage(`{}`), nil
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return nil, fmt.Errorf("write the detail of a proposal: %w", err)
	}
	return text, nil
}
