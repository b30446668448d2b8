package app_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/account"
	"github.com/fairpassage/portal/app/admin"
	"github.com/fairpassage/portal/app/agency"
	decisionpages "github.com/fairpassage/portal/app/decision"
	deskpages "github.com/fairpassage/portal/app/desk"
	"github.com/fairpassage/portal/app/documents"
	"github.com/fairpassage/portal/app/licence"
	"github.com/fairpassage/portal/app/ministry"
	"github.com/fairpassage/portal/app/oversight"
	"github.com/fairpassage/portal/app/police"
	"github.com/fairpassage/portal/app/public"
	"github.com/fairpassage/portal/app/reading"
	"github.com/fairpassage/portal/app/web"
	listing "github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/application"
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/barred"
	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/decision"
	paper "github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/internal/platform/blob"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/subscription"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/fairpassage/portal/views"
)

// serve wires the whole site over the twin's record.
func (w *twin) serve(keys *seal.Ring, demo bool) {
	w.t.Helper()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	pages, err := views.New()
	must(err)
	base, err := url.Parse("http://localhost:8080")
	must(err)
	home := country.Home{Code: "KH", Zone: time.UTC}
	sessions := identity.NewSessions(w.db.DB, testkit.People(w.clock))
	w.sessions = sessions
	must(sessions.UseKeys(base))
	log := slog.New(slog.NewTextHandler(w.log, nil))
	w.edge, err = web.New(web.Config{BaseURL: base, Demo: demo, CSRFKey: keys.Secret(seal.SecretCSRF), Greet: w.desks.Tend, Waits: w.desks.Waits}, pages, sessions, log)
	must(err)
	hasher, err := matching.NewHasher(keys.Secret(seal.SecretMatching))
	must(err)
	laws := policy.New(w.db.DB, w.clock, home, testkit.Pins())
	w.laws = laws
	placements, licences := placement.New(w.db.DB, w.clock, hasher, home), licensing.New(w.db.DB, w.clock, home, laws)
	applications := application.New(application.Deps{
		DB: w.db.DB, Clock: w.clock, Home: home, Laws: laws, Hasher: hasher, Licences: licences, Agencies: listing.New(w.db.DB, hasher, w.clock),
	})
	listed := register.New(w.db.DB, w.clock, home)
	shredKeys := testkit.Shred(w.t, w.clock)
	w.complaints, err = complaint.NewService(complaint.Dependencies{
		DB: w.db.DB, Clock: w.clock, Keys: keys, Desks: w.desks, Shred: shredKeys, Hasher: hasher, Sessions: sessions, People: testkit.People(w.clock), Agencies: twinRegister{listed}, Placements: placements, Regions: []string{"KH"},
	})
	must(err)
	mailer, err := mail.New(w.mails.URL)
	must(err)
	w.escalations = escalation.New(escalation.Deps{DB: w.db.DB, Clock: w.clock, People: testkit.People(w.clock), Random: currentRandom{}})
	w.letters = letter.New(letter.Deps{DB: w.db.DB, Clock: w.clock, Mail: mailer, Words: pages.Catalogue(), BaseURL: "http://localhost:8080"})
	signing, err := audit.NewKey(keys.Secret(seal.SecretAudit))
	must(err)
	w.audit, err = audit.New(audit.Deps{DB: w.db.DB, Clock: w.clock, Random: currentRandom{}, Key: signing, Log: log})
	must(err)
	w.screening = screening.New(screening.Deps{DB: w.db.DB, Clock: w.clock, Log: log, Escalations: w.escalations, Step: func(name string) {
		if name == "screen: complaints marked" {
			w.deed("%s: %s", strings.Split(w.doing, ":")[0], name)
		}
	}})
	complaintPages, err := public.NewComplaints(public.ComplaintDependencies{
		Web: w.edge, Service: w.complaints, Sessions: sessions, Register: twinRegister{listed}, Clock: w.clock,
		FormKey: keys.Secret(seal.SecretForm), Destinations: []string{"TH"},
	})
	must(err)
	inbox := func(base string) *police.Desk {
		return police.New(w.edge, police.Deps{
			Escalations: w.escalations, Sealed: w.complaints, Agencies: listed, Bell: w.bell, Base: base, Offices: w.complaints,
		})
	}
	keeper := testkit.People(w.clock)
	w.guarantees = guarantee.New(guarantee.Deps{DB: w.db.DB, Clock: w.clock, Home: home, Laws: laws})
	kept, err := retention.New(retention.Deps{DB: w.db.DB, Clock: w.clock, Random: currentRandom{}, Keys: shredKeys, Pins: testkit.Pins(), Log: log})
	must(err)
	w.retention = kept
	bans := barred.New(barred.Deps{DB: w.db.DB, Clock: w.clock, Home: home, Hasher: hasher})
	w.decisions, err = decision.NewService(w.db.DB, w.clock, keeper, slices.Concat(people.Rules(keeper), w.desks.Rules(), kept.Rules(), laws.Rules(), applications.Rules(), licences.Rules(), w.guarantees.Rules(), bans.Rules())...)
	must(err)
	staff := people.New(people.Deps{DB: w.db.DB, Clock: w.clock, People: keeper, Decisions: w.decisions})
	w.inspections = inspection.New(inspection.Deps{DB: w.db.DB, Clock: w.clock, Home: home, Laws: laws, People: keeper, Told: licences.TellOfInspection})
	w.fitness = fitness.New(fitness.Deps{DB: w.db.DB, Clock: w.clock, Home: home, Laws: laws, Random: currentRandom{}, Found: screening.Phoenix})
	signer, err := certificate.NewSigner(keys.Secret(seal.SecretLicence))
	must(err)
	certificates := certificate.New(w.db.DB, w.clock, home, signer, nil)
	steps := licence.Deps{Web: w.edge, Licensing: licences, Proposer: w.decisions, Certificates: certificates, PublicURL: "http://localhost:8080"}
	w.pages = app.Pages{
		Home: public.NewHome(w.edge, func(context.Context) error { return nil }), Agencies: public.NewAgencies(w.edge, listed, true), Complaints: complaintPages,
		Account: account.New(w.edge, sessions, nil), Agency: agency.New(agency.Deps{Web: w.edge, Applications: applications, Placements: placements, People: staff, Home: home}),
		Applications: ministry.NewApplications(w.edge, applications, w.decisions, w.inspections),
		Policies:     ministry.NewPolicies(w.edge, laws, w.decisions),
		Police:       inbox("/police/escalations"), Oversight: inbox("/oversight/escalations"), Readings: reading.New(w.edge, w.complaints),
		Audit: public.NewAudit(w.edge, w.audit), Desk: deskpages.New(w.edge, w.desks, w.decisions),
		Decisions: decisionpages.New(w.edge, w.decisions), Retention: oversight.NewRetention(w.edge, kept, w.decisions),
		Licences: licence.New(steps, "/ministry"), LicenceAppeals: licence.New(steps, "/oversight"), OwnLicence: licence.New(steps, "/agency"), LicenceHistory: licence.New(steps, "/police"),
		Changes: public.NewChanges(w.edge, w.watched(keys, home)), Fitness: oversight.NewFitness(w.edge, w.fitness), Shared: ministry.NewShared(w.edge, w.fitness), Barred: ministry.NewBarred(w.edge, bans, w.decisions),
		Verify: public.NewVerify(w.edge, certificates, "http://localhost:8080"),
		Admin:  admin.New(w.edge, staff), Inspected: agency.NewInspections(w.edge, w.inspections),
		Guarantees: ministry.NewGuarantees(w.edge, w.guarantees, w.decisions), OwnGuarantee: agency.NewGuarantee(w.edge, w.guarantees),
		Documents: documents.New(w.edge, w.papers(keys, home, laws, kept, shredKeys, log)),
	}
	w.pages.Inspections = ministry.NewInspections(w.edge, w.inspections, w.pages.Documents)
	w.server, err = app.New(app.Config{Surfaces: []web.Surface{web.Public, web.Staff}}, w.edge, w.pages)
	must(err)
}

// mailbox takes every letter.
type mailbox struct{ letters []mail.Letter }

func (m *mailbox) Send(_ context.Context, l mail.Letter) error {
	m.letters = append(m.letters, l)
	return nil
}

// watched are letters about the register, which go to the mailbox.
func (w *twin) watched(keys *seal.Ring, home country.Home) *subscription.Service {
	w.t.Helper()
	words, err := views.New()
	if err != nil {
		w.t.Fatal(err)
	}
	w.subscriptions, err = subscription.New(subscription.Deps{
		DB: w.db.DB, Clock: w.clock, Register: register.New(w.db.DB, w.clock, home), Mail: &w.mailbox, Words: words.Catalogue(), BaseURL: "http://localhost:8080", Pins: keys.Pins(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.subscriptions
}

// papers keep documents in a folder that goes with the test.
func (w *twin) papers(keys *seal.Ring, home country.Home, laws *policy.Service, kept *retention.Service, shredKeys *shred.Store, log *slog.Logger) *paper.Service {
	w.t.Helper()
	blobs, err := blob.Open("file://" + filepath.Join(w.t.TempDir(), "documents"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = blobs.Close() })
	w.documents, err = paper.New(paper.Deps{
		DB: w.db.DB, Clock: w.clock, Home: home, Files: upload.New(nil, nil), Blobs: blobs, Shred: shredKeys, Keys: keys, Desks: w.desks,
		People: testkit.People(w.clock), Holds: kept, Laws: laws, Log: log,
		Owners: map[paper.OwnerKind]paper.Owners{paper.OfInspection: inspection.Photos{}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.documents
}

// paperOwner is the agency of the matrix's first unit of that kind.
const paperOwner = "another agency"

// currentRandom reads what crypto/rand is at this moment.
type currentRandom struct{}

func (currentRandom) Read(p []byte) (int, error) { return rand.Reader.Read(p) }
