package identity

import "github.com/google/uuid"

// Kind says in what capacity somebody acts.
type Kind string

// The kinds of actor.
const (
	KindPublic  Kind = "public"  // anybody, without an account
	KindReceipt Kind = "receipt" // the holder of one complaint's receipt
	KindStaff   Kind = "staff"   // a signed-in person in one unit and one role
	KindSystem  Kind = "system"  // a background process, named by Process
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
	Process     string    // system
}

// Public is anybody.
func Public() Actor { return Actor{Kind: KindPublic} }

// System is the background process of that name.
func System(process string) Actor { return Actor{Kind: KindSystem, Process: process} }

// DatabaseIdentity gives the three settings that a transaction carries.
func (a Actor) DatabaseIdentity() (person, unit, role string) {
	switch a.Kind {
	case KindStaff:
		return a.PersonID.String(), a.UnitID.String(), string(a.Role)
	case KindSystem:
		return "", "", "system:" + a.Process
	case KindPublic, KindReceipt:
		return "", "", string(a.Kind)
	}
	return "", "", "nobody"
}
