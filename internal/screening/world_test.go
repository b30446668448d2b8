package screening_test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// world is a record with a police unit, and a screening of it.
type world struct {
	t   *testing.T
	db  *testkit.Database
	app *sql.DB
	clk *clock.Fake
	log *bytes.Buffer
	svc *screening.Service
	// The units that receive escalations.
	police, oversight uuid.UUID
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: testkit.DB(t), clk: testkit.Clock(), log: &bytes.Buffer{}}
	w.app = w.db.Super(t)
	w.police, w.oversight = id.New(), id.New()
	w.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'police-national', 'police', '{"en": "Police"}'), ($2, 'oversight', 'oversight', '{"en": "Oversight"}')`,
		w.police, w.oversight)
	w.db.Adopt(t)
	w.svc = w.service(nil)
	return w
}

// service is the use cases, with step called between every two steps.
func (w *world) service(step func(name string)) *screening.Service {
	return screening.New(screening.Deps{
		DB: w.db.DB, Clock: w.clk, Log: slog.New(slog.NewTextHandler(w.log, nil)), Step: step,
		Escalations: escalation.New(escalation.Deps{DB: w.db.DB, Clock: w.clk, People: testkit.People(w.clk), Random: rand.Reader}),
	})
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.app.Exec(query, args...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.app.QueryRow(query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) text(query string, args ...any) (s string) {
	w.t.Helper()
	if err := w.app.QueryRow(query, args...).Scan(&s); err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) agency(name string) uuid.UUID {
	w.t.Helper()
	key := id.New()
	w.exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at)
		VALUES ($1, $2, 'example', $2, $3, 'licensed', now(), now())`, key, "a-"+key.String(), name)
	return key
}

// placed registers so many departures to the country, spread over a year that
// ends today.
func (w *world) placed(agency uuid.UUID, employerToken, country string, n int) {
	w.t.Helper()
	employer := id.New()
	w.exec(`INSERT INTO employers (id, name, folded, token, country, created_at) VALUES ($1, 'Example Foods', $2, $3, $4, now())`,
		employer, employer.String(), employerToken, country)
	w.exec(`INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_at)
		SELECT gen_random_uuid(), $1, $2, $3, '9329', gen_random_uuid()::text, $5::date - (i % 360), now() FROM generate_series(1, $4::int) i`,
		agency, employer, country, n, w.clk.Now())
}

// told is one complaint in what detection reads of it.
type told struct {
	agency                     uuid.UUID
	employer, broker, reporter string
	signature                  uint64
	language, country          string
	said                       []string // "indicator:phase"
	firstHand, registered      bool
	minor                      bool
	accuses                    uuid.UUID // the unit of an official
	daysAgo                    int
}

// file stores the complaint and the promise to screen it.
func (w *world) file(c told) (complaint, promise uuid.UUID) {
	w.t.Helper()
	complaint = id.New()
	nonce, receipt := make([]byte, 32), make([]byte, 32)
	copy(nonce, complaint[:])
	copy(receipt, complaint[:])
	var agency, country any
	if c.agency != uuid.Nil {
		agency = c.agency
	}
	if c.country != "" {
		country = c.country
	}
	if c.language == "" {
		c.language = "en"
	}
	w.exec(`INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand,
			danger_now, missing_person, never_departed, minor, official, agency_id, employer_token, broker_token,
			reporter_token, text_signature, registry_match, country)
		VALUES ($1, $2, $3, $4, 'received', $5, 'web', 'unsaid', $6, false, false, false, $7, false, $8, $9, $10, $11, $12, $13, $14)`,
		complaint, nonce, receipt, w.clk.Now().Add(-time.Duration(c.daysAgo)*24*time.Hour), c.language, c.firstHand, c.minor,
		agency, c.employer, c.broker, c.reporter, int64(c.signature), c.registered, country)
	for _, said := range c.said {
		indicator, phase, _ := strings.Cut(said, ":")
		w.exec(`INSERT INTO complaint_indicators (complaint_id, indicator, phase) VALUES ($1, $2, $3)`, complaint, indicator, phase)
	}
	if c.accuses != uuid.Nil {
		w.exec(`INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'accused')`, complaint, c.accuses)
	}
	return complaint, w.promise(complaint)
}

func (w *world) promise(complaint uuid.UUID) uuid.UUID {
	w.t.Helper()
	err := w.db.InTx(w.t.Context(), identity.System("test"), func(tx postgres.Tx) error {
		return outbox.Append(tx, outbox.Promise{Topic: "complaint.filed", SubjectID: complaint})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return uuid.MustParse(w.text(`SELECT id FROM promises WHERE subject_id = $1 ORDER BY made_at DESC, id DESC LIMIT 1`, complaint))
}

func (w *world) screen(promises ...uuid.UUID) {
	w.t.Helper()
	for _, p := range promises {
		if err := w.svc.Screen(w.t.Context(), p); err != nil {
			w.t.Fatal(err)
		}
	}
}

// tell files and screens one after the other.
func (w *world) tell(all ...told) (complaints []uuid.UUID) {
	w.t.Helper()
	for _, c := range all {
		complaint, promise := w.file(c)
		w.screen(promise)
		complaints = append(complaints, complaint)
	}
	return complaints
}

func (w *world) status(complaint uuid.UUID) string {
	w.t.Helper()
	return w.text(`SELECT status FROM complaints WHERE id = $1`, complaint)
}

func (w *world) grades() string {
	w.t.Helper()
	return w.text(`SELECT coalesce(string_agg(grade, ' ' ORDER BY raised_at, id), '') FROM escalations`)
}

// pattern reads what was frozen in the only escalation.
func (w *world) pattern() (p escalation.Pattern) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.text(`SELECT pattern::text FROM escalations`)), &p); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// everything dumps what screening and raising wrote.
func (w *world) everything() string {
	w.t.Helper()
	var all strings.Builder
	for _, table := range []string{"evaluations", "findings", "alerts", "alert_findings", "escalations", "escalation_complaints", "audit_entries", "promises"} {
		all.WriteString(table + ": " + w.text(`SELECT coalesce(string_agg(r::text, E'\n' ORDER BY r::text), '') FROM `+table+` r`) + "\n")
	}
	return all.String()
}
