package identity

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// Hat is one of the roles of a person. A session is in one of them: what
// somebody may do as one thing they may not as another.
type Hat struct {
	UnitID   uuid.UUID
	UnitName map[string]string // language → name
	Role     Role
	// Worn says that it is the role of this session or, where none is open yet,
	// of the last one.
	Worn bool
}

// hats lists the memberships that are what they say they are, of somebody whose
// passphrase is, by unit and role. It is empty for an unknown address.
func (p *People) hats(tx postgres.Tx, email string) ([]personRow, error) {
	all, err := findPerson(tx, email)
	if err != nil {
		return nil, err
	}
	var genuine []personRow
	for _, h := range all {
		if p.genuine(h.membership()) && p.genuineCredential(h.ID, h.Verifier, h.Guarded, h.CredentialPin) && p.Returned(h.ID, h.Closings, h.ReturnPin) {
			genuine = append(genuine, h)
		}
	}
	return genuine, nil
}

// first returns the zero row, which no passphrase opens, where there is none.
func first(hats []personRow) personRow {
	if len(hats) == 0 {
		return personRow{}
	}
	return hats[0]
}

// chosen finds one among them; anything else is an Invalid fault.
func chosen(hats []personRow, unit uuid.UUID, role Role) (personRow, error) {
	for _, h := range hats {
		if *h.UnitID == unit && h.Role == role {
			return h, nil
		}
	}
	return personRow{}, fault.Field("hat", "form.choice")
}

func list(hats []personRow, unit uuid.UUID, role Role) ([]Hat, error) {
	var all []Hat
	for _, h := range hats {
		hat := Hat{UnitID: *h.UnitID, Role: h.Role, Worn: *h.UnitID == unit && h.Role == role}
		if err := json.Unmarshal(h.UnitName, &hat.UnitName); err != nil {
			return nil, fmt.Errorf("read unit name: %w", err)
		}
		all = append(all, hat)
	}
	return all, nil
}

// Choices lists the roles among which somebody chooses who is about to be
// signed in. A token that is not, or no longer, at that step is a NotFound fault.
func (s *Sessions) Choices(ctx context.Context, token string) (all []Hat, err error) {
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		row, hats, err := s.choosing(tx, token)
		if err != nil {
			return err
		}
		unit, role, err := lastWorn(tx, row.PersonID)
		if err != nil {
			return err
		}
		all, err = list(hats, unit, role)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return all, nil
}

// Choose is the last step of signing in of somebody with several roles: it opens
// the session in that one. Another than theirs is an Invalid fault.
func (s *Sessions) Choose(ctx context.Context, token string, unit uuid.UUID, role Role) (Entry, error) {
	var row halfwayRow
	var who personRow
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) (err error) {
		var hats []personRow
		if row, hats, err = s.choosing(tx, token); err != nil {
			return err
		}
		who, err = chosen(hats, unit, role)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("choose role: %w", err)
	}
	member, err := row.member(token)
	if err != nil {
		return Entry{}, fmt.Errorf("choose role: %w", err)
	}
	shown := row.ExpiresAt.Add(-halfwayLife)
	return s.open(ctx, who, member, shown, func(tx postgres.Tx) error { return closeHalfway(tx, row.ID) })
}

func (s *Sessions) choosing(tx postgres.Tx, token string) (halfwayRow, []personRow, error) {
	row, err := s.halfway(tx, token, true)
	if err != nil {
		return halfwayRow{}, nil, err
	}
	hats, err := s.people.hats(tx, row.Email)
	return row, hats, err
}

// Hats lists the roles of the signed-in person.
func (s *Sessions) Hats(ctx context.Context, who Session) (all []Hat, err error) {
	err = s.db.Read(ctx, Door(), func(tx postgres.Tx) error {
		hats, err := s.people.hats(tx, who.Email)
		if err != nil {
			return err
		}
		all, err = list(hats, who.Actor.UnitID, who.Actor.Role)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return all, nil
}

// Switch ends the session and opens one in another role of the same person,
// under a new token and no longer than the first would have lasted. It takes
// somebody who has just shown who they are: a session left open in one role
// opens no other. Their own key goes along. Another role than theirs is an
// Invalid fault.
func (s *Sessions) Switch(ctx context.Context, who Session, token string, unit uuid.UUID, role Role) (Entry, error) {
	if err := who.Actor.RequireFresh(s.clock.Now()); err != nil {
		return Entry{}, err
	}
	next := newToken()
	var actor Actor
	err := s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		was, err := findSession(tx, hashToken(token))
		if err != nil {
			return err
		}
		if !s.genuine(was) || was.ID != who.Actor.SessionID || !was.alive(s.clock.Now()) {
			return signedOut()
		}
		hats, err := s.people.hats(tx, was.Email)
		if err != nil {
			return err
		}
		to, err := chosen(hats, unit, role)
		if err != nil {
			return err
		}
		actor, err = s.exchange(tx, who.Actor, was, to, token, next)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("switch role: %w", err)
	}
	return Entry{Token: next, Actor: actor}, nil
}

// exchange ends one session and writes the other. Of two at once, one does.
func (s *Sessions) exchange(tx postgres.Tx, by Actor, was sessionRow, to personRow, token, next string) (Actor, error) {
	now := s.clock.Now()
	ended, err := revokeSession(tx, was.ID, now)
	if err == nil && !ended {
		err = signedOut()
	}
	if err != nil {
		return Actor{}, err
	}
	row := sessionRow{
		ID: id.New(), TokenHash: hashToken(next), PersonID: was.PersonID, UnitID: *to.UnitID, Role: to.Role,
		CreatedAt: now, SeenAt: now, ExpiresAt: was.ExpiresAt, FreshAt: was.FreshAt,
	}
	if was.SealedKey != nil {
		member, err := seal.MemberFromSession(token, was.PersonID, was.SealedKey)
		if err != nil {
			return Actor{}, err
		}
		if row.SealedKey, err = member.ToSession(next, was.PersonID); err != nil {
			return Actor{}, err
		}
	}
	row.Pin = s.pinOf(row)
	if err := insertSession(tx, row); err != nil {
		return Actor{}, err
	}
	actor := to.actor(row.ID)
	actor.FreshUntil = row.FreshAt.Add(freshLife)
	if err := note(tx, by, sessionEnded, aSession, was.ID); err != nil {
		return Actor{}, err
	}
	return actor, note(tx, actor, sessionOpened, aSession, row.ID)
}
