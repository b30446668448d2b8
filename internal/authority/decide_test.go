package authority_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/google/uuid"
)

func staff(kind identity.UnitKind, role identity.Role) identity.Actor {
	return identity.Actor{Kind: identity.KindStaff, UnitID: uuid.New(), UnitKind: kind, Role: role, AgencyID: uuid.New(), PersonID: uuid.New()}
}

func TestAnUnknownActionIsRefusedToEverybody(t *testing.T) {
	for _, actor := range []identity.Actor{{}, identity.Public(), identity.System("x"), staff(identity.UnitAdministration, identity.RoleAdministrator)} {
		if authority.Decide(actor, "everything.do", authority.Object{}).Allowed {
			t.Errorf("%v may do what no rule names", actor.Kind)
		}
	}
}

func TestNobodyMayDoNothing(t *testing.T) {
	for _, action := range authority.Actions() {
		if authority.Enter(identity.Actor{}, action).Allowed {
			t.Errorf("the zero actor may %s", action)
		}
	}
}

func TestAnAdministratorReadsNoCase(t *testing.T) {
	admin := staff(identity.UnitAdministration, identity.RoleAdministrator)
	for _, action := range []authority.Action{authority.EscalationList, authority.EscalationRead, authority.EscalationAcknowledge, authority.SealedRead, authority.ComplaintMine, authority.ApplicationDecide} {
		if authority.Enter(admin, action).Allowed {
			t.Errorf("an administrator may %s", action)
		}
	}
}

func TestARoleCountsOnlyInItsKindOfUnit(t *testing.T) {
	if authority.Enter(staff(identity.UnitMinistry, identity.RoleInvestigator), authority.EscalationRead).Allowed {
		t.Error("an investigator of the ministry may read escalations")
	}
	if !authority.Enter(staff(identity.UnitPolice, identity.RoleInvestigator), authority.EscalationRead).Allowed {
		t.Error("an investigator of the police may not read escalations")
	}
}

func TestWhatIsNotOnesOwnIsRefusedLikeAMissingPage(t *testing.T) {
	police := staff(identity.UnitPolice, identity.RoleCommander)
	head := staff(identity.UnitAgency, identity.RoleAgencyHead)
	receipt := identity.Actor{Kind: identity.KindReceipt, ComplaintID: uuid.New()}
	for name, c := range map[string]struct {
		actor  identity.Actor
		action authority.Action
		own    authority.Object
	}{
		"unit":      {police, authority.EscalationRead, authority.Object{UnitID: police.UnitID}},
		"agency":    {head, authority.ApplicationFile, authority.Object{AgencyID: head.AgencyID}},
		"complaint": {receipt, authority.ComplaintMine, authority.Object{ComplaintID: receipt.ComplaintID}},
	} {
		if err := authority.Require(c.actor, c.action, c.own); err != nil {
			t.Errorf("%s: one's own is refused: %v", name, err)
		}
		for _, other := range []authority.Object{{}, {UnitID: uuid.New(), AgencyID: uuid.New(), ComplaintID: uuid.New()}} {
			if err := authority.Require(c.actor, c.action, other); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: another's: %v, want Forbidden", name, err)
			}
		}
	}
}

func TestWhatIsKeptFromAUnitIsRefusedWhateverElseHolds(t *testing.T) {
	police := staff(identity.UnitPolice, identity.RoleCommander)
	for _, action := range authority.Actions() {
		if !authority.Enter(police, action).Allowed {
			continue
		}
		kept := authority.Object{UnitID: police.UnitID, PersonID: police.PersonID, Barred: true}
		if d := authority.Decide(police, action, kept); d.Allowed {
			t.Errorf("%s is allowed to the unit it is kept from", action)
		}
	}
}

func TestADecisionIsKnownWhereItCameFromAndToOversight(t *testing.T) {
	proposer, decider, watcher := staff(identity.UnitMinistry, identity.RoleInspector), staff(identity.UnitPolice, identity.RoleCommander), staff(identity.UnitOversight, identity.RoleOverseer)
	d := authority.Object{UnitID: decider.UnitID, FromUnitID: proposer.UnitID, PersonID: proposer.PersonID}
	for name, c := range map[string]struct {
		actor                   identity.Actor
		reads, decides, recalls bool
	}{
		"who proposed":          {proposer, true, false, true},
		"who decides":           {decider, true, true, false},
		"the oversight body":    {watcher, true, false, false},
		"another unit":          {staff(identity.UnitPolice, identity.RoleCommander), false, false, false},
		"a colleague of theirs": {func() identity.Actor { a := proposer; a.PersonID = uuid.New(); return a }(), true, false, false},
	} {
		for action, want := range map[authority.Action]bool{authority.DecisionRead: c.reads, authority.DecisionDecide: c.decides, authority.DecisionWithdraw: c.recalls} {
			if got := authority.Decide(c.actor, action, d).Allowed; got != want {
				t.Errorf("%s, %s: %v", name, action, got)
			}
		}
	}
}

func TestAProcessDoesItsOwnWorkOnly(t *testing.T) {
	if !authority.Enter(identity.System("screening"), authority.ComplaintWeigh).Allowed {
		t.Error("screening may not weigh")
	}
	for _, process := range []string{"screening", "delivery", "clock", "mail", "import", "worker", ""} {
		for _, action := range []authority.Action{authority.SealedRead, authority.ComplaintMine, authority.ApplicationDecide, authority.EscalationAcknowledge} {
			if authority.Enter(identity.System(process), action).Allowed {
				t.Errorf("the process %q may %s", process, action)
			}
		}
	}
	for _, person := range []identity.Actor{staff(identity.UnitPolice, identity.RoleCommander), identity.Public(), identity.Door()} {
		for _, action := range []authority.Action{authority.ComplaintWeigh, authority.EscalationRaise, authority.EscalationDeliver, authority.EscalationClimb, authority.MailSend, authority.RegisterImport} {
			if authority.Enter(person, action).Allowed {
				t.Errorf("%s may %s", person.Kind, action)
			}
		}
	}
}
