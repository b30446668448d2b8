package screening_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"
)

func TestRunningAgainChangesNothing(t *testing.T) {
	w := newWorld(t)
	agency := w.agency("Example Overseas")
	complaints := w.tell(
		told{agency: agency, reporter: "r1", said: unpaidAndHeld, firstHand: true},
		told{agency: agency, reporter: "r2", said: overworked, firstHand: true},
	)
	counted := func() int {
		return w.count(`SELECT (SELECT count(*) FROM evaluations) * 1000000 + (SELECT count(*) FROM findings) * 10000
			+ (SELECT count(*) FROM escalations) * 100 + (SELECT count(*) FROM alerts)`)
	}
	before, audited := counted(), w.count(`SELECT count(*) FROM audit_entries`)
	// A second promise about the same complaint, and the first one again.
	again := w.promise(complaints[1])
	w.screen(again, again)
	if after := counted(); after != before || w.count(`SELECT count(*) FROM audit_entries`) != audited {
		t.Errorf("counted %d, then %d", before, after)
	}
}

func TestEightJobsAtOnceAreOneInEffect(t *testing.T) {
	w := newWorld(t)
	agency := w.agency("Example Overseas")
	w.tell(told{agency: agency, reporter: "r1", said: unpaidAndHeld, firstHand: true})
	last, promise := w.file(told{agency: agency, reporter: "r2", said: overworked, firstHand: true})
	promises := []uuid.UUID{promise, promise, promise, promise}
	for range 4 {
		promises = append(promises, w.promise(last))
	}
	w.screenAtOnce(promises)
	for table, want := range map[string]int{"findings": 1, "alerts": 1, "escalations": 1, "evaluations": 2, "alert_findings": 1} {
		if n := w.count(`SELECT count(*) FROM ` + table); n != want {
			t.Errorf("%d %s, want %d", n, table, want)
		}
	}
	if n := w.count(`SELECT count(*) FROM promises WHERE topic = 'complaint.filed' AND kept_at IS NULL`); n != 0 {
		t.Errorf("%d promises not kept", n)
	}
}

func TestComplaintsAboutTheSameSubjectsDoNotWaitForEachOther(t *testing.T) {
	w := newWorld(t)
	one, other := w.agency("Example Overseas"), w.agency("Sample Manpower")
	var promises []uuid.UUID
	for n := range 24 {
		c := told{agency: one, employer: "e1", broker: "p1", reporter: uuid.NewString(), said: unpaidAndHeld, firstHand: n%3 == 0}
		switch n % 4 {
		case 1:
			c.agency, c.said = other, overworked
		case 2:
			c.employer, c.said = "e2", overworked
		case 3:
			c.agency, c.broker = uuid.Nil, "p2"
		}
		_, promise := w.file(c)
		promises = append(promises, promise)
	}
	w.screenAtOnce(promises)
	if n := w.count(`SELECT count(*) FROM evaluations`); n != 24 {
		t.Errorf("%d evaluations, want 24", n)
	}
	if n := w.count(`SELECT count(*) FROM (SELECT 1 FROM alerts GROUP BY subject_kind, subject_key HAVING count(*) > 1) twice`); n != 0 {
		t.Errorf("%d subjects with two alerts", n)
	}
}

// The two share complaints, though neither shares a subject with the other: both
// hold them as evidence before either notes that investigators have them.
func TestTwoThatHoldTheSameEvidenceDoNotWaitForEachOther(t *testing.T) {
	w := newWorld(t)
	agency := w.agency("Example Overseas")
	for range 2 {
		w.file(told{agency: agency, employer: "e1", reporter: uuid.NewString(), said: unpaidAndHeld, firstHand: true})
	}
	_, one := w.file(told{agency: agency, reporter: "r1", said: unpaidAndHeld, firstHand: true})
	_, other := w.file(told{employer: "e1", reporter: "r2", said: unpaidAndHeld, firstHand: true})
	var here sync.WaitGroup
	here.Add(2)
	w.svc = w.service(func(name string) {
		if name == "screen: findings stored" {
			here.Done()
			here.Wait()
		}
	})
	w.screenAtOnce([]uuid.UUID{one, other})
	if n := w.count(`SELECT count(*) FROM escalations`); n != 2 {
		t.Errorf("%d escalations, want 2", n)
	}
	if n := w.count(`SELECT count(*) FROM (SELECT unnest(evidence) FROM findings GROUP BY 1 HAVING count(DISTINCT subject_key) > 1) shared`); n != 2 {
		t.Errorf("%d complaints are evidence against both, want 2", n)
	}
}

func (w *world) screenAtOnce(promises []uuid.UUID) {
	w.t.Helper()
	var wait sync.WaitGroup
	for _, p := range promises {
		wait.Go(func() {
			if err := w.svc.Screen(w.t.Context(), p); err != nil {
				w.t.Error(err)
			}
		})
	}
	wait.Wait()
}

func TestAJobThatDiesAnywhereLeavesNothingAndIsDoneLater(t *testing.T) {
	for _, at := range []string{"screen: subjects locked", "screen: facts loaded", "screen: findings stored", "screen: before commit"} {
		t.Run(at, func(t *testing.T) {
			w := newWorld(t)
			agency := w.agency("Example Overseas")
			w.tell(told{agency: agency, reporter: "r1", said: unpaidAndHeld, firstHand: true})
			_, promise := w.file(told{agency: agency, reporter: "r2", said: overworked, firstHand: true})
			before := w.everything()
			dying := w.service(func(name string) {
				if name == at {
					panic("dies at " + name)
				}
			})
			func() {
				defer func() {
					if recover() == nil {
						t.Error("it never came there")
					}
				}()
				_ = dying.Screen(t.Context(), promise)
			}()
			if w.everything() != before {
				t.Error("something was left behind")
			}
			w.screen(promise)
			if got := w.grades(); got != "amber" {
				t.Errorf("then escalated %q", got)
			}
		})
	}
}
