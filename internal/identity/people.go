package identity

import (
	"fmt"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// People writes and reads what makes somebody a person of the portal: their
// passphrase, their own key, their memberships. Each such row is pinned under
// the key folder, and one without a good pin does not count. Who may call what
// is the caller's to ask. It is safe for concurrent use.
type People struct {
	pins  seal.Pins
	clock clock.Clock
}

// NewPeople returns the keeper of people under these pins.
func NewPeople(pins seal.Pins, clk clock.Clock) *People { return &People{pins: pins, clock: clk} }

// SetSecret gives the person a passphrase and a new key of their own. A former
// key is retired: what was wrapped for it does not open for them any more, and
// another member of each desk has to admit them again.
func (p *People) SetSecret(tx postgres.Tx, person uuid.UUID, secret Secret) (seal.MemberPublic, error) {
	member, err := seal.NewMember()
	if err != nil {
		return seal.MemberPublic{}, err
	}
	wrapped, err := member.Wrap(person, secret.under)
	if err != nil {
		return seal.MemberPublic{}, fmt.Errorf("wrap member key: %w", err)
	}
	public := member.Public()
	now := p.clock.Now()
	// Whoever gets a new passphrase enrols their second factor anew.
	if err := setCredential(tx, person, secret.verifier, false, p.pinOfCredential(person, secret.verifier, false), now); err != nil {
		return seal.MemberPublic{}, fmt.Errorf("set passphrase: %w", err)
	}
	row := memberKeyRow{ID: public.ID, PersonID: person, Public: public.Bytes(), Wrapped: wrapped, MadeAt: now}
	row.Pin = p.pinOfKey(row)
	if err := replaceMemberKey(tx, row); err != nil {
		return seal.MemberPublic{}, fmt.Errorf("set member key: %w", err)
	}
	return public, nil
}

// ChangeSecret gives the person another passphrase for the same key.
func (p *People) ChangeSecret(tx postgres.Tx, person uuid.UUID, member seal.Member, secret Secret) error {
	wrapped, err := member.Wrap(person, secret.under)
	if err != nil {
		return fmt.Errorf("wrap member key: %w", err)
	}
	was, err := p.credential(tx, person)
	if err != nil {
		return fmt.Errorf("change passphrase: %w", err)
	}
	pin := p.pinOfCredential(person, secret.verifier, was.Guarded)
	if err := setCredential(tx, person, secret.verifier, was.Guarded, pin, p.clock.Now()); err != nil {
		return fmt.Errorf("change passphrase: %w", err)
	}
	if err := rewrapMemberKey(tx, person, member.ID(), wrapped); err != nil {
		return fmt.Errorf("change passphrase: %w", err)
	}
	return nil
}

// Grant makes the person a member of the unit in that role. decision is the one
// of two people that says so, or the zero id where none is needed.
func (p *People) Grant(tx postgres.Tx, person, unit uuid.UUID, role Role, decision uuid.UUID) error {
	m := membershipRow{PersonID: person, UnitID: unit, Role: role, GrantedAt: p.clock.Now()}
	if decision != uuid.Nil {
		m.DecisionID = &decision
	}
	m.Pin = p.pinOfMembership(m)
	if err := insertMembership(tx, m); err != nil {
		return fmt.Errorf("grant role: %w", err)
	}
	return nil
}

// Granted reports whether pin is that of a membership that Grant made.
func (p *People) Granted(person, unit uuid.UUID, role Role, decision uuid.UUID, pin []byte) bool {
	m := membershipRow{PersonID: person, UnitID: unit, Role: role, Pin: pin}
	if decision != uuid.Nil {
		m.DecisionID = &decision
	}
	return p.genuine(m)
}

// Standing is what the person is in the unit at this moment: an actor without a
// session for each genuine role there, none of a closed account. Until tx ends
// nobody takes a role of them away or closes the account.
func (p *People) Standing(tx postgres.Tx, person, unit uuid.UUID) ([]Actor, error) {
	hats, err := standing(tx, person, unit)
	if err != nil {
		return nil, fmt.Errorf("read standing: %w", err)
	}
	var all []Actor
	for _, h := range hats {
		h.ID, h.UnitID = person, &unit
		if p.genuine(h.membership()) && p.Returned(person, h.Closings, h.ReturnPin) {
			all = append(all, h.actor(uuid.Nil))
		}
	}
	return all, nil
}

// Member is somebody of a unit who has a key.
type Member struct {
	PersonID uuid.UUID
	Name     string
	Roles    []Role
	Key      seal.MemberPublic
}

// Members lists the active members of the unit whose memberships and keys are
// genuine, by name. Somebody who never set a passphrase has no key yet and is
// not among them.
func (p *People) Members(tx postgres.Tx, unit uuid.UUID) ([]Member, error) {
	rows, err := membersOf(tx, unit)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	var all []Member
	for _, r := range rows {
		if !p.genuine(r.membership()) || !p.Returned(r.PersonID, r.Closings, r.ReturnPin) ||
			!p.pins.Check(r.KeyPin, "member key", []byte(r.KeyID), r.PersonID[:], r.Public) {
			continue
		}
		if n := len(all); n > 0 && all[n-1].PersonID == r.PersonID {
			all[n-1].Roles = append(all[n-1].Roles, r.Role)
			continue
		}
		key, err := seal.ReadMemberPublic(r.Public)
		if err != nil {
			return nil, fmt.Errorf("list members: %w", err)
		}
		all = append(all, Member{PersonID: r.PersonID, Name: r.Name, Roles: []Role{r.Role}, Key: key})
	}
	return all, nil
}

// Key returns a key of the person, the current one when id is empty. A retired
// one still checks old signatures. No such key, or one that is not genuine, is
// a NotFound fault.
func (p *People) Key(tx postgres.Tx, person uuid.UUID, id string) (seal.MemberPublic, error) {
	row, err := findMemberKey(tx, person, id)
	if err != nil {
		return seal.MemberPublic{}, fmt.Errorf("find member key: %w", err)
	}
	if !p.pins.Check(row.Pin, "member key", []byte(row.ID), row.PersonID[:], row.Public) {
		return seal.MemberPublic{}, fault.New(fault.NotFound, "problem.not_found")
	}
	return seal.ReadMemberPublic(row.Public)
}

// pinOfCredential binds whether the person has a second factor, too: deleting
// their factors does not make them somebody without.
func (p *People) pinOfCredential(person uuid.UUID, verifier string, guarded bool) []byte {
	return p.pins.Pin(credentialPin(guarded), person[:], []byte(verifier))
}

func (p *People) genuineCredential(person uuid.UUID, verifier string, guarded bool, pin []byte) bool {
	return p.pins.Check(pin, credentialPin(guarded), person[:], []byte(verifier))
}

func credentialPin(guarded bool) string {
	if guarded {
		return "guarded credential"
	}
	return "credential"
}

func (p *People) pinOfKey(r memberKeyRow) []byte {
	return p.pins.Pin("member key", []byte(r.ID), r.PersonID[:], r.Public)
}

func (p *People) pinOfMembership(m membershipRow) []byte {
	return p.pins.Pin("membership", m.PersonID[:], m.UnitID[:], []byte(m.Role), m.decision())
}

func (p *People) genuine(m membershipRow) bool {
	return p.pins.Check(m.Pin, "membership", m.PersonID[:], m.UnitID[:], []byte(m.Role), m.decision())
}
