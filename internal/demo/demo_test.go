package demo_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/demo"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// nobody is a register that is never asked: the demonstration names agencies by
// their entry.
type nobody struct{}

func (nobody) ExactlyNamed(context.Context, string) (uuid.UUID, bool, error) {
	return uuid.Nil, false, errors.New("asked for a name")
}

// stage is an empty record on which the demonstration can be put.
type stage struct {
	db   *testkit.Database
	app  *sql.DB
	clk  *clock.Fake
	home country.Home
	deps demo.Deps
	// broken makes the complaint of that number fail, once; -1 none.
	broken, filed int
}

func newStage(t *testing.T, secrets string) *stage {
	t.Helper()
	s := &stage{db: testkit.DB(t), clk: testkit.Clock(), home: country.Home{Code: "KH", Zone: time.FixedZone("ICT", 7*3600)}, broken: -1}
	s.app = s.db.Super(t)
	if err := demo.Units(t.Context(), s.db.DB); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.Ensure(secrets)
	if err != nil {
		t.Fatal(err)
	}
	hasher, err := matching.NewHasher(keys.Secret(seal.SecretMatching))
	if err != nil {
		t.Fatal(err)
	}
	shredKeys := testkit.Shred(t, s.clk)
	kept, err := retention.New(retention.Deps{
		DB: s.db.DB, Clock: s.clk, Random: rand.Reader, Keys: shredKeys, Pins: keys.Pins(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	people := identity.NewPeople(keys.Pins(), s.clk)
	desks := desk.New(desk.Deps{DB: s.db.DB, Clock: s.clk, People: people, Pins: keys.Pins()})
	laws := policy.New(s.db.DB, s.clk, s.home, keys.Pins())
	s.deps = demo.Deps{
		Keep: kept.ChangePolicy, Law: laws.Load,
		InspectionsAt: func(at clock.Clock) *inspection.Service {
			return inspection.New(inspection.Deps{DB: s.db.DB, Clock: at, Home: s.home, Laws: laws, People: people})
		},
		GuaranteesAt: func(at clock.Clock) *guarantee.Service {
			return guarantee.New(guarantee.Deps{DB: s.db.DB, Clock: at, Home: s.home, Laws: laws})
		},
		DB: s.db.DB, Clock: s.clk, Home: s.home, Seed: 7, Hasher: hasher, People: people, Desks: desks, Agencies: agency.New(s.db.DB, hasher, s.clk),
		FilerAt: func(at clock.Clock) (demo.Filer, error) {
			service, err := complaint.NewService(complaint.Dependencies{
				DB: s.db.DB, Clock: at, Keys: keys, Desks: desks, Shred: shredKeys, Hasher: hasher, Sessions: identity.NewSessions(s.db.DB, identity.NewPeople(keys.Pins(), at)), People: identity.NewPeople(keys.Pins(), at), Agencies: nobody{},
				Placements: placement.New(s.db.DB, at, hasher, s.home), Regions: []string{s.home.Code},
			})
			return &filer{service, s}, err
		},
	}
	return s
}

type filer struct {
	*complaint.Service
	stage *stage
}

func (f *filer) File(ctx context.Context, by identity.Actor, in complaint.Intake, r complaint.Receipt, nonce string) (complaint.Filed, error) {
	if f.stage.broken == f.stage.filed {
		f.stage.broken = -1
		return complaint.Filed{}, errors.New("the power fails")
	}
	f.stage.filed++
	return f.Service.File(ctx, by, in, r, nonce)
}

func (s *stage) seed(t *testing.T) {
	t.Helper()
	if err := demo.Seed(t.Context(), s.deps); err != nil {
		t.Fatal(err)
	}
}

func (s *stage) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := s.app.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// contents prints everything but ids, hashes under fresh randomness and sealed
// bytes.
func (s *stage) contents(t *testing.T) []string {
	t.Helper()
	rows, err := s.app.QueryContext(t.Context(), `
		SELECT 'agency ' || slug || name_latin || name_local || state || coalesce(valid_since_year, 0) || address FROM agencies
		UNION ALL SELECT 'period ' || slug || valid_from || valid_until FROM licence_periods p JOIN agencies a ON a.id = p.agency_id
		UNION ALL SELECT 'event ' || slug || kind || on_day FROM licence_events e JOIN agencies a ON a.id = e.agency_id
		UNION ALL SELECT 'contact ' || slug || c.kind || shown || token FROM agency_contacts c JOIN agencies a ON a.id = c.agency_id
		UNION ALL SELECT 'unit ' || code || kind || name FROM units
		UNION ALL SELECT 'person ' || email || p.name || role || code FROM people p JOIN memberships m ON m.person_id = p.id JOIN units u ON u.id = m.unit_id
		UNION ALL SELECT 'application ' || slug || status || (SELECT v.answers FROM application_versions v WHERE v.application_id = p.id) || filed_at FROM applications p JOIN agencies a ON a.id = p.agency_id
		UNION ALL SELECT 'inspection ' || slug || i.status || planned_for || coalesce(visited_on, '1900-01-01') || coalesce(reply_by, '1900-01-01') || moved_at || revision
			|| coalesce(outcome, '') || (SELECT count(*) FROM inspection_answers a WHERE a.inspection_id = i.id) FROM inspections i JOIN agencies g ON g.id = i.agency_id
		UNION ALL SELECT 'guarantee ' || slug || g.reference || g.amount || g.valid_from || coalesce(g.expires_on, '1900-01-01') || b.held || g.made_at FROM guarantees g
			JOIN guarantee_balances b ON b.guarantee_id = g.id JOIN agencies a ON a.id = g.agency_id
		UNION ALL SELECT 'award ' || slug || award || amount || coalesce(enforceable_on, '1900-01-01') || appealed || made_at FROM guarantee_claims c JOIN agencies a ON a.id = c.agency_id
		UNION ALL SELECT 'placement ' || slug || e.name || p.country || occupation || document_token || phone_token || departed_on FROM placements p
			JOIN agencies a ON a.id = p.agency_id JOIN employers e ON e.id = p.employer_id
		UNION ALL SELECT 'complaint ' || encode(nonce_hash, 'hex') || encode(receipt_hash, 'hex') || filed_at || language || about || official || coalesce(slug, '')
			|| employer_token || broker_token || reporter_token || text_signature || registry_match || coalesce(c.country, '') || coalesce(happened_on::text, '')
			FROM complaints c LEFT JOIN agencies a ON a.id = c.agency_id
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestOneSeedMakesOneWorld(t *testing.T) {
	secrets := t.TempDir()
	first, second := newStage(t, secrets), newStage(t, secrets)
	first.seed(t)
	// The second is stopped in the middle, and goes on a day later.
	second.broken = 40
	if err := demo.Seed(t.Context(), second.deps); err == nil {
		t.Fatal("the power did not fail")
	}
	second.clk.Advance(24 * time.Hour)
	second.seed(t)
	want := first.contents(t)
	if diff := cmp.Diff(want, second.contents(t)); diff != "" {
		t.Errorf("two worlds:\n%s", diff)
	}
	first.clk.Advance(24 * time.Hour)
	first.seed(t)
	if diff := cmp.Diff(want, first.contents(t)); diff != "" {
		t.Errorf("a second start changes:\n%s", diff)
	}
}

func TestTheWorldIsAsLargeAsPromised(t *testing.T) {
	s := newStage(t, t.TempDir())
	s.seed(t)
	for name, c := range map[string]struct {
		query    string
		from, to int
	}{
		"agencies":                 {`SELECT count(*) FROM agencies`, 38, 44},
		"states":                   {`SELECT count(DISTINCT state) FROM agencies`, 6, 6},
		"names in Khmer":           {`SELECT count(*) FROM agencies WHERE name_local <> ''`, 30, 44},
		"destinations":             {`SELECT count(DISTINCT country) FROM employers`, 5, 5},
		"placements":               {`SELECT count(*) FROM placements`, 2500, 4000},
		"complaints":               {`SELECT count(*) FROM complaints`, 95, 120},
		"languages":                {`SELECT count(DISTINCT language) FROM complaints`, 4, 4},
		"complaints in the future": {`SELECT count(*) FROM complaints WHERE filed_at > $1::timestamptz`, 0, 0},
		"promises to screen":       {`SELECT count(*) FROM promises WHERE topic = 'complaint.filed' AND kept_at IS NULL`, 95, 120},
		"sealed narratives":        {`SELECT count(*) FROM complaint_items WHERE item = 'narrative'`, 50, 120},
		"placements found":         {`SELECT count(*) FROM complaints WHERE registry_match`, 10, 60},
		"an official accused":      {`SELECT count(*) FROM complaints WHERE official`, 1, 1},
		"to the oversight body":    {`SELECT count(*) FROM complaint_envelopes e JOIN complaints c ON c.id = e.complaint_id WHERE c.official AND recipient = 'oversight'`, 1, 1},
		"to be read first":         {`SELECT count(*) FROM readings WHERE state = 'waiting'`, 2, 30},
		"accusations at his desk": {
			`SELECT count(*) FROM complaint_envelopes e JOIN complaints c ON c.id = e.complaint_id WHERE c.official AND recipient IN ('ministry-hq', 'province-east')`, 0, 0,
		},
		"broker phones": {`SELECT count(DISTINCT broker_token) FROM complaints WHERE broker_token <> ''`, 3, 3},
		"shared by the phoenix": {
			`SELECT count(DISTINCT b.token) FROM agencies a JOIN agency_contacts x ON x.agency_id = a.id JOIN agency_contacts b ON b.token = x.token AND b.agency_id <> a.id
			 WHERE a.name_latin LIKE 'Silver Ladder%' AND x.kind = 'phone' AND x.token <> ''`, 1, 1,
		},
		"inspections":            {`SELECT count(*) FROM inspections`, 8, 8},
		"states of inspections":  {`SELECT count(DISTINCT status) FROM inspections`, 6, 6},
		"dangers":                {`SELECT count(*) FROM inspection_saves WHERE cardinality(dangers) > 0`, 1, 1},
		"standards":              {`SELECT count(*) FROM inspection_standards`, 22, 22},
		"guarantees":             {`SELECT count(*) FROM guarantee_balances WHERE held > 0`, 25, 30},
		"agencies with one":      {`SELECT count(DISTINCT agency_id) FROM guarantee_balances`, 24, 29},
		"without a guarantee":    {`SELECT count(*) FROM agencies a WHERE state IN ('licensed', 'suspended') AND NOT EXISTS (SELECT FROM guarantee_balances b WHERE b.agency_id = a.id)`, 0, 0},
		"awards":                 {`SELECT count(*) FROM guarantee_claims`, 4, 4},
		"applications that wait": {`SELECT count(*) FROM applications WHERE status = 'filed'`, 4, 4},
		"real mail domains": {
			`SELECT (SELECT count(*) FROM people WHERE email NOT LIKE '%.example') + (SELECT count(*) FROM agency_contacts WHERE kind = 'email' AND shown NOT LIKE '%.example')`, 0, 0,
		},
		"phones that could ring": {`SELECT count(*) FROM agency_contacts WHERE kind = 'phone' AND key NOT LIKE '+85549%'`, 0, 0},
	} {
		var args []any
		if strings.Contains(c.query, "$1") {
			args = append(args, s.clk.Now())
		}
		if got := s.count(t, c.query, args...); got < c.from || got > c.to {
			t.Errorf("%s: %d, want %d to %d", name, got, c.from, c.to)
		}
	}
}

func TestStatesAndPlacementsAgreeWithTheLicences(t *testing.T) {
	s := newStage(t, t.TempDir())
	s.seed(t)
	rows, err := s.app.QueryContext(t.Context(), `SELECT id, name_latin || name_local, state FROM agencies`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key uuid.UUID
		var name, state string
		if err := rows.Scan(&key, &name, &state); err != nil {
			t.Fatal(err)
		}
		licence := s.licence(t, key)
		if got := licence.StateOn(s.home.Today(s.clk.Now())); string(got) != state {
			t.Errorf("%s is %s, its licence says %s", name, state, got)
		}
		for _, day := range s.departures(t, key) {
			if got := licence.StateOn(day); got != licensing.Licensed {
				t.Errorf("%s placed somebody on %s while %s", name, day.Format(time.DateOnly), got)
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestEverybodyShownCanSignIn(t *testing.T) {
	s := newStage(t, t.TempDir())
	s.seed(t)
	sessions := identity.NewSessions(s.db.DB, s.deps.People)
	for _, a := range demo.Accounts() {
		entry, err := sessions.SignIn(t.Context(), identity.Attempt{Email: a.Email, Passphrase: a.Password})
		if err != nil || string(entry.Actor.Role) != a.Role || a.Unit == "" {
			t.Errorf("%s of %q signs in as %q: %v", a.Email, a.Unit, entry.Actor.Role, err)
		}
	}
}

func TestARecordWithPeopleOfItsOwnIsRefused(t *testing.T) {
	db := testkit.DB(t)
	if _, err := db.Super(t).ExecContext(t.Context(), `INSERT INTO units (id, code, kind, name) VALUES ($1, 'a-ministry', 'ministry', '{"en": "A ministry"}')`, uuid.New()); err != nil {
		t.Fatal(err)
	}
	if err := demo.Units(t.Context(), db.DB); !errors.Is(err, demo.ErrInhabited) {
		t.Errorf("got %v, want ErrInhabited", err)
	}
}

// The whole point of the demonstration: who is escalated, and who is not.
func TestTheRingAndTheBrokerAreEscalatedAndTheHonestAgencyIsNot(t *testing.T) {
	s := newStage(t, t.TempDir())
	s.seed(t)
	log := slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil))
	service := screening.New(screening.Deps{
		DB: s.db.DB, Clock: s.clk, Log: log, Escalations: escalation.New(escalation.Deps{DB: s.db.DB, Clock: s.clk, People: s.deps.People, Random: rand.Reader}),
	})
	for _, promise := range s.promises(t) {
		if err := service.Screen(t.Context(), promise); err != nil {
			t.Fatal(err)
		}
	}
	escalated := map[string]bool{}
	rows, err := s.app.QueryContext(t.Context(), `
		SELECT e.subject_kind || ':' || coalesce(a.slug, ''), e.grade FROM escalations e
		LEFT JOIN agencies a ON e.subject_kind = 'agency' AND a.id::text = e.subject_key`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var subject, grade string
		if err := rows.Scan(&subject, &grade); err != nil {
			t.Fatal(err)
		}
		escalated[subject+" "+grade] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{
		"agency:far-horizon-ocean-crew-co-ltd amber": true, "agency:far-horizon-ocean-crew-co-ltd red": true,
		"employer: amber": true, "employer: red": true, "phone: amber": true,
	}
	if diff := cmp.Diff(want, escalated); diff != "" {
		t.Errorf("escalated (-want +got):\n%s", diff)
	}
	if n := s.count(t, `SELECT count(*) FROM findings f JOIN agencies a ON a.id::text = f.subject_key WHERE a.name_latin LIKE 'Harvest Bridge%'`); n != 0 {
		t.Errorf("%d findings about the honest agency", n)
	}
	// Counting alone would have accused it.
	n := s.count(t, `SELECT max(n) FROM (SELECT count(*) OVER (ORDER BY filed_at RANGE BETWEEN '30 days' PRECEDING AND CURRENT ROW) AS n
		FROM complaints c JOIN agencies a ON a.id = c.agency_id WHERE a.name_latin LIKE 'Harvest Bridge%') AS w`)
	if n < 3 {
		t.Errorf("at most %d complaints about the honest agency in 30 days: it proves nothing", n)
	}
}
