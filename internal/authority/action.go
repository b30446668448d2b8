package authority

import "github.com/fairpassage/portal/internal/identity"

// Action is something that can be done, "noun.verb".
type Action string

// The actions.
const (
	PublicRead            Action = "public.read"       // pages that tell everybody the same
	SubscriptionKeep      Action = "subscription.keep" // letters about the register, to oneself
	SubscriptionTell      Action = "subscription.tell"
	ComplaintFile         Action = "complaint.file"    // lodge, without an account
	ComplaintType         Action = "complaint.type"    // lodge what somebody tells one's desk
	ComplaintFind         Action = "complaint.find"    // hand in a receipt
	ComplaintMine         Action = "complaint.mine"    // see one's own, by receipt
	ComplaintConsent      Action = "complaint.consent" // allow more of it, by receipt
	SessionOpen           Action = "session.open"      // sign in
	SessionClose          Action = "session.close"     // sign out
	AccountRead           Action = "account.read"      // one's own account
	AccountSecure         Action = "account.secure"    // one's own passphrase, factors and sessions
	AgencyDesk            Action = "agency.desk"       // an agency's own pages
	ApplicationWrite      Action = "application.write" // type answers, without filing them
	ApplicationFile       Action = "application.file"
	ApplicationList       Action = "application.list"
	ApplicationRead       Action = "application.read"
	ApplicationRecommend  Action = "application.recommend" // and remark, send back, receive a fee
	ApplicationDecide     Action = "application.decide"    // a second one
	LicencePropose        Action = "licence.propose"       // a step after the grant
	LicenceDecide         Action = "licence.decide"        // a second officer
	ReinstateDecide       Action = "reinstate.decide"      // the oversight body, which imposed nothing
	AppealPropose         Action = "appeal.propose"        // a verdict, an overseer
	AppealDecide          Action = "appeal.decide"         // a second one
	LicenceRead           Action = "licence.read"          // an agency's own, with its letters
	LicenceAnswer         Action = "licence.answer"        // an agency's reply, appeal, surrender
	LicenceDay            Action = "licence.day"           // what a day brings
	RegisterList          Action = "register.list"         // agencies as officers see them
	FitnessCheck          Action = "fitness.check"
	FitnessReview         Action = "fitness.review" // the second decision, which sees what is sealed
	PlacementRegister     Action = "placement.register"
	PlacementList         Action = "placement.list"
	EscalationList        Action = "escalation.list"
	EscalationRead        Action = "escalation.read"
	EscalationAcknowledge Action = "escalation.acknowledge"
	SealedRead            Action = "sealed.read" // open what a complaint sealed to one's desk

	DecisionList         Action = "decision.list" // what waits for two people
	DecisionRead         Action = "decision.read"
	DecisionDecide       Action = "decision.decide"       // the page; each kind asks for an action of its own
	DecisionWithdraw     Action = "decision.withdraw"     // one's own proposal
	PeopleManage         Action = "people.manage"         // units, people, roles that read no case
	RoleApprove          Action = "role.approve"          // a colleague who will read cases of one's unit
	AdministratorApprove Action = "administrator.approve" // another administrator; who returns
	UnitMoveApprove      Action = "unit_move.approve"     // another parent for a unit

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
	ReadingDeliver    Action = "reading.deliver"
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

	// AgencyPeople is the clerks of one's own agency: invite and dismiss.
	AgencyPeople Action = "agency.people"
)

// Retention.
const (
	RetentionRead Action = "retention.read" // policies, what is due, holds
	HoldPlace     Action = "hold.place"     // freeze; to lift takes a decision of two
	ItemDelete    Action = "item.delete"    // what a policy says; no person does it
	RetentionSet  Action = "retention.set"  // an operator's command

	HoldLift         Action = "hold.lift"         // propose it
	HoldLiftApprove  Action = "hold_lift.approve" // the second, of another unit
	RetentionPropose Action = "retention.propose" // another rule
	RetentionApprove Action = "retention.approve" // a second overseer

	// Law as data.
	PolicyRead    Action = "policy.read"
	PolicyPropose Action = "policy.propose" // a licensing officer
	PolicyApprove Action = "policy.approve" // a second one
	PolicySet     Action = "policy.set"     // an operator's command
)

// Inspections of agencies.
const (
	InspectionList   Action = "inspection.list"
	InspectionRead   Action = "inspection.read"
	InspectionPlan   Action = "inspection.plan"   // and call off
	InspectionRecord Action = "inspection.record" // the visit and what was seen, by who goes there
	InspectionSend   Action = "inspection.send"   // to the agency
	InspectionClose  Action = "inspection.close"  // by an officer who was not there
	InspectionOwn    Action = "inspection.own"    // what was sent to one's own agency
	InspectionReply  Action = "inspection.reply"
	InspectionLapse  Action = "inspection.lapse" // the last day for a reply is gone
)

// People who may not direct or own an agency.
const (
	BarredRead    Action = "barred.read"
	BarredPropose Action = "barred.propose" // to bar somebody, and to lift it
	BarredDecide  Action = "barred.decide"  // a second officer
)

// Guarantees of agencies.
const (
	GuaranteeOwn     Action = "guarantee.own"     // what stands behind one's own agency
	GuaranteeRead    Action = "guarantee.read"    // every agency's
	GuaranteeClaim   Action = "guarantee.claim"   // awards, and what a bank paid
	GuaranteePropose Action = "guarantee.propose" // to post, to call, to release
	GuaranteeDecide  Action = "guarantee.decide"  // a second officer
	GuaranteeExpire  Action = "guarantee.expire"  // its last day is gone
	GuaranteeEnter   Action = "guarantee.enter"   // what was posted before
)

// Documents.
const (
	DocumentAdd    Action = "document.add"    // an agency's own papers; remove them as well
	DocumentAttach Action = "document.attach" // what the ministry's people found at an agency
	DocumentRead   Action = "document.read"   // one's own agency's, or any
	DocumentOf     Action = "document.of"     // those of an agency, by an officer
	DocumentErase  Action = "document.erase"  // what was removed; no person does it
)

// UnitFound is a unit, or its first person, made by a command of the host.
const UnitFound Action = "unit.found"

// rule says who may. A nil set of roles means that no staff may.
type rule struct {
	public  bool
	receipt bool
	anyone  bool // any signed-in person
	kind    identity.UnitKind
	roles   []identity.Role
	// places: these roles in these kinds of unit, where one kind is not enough.
	places map[identity.UnitKind][]identity.Role
	// desk: anybody of a unit that may come to read what people told it.
	desk bool
	// own: the object must belong to the actor's unit or agency.
	own bool
	// sender widens own to the unit from which the object came.
	sender bool
	// every widens own to all units, for units of that kind.
	every identity.UnitKind
	// mine: the object must be the actor's own deed.
	mine bool
	// processes may do it without anybody being there.
	processes []string
}

var (
	agencyPeople    = []identity.Role{identity.RoleAgencyHead, identity.RoleAgencyClerk}
	investigators   = []identity.Role{identity.RoleInvestigator, identity.RoleCommander, identity.RoleDutyOfficer}
	licensingPeople = []identity.Role{identity.RoleLicensingOfficer}
	// An inspector of the ministry goes along and writes down; what follows from it
	// is the licensing officers'.
	inspecting     = []identity.Role{identity.RoleLicensingOfficer, identity.RoleInspector}
	administrators = []identity.Role{identity.RoleAdministrator}
	overseers      = []identity.Role{identity.RoleOverseer}
	// Where no reader is on duty the oversight body's own people read.
	readers = map[identity.UnitKind][]identity.Role{
		identity.UnitMinistry:  {identity.RoleFirstReader},
		identity.UnitOversight: {identity.RoleFirstReader, identity.RoleOverseer},
	}
)

// officials are all who work for the state or help those who complain: everybody
// but agencies.
var officials = map[identity.UnitKind][]identity.Role{
	identity.UnitMinistry:       {identity.RoleLicensingOfficer, identity.RoleComplaintsOfficer, identity.RoleInspector, identity.RoleFirstReader},
	identity.UnitProvince:       {identity.RoleComplaintsOfficer, identity.RoleInspector},
	identity.UnitEmbassy:        {identity.RoleComplaintsOfficer, identity.RoleInspector},
	identity.UnitPolice:         investigators,
	identity.UnitSupport:        {identity.RoleSupportWorker},
	identity.UnitOversight:      {identity.RoleOverseer, identity.RoleFirstReader},
	identity.UnitBorder:         {identity.RoleBorderOfficer},
	identity.UnitAdministration: administrators,
}

// leaders speak for a unit when somebody is to join it or to come back.
var leaders = map[identity.UnitKind][]identity.Role{
	identity.UnitMinistry:  {identity.RoleComplaintsOfficer, identity.RoleFirstReader},
	identity.UnitProvince:  {identity.RoleComplaintsOfficer},
	identity.UnitEmbassy:   {identity.RoleComplaintsOfficer},
	identity.UnitPolice:    {identity.RoleCommander},
	identity.UnitSupport:   {identity.RoleSupportWorker},
	identity.UnitOversight: {identity.RoleOverseer},
	identity.UnitBorder:    {identity.RoleBorderOfficer},

	identity.UnitAdministration: administrators,
}

// rules is the whole policy. What is absent is refused.
var rules = map[Action]rule{
	PublicRead:       {public: true, receipt: true, anyone: true},
	SubscriptionKeep: {public: true, receipt: true, anyone: true},
	SubscriptionTell: {processes: []string{"subscriptions"}},
	ComplaintFile:    {public: true, receipt: true, anyone: true},
	ComplaintType:    {desk: true, own: true},
	ComplaintFind:    {public: true, receipt: true, anyone: true},
	ComplaintMine:    {receipt: true, own: true},
	ComplaintConsent: {receipt: true, own: true},
	SessionOpen:      {public: true, receipt: true, anyone: true},
	SessionClose:     {receipt: true, anyone: true},
	AccountRead:      {anyone: true},
	AccountSecure:    {anyone: true},

	AgencyDesk:           {kind: identity.UnitAgency, roles: agencyPeople},
	ApplicationWrite:     {kind: identity.UnitAgency, roles: agencyPeople, own: true},
	ApplicationFile:      {kind: identity.UnitAgency, roles: []identity.Role{identity.RoleAgencyHead}, own: true},
	ApplicationList:      {kind: identity.UnitMinistry, roles: licensingPeople},
	ApplicationRead:      {kind: identity.UnitMinistry, roles: licensingPeople},
	ApplicationRecommend: {kind: identity.UnitMinistry, roles: licensingPeople},
	ApplicationDecide:    {kind: identity.UnitMinistry, roles: licensingPeople, own: true},
	LicencePropose:       {kind: identity.UnitMinistry, roles: licensingPeople},
	LicenceDecide:        {kind: identity.UnitMinistry, roles: licensingPeople, own: true},
	ReinstateDecide:      {kind: identity.UnitOversight, roles: overseers, own: true},
	AppealPropose:        {kind: identity.UnitOversight, roles: overseers},
	AppealDecide:         {kind: identity.UnitOversight, roles: overseers, own: true},
	LicenceRead:          {kind: identity.UnitAgency, roles: agencyPeople, own: true},
	LicenceAnswer:        {kind: identity.UnitAgency, roles: []identity.Role{identity.RoleAgencyHead}, own: true},
	LicenceDay:           {processes: []string{"licensing"}},
	RegisterList:         {kind: identity.UnitMinistry, roles: licensingPeople},
	FitnessCheck:         {processes: []string{"fitness"}},
	FitnessReview:        {kind: identity.UnitOversight, roles: overseers},
	PlacementRegister:    {kind: identity.UnitAgency, roles: agencyPeople, own: true},
	PlacementList:        {kind: identity.UnitAgency, roles: agencyPeople, own: true},

	EscalationList:        {kind: identity.UnitPolice, roles: investigators},
	EscalationRead:        {kind: identity.UnitPolice, roles: investigators, own: true},
	EscalationAcknowledge: {kind: identity.UnitPolice, roles: investigators, own: true},
	SealedRead:            {kind: identity.UnitPolice, roles: investigators, own: true},

	DecisionList:         {places: officials},
	DecisionRead:         {places: officials, own: true, sender: true, every: identity.UnitOversight},
	DecisionDecide:       {places: officials, own: true},
	DecisionWithdraw:     {places: officials, mine: true},
	PeopleManage:         {kind: identity.UnitAdministration, roles: administrators},
	RoleApprove:          {places: leaders, own: true},
	AdministratorApprove: {kind: identity.UnitAdministration, roles: administrators, own: true},
	UnitMoveApprove:      {kind: identity.UnitOversight, roles: overseers, own: true},
	DeskRead:             {desk: true, own: true},
	DeskTend:             {desk: true, own: true},
	DeskMake:             {processes: []string{"keys", "demo"}},
	UnitFound:            {processes: []string{"user"}},

	ComplaintWeigh:    {processes: []string{"screening"}},
	EscalationRaise:   {processes: []string{"screening"}},
	EscalationDeliver: {processes: []string{"delivery"}},
	EscalationClimb:   {processes: []string{"clock"}},
	MailSend:          {processes: []string{"mail"}},
	RegisterImport:    {processes: []string{"import", "demo"}},
	AuditKeep:         {processes: []string{"audit"}},
	ReadingDeliver:    {processes: []string{"delivery"}},
	ReadingClimb:      {processes: []string{"clock", "delivery"}},

	OversightList:        {kind: identity.UnitOversight, roles: overseers},
	OversightRead:        {kind: identity.UnitOversight, roles: overseers, own: true},
	OversightAcknowledge: {kind: identity.UnitOversight, roles: overseers, own: true},
	OversightSealedRead:  {kind: identity.UnitOversight, roles: overseers, own: true},

	ReadingList:   {places: readers},
	ReadingRead:   {places: readers, own: true},
	ReadingDecide: {places: readers, own: true},

	AgencyPeople: {kind: identity.UnitAgency, roles: []identity.Role{identity.RoleAgencyHead}, own: true},

	DocumentAdd:    {kind: identity.UnitAgency, roles: agencyPeople, own: true},
	DocumentAttach: {kind: identity.UnitMinistry, roles: inspecting},
	DocumentRead: {places: map[identity.UnitKind][]identity.Role{
		identity.UnitAgency: agencyPeople, identity.UnitMinistry: inspecting,
	}, own: true, every: identity.UnitMinistry},
	DocumentOf:    {kind: identity.UnitMinistry, roles: licensingPeople},
	DocumentErase: {processes: []string{"documents"}},

	RetentionRead: {kind: identity.UnitOversight, roles: overseers},
	HoldPlace:     {kind: identity.UnitOversight, roles: overseers},
	ItemDelete:    {processes: []string{"retention"}},
	RetentionSet:  {processes: []string{"retention", "demo"}},

	HoldLift: {kind: identity.UnitOversight, roles: overseers},
	// The second is a support agency: it is no office of the state, so that no
	// complaint can accuse it as one, and being asked tells no accused unit that
	// something is held; and it stands by those whose evidence the hold keeps.
	HoldLiftApprove:  {kind: identity.UnitSupport, roles: []identity.Role{identity.RoleSupportWorker}, own: true},
	RetentionPropose: {kind: identity.UnitOversight, roles: overseers},
	RetentionApprove: {kind: identity.UnitOversight, roles: overseers, own: true},

	PolicyRead:    {kind: identity.UnitMinistry, roles: licensingPeople},
	PolicyPropose: {kind: identity.UnitMinistry, roles: licensingPeople},
	PolicyApprove: {kind: identity.UnitMinistry, roles: licensingPeople, own: true},
	PolicySet:     {processes: []string{"policy", "demo"}},

	InspectionList:   {kind: identity.UnitMinistry, roles: inspecting},
	InspectionRead:   {kind: identity.UnitMinistry, roles: inspecting},
	InspectionPlan:   {kind: identity.UnitMinistry, roles: licensingPeople},
	InspectionRecord: {kind: identity.UnitMinistry, roles: inspecting},
	InspectionSend:   {kind: identity.UnitMinistry, roles: licensingPeople},
	InspectionClose:  {kind: identity.UnitMinistry, roles: licensingPeople},
	InspectionOwn:    {kind: identity.UnitAgency, roles: agencyPeople, own: true},
	InspectionReply:  {kind: identity.UnitAgency, roles: []identity.Role{identity.RoleAgencyHead}, own: true},
	InspectionLapse:  {processes: []string{"clock"}},

	BarredRead:    {kind: identity.UnitMinistry, roles: licensingPeople},
	BarredPropose: {kind: identity.UnitMinistry, roles: licensingPeople},
	BarredDecide:  {kind: identity.UnitMinistry, roles: licensingPeople, own: true},

	GuaranteeOwn:     {kind: identity.UnitAgency, roles: agencyPeople, own: true},
	GuaranteeRead:    {kind: identity.UnitMinistry, roles: licensingPeople},
	GuaranteeClaim:   {kind: identity.UnitMinistry, roles: licensingPeople},
	GuaranteePropose: {kind: identity.UnitMinistry, roles: licensingPeople},
	GuaranteeDecide:  {kind: identity.UnitMinistry, roles: licensingPeople, own: true},
	GuaranteeExpire:  {processes: []string{"clock"}},
	GuaranteeEnter:   {processes: []string{"demo"}},
}
