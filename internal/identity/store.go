package identity

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// personRow is somebody in one of their units, as sign-in finds them.
type personRow struct {
	ID            uuid.UUID
	Email         string
	Verifier      string
	Guarded       bool // has a second factor
	CredentialPin []byte
	DeactivatedAt *time.Time
	Closings      int    // how often the account was closed
	ReturnPin     []byte // of its last opening again
	UnitID        *uuid.UUID
	UnitCode      string
	UnitKind      UnitKind
	AgencyID      *uuid.UUID
	Role          Role
	Pin           []byte // of the membership
	DecisionID    *uuid.UUID
	Key           []byte // the person's own, wrapped; nil where they have none
}

func (p personRow) membership() membershipRow {
	return membershipRow{PersonID: p.ID, UnitID: *p.UnitID, Role: p.Role, Pin: p.Pin, DecisionID: p.DecisionID}
}

func (p personRow) actor(session uuid.UUID) Actor {
	a := Actor{
		Kind: KindStaff, PersonID: p.ID, UnitID: *p.UnitID, UnitCode: p.UnitCode, UnitKind: p.UnitKind,
		Role: p.Role, SessionID: session,
	}
	if p.AgencyID != nil {
		a.AgencyID = *p.AgencyID
	}
	return a
}

type sessionRow struct {
	ID        uuid.UUID
	TokenHash []byte
	PersonID  uuid.UUID
	UnitID    uuid.UUID
	Role      Role
	SealedKey []byte
	Pin       []byte
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time
	FreshAt   time.Time // when the person last showed who they are
	// From the person and the unit.
	Email         string
	Verifier      string
	Guarded       bool
	CredentialPin []byte
	Name          string
	Language      string
	DeactivatedAt *time.Time
	Closings      int
	ReturnPin     []byte
	UnitCode      string
	UnitKind      UnitKind
	UnitName      []byte
	AgencyID      *uuid.UUID
	MemberPin     []byte // of the membership; nil when it has ended
	DecisionID    *uuid.UUID
}

func (r sessionRow) membership() membershipRow {
	return membershipRow{PersonID: r.PersonID, UnitID: r.UnitID, Role: r.Role, Pin: r.MemberPin, DecisionID: r.DecisionID}
}

func (r sessionRow) alive(now time.Time) bool {
	return r.DeactivatedAt == nil && r.RevokedAt == nil && now.Before(r.ExpiresAt) && now.Sub(r.SeenAt) < staffIdle
}

func (r sessionRow) session() (Session, error) {
	who := personRow{ID: r.PersonID, UnitID: &r.UnitID, UnitCode: r.UnitCode, UnitKind: r.UnitKind, AgencyID: r.AgencyID, Role: r.Role}
	s := Session{Actor: who.actor(r.ID), Email: r.Email, Name: r.Name, Language: r.Language, SealedKey: r.SealedKey, Guarded: r.Guarded}
	s.Actor.FreshUntil = r.FreshAt.Add(freshLife)
	if err := json.Unmarshal(r.UnitName, &s.UnitName); err != nil {
		return Session{}, fmt.Errorf("read unit name: %w", err)
	}
	return s, nil
}

// findPerson returns one row a membership, and none for an unknown address: the
// caller does the same work for it.
func findPerson(tx postgres.Tx, email string) (rows []personRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT p.id, p.email, c.verifier, c.guarded, c.pin AS credential_pin, p.deactivated_at, p.closings, p.return_pin, u.id AS unit_id, u.code AS unit_code, u.kind AS unit_kind,
			u.agency_id, m.role, m.pin, m.decision_id, k.wrapped AS key
		FROM people p
		JOIN credentials c ON c.person_id = p.id
		JOIN memberships m ON m.person_id = p.id
		JOIN units u ON u.id = m.unit_id
		LEFT JOIN member_keys k ON k.person_id = p.id AND k.retired_at IS NULL
		WHERE p.email = ? ORDER BY u.code, m.role`, email).Scan(&rows).Error
	return rows, err
}

func findSession(tx postgres.Tx, tokenHash []byte) (sessionRow, error) {
	var r sessionRow
	res := tx.Gorm().Raw(`
		SELECT s.id, s.person_id, s.unit_id, s.role, s.sealed_key, s.token_hash, s.pin,
		       s.created_at, s.seen_at, s.expires_at, s.revoked_at, s.fresh_at,
		       p.email, c.verifier, c.guarded, c.pin AS credential_pin, p.name, p.language, p.deactivated_at, p.closings, p.return_pin, u.code AS unit_code, u.kind AS unit_kind, u.name AS unit_name, u.agency_id,
		       m.pin AS member_pin, m.decision_id
		FROM sessions s
		LEFT JOIN memberships m ON m.person_id = s.person_id AND m.unit_id = s.unit_id AND m.role = s.role
		JOIN people p ON p.id = s.person_id
		JOIN credentials c ON c.person_id = s.person_id
		JOIN units u ON u.id = s.unit_id
		WHERE s.token_hash = ?`, tokenHash).Scan(&r)
	if res.Error != nil {
		return r, res.Error
	}
	if res.RowsAffected == 0 {
		return r, signedOut()
	}
	return r, nil
}

func insertSession(tx postgres.Tx, r sessionRow) error {
	return tx.Gorm().Exec(`
		INSERT INTO sessions (id, token_hash, person_id, unit_id, role, sealed_key, pin, created_at, seen_at, expires_at, fresh_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.TokenHash, r.PersonID, r.UnitID, r.Role, r.SealedKey, r.Pin, r.CreatedAt, r.SeenAt, r.ExpiresAt, r.FreshAt).Error
}

func touchSession(tx postgres.Tx, session uuid.UUID, now time.Time) error {
	return tx.Gorm().Exec(`UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?`, now, session, now).Error
}

func revokeSession(tx postgres.Tx, session uuid.UUID, now time.Time) (ended bool, err error) {
	res := tx.Gorm().Exec(`UPDATE sessions SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL`, now, session)
	return res.RowsAffected == 1, res.Error
}
