package inspection_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestEventsAndTheLatestTellATimeline(t *testing.T) {
	w := open(t)
	w.configure()
	first := w.sent()
	w.must(w.Reply(t.Context(), w.heads[0], first, said()))
	w.clock.Advance(24 * time.Hour)
	w.must(w.Close(t.Context(), w.officers[1], first, closing(inspection.Passed)))
	off := w.plan()
	w.must(w.CallOff(t.Context(), w.officers[1], off, "The road is under water."))
	w.must(w.db.Read(t.Context(), w.officers[0], func(tx postgres.Tx) error {
		events, err := inspection.Events(tx, w.heads[0].AgencyID)
		w.must(err)
		var told []string
		for _, e := range events {
			told = append(told, fmt.Sprint(e.On.Format("2 Jan"), " ", e.Kind, " ", e.Outcome))
		}
		want := []string{"2 Mar visited ", "2 Mar sent ", "2 Mar replied ", "3 Mar called_off ", "3 Mar closed passed"}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Error(diff)
		}
		last, found, err := inspection.Latest(tx, w.heads[0].AgencyID)
		if !found || last.ID != first {
			t.Errorf("%v %v", last.ID, found)
		}
		return err
	}))
}

func TestTheQueueIsFiltered(t *testing.T) {
	w := open(t)
	w.configure()
	late := w.sent()
	planned := w.plan()
	w.clock.Advance(11 * 24 * time.Hour)
	waiting := w.sent()
	for name, c := range map[string]struct {
		filter inspection.Filter
		want   []uuid.UUID
	}{
		"all":       {inspection.Filter{}, []uuid.UUID{late, planned, waiting}},
		"status":    {inspection.Filter{Status: inspection.Planned}, []uuid.UUID{planned}},
		"over":      {inspection.Filter{Due: inspection.DueOver}, []uuid.UUID{late}},
		"waiting":   {inspection.Filter{Due: inspection.DueWaiting}, []uuid.UUID{waiting}},
		"name":      {inspection.Filter{Name: "AGENCY b"}, nil},
		"inspector": {inspection.Filter{Inspector: w.inspector.PersonID, Name: "agency a", Open: true}, []uuid.UUID{late, planned, waiting}},
		"nobody":    {inspection.Filter{Inspector: w.officers[2].PersonID}, nil},
	} {
		q, err := w.Queue(t.Context(), w.inspector, c.filter)
		w.must(err)
		got := map[uuid.UUID]bool{}
		for _, i := range q.Inspections {
			got[i.ID] = true
			if i.Over != (i.ID == late) || i.Team != "Person officer-a, Person inspector" {
				t.Errorf("%s: %+v", name, i)
			}
		}
		if len(got) != len(c.want) || q.Total != len(c.want) {
			t.Errorf("%s: %d of %d, want %d", name, len(got), q.Total, len(c.want))
		}
		for _, key := range c.want {
			if !got[key] {
				t.Errorf("%s: one is missing", name)
			}
		}
	}
}
