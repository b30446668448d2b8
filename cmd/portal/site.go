package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"syscall"
	"time"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/account"
	"github.com/fairpassage/portal/app/admin"
	"github.com/fairpassage/portal/app/agency"
	"github.com/fairpassage/portal/app/decision"
	"github.com/fairpassage/portal/app/desk"
	"github.com/fairpassage/portal/app/documents"
	"github.com/fairpassage/portal/app/licence"
	"github.com/fairpassage/portal/app/ministry"
	"github.com/fairpassage/portal/app/oversight"
	"github.com/fairpassage/portal/app/police"
	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/app/reading"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// shutdownPatience is how long requests under way may take at the end.
const shutdownPatience = 10 * time.Second

// listen takes the port before anything slow happens, so that a port that is
// taken is said at once.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var conf net.ListenConfig
	l, err := conf.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		_, port, _ := net.SplitHostPort(address)
		return nil, fmt.Errorf("port %s is taken by another program: stop that one, or choose another port with --listen 127.0.0.1:9000", port)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

// newSite wires the pages over the use cases.
func newSite(conf config.Config, s *subjects, v *views.Views, log *slog.Logger, ready func(context.Context) error, bell *web.Bell, demo []account.DemoAccount) (*fiber.App, error) {
	base, err := url.Parse(conf.BaseURL)
	if err != nil {
		return nil, errors.New("PORTAL_BASE_URL cannot be read")
	}
	if err := s.sessions.UseKeys(base); err != nil {
		return nil, err
	}
	w, err := web.New(web.Config{
		BaseURL: base, Demo: conf.Demo, CSRFKey: s.keys.Secret(seal.SecretCSRF), Greet: s.desks.Tend, Waits: s.desks.Waits,
	}, v, s.sessions, log)
	if err != nil {
		return nil, err
	}
	var surfaces []web.Surface
	if conf.Surfaces.Public {
		surfaces = append(surfaces, web.Public)
	}
	if conf.Surfaces.Staff {
		surfaces = append(surfaces, web.Staff)
	}
	complaints, err := public.NewComplaints(public.ComplaintDependencies{
		Web: w, Service: s.complaints, Sessions: s.sessions, Register: registerFor{s.register}, Clock: s.clock,
		FormKey: s.keys.Secret(seal.SecretForm), Destinations: destinations(),
	})
	if err != nil {
		return nil, err
	}
	licences := licence.Deps{Web: w, Licensing: s.licensing, Proposer: s.decisions, Certificates: s.certificates, PublicURL: conf.BaseURL}
	papers := documents.New(w, s.documents)
	return app.New(app.Config{Surfaces: surfaces, TrustedProxies: conf.TrustedProxies}, w, app.Pages{
		Home:         public.NewHome(w, ready),
		Agencies:     public.NewAgencies(w, s.register, s.subscriptions.Enabled()),
		Complaints:   complaints,
		Account:      account.New(w, s.sessions, demo),
		Agency:       agency.New(agency.Deps{Web: w, Applications: s.applications, Placements: s.placements, People: s.staff, Home: s.home}),
		Applications: ministry.NewApplications(w, s.applications, s.decisions, s.inspections),
		Policies:     ministry.NewPolicies(w, s.laws, s.decisions),
		Police: police.New(w, police.Deps{
			Escalations: s.escalations, Sealed: s.complaints, Agencies: s.register, Bell: bell, Base: "/police/escalations", Offices: s.complaints,
		}),
		Decisions: decision.New(w, s.decisions),
		Admin:     admin.New(w, s.staff),
		Desk:      desk.New(w, s.desks, s.decisions),
		Oversight: police.New(w, police.Deps{
			Escalations: s.escalations, Sealed: s.complaints, Agencies: s.register, Bell: bell, Base: "/oversight/escalations", Offices: s.complaints,
		}),
		Readings:       reading.New(w, s.complaints),
		Retention:      oversight.NewRetention(w, s.retention, s.decisions),
		Licences:       licence.New(licences, "/ministry"),
		LicenceAppeals: licence.New(licences, "/oversight"),
		OwnLicence:     licence.New(licences, "/agency"), LicenceHistory: licence.New(licences, "/police"),
		Changes: public.NewChanges(w, s.subscriptions), Fitness: oversight.NewFitness(w, s.fitness), Shared: ministry.NewShared(w, s.fitness), Barred: ministry.NewBarred(w, s.barred, s.decisions),
		Verify: public.NewVerify(w, s.certificates, conf.BaseURL),
		Audit:  public.NewAudit(w, s.audit),

		Inspections: ministry.NewInspections(w, s.inspections, papers),
		Inspected:   agency.NewInspections(w, s.inspections),
		Documents:   papers,
		Guarantees:  ministry.NewGuarantees(w, s.guarantees, s.decisions), OwnGuarantee: agency.NewGuarantee(w, s.guarantees),
	})
}

// destinations stand first in lists of countries: where most people go.
func destinations() []string {
	return []string{"TH", "MY", "KR", "JP", "SG", "HK", "SA", "AE", "QA", "KW", "TW", "CN"}
}

// serve answers on l until ctx ends, then lets requests under way finish.
func serve(ctx context.Context, site *fiber.App, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- site.Listener(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	if err := site.ShutdownWithTimeout(shutdownPatience); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}
