package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/barred"
	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/subscription"
	"github.com/fairpassage/portal/jobs"
	"github.com/fairpassage/portal/views"
)

// subjects are the use cases of the whole portal over one record and one key
// folder. The site and the worker take what they need of them.
type subjects struct {
	db           *postgres.DB
	clock        clock.Clock
	home         country.Home
	keys         *seal.Ring
	people       *identity.People
	sessions     *identity.Sessions
	agencies     *agency.Service
	register     *register.Service
	laws         *policy.Service
	licensing    *licensing.Service
	applications *application.Service
	certificates *certificate.Service
	fitness      *fitness.Service
	inspections  *inspection.Service
	guarantees   *guarantee.Service
	barred       *barred.Service
	placements   *placement.Service
	complaints   *complaint.Service
	letters      *letter.Service
	// subscriptions write to whoever watches the register.
	subscriptions *subscription.Service
	escalations   *escalation.Service
	screening     *screening.Service
	desks         *desk.Service
	retention     *retention.Service
	decisions     *decision.Service
	staff         *people.Service
	audit         *audit.Log
	documents     *document.Service // nil without a place for them
}

func newSubjects(conf config.Config, db *postgres.DB, clk clock.Clock, home country.Home, words *views.Catalogue, keys *seal.Ring, shredKeys *shred.Store, log *slog.Logger) (*subjects, error) {
	hasher, err := newHasher(conf, keys, patienceOfPeople)
	if err != nil {
		return nil, err
	}
	s := &subjects{db: db, clock: clk, home: home, keys: keys, people: identity.NewPeople(keys.Pins(), clk)}
	s.sessions = identity.NewSessions(db, s.people)
	s.desks = desk.New(desk.Deps{DB: db, Clock: clk, People: s.people, Pins: keys.Pins()})
	s.agencies = agency.New(db, hasher, clk)
	s.register = register.New(db, clk, home)
	s.laws = policy.New(db, clk, home, keys.Pins())
	s.licensing = licensing.New(db, clk, home, s.laws)
	s.applications = application.New(application.Deps{
		DB: db, Clock: clk, Home: home, Laws: s.laws, Hasher: hasher, Licences: s.licensing, Agencies: s.agencies,
	})
	s.inspections = inspection.New(inspection.Deps{DB: db, Clock: clk, Home: home, Laws: s.laws, People: s.people, Told: s.licensing.TellOfInspection})
	s.barred = barred.New(barred.Deps{DB: db, Clock: clk, Home: home, Hasher: hasher})
	s.guarantees = guarantee.New(guarantee.Deps{DB: db, Clock: clk, Home: home, Laws: s.laws})
	s.fitness = fitness.New(fitness.Deps{DB: db, Clock: clk, Home: home, Laws: s.laws, Random: rand.Reader, Found: screening.Phoenix})
	if s.certificates, err = openCertificates(conf, s); err != nil {
		return nil, err
	}
	s.placements = placement.New(db, clk, hasher, home)
	s.complaints, err = complaint.NewService(complaint.Dependencies{
		DB: db, Clock: clk, Keys: keys, Desks: s.desks, Shred: shredKeys, Hasher: hasher, Sessions: s.sessions, People: s.people, Agencies: registerFor{s.register}, Placements: s.placements,
		Regions: []string{home.Code},
	})
	if err != nil {
		return nil, err
	}
	if err := s.openLetters(conf, words); err != nil {
		return nil, err
	}
	s.escalations = escalation.New(escalation.Deps{DB: db, Clock: clk, People: s.people, Random: rand.Reader})
	s.screening = screening.New(screening.Deps{DB: db, Clock: clk, Log: log, Escalations: s.escalations})
	s.retention, err = retention.New(retention.Deps{
		DB: db, Clock: clk, Random: rand.Reader, Keys: shredKeys, Pins: keys.Pins(), Log: log,
	})
	if err != nil {
		return nil, err
	}
	// What takes two people: each subject's rules, one line a subject.
	rules := slices.Concat(
		people.Rules(s.people),
		s.desks.Rules(),
		s.retention.Rules(),
		s.laws.Rules(),
		s.applications.Rules(),
		s.licensing.Rules(),
		s.guarantees.Rules(),
		s.barred.Rules(),
	)
	if s.decisions, err = decision.NewService(db, clk, s.people, rules...); err != nil {
		return nil, err
	}
	s.staff = people.New(people.Deps{DB: db, Clock: clk, People: s.people, Decisions: s.decisions})
	if s.audit, err = newAudit(conf, db, clk, keys.Secret(seal.SecretAudit), log); err != nil {
		return nil, err
	}
	return s, nil
}

// openCertificates signs with the key of the key folder, and believes its former ones.
func openCertificates(conf config.Config, s *subjects) (*certificate.Service, error) {
	signer, err := certificate.NewSigner(s.keys.Secret(seal.SecretLicence))
	if err != nil {
		return nil, err
	}
	former, err := certificate.ReadFormer(conf.KeysDir)
	if err != nil {
		return nil, err
	}
	return certificate.New(s.db, s.clock, s.home, signer, former), nil
}

// openLetters wires what writes mail: to people with an account, and to those without.
func (s *subjects) openLetters(conf config.Config, words *views.Catalogue) error {
	mailer, err := mailerOf(conf)
	if err != nil {
		return err
	}
	s.letters = letter.New(letter.Deps{DB: s.db, Clock: s.clock, Mail: mailer, Words: words, BaseURL: conf.BaseURL})
	s.subscriptions, err = subscription.New(subscription.Deps{
		DB: s.db, Clock: s.clock, Register: s.register, Mail: mailer, Words: words, BaseURL: conf.BaseURL, Pins: s.keys.Pins(),
	})
	return err
}

// mailerOf returns nil when no mail server is configured: then the inbox is
// all there is.
func mailerOf(conf config.Config) (letter.Mailer, error) {
	if conf.SMTPURL == "" {
		return nil, nil //nolint:nilnil // no mailer is a legal mailer
	}
	return mail.New(conf.SMTPURL)
}

// daily is what a day brings, one line a subject.
func (s *subjects) daily(log *slog.Logger) []jobs.Daily {
	return []jobs.Daily{
		{Name: "licences", Do: func(ctx context.Context) error { return s.licensing.Day(ctx, log) }},
		{Name: "inspections", Do: func(ctx context.Context) error {
			_, err := s.inspections.LapseReplies(ctx, identity.System("clock"), s.inspections.Today())
			return err
		}},
		{Name: "subscriptions", Do: s.subscriptions.Round},
		{Name: "guarantees", Do: func(ctx context.Context) error {
			_, err := s.guarantees.ExpireDue(ctx, identity.System("clock"), s.guarantees.Today())
			return err
		}},
	}
}
