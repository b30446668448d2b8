package complaint_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// member is somebody who reads cases in the unit.
func (o *office) member(t *testing.T, code string) identity.Actor {
	t.Helper()
	return o.db.Keyholder(t, o.clock, code).Actor
}

func TestTheDeskThatTypedAComplaintKeepsItsOwnCopy(t *testing.T) {
	o := openState(t, "reading-room", "oversight-national")
	for name, tt := range map[string]struct {
		typedBy string
		change  func(*complaint.Intake)
		want    map[string]string
		reads   string
	}{
		"the embassy of the place, which would have to wait": {
			"embassy-th",
			func(in *complaint.Intake) { in.MayAct = []complaint.MayAct{complaint.LabourDesk} },
			map[string]string{"embassy-th": all, "ministry-national": all, "police-national": "answers", "reading-room": all, "oversight-national": all},
			"reading-room→oversight-national",
		},
		"a desk that has nothing to do with it": {
			"province-west",
			func(*complaint.Intake) {},
			map[string]string{"province-west": all, "ministry-national": "answers"},
			"",
		},
		"police, who keep only what they need no basis for": {
			"police-national",
			func(*complaint.Intake) {},
			map[string]string{"police-national": "answers narrative", "ministry-national": "answers"},
			"",
		},
		"police, whom the reporter tells who they are": {
			"police-east",
			func(in *complaint.Intake) { in.MayAct = []complaint.MayAct{complaint.Police} },
			map[string]string{"police-east": "answers narrative", "police-national": reporter, "ministry-national": "answers narrative"},
			"",
		},
		"of an office that is accused: not even they": {
			"province-east",
			func(in *complaint.Intake) { in.Official, in.OfficialUnit = true, o.units["province-east"] },
			map[string]string{"oversight-national": "answers"},
			"",
		},
		"under an office that is accused": {
			"office-east",
			func(in *complaint.Intake) { in.Official, in.OfficialUnit = true, o.units["province-east"] },
			map[string]string{"oversight-national": "answers"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := told()
			in.Country = "TH"
			tt.change(&in)
			filed, err := o.service.FileFor(t.Context(), o.member(t, tt.typedBy), in, complaint.NewReceipt(), "nonce of "+name)
			if err != nil {
				t.Fatal(err)
			}
			tt.want["reporter"] = all
			if diff := cmp.Diff(tt.want, o.envelopes(t, filed)); diff != "" {
				t.Error(diff)
			}
			if got := o.reads(t, filed); got != tt.reads {
				t.Errorf("read by %q, want %q", got, tt.reads)
			}
			if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE object_id = $1 AND actor_id IS NULL`, filed.ID); n != 1 {
				t.Error("who typed it stands in the audit log")
			}
		})
	}
}

func TestWhatTheMinistryTypedAndIsRedIsReleasedAllTheSame(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	in := told()
	in.Safe, in.MayAct = complaint.InDanger, []complaint.MayAct{complaint.Police, complaint.LabourDesk}
	filed, err := o.service.FileFor(t.Context(), o.member(t, "ministry-national"), in, complaint.NewReceipt(), "nonce of what is red")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.service.NobodyNamed(t.Context(), reader, o.waiting(t, reader)[0].ID); err != nil {
		t.Fatal(err)
	}
	got := o.envelopes(t, filed)
	if got["ministry-national"] != all || got["embassy-th"] != all {
		t.Error(got)
	}
	for _, code := range []string{"ministry-national", "embassy-th"} {
		if words := o.openedBy(t, filed, code); words != in.Narrative {
			t.Errorf("%s reads %q", code, words)
		}
	}
}

func TestOnlyWhoReadsCasesTypesForADesk(t *testing.T) {
	o := openState(t)
	for _, actor := range []identity.Actor{
		identity.Public(),
		{},
		identity.System("screening"),
		{Kind: identity.KindStaff, PersonID: uuid.New(), UnitID: o.units["ministry-national"], UnitKind: identity.UnitMinistry, Role: identity.RoleLicensingOfficer},
		{Kind: identity.KindStaff, PersonID: uuid.New(), UnitID: uuid.New(), UnitKind: identity.UnitAgency, Role: identity.RoleAgencyHead},
		{Kind: identity.KindStaff, PersonID: uuid.New(), UnitID: uuid.New(), UnitKind: identity.UnitAdministration, Role: identity.RoleAdministrator},
	} {
		if authority.Enter(actor, authority.ComplaintType).Allowed {
			t.Errorf("%s of %s types for a desk", actor.Role, actor.UnitKind)
		}
		if _, err := o.service.FileFor(t.Context(), actor, told(), complaint.NewReceipt(), "nonce of nobody's form"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s of %s: %v", actor.Role, actor.UnitKind, err)
		}
	}
}
