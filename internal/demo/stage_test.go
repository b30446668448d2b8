package demo_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func (s *stage) licence(t *testing.T, agency uuid.UUID) (licence licensing.Licence) {
	t.Helper()
	err := s.db.Read(t.Context(), identity.Public(), func(tx postgres.Tx) (err error) {
		licence, err = licensing.LicenceOf(tx, agency)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return licence
}

func (s *stage) departures(t *testing.T, agency uuid.UUID) (days []time.Time) {
	t.Helper()
	rows, err := s.app.QueryContext(t.Context(), `SELECT DISTINCT departed_on FROM placements WHERE agency_id = $1`, agency)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var day time.Time
		if err := rows.Scan(&day); err != nil {
			t.Fatal(err)
		}
		days = append(days, day)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return days
}

// promises lists the promises to screen, oldest complaint first.
func (s *stage) promises(t *testing.T) (ids []uuid.UUID) {
	t.Helper()
	rows, err := s.app.QueryContext(t.Context(), `SELECT id FROM promises WHERE topic = 'complaint.filed' ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}
