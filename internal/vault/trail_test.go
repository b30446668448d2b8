package vault_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/vault"
	"github.com/google/go-cmp/cmp"
)

// until waits for what happens at the vault's next look at its clock.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	give := time.After(20 * time.Second)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !is() {
		select {
		case <-give:
			t.Fatal("never: " + what)
		case <-look.C:
		}
	}
}

func TestEachMinuteHasALineOfCountsAndNoValue(t *testing.T) {
	h := build(t)
	h.start(t)
	client := vault.NewClient(h.socket, 0)
	if _, err := client.Hash(t.Context(), everything()); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(time.Minute)
	until(t, "the line of a minute", func() bool { return len(h.log.all(t)) == 2 })
	h.clock.Advance(time.Minute)
	until(t, "the line of a quiet minute", func() bool { return len(h.log.all(t)) == 3 })
	h.stop()
	at := h.clock.Now().Truncate(time.Minute).Add(-2 * time.Minute)
	want := []vault.Line{
		{Minute: at, Event: "started"},
		{Minute: at, Asked: map[string]int{"phone": 1, "reporter": 1, "document": 1, "account": 1, "name": 1, "text": 1}},
		{Minute: at.Add(time.Minute)},
		{Minute: at.Add(2 * time.Minute)},
		{Minute: at.Add(2 * time.Minute), Event: "stopped"},
	}
	if diff := cmp.Diff(want, h.log.all(t)); diff != "" {
		t.Error(diff)
	}
	for _, secret := range []string{"12000001", "0000001", "sunrise", "passport"} {
		if strings.Contains(h.log.text.String(), secret) {
			t.Errorf("%q is on the trail", secret)
		}
	}
}

func TestCountsThatCannotBeWrittenWaitForALineThatCan(t *testing.T) {
	h := build(t)
	h.start(t)
	client := vault.NewClient(h.socket, 0)
	ask := func() {
		if _, err := client.Hash(t.Context(), []matching.Input{matching.Phone("+85512000001")}); err != nil {
			t.Fatal(err)
		}
	}
	breaks := func(is bool) {
		h.log.mu.Lock()
		h.log.broken = is
		h.log.mu.Unlock()
	}
	ask()
	breaks(true)
	h.clock.Advance(time.Minute)
	ask()
	breaks(false)
	h.clock.Advance(time.Minute)
	ask()
	h.stop()
	if n := total(h.log.all(t), func(l vault.Line) int { return l.Asked["phone"] }); n != 3 {
		t.Errorf("%d of 3 on the trail", n)
	}
}

func TestATrailAddsUpAndShowsWhatIsMissing(t *testing.T) {
	trail := `{"minute":"2026-03-02T23:58:00Z","event":"started"}
{"minute":"2026-03-02T23:58:00Z","asked":{"phone":3,"name":1}}
{"minute":"2026-03-02T23:59:00Z","asked":{"phone":9},"refused":{"phone":5},"strangers":2}
{"minute":"2026-03-03T00:02:00Z","event":"started"}
not a line
{"minute":"2026-03-03T00:02:00Z","asked":{"phone":1},"broken":1}
`
	got, err := vault.Read(strings.NewReader(trail))
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	first, second := at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z")
	want := vault.Report{
		Days: []vault.Day{
			{Day: first, Kind: "phone", Asked: 12, Refused: 5, Busiest: at("2026-03-02T23:59:00Z"), BusiestMany: 14},
			{Day: first, Kind: "name", Asked: 1, Busiest: at("2026-03-02T23:58:00Z"), BusiestMany: 1},
			{Day: second, Kind: "phone", Asked: 1, Busiest: at("2026-03-03T00:02:00Z"), BusiestMany: 1},
		},
		Missing: 2, Starts: 2, Strangers: 2, Broken: 1, Unread: 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
