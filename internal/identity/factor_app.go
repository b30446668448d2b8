package identity

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// TOTP as RFC 6238 and every authenticator app have it.
const (
	appDigits      = 6
	longestAppCode = 8  // "123 456", and a stray blank
	appStep        = 30 // seconds
	appSecret      = 20 // bytes
	enrolmentLife  = 15 * time.Minute
)

// Enrolment is an app's secret that does not count yet.
type Enrolment struct {
	Secret string // base32, to type into an app
	URL    string // otpauth, to scan
	Sealed string // goes through the page and comes back with the first code
}

type enrolment struct {
	Seed  []byte    `json:"seed"`
	Until time.Time `json:"until"`
}

// NewApp draws a secret for an authenticator app of the actor. Nothing is stored
// before AddApp has seen its first code.
func (s *Sessions) NewApp(actor Actor) (Enrolment, error) {
	secret := make([]byte, appSecret)
	if _, err := rand.Read(secret); err != nil {
		return Enrolment{}, fmt.Errorf("draw secret: %w", err)
	}
	return s.enrolment(actor, enrolment{Seed: secret, Until: s.clock.Now().Add(enrolmentLife)})
}

// SameApp is the enrolment that the page sent along, to show it again; an
// Invalid fault when it is not the actor's session's or too old.
func (s *Sessions) SameApp(actor Actor, sealed string) (Enrolment, error) {
	e, err := s.openEnrolment(actor, sealed)
	if err != nil {
		return Enrolment{}, err
	}
	return s.enrolment(actor, e)
}

func (s *Sessions) enrolment(actor Actor, e enrolment) (Enrolment, error) {
	box, err := s.people.box("enrolment")
	if err != nil {
		return Enrolment{}, err
	}
	plain, err := json.Marshal(e)
	if err != nil {
		return Enrolment{}, fmt.Errorf("write enrolment: %w", err)
	}
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(e.Seed)
	link := url.URL{Scheme: "otpauth", Host: "totp", Path: "/Fairpassage", RawQuery: url.Values{
		"secret": {secret}, "issuer": {"Fairpassage"}, "digits": {"6"}, "period": {"30"}, "algorithm": {"SHA1"},
	}.Encode()}
	return Enrolment{
		Secret: secret, URL: link.String(),
		Sealed: base64.RawURLEncoding.EncodeToString(box.Seal(plain, actor.SessionID[:])),
	}, nil
}

func (s *Sessions) openEnrolment(actor Actor, sealed string) (enrolment, error) {
	var e enrolment
	stale := fault.Field("code", "account.app.stale")
	box, err := s.people.box("enrolment")
	if err != nil {
		return e, err
	}
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return e, stale
	}
	plain, err := box.Open(raw, actor.SessionID[:])
	if err != nil || json.Unmarshal(plain, &e) != nil || !s.clock.Now().Before(e.Until) {
		return enrolment{}, stale
	}
	return e, nil
}

// AddApp makes the app the actor's, in place of one they had, when code is one
// of its present codes. The code is used up by it.
func (s *Sessions) AddApp(ctx context.Context, actor Actor, sealed, code string) error {
	if err := actor.RequireFresh(s.clock.Now()); err != nil {
		return err
	}
	e, err := s.openEnrolment(actor, sealed)
	if err != nil {
		return err
	}
	if err := s.take(ctx, s.hit(confirmations(), actor.PersonID[:])); err != nil {
		return err
	}
	step, ok := matchStep(e.Seed, digits(code), s.clock.Now())
	if !ok {
		return codeRefused()
	}
	err = s.db.InTx(ctx, Door(), func(tx postgres.Tx) error {
		if err := lockPerson(tx, actor.PersonID); err != nil {
			return err
		}
		if err := s.removeApps(tx, actor); err != nil {
			return err
		}
		row := factorRow{ID: id.New(), PersonID: actor.PersonID, Kind: FactorApp, Handle: []byte{}, Counter: step, MadeAt: s.clock.Now()}
		if row.Material, err = s.people.sealApp(row, e.Seed); err != nil {
			return err
		}
		return s.addFactor(tx, actor, row)
	})
	if err != nil {
		return fmt.Errorf("add authenticator app: %w", err)
	}
	return nil
}

// removeApps makes room for another app.
func (s *Sessions) removeApps(tx postgres.Tx, actor Actor) error {
	gone, err := deleteFactorsOf(tx, actor.PersonID, FactorApp)
	if err != nil {
		return err
	}
	for _, factor := range gone {
		if err := note(tx, actor, factorRemoved, aFactor, factor); err != nil {
			return err
		}
	}
	return nil
}

// proveApp uses the step of the code up: the same code, and every code of
// before, is refused from now on, in whichever process and after any restart.
func (s *Sessions) proveApp(tx postgres.Tx, rows []factorRow, code string) error {
	for _, r := range rows {
		if r.Kind != FactorApp {
			continue
		}
		secret, err := s.people.openApp(r)
		if err != nil {
			return err
		}
		step, ok := matchStep(secret, code, s.clock.Now())
		if !ok || step <= r.Counter {
			return codeRefused()
		}
		r.Counter = step
		used, err := useFactor(tx, r, s.people.pinOfFactor(r), s.clock.Now())
		if err == nil && !used {
			err = codeRefused()
		}
		return err
	}
	return codeRefused()
}

// matchStep finds the step that the code belongs to: the present one, the one
// before or the one after, since clocks differ.
func matchStep(secret []byte, code string, now time.Time) (step int64, ok bool) {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	here := now.Unix() / appStep
	for _, at := range []int64{here - 1, here, here + 1} {
		right, err := hotp.ValidateCustom(code, uint64(at), text, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && right {
			step, ok = at, true
		}
	}
	return step, ok
}

func (p *People) sealApp(r factorRow, secret []byte) ([]byte, error) {
	box, err := p.box("app")
	if err != nil {
		return nil, err
	}
	return box.Seal(secret, appContext(r)), nil
}

func (p *People) openApp(r factorRow) ([]byte, error) {
	box, err := p.box("app")
	if err != nil {
		return nil, err
	}
	return box.Open(r.Material, appContext(r))
}

func appContext(r factorRow) []byte {
	return slices.Concat(r.PersonID[:], r.ID[:])
}

// digits drops the blanks with which people group a code; what holds anything
// else is no code of an app, and comes back as it is.
func digits(code string) string { return strings.ReplaceAll(strings.TrimSpace(code), " ", "") }
