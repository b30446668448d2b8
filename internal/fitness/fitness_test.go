package fitness_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// world is an applicant among agencies that lost their licences.
type world struct {
	*fitness.Service

	t         *testing.T
	db        *testkit.Database
	super     *sql.DB
	clock     *clock.Fake
	laws      *policy.Service
	applicant uuid.UUID
	head      uuid.UUID
	others    int
}

func open(t *testing.T, random io.Reader) *world {
	t.Helper()
	w := &world{t: t, db: testkit.DB(t), clock: testkit.Clock(), applicant: id.New(), head: id.New()}
	w.super = w.db.Super(t)
	home := country.Home{Code: "KH", Zone: time.UTC}
	w.laws = policy.New(w.db.DB, w.clock, home, testkit.Pins())
	w.Service = fitness.New(fitness.Deps{DB: w.db.DB, Clock: w.clock, Home: home, Laws: w.laws, Random: random, Found: screening.Phoenix})
	w.agency(w.applicant, "Applicant")
	w.exec(`INSERT INTO people (id, email, name, created_at) VALUES ($1, 'head@applicant.example', 'Head', now())`, w.head)
	return w
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.super.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.super.QueryRow(query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) agency(key uuid.UUID, name string) {
	w.t.Helper()
	w.exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, $3, 'test', $3, $2, 'listed', now(), now())`, key, name, "a-"+key.String())
}

// law sets the thresholds; sample is in percent.
func (w *world) law(sample int) {
	w.t.Helper()
	e := policy.Entry{
		Key: policy.LicenceFitness, From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Source: "house rule of a test",
		Value: fmt.Appendf(nil, `{"weak":15,"strong":40,"generic":25,"sample":%d}`, sample),
	}
	if err := w.laws.Set(w.t.Context(), identity.Setup("policy"), e); err != nil {
		w.t.Fatal(err)
	}
}

// lost is an agency with these identifiers; revoked says that it lost its licence.
func (w *world) lost(revoked bool, fill func(agency uuid.UUID)) uuid.UUID {
	w.t.Helper()
	key := id.New()
	w.others++
	w.agency(key, fmt.Sprint("Other ", w.others))
	if revoked {
		w.exec(`INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'revoked', '2025-01-01')`, id.New(), key)
	}
	fill(key)
	return key
}

func (w *world) phone(number string) func(uuid.UUID) {
	return func(agency uuid.UUID) {
		w.exec(`INSERT INTO agency_contacts (agency_id, kind, position, shown, key) VALUES ($1, 'phone', 0, $2, $2)`, agency, number)
	}
}

func (w *world) document(token string) func(uuid.UUID) {
	return func(agency uuid.UUID) {
		w.exec(`INSERT INTO agency_parts (id, agency_id, kind, item, name_latin, token, last4, since) VALUES ($1, $2, 'director', 'x', 'Sok Sample', $3, '4567', '2020-01-01')`, id.New(), agency, token)
	}
}

func (w *world) director(name string) func(uuid.UUID) {
	return func(agency uuid.UUID) {
		w.exec(`INSERT INTO agency_contacts (agency_id, kind, position, shown, key) VALUES ($1, 'person', 0, $2, lower($2))`, agency, name)
	}
}

// file files a dossier and keeps the promise, often.
func (w *world) file(d dossier.Dossier) uuid.UUID {
	w.t.Helper()
	key := id.New()
	text, err := json.Marshal(d)
	if err != nil {
		w.t.Fatal(err)
	}
	w.exec(`UPDATE applications SET status = 'withdrawn' WHERE status = 'filed'`)
	w.exec(`INSERT INTO applications (id, agency_id, kind, status, round, begun_by, begun_at, filed_by, filed_at) VALUES ($1, $2, 'first', 'filed', 1, $3, now(), $3, now())`, key, w.applicant, w.head)
	w.exec(`INSERT INTO application_versions (application_id, round, answers, filed_by, filed_at) VALUES ($1, 1, $2, $3, now())`, key, string(text), w.head)
	for range 2 {
		err := w.db.InTx(w.t.Context(), identity.Setup("demo"), func(tx postgres.Tx) error { return fitness.Promise(tx, key) })
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.db.Keep(w.t, fitness.TopicCheck, w.Check)
	if n := w.count(`SELECT count(*) FROM fitness_checks WHERE application_id = $1`, key); n != 1 {
		w.t.Fatalf("a round has %d checks", n)
	}
	return key
}

func (w *world) standing(application uuid.UUID) (s fitness.Standing) {
	w.t.Helper()
	officer := identity.Actor{Kind: identity.KindStaff, PersonID: w.head, UnitKind: identity.UnitMinistry, Role: identity.RoleLicensingOfficer, UnitID: id.New()}
	err := w.db.Read(w.t.Context(), officer, func(tx postgres.Tx) (err error) {
		s, err = fitness.Of(tx, application, 1)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func paper(phone, token, name string) dossier.Dossier {
	return dossier.Dossier{
		dossier.Company:   {{ID: "c", Fields: map[string]string{"phone": phone, "email": "office@applicant.example"}, Numbers: map[string]dossier.Number{"phone": {Token: "phone-" + phone}}}},
		dossier.Directors: {{ID: "d", Fields: map[string]string{"name_latin": name}, Numbers: map[string]dossier.Number{"document_number": {Token: token, Last4: "4567"}}}},
	}
}

func clean() io.Reader { return bytes.NewReader(bytes.Repeat([]byte{99}, 1000)) }

func TestWhoeverLostALicenceIsKnownUnderAnotherName(t *testing.T) {
	w := open(t, clean())
	w.law(0)
	lost := w.lost(true, func(agency uuid.UUID) {
		w.phone("+85512000001")(agency)
		w.document("passport")(agency)
		w.director("sok sample")(agency)
	})
	s := w.standing(w.file(paper("+85512000001", "passport", "Sok Sample")))
	if s.Grade != fitness.Strong || !s.SecondNeeded || s.SecondGiven || s.MayGrant() == nil || len(s.Evidence) != 3 || s.Evidence[0].OtherID != lost || s.Evidence[0].Tenths() != "5.0" {
		t.Errorf("%+v", s)
	}
	if n := w.count(`SELECT count(*) FROM findings WHERE rule = 'phoenix' AND subject_key = $1 AND grade = 'watch'`, w.applicant.String()); n != 1 {
		t.Errorf("detection has %d findings", n)
	}
	if n := w.count(`SELECT count(*) FROM escalations`); n != 0 {
		t.Error("it escalates by itself")
	}
}

func TestWhatManyShareSaysNothingAndANameNeverCountsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		fill  func(w *world)
		paper dossier.Dossier
		want  fitness.Grade
	}{
		"a name alone":   {func(w *world) { w.lost(true, w.director("sok sample")) }, paper("+85512000009", "own", "Sok Sample"), fitness.None},
		"a phone of few": {func(w *world) { w.lost(true, w.phone("+85512000001")) }, paper("+85512000001", "own", "X"), fitness.Weak},
		"a phone and a name": {func(w *world) {
			w.lost(true, func(agency uuid.UUID) { w.phone("+85512000001")(agency); w.director("sok sample")(agency) })
		}, paper("+85512000001", "own", "Sok Sample"), fitness.Strong},
		"an honest one's phone": {func(w *world) { w.lost(false, w.phone("+85512000001")) }, paper("+85512000001", "own", "X"), fitness.None},
		"a tower with 26 offices": {func(w *world) {
			for i := range 26 {
				w.lost(i == 0, w.phone("+85512000001"))
			}
		}, paper("+85512000001", "own", "X"), fitness.None},
		"a passport": {func(w *world) { w.lost(true, w.document("passport")) }, paper("+85512000009", "passport", "Another Name"), fitness.Strong},
	} {
		w := open(t, clean())
		w.law(0)
		c.fill(w)
		if s := w.standing(w.file(c.paper)); s.Grade != c.want {
			t.Errorf("%s: %s, want %s: %+v", name, s.Grade, c.want, s.Evidence)
		}
	}
}

func TestWithoutThresholdsNothingIsGradedAndNothingIsCalledFine(t *testing.T) {
	w := open(t, clean())
	w.lost(true, w.document("passport"))
	if s := w.standing(w.file(paper("+85512000009", "passport", "X"))); s.Grade != fitness.Unset || len(s.Evidence) != 1 || s.MayGrant() != nil {
		t.Errorf("%+v", s)
	}
}

// What complaints say of an applicant and what a lot says are one and the same to the
// ministry: not a bit of what it can read differs.
func TestTheMinistryCannotTellAComplaintFromALot(t *testing.T) {
	read := func(prepare func(w *world), random io.Reader, sample int) (fitness.Standing, string) {
		t.Helper()
		w := open(t, random)
		w.law(sample)
		prepare(w)
		application := w.file(paper("+85512000001", "own", "X"))
		s := w.standing(application)
		officer := identity.Actor{Kind: identity.KindStaff, PersonID: w.head, UnitKind: identity.UnitMinistry, Role: identity.RoleLicensingOfficer, UnitID: id.New()}
		rows := ""
		err := w.db.Read(t.Context(), officer, func(tx postgres.Tx) error {
			for _, query := range []string{
				`SELECT coalesce(string_agg((to_jsonb(c) - 'id' - 'application_id' - 'agency_id')::text, ''), '') FROM fitness_checks c`,
				`SELECT count(*)::text FROM fitness_matches`, `SELECT count(*)::text FROM fitness_sealed`, `SELECT count(*)::text FROM fitness_reviews`,
			} {
				var text string
				if err := tx.Gorm().Raw(query).Scan(&text).Error; err != nil {
					return err
				}
				rows += text + "\n"
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return s, rows
	}
	complained, theirs := read(func(w *world) {
		w.exec(`INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at, audience) VALUES ($1, 'agency', $2, 'amber', 3, now(), 'police')`, id.New(), w.applicant.String())
	}, clean(), 0)
	drawn, lots := read(func(*world) {}, bytes.NewReader(make([]byte, 100)), 20)
	if !complained.SecondNeeded || fmt.Sprint(complained) != fmt.Sprint(drawn) || theirs != lots {
		t.Errorf("%+v\n%s\n%+v\n%s", complained, theirs, drawn, lots)
	}
}

func TestASecondDecisionIsGivenOnceByWhoeverSeesWhatIsSealed(t *testing.T) {
	w := open(t, clean())
	w.law(0)
	w.lost(true, w.document("passport"))
	unit := id.New()
	w.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'oversight', 'oversight', '{"en":"Unit"}')`, unit)
	w.db.Hire(t, w.clock, "overseer@oversight.example", "Overseer", unit, identity.RoleOverseer)
	w.file(paper("+85512000008", "of nobody", "Y"))
	application := w.file(paper("+85512000009", "passport", "X"))
	// They are told that it waits, once, and of no other.
	if n := w.count(`SELECT count(*) FROM deliveries d JOIN promises p ON p.subject_id = d.id AND p.topic = 'delivery.send' JOIN fitness_checks c ON c.id = d.fitness_check_id AND c.second_needed WHERE d.step = 'raised'`); n != 1 || w.count(`SELECT count(*) FROM deliveries`) != 1 {
		t.Errorf("they are told %d times", n)
	}
	overseer := w.db.AtTerminal(t, w.clock, "overseer@oversight.example").Actor
	all, err := w.Waiting(t.Context(), overseer)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if err := w.Review(t.Context(), overseer, all[0].ID, fitness.Review{GoOn: true}); fault.FieldsOf(err)["text"] == "" {
		t.Errorf("without a reason: %v", err)
	}
	if err := w.Review(t.Context(), overseer, all[0].ID, fitness.Review{Text: "Ask for the deeds."}); err != nil {
		t.Fatal(err)
	}
	if s := w.standing(application); s.SecondGiven || fault.CodeOf(s.MayGrant()) != "fitness.second_needed" {
		t.Errorf("not yet is a yes: %+v", s)
	}
	if err := w.Review(t.Context(), overseer, all[0].ID, fitness.Review{GoOn: true, Text: "The deeds are in order."}); err != nil {
		t.Fatal(err)
	}
	if s := w.standing(application); !s.SecondGiven || s.MayGrant() != nil {
		t.Errorf("%+v", s)
	}
	if err := w.Review(t.Context(), overseer, all[0].ID, fitness.Review{GoOn: true, Text: "Again."}); fault.CodeOf(err) != "fitness.given" {
		t.Errorf("given twice: %v", err)
	}
	file, err := w.Get(t.Context(), overseer, all[0].ID)
	if err != nil || len(file.Reviews) != 2 || file.Sealed.Random || file.Sealed.Alerts != 0 {
		t.Errorf("%+v %v", file, err)
	}
	// Nobody gives it by writing to the table.
	err = w.db.InTx(t.Context(), overseer, func(tx postgres.Tx) error {
		return tx.Gorm().Exec(`UPDATE fitness_checks SET second_at = NULL`).Error
	})
	if err == nil {
		t.Error("a second decision is taken back in the database")
	}
}
