package screening

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/go-cmp/cmp"
)

// A window of so many days holds its first and its last day whole, and nothing
// of the days beside them.
func TestAWindowHoldsItsFirstAndItsLastDay(t *testing.T) {
	db := testkit.DB(t)
	owner := db.Super(t)
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := owner.Exec(query, args...); err != nil {
			t.Fatal(err)
		}
	}
	agency, employer := id.New(), id.New()
	exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at)
		VALUES ($1, 'kind-harbour', 'example', 'x', 'Kind Harbour', 'licensed', now(), now())`, agency)
	exec(`INSERT INTO employers (id, name, folded, token, country, created_at) VALUES ($1, 'Example Foods', 'x', 'x', 'TH', now())`, employer)
	day := pattern.DayOf(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
	const window, lag = 30, 10
	for _, filed := range []time.Time{
		(day + 1).Time(), (day + 1).Time().Add(-time.Millisecond), // the next day, and the last moment of this one
		(day - window + 1).Time(), (day - window + 1).Time().Add(-time.Millisecond), // the first moment, and the day before
	} {
		key := id.New()
		exec(`INSERT INTO complaints (id, nonce_hash, receipt_hash, filed_at, status, language, channel, about, first_hand,
				danger_now, missing_person, never_departed, minor, official, agency_id, country)
			VALUES ($1, sha256($2), sha256($2), $3, 'received', 'en', 'web', 'unsaid', false, false, false, false, false, false, $4, 'TH')`,
			key, key[:], filed, agency)
	}
	for _, departed := range []pattern.Day{day + 1, day, day - window - lag + 1, day - window - lag} {
		exec(`INSERT INTO placements (id, agency_id, employer_id, country, occupation, document_token, departed_on, registered_at)
			VALUES ($1, $2, $3, 'TH', '9329', $4, $5, now())`, id.New(), agency, employer, id.New().String(), departed.Time())
	}
	who := named{Day: day, Subjects: []pattern.Subject{{Kind: pattern.Agency, Key: agency.String()}}}
	got := map[string]int{}
	err := db.Read(t.Context(), identity.System("test"), func(tx postgres.Tx) error {
		loaded, err := complaintsAbout(tx, who, window, police)
		if err != nil {
			return err
		}
		got["loaded"] = len(loaded)
		counts, err := countsFor(tx, who, pattern.Needs{ExposureDays: []int{window}, LagDays: lag}, police)
		for _, c := range counts {
			got[c.Who+" "+c.What] += c.N
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"loaded": 2, "agency complaints": 2, "all complaints": 2, "agency departures": 2, "all departures": 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
