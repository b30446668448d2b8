package demo

import "github.com/fairpassage/portal/internal/identity"

// passphrase of all demonstration accounts. It is no secret: the sign-in page
// of the demonstration shows it.
const passphrase = "all people here are invented"

// Account is somebody as whom a visitor of the demonstration may sign in.
type Account struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	Role     string `json:"role"`
	Unit     string `json:"unit"` // its English name
}

// unit is a unit that exists before any agency does.
type unit struct {
	code   string
	kind   identity.UnitKind
	en, km string
	// Where it is the labour desk: a province at home, countries abroad.
	province, countries string
}

// ministryCode is the unit to which provinces and embassies report.
const ministryCode = "ministry-hq"

var units = []unit{
	{ministryCode, identity.UnitMinistry, "Ministry of Labour of Tonle Meas", "ក្រសួងការងារ ទន្លេមាស", "", ""},
	{"province-east", identity.UnitProvince, "Labour Office, Eastern Province", "ការិយាល័យការងារ ខេត្តខាងកើត", "Eastern Province", ""},
	{"embassy-south", identity.UnitEmbassy, "Labour Desk, Embassy in the South", "ផ្នែកការងារ ស្ថានទូតភាគខាងត្បូង", "", "SG"},
	{"police-unit", identity.UnitPolice, "Anti-Trafficking Unit", "អង្គភាពប្រឆាំងការជួញដូរមនុស្ស", "", ""},
	{"oversight", identity.UnitOversight, "Oversight Office", "ការិយាល័យត្រួតពិនិត្យ", "", ""},
	{"support-house", identity.UnitSupport, "House of Rest", "ផ្ទះសម្រាក", "", ""},
	{"administration", identity.UnitAdministration, "Portal Administration", "រដ្ឋបាលប្រព័ន្ធ", "", ""},
}

// person is somebody who works in a unit; shown says that a visitor may sign in
// as them.
type person struct {
	email, name string
	role        identity.Role
	unit        string // its code
	shown       bool
}

var officials = []person{
	{"sophea.lim@ministry.example", "Lim Sophea", identity.RoleLicensingOfficer, ministryCode, true},
	{"dara.keo@ministry.example", "Keo Dara", identity.RoleLicensingOfficer, ministryCode, true},
	{"maly.chan@ministry.example", "Chan Maly", identity.RoleComplaintsOfficer, ministryCode, true},
	{"vuthy.ros@province.example", "Ros Vuthy", identity.RoleComplaintsOfficer, "province-east", false},
	{"nary.som@embassy.example", "Som Nary", identity.RoleComplaintsOfficer, "embassy-south", false},
	{"rith.pen@police.example", "Pen Rith", identity.RoleInvestigator, "police-unit", true},
	{"srey.touch@police.example", "Touch Srey", identity.RoleDutyOfficer, "police-unit", true},
	{"bora.mao@police.example", "Mao Bora", identity.RoleCommander, "police-unit", true},
	{"chenda.uk@oversight.example", "Uk Chenda", identity.RoleOverseer, "oversight", true},
	{"sovann.ieng@oversight.example", "Ieng Sovann", identity.RoleOverseer, "oversight", false},
	{"sopheap.meng@oversight.example", "Meng Sopheap", identity.RoleFirstReader, "oversight", true},
	{"theary.noun@support.example", "Noun Theary", identity.RoleSupportWorker, "support-house", false},
	{"virak.em@administration.example", "Em Virak", identity.RoleAdministrator, "administration", true},
}

// desks are the people of agencies; their units bear the key of the agency.
var desks = []person{
	{"sokha.ly@harvest-bridge.example", "Ly Sokha", identity.RoleAgencyHead, honest, true},
	{"pisey.heng@harvest-bridge.example", "Heng Pisey", identity.RoleAgencyClerk, honest, true},
	{"kosal.tep@lotus-steps.example", "Tep Kosal", identity.RoleAgencyHead, applicant, true},
	{"mony.sar@quiet-harbour.example", "Sar Mony", identity.RoleAgencyHead, renewing, true},
	{"rany.khun@tall-bamboo.example", "Khun Rany", identity.RoleAgencyHead, "tall-bamboo", false},
	{"sim.prak@two-elephants.example", "Prak Sim", identity.RoleAgencyHead, "two-elephants", false},
	{"dany.chhim@open-hand.example", "Chhim Dany", identity.RoleAgencyHead, "open-hand", false},
	{"lyda.nop@white-heron.example", "Nop Lyda", identity.RoleAgencyHead, "white-heron", false},
}

// Accounts lists whom a visitor may sign in as, with the one passphrase of all.
func Accounts() []Account {
	names := map[string]string{}
	for _, u := range units {
		names[u.code] = u.en
	}
	for _, a := range houses() {
		names[a.key] = a.latin
	}
	var all []Account
	for _, people := range [][]person{officials, desks} {
		for _, p := range people {
			if p.shown {
				all = append(all, Account{Email: p.email, Password: passphrase, Role: string(p.role), Unit: names[p.unit]})
			}
		}
	}
	return all
}
