package fitness

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/google/uuid"
)

// TopicCheck is the promise to check an application; its subject is the application.
const TopicCheck = "fitness.check"

// Promise makes it, within the transaction that files.
func Promise(tx postgres.Tx, application uuid.UUID) error {
	return outbox.Append(tx, outbox.Promise{Topic: TopicCheck, SubjectID: application})
}

// Deps of a Service.
type Deps struct {
	DB     *postgres.DB
	Clock  clock.Clock
	Home   country.Home
	Laws   Laws
	Random io.Reader
	// Found tells detection of a strong match.
	Found func(tx postgres.Tx, agency, check uuid.UUID, score int, now time.Time) error
}

// Laws is the law as the portal knows it.
type Laws interface {
	Book(tx postgres.Tx) (policy.Book, error)
}

// Service is the use cases. It is safe for concurrent use.
type Service struct{ Deps }

// New returns the use cases over deps.
func New(deps Deps) *Service { return &Service{deps} }

// Check keeps the promise TopicCheck: the last round of the application is compared
// with every agency that was suspended or revoked, and with everybody who is barred. A
// round is checked once, however
// often the promise is kept.
func (s *Service) Check(ctx context.Context, promiseID uuid.UUID) error {
	by := identity.System("fitness")
	if err := authority.Require(by, authority.FitnessCheck, authority.Object{}); err != nil {
		return err
	}
	err := outbox.Fulfil(ctx, s.DB, by, promiseID, func(tx postgres.Tx, p outbox.Promise) error {
		filed, found, err := lastRound(tx, p.SubjectID)
		if err != nil || !found {
			return err
		}
		return s.check(tx, by, filed)
	})
	if err != nil {
		return fmt.Errorf("check fitness: %w", err)
	}
	return nil
}

func (s *Service) check(tx postgres.Tx, by identity.Actor, filed filedRow) error {
	answers := dossier.Dossier{}
	if err := json.Unmarshal([]byte(filed.Answers), &answers); err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	book, err := s.Laws.Book(tx)
	if err != nil {
		return err
	}
	now := s.Clock.Now().UTC().Truncate(time.Microsecond)
	limits := thresholdsOn(book, s.Home.Today(now))
	identifiers := Identifiers(answers)
	matches, err := sharedWithTheSanctioned(tx, filed.AgencyID, identifiers)
	if err != nil {
		return err
	}
	matches = weigh(matches, limits)
	people, err := barredMatches(tx, answers, s.Home.Today(now))
	if err != nil {
		return err
	}
	c := checkRow{ID: id.New(), ApplicationID: filed.ApplicationID, Round: filed.Round, AgencyID: filed.AgencyID, MadeAt: now}
	c.Grade, c.Score = grade(matches, people, limits)
	sealed, err := openAlerts(tx, filed.AgencyID, matches, phoneTokens(answers))
	if err != nil {
		return err
	}
	sampled, err := s.sampled(limits)
	if err != nil {
		return err
	}
	c.SecondNeeded = c.Grade == Strong || sealed > 0 || sampled
	fresh, err := insertCheck(tx, c, findings{matches, people}, sealed, sampled)
	if err != nil || !fresh {
		return err
	}
	if c.SecondNeeded {
		// Whatever the reason is, and whether there is one.
		reviewers, err := overseers(tx)
		if err != nil {
			return err
		}
		if err := letter.Promise(tx, letter.Cause{CheckID: c.ID}, letter.Raised, reviewers, now); err != nil {
			return err
		}
	}
	if c.Grade == Strong {
		if err := s.Found(tx, filed.AgencyID, c.ID, c.Score, now); err != nil {
			return err
		}
	}
	return audit.Record(tx, audit.Entry{Actor: by, Action: "fitness.checked", ObjectKind: "application", ObjectID: filed.ApplicationID})
}

// sampled draws whether a file goes to a second reviewer although nothing was found.
func (s *Service) sampled(t Thresholds) (bool, error) {
	if !t.Known || t.Sample == 0 {
		return false, nil
	}
	n, err := rand.Int(s.Random, big.NewInt(100))
	if err != nil {
		return false, fmt.Errorf("draw a sample: %w", err)
	}
	return n.Int64() < int64(t.Sample), nil
}

func phoneTokens(d dossier.Dossier) (tokens []string) {
	for _, c := range dossier.Chapters() {
		for _, i := range d.Items(c.Section) {
			if token := i.Numbers["phone"].Token; token != "" {
				tokens = append(tokens, token)
			}
		}
	}
	return tokens
}
