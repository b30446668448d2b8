package licensing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/policy"
)

// Whatever is tried in whatever order on whatever day under whatever law: a step is
// taken only from a state that the table names, and the portal and the database agree
// on every state.
func TestNoSequenceOfStepsLeavesTheTable(t *testing.T) {
	o := open(t)
	random := rand.New(rand.NewPCG(7, 11))
	kinds := licensing.StepKinds()
	taken := map[licensing.StepKind]int{}
	at := day("2026-03-02")
	for range 300 {
		at = at.AddDate(0, 0, random.IntN(6))
		o.clock.Set(at.Add(12 * time.Hour))
		if random.IntN(10) == 0 {
			o.another(t, random, at)
		}
		before := o.state(t)
		d := draft(kinds[random.IntN(len(kinds))])
		d.Agency = o.agency
		if random.IntN(2) == 0 {
			d.Until = at.AddDate(0, 0, random.IntN(20))
		}
		if n := o.count(t, `SELECT count(*) FROM licence_steps`); n > 0 && random.IntN(4) > 0 {
			back := random.IntN(min(n, 3)) // mostly what happened lately
			if err := o.super.QueryRow(`SELECT id FROM licence_steps ORDER BY number DESC OFFSET $1 LIMIT 1`, back).Scan(&d.Of); err != nil {
				t.Fatal(err)
			}
		}
		if d.Kind == licensing.Narrow {
			d.Scope = []licensing.ScopeLine{{Destination: "SG", Occupation: "53"}}
		}
		var err error
		if slices.Contains([]licensing.StepKind{licensing.Reply, licensing.AskSurrender, licensing.ConditionDone, licensing.Appeal}, d.Kind) {
			err = o.Answer(t.Context(), o.head(t), d)
		} else {
			_, err = o.take(t, d)
		}
		if err == nil {
			taken[d.Kind]++
			if !licensing.CanStep(before, d.Kind) {
				t.Fatalf("%s was taken from %s", d.Kind, before)
			}
		} else if kind := fault.KindOf(err); kind != fault.Conflict && kind != fault.Invalid {
			t.Fatalf("%s from %s: %v", d.Kind, before, err)
		}
		after := o.state(t)
		if err != nil && after != before {
			t.Fatalf("%s failed and yet %s became %s", d.Kind, before, after)
		}
		// A revoked or surrendered licence comes back by an appeal or a new grant alone.
		if slices.Contains([]licensing.State{licensing.Revoked, licensing.Surrendered}, before) && after != before && d.Kind != licensing.AppealUpheld {
			t.Fatalf("%s became %s by %s", before, after, d.Kind)
		}
		if (after == licensing.Revoked || after == licensing.Surrendered) && random.IntN(6) == 0 {
			o.exec(t, `INSERT INTO licence_events (id, agency_id, kind, on_day) VALUES ($1, $2, 'granted', $3)`, id.New(), o.agency, o.Today())
		}
	}
	if len(taken) < 10 {
		t.Errorf("only these were ever legal: %v", taken)
	}
}

// another law holds from that day on; where one was set for it already, that one stays.
func (o *office) another(t *testing.T, random *rand.Rand, from time.Time) {
	t.Helper()
	key := []policy.Key{policy.LicenceReply, policy.LicenceAppeal}[random.IntN(2)]
	value := fmt.Sprintf(`{"days":%d,"basis":"calendar"}`, 1+random.IntN(20))
	e := policy.Entry{Key: key, Value: []byte(value), From: from, Source: "house rule of a test"}
	if err := o.laws.Set(t.Context(), identity.Setup("policy"), e); err != nil && fault.CodeOf(err) != "policy.error.same_day" {
		t.Fatal(err)
	}
}

func TestTheTableOfMovesIsTheDatabases(t *testing.T) {
	o := open(t)
	for _, from := range licensing.States() {
		for _, kind := range licensing.StepKinds() {
			var legal bool
			if err := o.super.QueryRow(`SELECT licence_step_legal($1, $2)`, from, kind).Scan(&legal); err != nil {
				t.Fatal(err)
			}
			if legal != licensing.CanStep(from, kind) {
				t.Errorf("%s from %s: the database says %t", kind, from, legal)
			}
		}
	}
}
