package postgres

// Roles of the database. The owner makes and changes tables and runs nothing
// else. The application connects as AppRole, which may do nothing by itself:
// each transaction takes the role of its actor, and with it exactly what the
// migrations grant to that role. A deployment on several hosts gives each a
// login that is a member of fewer roles.
const (
	OwnerRole = "portal_owner"
	AppRole   = "portal_app"
	// BackupRole reads every row and writes none.
	BackupRole = "portal_backup"

	PublicRole = "portal_public" // anybody, and the holder of a receipt
	DoorRole   = "portal_door"   // sign-in and sessions
	StaffRole  = "portal_staff"  // a signed-in person
	WorkerRole = "portal_worker" // background work
	SetupRole  = "portal_setup"  // an operator's commands
	// ReceiptRole owns the functions through which a receipt's holder reaches
	// one complaint, and those of triggers that look where the actor may not.
	// Nobody can become it.
	ReceiptRole = "portal_receipt"
)

// actorRoles are those that a login may take.
func actorRoles() []string {
	return []string{PublicRole, DoorRole, StaffRole, WorkerRole, SetupRole}
}

// logins of hosts that do one thing only, and the roles that each may take.
func logins() map[string][]string {
	return map[string][]string{
		AppRole:             actorRoles(),
		"portal_web_public": {PublicRole},
		"portal_web_staff":  {PublicRole, DoorRole, StaffRole},
		"portal_jobs":       {PublicRole, WorkerRole},
	}
}
