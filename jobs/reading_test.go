package jobs_test

import (
	"errors"
	"os"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// readings looks after readings alone: what filing needs is not there.
func readings(db *postgres.DB, step func(string)) (s *complaint.Service, stop func(), err error) {
	folder, err := os.MkdirTemp("", "keys")
	if err != nil {
		return nil, nil, err
	}
	stop = func() { _ = os.RemoveAll(folder) }
	keys, err := seal.Ensure(folder)
	if err != nil {
		return nil, stop, err
	}
	people := testkit.People(clock.System{})
	s, err = complaint.NewService(complaint.Dependencies{
		DB: db, Clock: clock.System{}, Keys: keys, Sessions: identity.NewSessions(db, people), People: people, Regions: []string{"KH"}, Step: step,
		Desks: struct{ complaint.DeskKeys }{}, Shred: struct{ complaint.ShredKeys }{}, Hasher: struct{ matching.Keyed }{},
		Agencies: struct{ complaint.AgencyFinder }{}, Placements: struct{ complaint.PlacementFinder }{},
	})
	return s, stop, err
}

// reading desks: two who read, and one who stands in for them.
type readingDesks struct{ room, oversight uuid.UUID }

func readers(t *testing.T, db *testkit.Database) readingDesks {
	t.Helper()
	d := readingDesks{id.New(), id.New()}
	_, err := db.Super(t).ExecContext(t.Context(), `INSERT INTO units (id, code, kind, name)
		VALUES ($1, 'reading-room', 'ministry', '{"en":"Room"}'), ($2, 'oversight', 'oversight', '{"en":"Oversight"}')`, d.room, d.oversight)
	if err != nil {
		t.Fatal(err)
	}
	db.Adopt(t)
	db.Hire(t, clock.System{}, "first@room.example", "First", d.room, identity.RoleFirstReader)
	db.Hire(t, clock.System{}, "second@room.example", "Second", d.room, identity.RoleFirstReader)
	db.Hire(t, clock.System{}, "overseer@oversight.example", "Overseer", d.oversight, identity.RoleOverseer)
	return d
}

// toRead makes two readings: one of which the readers are to be told, and one
// whose time has come.
func toRead(t *testing.T, db *testkit.Database, d readingDesks) {
	t.Helper()
	for _, topic := range []string{complaint.TopicReadingMade, complaint.TopicReadingDue} {
		told, reading := id.New(), id.New()
		err := db.InTx(t.Context(), identity.Public(), func(tx postgres.Tx) error {
			return errors.Join(
				tx.Gorm().Exec(`
					INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand,
						danger_now, missing_person, never_departed, minor, official)
					VALUES (?, sha256(convert_to(?, 'UTF8')), sha256(convert_to(?, 'UTF8')), now(), 'received', 'km', 'web', 'self', true,
						true, false, false, false, false)`, told, "nonce "+told.String(), "receipt "+told.String()).Error,
				tx.Gorm().Exec(`INSERT INTO readings (id, complaint_id, unit_id, stand_in_id, red, made_at, due_at, state)
					VALUES (?, ?, ?, ?, true, now(), now(), 'waiting')`, reading, told, d.room, d.oversight).Error,
				outbox.Append(tx, outbox.Promise{Topic: topic, SubjectID: reading}),
			)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
