package authority

import "github.com/fairpassage/portal/internal/identity"

// Action is something that can be done, "noun.verb".
type Action string

// The actions.
const (
	PublicRead            Action = "public.read"    // pages that tell everybody the same
	ComplaintFile         Action = "complaint.file" // lodge, without an account
	ComplaintFind         Action = "complaint.find" // hand in a receipt
	ComplaintMine         Action = "complaint.mine" // see one's own, by receipt
	SessionOpen           Action = "session.open"   // sign in
	SessionClose          Action = "session.close"  // sign out
	AccountRead           Action = "account.read"   // one's own account
	AgencyDesk            Action = "agency.desk"    // an agency's own pages
	ApplicationFile       Action = "application.file"
	ApplicationList       Action = "application.list"
	ApplicationRead       Action = "application.read"
	ApplicationDecide     Action = "application.decide"
	PlacementRegister     Action = "placement.register"
	PlacementList         Action = "placement.list"
	EscalationList        Action = "escalation.list"
	EscalationRead        Action = "escalation.read"
	EscalationAcknowledge Action = "escalation.acknowledge"
	SealedRead            Action = "sealed.read" // open what a complaint sealed to one's desk

	DeskRead Action = "desk.read" // how the desk's key stands, and open with it
	DeskTend Action = "desk.tend" // rotate, admit, go on with what waits
	DeskMake Action = "desk.make" // the first keys, by the installation

	// What no person does.
	ComplaintWeigh    Action = "complaint.weigh"
	EscalationRaise   Action = "escalation.raise"
	EscalationDeliver Action = "escalation.deliver"
	EscalationClimb   Action = "escalation.climb"
	MailSend          Action = "mail.send"
	RegisterImport    Action = "register.import"
	AuditKeep         Action = "audit.keep" // place, sign and deliver the audit log
	ReadingClimb      Action = "reading.climb"

	// The same of the oversight body, for patterns that police may not know.
	OversightList        Action = "oversight.list"
	OversightRead        Action = "oversight.read"
	OversightAcknowledge Action = "oversight.acknowledge"
	OversightSealedRead  Action = "oversight.sealed_read"

	// The first reading, by the ministry's headquarters or the oversight body.
	ReadingList   Action = "reading.list"
	ReadingRead   Action = "reading.read"
	ReadingDecide Action = "reading.decide"
)

// Retention.
const (
	RetentionRead Action = "retention.read" // policies, what is due, holds
	HoldPlace     Action = "hold.place"     // freeze; to lift takes a decision of two
	ItemDelete    Action = "item.delete"    // what a policy says; no person does it
	RetentionSet  Action = "retention.set"  // an operator's command
)

// rule says who may. A nil set of roles means that no staff may.
type rule struct {
	public  bool
	receipt bool
	anyone  bool // any signed-in person
	kind    identity.UnitKind
	roles   []identity.Role
	// desk: anybody of a unit that may come to read what people told it.
	desk bool
	// also is a second kind of unit with roles of its own.
	also seat
	// own: the object must belong to the actor's unit or agency.
	own bool
	// processes may do it without anybody being there.
	processes []string
}

// seat is a kind of unit and who may there.
type seat struct {
	kind  identity.UnitKind
	roles []identity.Role
}

var (
	agencyPeople    = []identity.Role{identity.RoleAgencyHead, identity.RoleAgencyClerk}
	investigators   = []identity.Role{identity.RoleInvestigator, identity.RoleCommander, identity.RoleDutyOfficer}
	overseers       = []identity.Role{identity.RoleOverseer}
	licensingPeople = []identity.Role{identity.RoleLicensingOfficer}
	firstReaders    = []identity.Role{identity.RoleFirstReader}
	// Where no reader is on duty the oversight body's own people read.
	oversightReads = seat{identity.UnitOversight, []identity.Role{identity.RoleFirstReader, identity.RoleOverseer}}
)

// rules is the whole policy. What is absent is refused.
var rules = map[Action]rule{
	PublicRead:    {public: true, receipt: true, anyone: true},
	ComplaintFile: {public: true, receipt: true, anyone: true},
	ComplaintFind: {public: true, receipt: true, anyone: true},
	ComplaintMine: {receipt: true, own: true},
	SessionOpen:   {public: true, receipt: true, anyone: true},
	SessionClose:  {receipt: true, anyone: true},
	AccountRead:   {anyone: true},

	AgencyDesk:        {kind: identity.UnitAgency, roles: agencyPeople},
	ApplicationFile:   {kind: identity.UnitAgency, roles: []identity.Role{identity.RoleAgencyHead}, own: true},
	ApplicationList:   {kind: identity.UnitMinistry, roles: licensingPeople},
	ApplicationRead:   {kind: identity.UnitMinistry, roles: licensingPeople},
	ApplicationDecide: {kind: identity.UnitMinistry, roles: licensingPeople},
	PlacementRegister: {kind: identity.UnitAgency, roles: agencyPeople, own: true},
	PlacementList:     {kind: identity.UnitAgency, roles: agencyPeople, own: true},

	EscalationList:        {kind: identity.UnitPolice, roles: investigators},
	EscalationRead:        {kind: identity.UnitPolice, roles: investigators, own: true},
	EscalationAcknowledge: {kind: identity.UnitPolice, roles: investigators, own: true},
	SealedRead:            {kind: identity.UnitPolice, roles: investigators, own: true},

	DeskRead: {desk: true, own: true},
	DeskTend: {desk: true, own: true},
	DeskMake: {processes: []string{"keys", "demo"}},

	ComplaintWeigh:    {processes: []string{"screening"}},
	EscalationRaise:   {processes: []string{"screening"}},
	EscalationDeliver: {processes: []string{"delivery"}},
	EscalationClimb:   {processes: []string{"clock"}},
	MailSend:          {processes: []string{"mail"}},
	RegisterImport:    {processes: []string{"import", "demo"}},
	AuditKeep:         {processes: []string{"audit"}},
	ReadingClimb:      {processes: []string{"clock"}},

	OversightList:        {kind: identity.UnitOversight, roles: overseers},
	OversightRead:        {kind: identity.UnitOversight, roles: overseers, own: true},
	OversightAcknowledge: {kind: identity.UnitOversight, roles: overseers, own: true},
	OversightSealedRead:  {kind: identity.UnitOversight, roles: overseers, own: true},

	ReadingList:   {kind: identity.UnitMinistry, roles: firstReaders, also: oversightReads},
	ReadingRead:   {kind: identity.UnitMinistry, roles: firstReaders, also: oversightReads, own: true},
	ReadingDecide: {kind: identity.UnitMinistry, roles: firstReaders, also: oversightReads, own: true},

	RetentionRead: {kind: identity.UnitOversight, roles: overseers},
	HoldPlace:     {kind: identity.UnitOversight, roles: overseers},
	ItemDelete:    {processes: []string{"retention"}},
	RetentionSet:  {processes: []string{"retention", "demo"}},
}
