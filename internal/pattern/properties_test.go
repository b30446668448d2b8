package pattern

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// everyNote runs a check on the facts of every case note and on worlds drawn at
// random from a fixed seed.
func everyNote(t *testing.T, check func(t *testing.T, f Facts, r *rand.Rand)) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 11))
	for _, path := range caseNotes(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			facts, _ := readCaseNote(t, path)
			check(t, facts, r)
		})
	}
	t.Run("random worlds", func(t *testing.T) {
		for range 400 {
			check(t, randomFacts(r), r)
		}
	})
}

func randomFacts(r *rand.Rand) Facts {
	kind := []SubjectKind{Agency, Employer, Phone}[r.IntN(3)]
	f := Facts{Subject: Subject{kind, "S"}, AsOf: 20_500}
	said := make([]Said, 0, len(delphi))
	for s := range delphi {
		said = append(said, s)
	}
	slices.SortFunc(said, func(a, b Said) int {
		return strings.Compare(string(a.Indicator+"/")+string(a.Phase), string(b.Indicator+"/")+string(b.Phase))
	})
	span := []int{40, 200, 500}[r.IntN(3)]
	for i := range r.IntN(12) {
		c := Complaint{
			ID: string(rune('a' + i)), Day: f.AsOf - Day(r.IntN(span)), Voice: string(rune('A' + r.IntN(8))),
			Agency: string(rune('p' + r.IntN(3))), BrokerPhone: "S",
			FirstHand: r.IntN(2) == 0, RegistryMatch: r.IntN(2) == 0, Minor: r.IntN(20) == 0,
		}
		for range r.IntN(4) {
			c.Said = append(c.Said, said[r.IntN(len(said))])
		}
		f.Complaints = append(f.Complaints, c)
	}
	return f
}

func TestTheOrderOfComplaintsIsIrrelevant(t *testing.T) {
	everyNote(t, func(t *testing.T, f Facts, r *rand.Rand) {
		want := Evaluate(f, seeded(t))
		f.Complaints = slices.Clone(f.Complaints)
		r.Shuffle(len(f.Complaints), func(i, j int) {
			f.Complaints[i], f.Complaints[j] = f.Complaints[j], f.Complaints[i]
		})
		f.Complaints = append(f.Complaints, f.Complaints...) // and a complaint read twice is one
		if diff := cmp.Diff(want, Evaluate(f, seeded(t))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestATrivialComplaintByTheSameVoiceChangesNothing(t *testing.T) {
	everyNote(t, func(t *testing.T, f Facts, _ *rand.Rand) {
		want := Evaluate(f, seeded(t))
		for _, by := range f.Complaints {
			if by.Day > f.AsOf || by.Day <= f.AsOf-30 {
				continue // long silent, a voice may count anew
			}
			g := f
			trivial := Complaint{
				ID: "~later", Day: f.AsOf, Voice: by.Voice, Reporter: by.Reporter,
				Agency: by.Agency, Employer: by.Employer, BrokerPhone: by.BrokerPhone,
			}
			g.Complaints = append(slices.Clone(f.Complaints), trivial)
			if diff := cmp.Diff(want, Evaluate(g, seeded(t))); diff != "" {
				t.Errorf("after %s (-want +got):\n%s", by.ID, diff)
			}
		}
	})
}

func TestFindingsAreWellFormed(t *testing.T) {
	everyNote(t, func(t *testing.T, f Facts, _ *rand.Rand) {
		before := slices.Clone(f.Complaints)
		for _, found := range Evaluate(f, seeded(t)) {
			if len(found.Evidence) == 0 || !slices.IsSorted(found.Evidence) ||
				len(slices.Compact(slices.Clone(found.Evidence))) != len(found.Evidence) {
				t.Errorf("evidence %v", found.Evidence)
			}
			for _, id := range found.Evidence {
				at := slices.IndexFunc(f.Complaints, func(c Complaint) bool { return c.ID == id })
				if at < 0 || f.Complaints[at].Day < found.WindowFrom || f.Complaints[at].Day > found.WindowTo {
					t.Errorf("%s is no evidence for the window", id)
				}
			}
			if found.WindowTo > f.AsOf || found.Score <= 0 || found.Subject != f.Subject {
				t.Errorf("%+v", found)
			}
			for name, value := range found.Reason.Args {
				if value == "" || strings.Trim(value, "0123456789.e-") != "" {
					t.Errorf("%s is %q, no number", name, value)
				}
			}
		}
		if diff := cmp.Diff(before, f.Complaints); diff != "" {
			t.Error("the rules changed the facts")
		}
	})
}

func TestComplaintsAfterTheDayAreNotKnownYet(t *testing.T) {
	everyNote(t, func(t *testing.T, f Facts, _ *rand.Rand) {
		want := Evaluate(f, seeded(t))
		g := f
		for i := range 5 {
			g.Complaints = append(slices.Clone(g.Complaints), Complaint{
				ID: "~" + string(rune('0'+i)), Voice: "~" + string(rune('0'+i)), Day: f.AsOf + 1, BrokerPhone: f.Subject.Key,
				Agency: string(rune('0' + i)), FirstHand: true, Said: []Said{{Violence, Work}, {ExcessiveOvertime, Work}},
			})
		}
		if diff := cmp.Diff(want, Evaluate(g, seeded(t))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// A finding is not made again from the same complaints when nothing new comes:
// its window hangs on the complaints and not on the day of asking.
func TestAskingAgainLaterFindsTheSameOrNothing(t *testing.T) {
	everyNote(t, func(t *testing.T, f Facts, _ *rand.Rand) {
		want := Evaluate(f, seeded(t))
		for _, later := range []Day{1, 29, 30, 400} {
			g := f
			g.AsOf += later
			for _, found := range Evaluate(g, seeded(t)) {
				if !slices.ContainsFunc(want, func(w Finding) bool { return cmp.Equal(w, found) }) {
					t.Errorf("%d days later: %s", later, tell(found))
				}
			}
		}
	})
}

func TestDaysAreCountedInTheCallersZone(t *testing.T) {
	phnomPenh := time.FixedZone("+07", 7*3600)
	late := time.Date(2026, 2, 28, 18, 30, 0, 0, time.UTC)
	if got := DayOf(late).String(); got != "2026-02-28" {
		t.Errorf("UTC: %s", got)
	}
	if got := DayOf(late.In(phnomPenh)).String(); got != "2026-03-01" {
		t.Errorf("Phnom Penh: %s", got)
	}
	if got := DayOf(time.Date(1969, 12, 31, 23, 0, 0, 0, time.UTC)); got != -1 || got.String() != "1969-12-31" {
		t.Errorf("before the epoch: %d %s", got, got)
	}
}
