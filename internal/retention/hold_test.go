package retention_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/google/uuid"
)

func TestAHoldKeepsWhatItCovers(t *testing.T) {
	w := newWorld(t)
	w.keep(everyItem(365))
	agency := id.New()
	w.exec(`INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, 'example', 'x', 'x', 'Example Overseas', 'listed', now(), now())`, agency)
	by := w.overseer()
	one, named, periodic, free := w.file(), w.file(), w.file(), w.file()
	w.exec(`UPDATE complaints SET agency_id = $1 WHERE id = $2`, agency, named.ID)
	day := time.Date(2025, time.June, 3, 0, 0, 0, 0, time.UTC)
	w.exec(`UPDATE complaints SET filed_at = $1 WHERE id = $2`, day.Add(23*time.Hour), periodic.ID)
	var holds []uuid.UUID
	for _, h := range []retention.Held{{Complaint: one.ID}, {Agency: agency}, {From: day.AddDate(0, 0, -2), Until: day}} {
		key, err := w.retention.Place(t.Context(), by, h, "prosecution")
		if err != nil {
			t.Fatal(err)
		}
		holds = append(holds, key)
	}
	w.years(1)
	w.expire()
	for name, f := range map[string]filed{"by itself": one, "by its agency": named, "by its day": periodic} {
		if mine, err := w.byReceipt(f); err != nil || len(mine.Contents.Deleted) > 0 {
			t.Errorf("held %s: %v", name, err)
		}
	}
	if _, err := w.byReceipt(free); err == nil {
		t.Error("what is not held was kept")
	}
	second := w.holder("support", identity.RoleSupportWorker)
	for _, hold := range holds {
		w.approve(second, w.askLift(by, hold))
	}
	w.expire()
	if n := w.count(`SELECT count(*) FROM complaint_items WHERE shredded_at IS NULL`); n != 0 {
		t.Errorf("%d items are kept after the holds were lifted", n)
	}
	o, err := w.retention.Overview(t.Context(), by)
	if err != nil || len(o.Holds) != 3 || o.Holds[0].LiftedAt == nil || o.Holds[0].PlacedBy != "Example Person" || o.ForgedLiftings != 0 {
		t.Errorf("%+v, %v", o.Holds, err)
	}
}

func TestOnlyTheOversightBodyPlacesHoldsAndReadsThem(t *testing.T) {
	w := newWorld(t)
	for _, by := range []identity.Actor{identity.Public(), w.police().Actor, w.member("oversight", identity.RoleAdministrator), w.member("ministry", identity.RoleOverseer)} {
		if _, err := w.retention.Place(t.Context(), by, retention.Held{Complaint: id.New()}, "court"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s of %s places: %v", by.Role, by.UnitKind, err)
		}
		if _, err := w.retention.Overview(t.Context(), by); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s of %s reads: %v", by.Role, by.UnitKind, err)
		}
	}
	by := w.overseer()
	day := w.clock.Now()
	for name, bad := range map[string]struct {
		held   retention.Held
		reason retention.Reason
	}{
		"nothing":             {retention.Held{}, "court"},
		"two things":          {retention.Held{Complaint: id.New(), Agency: id.New()}, "court"},
		"half a period":       {retention.Held{From: day}, "court"},
		"a period backwards":  {retention.Held{From: day, Until: day.AddDate(0, 0, -1)}, "court"},
		"no reason":           {retention.Held{Complaint: id.New()}, ""},
		"a reason as a story": {retention.Held{Complaint: id.New()}, "because he said"},
	} {
		if _, err := w.retention.Place(t.Context(), by, bad.held, bad.reason); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// To link evidence takes a complaint that one may see; of others nothing is
// told, not even whether they are there.
func TestLinkingEvidenceDoesNotTellWhetherAComplaintIsThere(t *testing.T) {
	w := newWorld(t)
	f := w.file()
	link := func(by identity.Actor, complaint uuid.UUID) error {
		return w.db.InTx(t.Context(), by, func(tx postgres.Tx) error {
			return retention.Link(tx, complaint, retention.LinkDismissal, id.New(), w.clock.Now())
		})
	}
	links := func() int { return w.count(`SELECT count(*) FROM evidence_links`) }
	for name, by := range map[string]identity.Actor{
		"a support agency": w.member("support", identity.RoleSupportWorker), "an officer of no desk": w.member("police", identity.RoleInvestigator),
	} {
		if name == "an officer of no desk" {
			by.UnitCode = "elsewhere"
		}
		for what, complaint := range map[string]uuid.UUID{"one that is there": f.ID, "one that is not": id.New()} {
			if err := link(by, complaint); err != nil {
				t.Errorf("%s links %s: %v", name, what, err)
			}
		}
		err := w.asStaff(by, run(`INSERT INTO evidence_links (complaint_id, kind, object_id, linked_at) VALUES ($1, 'dismissal', $1, now())`, f.ID))
		if err == nil {
			t.Errorf("%s writes links by hand", name)
		}
	}
	if n := links(); n != 0 {
		t.Fatalf("%d links by who may not see the complaint", n)
	}
	for name, by := range map[string]identity.Actor{"police who hold it": w.police().Actor, "a process": identity.System("test")} {
		before := links()
		if err := link(by, f.ID); err != nil || links() != before+1 {
			t.Errorf("%s links nothing: %v", name, err)
		}
	}
}
