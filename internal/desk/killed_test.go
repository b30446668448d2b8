package desk_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
)

// The child's environment.
const (
	childDatabase = "DESK_TEST_CHILD_DATABASE"
	childKillAt   = "DESK_TEST_CHILD_KILL_AT"
)

// TestMain lets the test's own binary be the web process that is killed.
func TestMain(m *testing.M) {
	if os.Getenv(childDatabase) != "" {
		if err := child(); err != nil {
			_, _ = os.Stderr.WriteString("child: " + err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// mortal is a clock whose process dies when it is asked for the time so often,
// without any chance to tidy up. The time is asked for between two batches.
type mortal struct {
	clock.Clock
	left int
}

func (m *mortal) Now() time.Time {
	if m.left--; m.left == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	return m.Clock.Now()
}

// child goes on with the desk's work in the session of the keyholder of police.
func child() error {
	ctx := context.Background()
	killAt, err := strconv.Atoi(os.Getenv(childKillAt))
	if err != nil {
		return err
	}
	db, err := postgres.Open(ctx, os.Getenv(childDatabase), postgres.Options{Name: "web"})
	if err != nil {
		return err
	}
	clk := testkit.Clock()
	by, err := identity.NewSessions(db, testkit.People(clk)).AtTerminal(ctx, identity.Terminal{Email: "keyholder@police.example", Passphrase: testkit.Passphrase, Optional: true})
	if err != nil {
		return err
	}
	desks := desk.New(desk.Deps{DB: db, Clock: &mortal{clk, killAt}, People: testkit.People(clk), Pins: testkit.Pins()})
	more, err := desks.Continue(ctx, by, time.Hour)
	if err == nil && more {
		err = errors.New("an hour was not enough")
	}
	return err
}

func TestAProcessKilledBetweenAnyTwoBatchesLosesAndDoublesNothing(t *testing.T) {
	c := found(t)
	by := c.holder(t, "police")
	var all []told
	for range 250 {
		all = append(all, c.file(t, "police"))
	}
	if err := c.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	moved := func() int {
		return c.count(t, `SELECT count(*) FROM complaint_envelopes e JOIN desk_keys k ON k.id = e.key_id WHERE k.retired_at IS NULL`)
	}
	seen := map[int]bool{}
	for killAt := 1; ; killAt++ {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childDatabase+"="+c.db.AppURL, childKillAt+"="+strconv.Itoa(killAt))
		cmd.Stderr = os.Stderr
		err := cmd.Run()
		seen[moved()] = true
		if err == nil {
			break // it came to its end before its time
		}
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("the process ended with %v, want to be killed", err)
		}
		if st := c.state(t, by); st.Work[0].Done != moved() || st.Work[0].Total != len(all) {
			t.Fatalf("%+v are told, and %d moved", st.Work[0], moved())
		}
	}
	if !seen[0] || !seen[100] {
		t.Errorf("processes died with %v moved: none before and after the first batch", seen)
	}
	if n := c.count(t, `SELECT count(*) FROM complaint_envelopes`); n != len(all) || moved() != n {
		t.Errorf("%d envelopes of %d, %d moved", n, len(all), moved())
	}
	if n := c.count(t, `SELECT count(*) FROM desk_work WHERE finished_at IS NOT NULL`); n != 1 {
		t.Error("the work does not end")
	}
	for _, filed := range all {
		if !c.reads(t, by, filed) {
			t.Fatal("a complaint was lost on the way")
		}
	}
	if st := c.state(t, by); st.Waits() {
		t.Errorf("left: %+v", st.Work)
	}
}
