package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
)

// mostKeys is how many security keys one person may have.
const mostKeys = 10

// UseKeys lets people use security keys at the site of that address. Keys are
// bound to a host name: an address of numbers has none, and there they are not
// offered.
func (s *Sessions) UseKeys(site *url.URL) error {
	if net.ParseIP(site.Hostname()) != nil {
		return nil
	}
	relying, err := webauthn.New(&webauthn.Config{
		RPID: site.Hostname(), RPDisplayName: "Fairpassage", RPOrigins: []string{site.Scheme + "://" + site.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			UserVerification: protocol.VerificationPreferred, ResidentKey: protocol.ResidentKeyRequirementDiscouraged,
		},
	})
	if err != nil {
		return fmt.Errorf("security keys at this address: %w", err)
	}
	s.relying = relying
	return nil
}

// KeysUsable reports whether security keys work at this site's address.
func (s *Sessions) KeysUsable() bool { return s.relying != nil }

// holder is a person as the library sees one. Their handle tells nobody who they
// are.
type holder struct {
	handle []byte
	name   string
	keys   []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return h.handle }
func (h holder) WebAuthnName() string                       { return h.name }
func (h holder) WebAuthnDisplayName() string                { return h.name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (s *Sessions) holder(person uuid.UUID, name string, rows []factorRow) (holder, error) {
	h := holder{handle: s.people.pins.Pin("key holder", person[:]), name: name}
	for _, r := range rows {
		if r.Kind != FactorKey {
			continue
		}
		var key webauthn.Credential
		if err := json.Unmarshal(r.Material, &key); err != nil {
			return h, fmt.Errorf("read security key: %w", err)
		}
		h.keys = append(h.keys, key)
	}
	return h, nil
}

// NewKey returns what a browser needs to make a key of the actor, as JSON.
func (s *Sessions) NewKey(ctx context.Context, actor Actor, name string) (options string, err error) {
	if err := actor.RequireFresh(s.clock.Now()); err != nil {
		return "", err
	}
	if s.relying == nil {
		return "", fault.New(fault.NotFound, "problem.not_found")
	}
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		rows, err := s.people.factors(tx, actor.PersonID)
		if err != nil {
			return err
		}
		who, err := s.holder(actor.PersonID, name, rows)
		if err != nil {
			return err
		}
		asked, data, err := s.relying.BeginRegistration(who,
			webauthn.WithExclusions(webauthn.Credentials(who.keys).CredentialDescriptors()))
		if err != nil {
			return fmt.Errorf("ask for a key: %w", err)
		}
		if options, err = toJSON(asked.Response); err != nil {
			return err
		}
		sealed, err := s.sealChallenge(actor.SessionID, data)
		if err != nil {
			return err
		}
		return setSessionChallenge(tx, actor.SessionID, sealed)
	})
	if err != nil {
		return "", fmt.Errorf("begin security key: %w", err)
	}
	return options, nil
}

// AddKey makes the key that answered the actor's, under a name they choose.
func (s *Sessions) AddKey(ctx context.Context, actor Actor, name, answer string) error {
	if err := actor.RequireFresh(s.clock.Now()); err != nil {
		return err
	}
	if s.relying == nil {
		return fault.New(fault.NotFound, "problem.not_found")
	}
	challenge, asked, err := s.takeSessionChallenge(ctx, actor)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil || !asked {
		return keyRefused()
	}
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if err := lockPerson(tx, actor.PersonID); err != nil {
			return err
		}
		rows, err := s.people.factors(tx, actor.PersonID)
		if err != nil {
			return err
		}
		who, err := s.holder(actor.PersonID, "", rows)
		if err != nil {
			return err
		}
		if len(who.keys) >= mostKeys {
			return fault.Field("name", "account.key.too_many")
		}
		key, err := s.relying.CreateCredential(who, challenge, parsed)
		if err != nil {
			return keyRefused()
		}
		row := factorRow{
			ID: id.New(), PersonID: actor.PersonID, Kind: FactorKey, Name: name, Handle: key.ID,
			Counter: int64(key.Authenticator.SignCount), MadeAt: s.clock.Now(),
		}
		if row.Material, err = json.Marshal(key); err != nil {
			return fmt.Errorf("write security key: %w", err)
		}
		return s.addFactor(tx, actor, row)
	})
	if postgres.Violates(err, "factors_handle") {
		return keyRefused()
	}
	if err != nil {
		return fmt.Errorf("add security key: %w", err)
	}
	return nil
}

// askKey returns what a browser needs to have one of the person's keys answer,
// and the challenge to keep for it; both empty for somebody without keys.
func (s *Sessions) askKey(tx postgres.Tx, bound, person uuid.UUID) (options string, sealed []byte, err error) {
	if s.relying == nil {
		return "", nil, nil
	}
	rows, err := s.people.factors(tx, person)
	if err != nil {
		return "", nil, err
	}
	who, err := s.holder(person, "", rows)
	if err != nil || len(who.keys) == 0 {
		return "", nil, err
	}
	asked, data, err := s.relying.BeginLogin(who)
	if err != nil {
		return "", nil, fmt.Errorf("ask a key: %w", err)
	}
	if options, err = toJSON(asked.Response); err != nil {
		return "", nil, err
	}
	sealed, err = s.sealChallenge(bound, data)
	return options, sealed, err
}

// proveKey checks the answer of one of the person's keys, and keeps its sign
// count: a key that counts backwards has a copy somewhere and is refused.
func (s *Sessions) proveKey(tx postgres.Tx, person uuid.UUID, rows []factorRow, answer string, challenge []byte) error {
	var data webauthn.SessionData
	if s.relying == nil || challenge == nil || json.Unmarshal(challenge, &data) != nil {
		return keyRefused()
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return keyRefused()
	}
	who, err := s.holder(person, "", rows)
	if err != nil {
		return err
	}
	key, err := s.relying.ValidateLogin(who, data, parsed)
	if err != nil || key.Authenticator.CloneWarning {
		return keyRefused()
	}
	for _, r := range rows {
		if r.Kind != FactorKey || string(r.Handle) != string(key.ID) {
			continue
		}
		r.Counter = int64(key.Authenticator.SignCount)
		if r.Material, err = json.Marshal(key); err != nil {
			return fmt.Errorf("write security key: %w", err)
		}
		used, err := useFactor(tx, r, s.people.pinOfFactor(r), s.clock.Now())
		if err == nil && !used {
			err = keyRefused()
		}
		return err
	}
	return keyRefused()
}

// sealChallenge closes what a key is asked, bound to the sign-in or the session
// that asks: whoever writes to the database alone cannot ask an old question
// again.
func (s *Sessions) sealChallenge(bound uuid.UUID, data *webauthn.SessionData) ([]byte, error) {
	plain, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("write challenge: %w", err)
	}
	box, err := s.people.box("challenge")
	if err != nil {
		return nil, err
	}
	return box.Seal(plain, bound[:]), nil
}

// openChallenge is nil for a challenge that does not open here.
func (s *Sessions) openChallenge(bound uuid.UUID, sealed []byte) []byte {
	box, err := s.people.box("challenge")
	if err != nil || sealed == nil {
		return nil
	}
	plain, err := box.Open(sealed, bound[:])
	if err != nil {
		return nil
	}
	return plain
}

// takeSessionChallenge takes the question away, so that it is answered once.
func (s *Sessions) takeSessionChallenge(ctx context.Context, actor Actor) (data webauthn.SessionData, asked bool, err error) {
	var sealed []byte
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) (err error) {
		sealed, err = takeChallenge(tx, actor.SessionID)
		return err
	})
	if err != nil {
		return data, false, fmt.Errorf("take challenge: %w", err)
	}
	plain := s.openChallenge(actor.SessionID, sealed)
	asked = plain != nil && json.Unmarshal(plain, &data) == nil
	return data, asked, nil
}

func toJSON(v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("write options: %w", err)
	}
	return string(plain), nil
}
