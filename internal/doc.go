// Package internal is the portal without its edges: the subjects, the words
// they share, and the platform under them.
//
// # Glossary
//
//	agency      a licensed recruiter, or an entry of a register that says so
//	broker      a sub-agent, registered or not; often no more than a phone number
//	employer    who the worker works for abroad
//	placement   one worker sent by one agency to one employer
//	complaint   what somebody told us; it may accuse an agency, a broker, an
//	            employer or an official
//	reporter    who told us; not always the worker
//	worker      whom it happened to
//	receipt     the 24 characters by which a reporter comes back
//	item        one sealed part of a complaint: answers, narrative, identity,
//	            contact, originals
//	envelope    the item keys that one recipient may open
//	desk        a unit that may hold a key, wrapped to its members
//	admitted    a member to whose own key the desk's key is wrapped
//	share       two of three parts of another desk's key
//	exclusion   a unit that may never receive one complaint: it accuses an
//	            official of it, or of one above or under it
//	reading     somebody from elsewhere looks whether a complaint names an
//	            official, before a local desk may have it
//	audience    for whom a pattern is looked for: police, or oversight
//	disclosure  why police may know who somebody is: consent, or life or child
//	finding     what a rule established about a subject, with its evidence
//	alert       the findings about one subject, folded
//	escalation  an alert handed to investigators; frozen at birth
//	letter      mail to one person that something waits in the portal, and no more
//	dossier     what an agency states about itself, in sections
//	application a dossier that is filed, in rounds, until it is decided
//	step        what is done about a licence after its grant; each is a letter
//	condition   what an agency must do by a day to keep its licence
//	certificate what a licence says on a day, signed; anybody checks it
//	guarantee   what a bank holds for an agency, in a ledger; a claim on it is an
//	            award, a call asks the bank to pay it
//	subscription an address that is told when the register shows something else
//	barred      who may not direct, own or recruit for an agency
//	inspection  a visit to an agency, standard by standard; there a finding is a
//	            standard that was not met
//	decision    a proposal that waits for a second person, and what became of it
//	promise     work that commits with the fact that calls for it
//
// # Direction
//
// Subjects (agency, register, licensing, application, inspection, placement, complaint, escalation) use
// the shared words (identity, authority, audit, seal, fault) and the platform,
// and never each other in a circle. letter is what those of them use that tell
// people of something. screening stands above them: it loads
// facts, asks pattern, stores findings and raises escalations. Nothing here
// knows the site (app) or the background jobs (jobs).
package internal
