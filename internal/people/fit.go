package people

import (
	"slices"

	"github.com/fairpassage/portal/internal/identity"
)

// fit lists the roles that each kind of unit has.
var fit = map[identity.UnitKind][]identity.Role{
	identity.UnitMinistry:       {identity.RoleLicensingOfficer, identity.RoleComplaintsOfficer, identity.RoleInspector, identity.RoleFirstReader},
	identity.UnitProvince:       {identity.RoleComplaintsOfficer, identity.RoleInspector},
	identity.UnitEmbassy:        {identity.RoleComplaintsOfficer, identity.RoleInspector},
	identity.UnitPolice:         {identity.RoleInvestigator, identity.RoleDutyOfficer, identity.RoleCommander},
	identity.UnitSupport:        {identity.RoleSupportWorker},
	identity.UnitOversight:      {identity.RoleOverseer, identity.RoleFirstReader},
	identity.UnitBorder:         {identity.RoleBorderOfficer},
	identity.UnitAdministration: {identity.RoleAdministrator},
	identity.UnitAgency:         {identity.RoleAgencyHead, identity.RoleAgencyClerk},
}

// RolesOf lists the roles that a unit of that kind has.
func RolesOf(kind identity.UnitKind) []identity.Role { return slices.Clone(fit[kind]) }

// Kinds lists the kinds of unit in the order of forms.
func Kinds() []identity.UnitKind {
	return []identity.UnitKind{
		identity.UnitMinistry, identity.UnitProvince, identity.UnitEmbassy, identity.UnitPolice, identity.UnitSupport,
		identity.UnitOversight, identity.UnitBorder, identity.UnitAdministration, identity.UnitAgency,
	}
}

// heads lists the kinds of which one stands under no other. They are made on the
// host, since cases climb to them.
func heads() []identity.UnitKind {
	return []identity.UnitKind{identity.UnitMinistry, identity.UnitPolice, identity.UnitOversight}
}

// under lists the kinds of unit that a unit of a kind may stand under. One of a
// kind that is not here stands alone.
var under = map[identity.UnitKind][]identity.UnitKind{
	identity.UnitMinistry:  {identity.UnitMinistry},
	identity.UnitProvince:  {identity.UnitMinistry, identity.UnitProvince},
	identity.UnitEmbassy:   {identity.UnitMinistry},
	identity.UnitPolice:    {identity.UnitPolice},
	identity.UnitOversight: {identity.UnitOversight},
}
