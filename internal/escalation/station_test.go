package escalation_test

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"testing"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/mail/mailtest"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// station is a police unit at work: its people, its clock, its mail server.
type station struct {
	t       *testing.T
	db      *testkit.Database
	owner   *sql.DB
	clock   *clock.Fake
	mail    *mailtest.Server
	service *escalation.Service
	letters *letter.Service
	unit    uuid.UUID
	// people by role; the sergeant has two hats, the leaver is deactivated.
	investigator, commander, sergeant, leaver uuid.UUID
}

// words repeats the key, the language and what was put into the sentence.
type words struct{}

func (words) Text(lang, key string, args ...any) (string, error) {
	return fmt.Sprint(lang, " ", key, " ", args), nil
}

func open(t *testing.T) *station {
	t.Helper()
	s := &station{t: t, db: testkit.DB(t), clock: testkit.Clock(), mail: mailtest.Start(t), unit: id.New()}
	s.owner = s.db.Super(t)
	sender, err := mail.New(s.mail.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.service = escalation.New(escalation.Deps{DB: s.db.DB, Clock: s.clock, People: testkit.People(s.clock), Random: rand.Reader})
	s.letters = letter.New(letter.Deps{DB: s.db.DB, Clock: s.clock, Mail: sender, Words: words{}, BaseURL: "https://portal.example"})
	s.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'national', 'police', '{"en":"National unit"}')`, s.unit)
	s.exec(`INSERT INTO units (id, code, kind, name, parent_id) VALUES ($1, 'a-local-one', 'police', '{"en":"Local unit"}', $2)`, id.New(), s.unit)
	s.db.Adopt(t)
	s.investigator = s.person("investigator", "investigator")
	s.commander = s.person("commander", "commander")
	s.sergeant = s.person("sergeant", "investigator", "duty_officer")
	s.leaver = s.person("leaver", "investigator")
	s.exec(`UPDATE people SET deactivated_at = now() WHERE id = $1`, s.leaver)
	return s
}

func (s *station) exec(query string, args ...any) {
	s.t.Helper()
	if _, err := s.owner.ExecContext(s.t.Context(), query, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *station) count(query string, args ...any) (n int) {
	s.t.Helper()
	if err := s.owner.QueryRowContext(s.t.Context(), query, args...).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *station) person(name string, roles ...identity.Role) uuid.UUID {
	s.t.Helper()
	key := id.New()
	s.exec(`INSERT INTO people (id, email, name, language, created_at) VALUES ($1, $2, $3, 'km', now())`,
		key, name+"@police.example", "Officer "+name)
	s.db.Grant(s.t, s.clock, key, s.unit, roles...)
	return key
}

// as gives the person at work in the national unit.
func (s *station) as(person uuid.UUID) identity.Actor {
	return identity.Actor{
		Kind: identity.KindStaff, PersonID: person, UnitID: s.unit, UnitCode: "national",
		UnitKind: identity.UnitPolice, Role: identity.RoleInvestigator,
	}
}

// stranger is an investigator of another police unit.
func (s *station) stranger() identity.Actor {
	actor := s.as(s.investigator)
	actor.UnitID, actor.UnitCode = id.New(), "elsewhere"
	return actor
}

func (s *station) alert() uuid.UUID {
	s.t.Helper()
	key := id.New()
	s.exec(`INSERT INTO alerts (id, subject_kind, subject_key, grade, score, opened_at) VALUES ($1, 'employer', $2, 'red', 1, now())`, key, key)
	return key
}

func (s *station) complaint() uuid.UUID {
	s.t.Helper()
	key := id.New()
	s.exec(`
		INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about,
			first_hand, danger_now, missing_person, never_departed, minor, official)
		VALUES ($1, sha256(convert_to($2, 'UTF8')), sha256(convert_to($3, 'UTF8')), now(), 'received', 'km', 'web', 'self', true, false, false, false, false, false)`,
		key, "n"+key.String(), "r"+key.String())
	return key
}

// raise hands over one escalation and returns its key.
func (s *station) raise(alert uuid.UUID, grade escalation.Grade, complaints ...uuid.UUID) (key uuid.UUID, raised bool) {
	s.t.Helper()
	err := s.db.InTx(s.t.Context(), identity.System("screening"), func(tx postgres.Tx) (err error) {
		key, raised, err = s.service.Raise(tx, identity.System("screening"), escalation.Raising{
			To: identity.UnitPolice, AlertID: alert, Grade: grade, SubjectKind: "employer", SubjectKey: "token", Complaints: complaints,
			Pattern: escalation.Pattern{Findings: []escalation.Finding{{Rule: "a_rule", Version: 1}}, Counts: escalation.Counts{Complaints: len(complaints)}},
		})
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return key, raised
}

// promises lists the promises of a topic.
func (s *station) promises(topic string) (keys []uuid.UUID) {
	s.t.Helper()
	rows, err := s.owner.QueryContext(s.t.Context(), `SELECT id FROM promises WHERE topic = $1 ORDER BY id`, topic)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key uuid.UUID
		if err := rows.Scan(&key); err != nil {
			s.t.Fatal(err)
		}
		keys = append(keys, key)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return keys
}
