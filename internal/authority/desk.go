package authority

import (
	"slices"

	"github.com/fairpassage/portal/internal/identity"
)

// caseRoles are the roles to which a desk's key may be wrapped, where their unit
// is a desk. Who decides licences or manages people is not among them.
var caseRoles = []identity.Role{
	identity.RoleComplaintsOfficer, identity.RoleInspector, identity.RoleInvestigator, identity.RoleCommander,
	identity.RoleDutyOfficer, identity.RoleOverseer, identity.RoleSupportWorker, identity.RoleBorderOfficer, identity.RoleFirstReader,
}

// ReadsCases reports whether somebody of that role in a unit of that kind may
// come to read what people told the unit.
func ReadsCases(kind identity.UnitKind, role identity.Role) bool {
	return kind != "" && kind != identity.UnitAgency && kind != identity.UnitAdministration && slices.Contains(caseRoles, role)
}
