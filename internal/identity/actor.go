package identity

import (
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Kind says in what capacity somebody acts.
type Kind string

// The kinds of actor.
const (
	KindPublic  Kind = "public"  // anybody, without an account
	KindReceipt Kind = "receipt" // the holder of one complaint's receipt
	KindStaff   Kind = "staff"   // a signed-in person in one unit and one role
	KindDoor    Kind = "door"    // the portal itself, before it knows who is there
	KindSystem  Kind = "system"  // a background process, named by Process
	KindSetup   Kind = "setup"   // an operator's command, named by Process
)

// UnitKind says what a unit is.
type UnitKind string

// The kinds of unit, as the units table allows them.
const (
	UnitMinistry       UnitKind = "ministry"
	UnitProvince       UnitKind = "province"
	UnitEmbassy        UnitKind = "embassy"
	UnitPolice         UnitKind = "police"
	UnitSupport        UnitKind = "support"
	UnitOversight      UnitKind = "oversight"
	UnitBorder         UnitKind = "border"
	UnitAdministration UnitKind = "administration"
	UnitAgency         UnitKind = "agency"
)

// Role is what a person does in a unit.
type Role string

// The roles, as the memberships table allows them.
const (
	RoleAgencyHead        Role = "agency_head"
	RoleAgencyClerk       Role = "agency_clerk"
	RoleLicensingOfficer  Role = "licensing_officer"
	RoleComplaintsOfficer Role = "complaints_officer"
	RoleInspector         Role = "inspector"
	RoleInvestigator      Role = "investigator"
	RoleCommander         Role = "commander"
	RoleDutyOfficer       Role = "duty_officer"
	RoleOverseer          Role = "overseer"
	RoleFirstReader       Role = "first_reader"
	RoleSupportWorker     Role = "support_worker"
	RoleBorderOfficer     Role = "border_officer"
	RoleAdministrator     Role = "administrator"
)

// Actor is who a use case works for. The zero value is nobody and may do
// nothing.
type Actor struct {
	Kind        Kind
	PersonID    uuid.UUID // staff
	UnitID      uuid.UUID // staff
	UnitCode    string    // staff
	UnitKind    UnitKind  // staff
	Role        Role      // staff
	AgencyID    uuid.UUID // staff of an agency
	ComplaintID uuid.UUID // receipt
	SessionID   uuid.UUID // staff and receipt
	Process     string    // system and setup
	// Proof is the hash of the session's token: a receipt's holder reads by it.
	Proof []byte
}

// Public is anybody.
func Public() Actor { return Actor{Kind: KindPublic} }

// System is the background process of that name.
func System(process string) Actor { return Actor{Kind: KindSystem, Process: process} }

// Door is the portal itself while it finds out who somebody is: it reads people
// and sessions, and no case.
func Door() Actor { return Actor{Kind: KindDoor} }

// Setup is an operator's command of that name: it makes units and people, and
// reads no case.
func Setup(process string) Actor { return Actor{Kind: KindSetup, Process: process} }

// DatabaseIdentity gives the role and the settings of the actor's transactions.
// Nobody has no role, and the database refuses it.
func (a Actor) DatabaseIdentity() postgres.Identity {
	switch a.Kind {
	case KindStaff:
		return postgres.Identity{
			Role: postgres.StaffRole, As: string(a.Role), Person: a.PersonID.String(), Unit: a.UnitID.String(),
			Desk: a.UnitCode, UnitKind: string(a.UnitKind), Agency: text(a.AgencyID),
		}
	case KindSystem:
		return postgres.Identity{Role: postgres.WorkerRole, As: "system:" + a.Process}
	case KindSetup:
		return postgres.Identity{Role: postgres.SetupRole, As: "setup:" + a.Process}
	case KindDoor:
		return postgres.Identity{Role: postgres.DoorRole, As: string(a.Kind)}
	case KindPublic, KindReceipt:
		return postgres.Identity{Role: postgres.PublicRole, As: string(a.Kind)}
	}
	return postgres.Identity{Role: "portal_nobody", As: "nobody"}
}

func text(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}
