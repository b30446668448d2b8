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
	Verifier      string
	CredentialPin []byte
	DeactivatedAt *time.Time
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
	// From the person and the unit.
	Name          string
	Language      string
	DeactivatedAt *time.Time
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
	s := Session{Actor: who.actor(r.ID), Name: r.Name, Language: r.Language, SealedKey: r.SealedKey}
	if err := json.Unmarshal(r.UnitName, &s.UnitName); err != nil {
		return Session{}, fmt.Errorf("read unit name: %w", err)
	}
	return s, nil
}

// findPerson returns one row a membership, and none for an unknown address: the
// caller does the same work for it.
func findPerson(tx postgres.Tx, email string) (rows []personRow, err error) {
	err = tx.Gorm().Raw(`
		SELECT p.id, c.verifier, c.pin AS credential_pin, p.deactivated_at, u.id AS unit_id, u.code AS unit_code, u.kind AS unit_kind,
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
		       s.created_at, s.seen_at, s.expires_at, s.revoked_at,
		       p.name, p.language, p.deactivated_at, u.code AS unit_code, u.kind AS unit_kind, u.name AS unit_name, u.agency_id,
		       m.pin AS member_pin, m.decision_id
		FROM sessions s
		LEFT JOIN memberships m ON m.person_id = s.person_id AND m.unit_id = s.unit_id AND m.role = s.role
		JOIN people p ON p.id = s.person_id
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
		INSERT INTO sessions (id, token_hash, person_id, unit_id, role, sealed_key, pin, created_at, seen_at, expires_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.TokenHash, r.PersonID, r.UnitID, r.Role, r.SealedKey, r.Pin, r.CreatedAt, r.SeenAt, r.ExpiresAt).Error
}

func touchSession(tx postgres.Tx, session uuid.UUID, now time.Time) error {
	return tx.Gorm().Exec(`UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?`, now, session, now).Error
}

func revokeSession(tx postgres.Tx, session uuid.UUID, now time.Time) error {
	return tx.Gorm().Exec(`UPDATE sessions SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL`, now, session).Error
}

// addAttempt counts one more and returns how many that makes in the window. It
// takes windows that are over away, more at a time than it adds.
func addAttempt(tx postgres.Tx, bucket string, subject []byte, window time.Time) (int, error) {
	err := tx.Gorm().Exec(`
		DELETE FROM attempts WHERE ctid = ANY (ARRAY(
			SELECT ctid FROM attempts WHERE window_at < ? LIMIT 100 FOR UPDATE SKIP LOCKED))`, window).Error
	if err != nil {
		return 0, err
	}
	var count int
	err = tx.Gorm().Raw(`
		INSERT INTO attempts (bucket, subject, window_at, count) VALUES (?, ?, ?, 1)
		ON CONFLICT (bucket, subject, window_at) DO UPDATE SET count = attempts.count + 1
		RETURNING count`, bucket, subject, window).Scan(&count).Error
	return count, err
}
