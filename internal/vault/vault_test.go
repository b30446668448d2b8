package vault_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/internal/vault"
	"github.com/google/go-cmp/cmp"
)

// house is a vault at a socket that can be stopped and started.
type house struct {
	socket string
	clock  *clock.Fake
	limits vault.Limits
	users  []uint32
	log    lines

	stop func()
}

// lines are written by the vault while the test reads them.
type lines struct {
	mu     sync.Mutex
	text   bytes.Buffer
	broken bool
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		return 0, errors.New("no space left")
	}
	return l.text.Write(p)
}

func (l *lines) all(t *testing.T) (all []vault.Line) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for text := range strings.Lines(l.text.String()) {
		var line vault.Line
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	return all
}

func build(t *testing.T) *house {
	t.Helper()
	h := &house{
		socket: filepath.Join(t.TempDir(), "v.sock"), clock: testkit.Clock(), limits: vault.DefaultLimits(), users: []uint32{uint32(os.Getuid())},
	}
	return h
}

func key(t testing.TB) *matching.Hasher {
	t.Helper()
	hasher, err := matching.NewHasher(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return hasher
}

func (h *house) start(t *testing.T) {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	server, err := vault.NewServer(vault.ServerConfig{
		Key: key(t), Clock: h.clock, Limits: h.limits, Trail: vault.NewTrail(&h.log, h.clock, quiet), Admit: vault.Admission{Users: h.users},
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := vault.Listen(t.Context(), h.socket, vault.OwnGroup)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { h.stop() })
}

func everything() []matching.Input {
	return []matching.Input{
		matching.Phone("+85512000001"), matching.Reporter("+85512000001"), matching.Phone(""), matching.Document("KH", "N 000-0001"),
		matching.Account("001 234"), matching.Name("sunrise sample foods"), matching.Text("short"),
		matching.Text(strings.Repeat("They took his passport at the pier and he has not been paid. ", 400)),
	}
}

func TestTheMarksAreTheSameWhereverTheKeyIs(t *testing.T) {
	h := build(t)
	h.start(t)
	// Several questions' worth by number and by bytes.
	many := slices.Concat(everything(), everything(), everything(), everything(), everything(), everything(), everything(), everything())
	for len(many) < 2000 {
		many = append(many, everything()[:7]...)
	}
	for _, inputs := range [][]matching.Input{nil, everything(), many} {
		want, err := key(t).Hash(t.Context(), inputs)
		if err != nil {
			t.Fatal(err)
		}
		got, err := vault.NewClient(h.socket, 0).Hash(t.Context(), inputs)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAKilledVaultIsUnavailableAndIsFoundAgain(t *testing.T) {
	h := build(t)
	client := vault.NewClient(h.socket, time.Second)
	ask := func() error {
		_, err := client.Hash(t.Context(), everything())
		return err
	}
	if err := ask(); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("before it is there: %v", err)
	}
	for range 3 {
		h.start(t)
		if err := errors.Join(ask(), client.Ping(t.Context())); err != nil {
			t.Fatal(err)
		}
		h.stop()
		if err := ask(); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("when it is gone: %v", err)
		}
		if err := client.Ping(t.Context()); err == nil {
			t.Error("it answers from the dead")
		}
	}
}

// What a vault leaves behind that had no time to clean up.
func TestASocketThatNobodyListensAtIsTakenOver(t *testing.T) {
	h := build(t)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: h.socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	_ = l.Close()
	h.start(t)
	if err := vault.NewClient(h.socket, 0).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := vault.Listen(t.Context(), h.socket, vault.OwnGroup); err == nil || !strings.Contains(err.Error(), "another vault") {
		t.Errorf("a second one at the same socket: %v", err)
	}
	info, err := os.Stat(h.socket)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestTheSocketOfAGroupIsOpenToItsMembersAlone(t *testing.T) {
	socket := build(t).socket
	l, err := vault.Listen(t.Context(), socket, os.Getgid())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAFileOrAnOpenFolderIsNoPlaceForASocket(t *testing.T) {
	h := build(t)
	if err := os.WriteFile(h.socket, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Listen(t.Context(), h.socket, vault.OwnGroup); err == nil {
		t.Error("a file was replaced")
	}
	if err := os.Remove(h.socket); err != nil {
		t.Fatal(err)
	}
	h.start(t)
	// With the sticky bit, as /tmp has it, the name is free while the vault is away.
	for _, mode := range []os.FileMode{0o777, 0o775, 0o777 | os.ModeSticky} {
		if err := os.Chmod(filepath.Dir(h.socket), mode); err != nil {
			t.Fatal(err)
		}
		if err := vault.NewClient(h.socket, 0).Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "written by others") {
			t.Errorf("asked where others may put a socket of their own (%v): %v", mode, err)
		}
		if _, err := vault.Listen(t.Context(), h.socket, vault.OwnGroup); err == nil || !strings.Contains(err.Error(), "written by others") {
			t.Errorf("listened there (%v): %v", mode, err)
		}
	}
}

// Another user than those a client knows may have made the folder, or the socket
// in a folder that is in order.
func TestOnlyTheVaultOfAKnownUserIsTold(t *testing.T) {
	h := build(t)
	h.start(t)
	stranger := uint32(os.Getuid()) + 1
	if err := vault.NewClient(h.socket, 0, stranger).Ping(t.Context()); err != nil {
		t.Errorf("the own user's vault: %v", err)
	}
	if err := vault.Guarded(h.socket, stranger); err == nil || !strings.Contains(err.Error(), "belongs to the user") {
		t.Errorf("a folder of somebody else: %v", err)
	}
	conn, err := net.Dial("unix", h.socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := vault.Recognise(conn, stranger); err == nil || !strings.Contains(err.Error(), "runs as the user") {
		t.Errorf("a vault of somebody else: %v", err)
	}
	if err := errors.Join(vault.Guarded(h.socket, uint32(os.Getuid())), vault.Recognise(conn, uint32(os.Getuid()))); err != nil {
		t.Errorf("the user's own: %v", err)
	}
}

func TestWhoMayNotAskIsTurnedAwayAndCounted(t *testing.T) {
	h := build(t)
	h.users = []uint32{uint32(os.Getuid()) + 1}
	h.start(t)
	if _, err := vault.NewClient(h.socket, 0).Hash(t.Context(), everything()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
	h.stop()
	if n := total(h.log.all(t), func(l vault.Line) int { return l.Strangers + l.Asked["phone"] }); n != 1 {
		t.Errorf("%d strangers", n)
	}
}

func TestWhoSpeaksAnotherProtocolIsHungUpOn(t *testing.T) {
	h := build(t)
	h.start(t)
	for _, said := range []string{"GET / HTTP/1.1\r\n\r\n", "\x00\x00\x00\x01\x09"} {
		conn, err := net.Dial("unix", h.socket)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(said)); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
			t.Errorf("%q was answered", said)
		}
	}
	h.stop()
	if n := total(h.log.all(t), func(l vault.Line) int { return l.Broken }); n != 2 {
		t.Errorf("%d noted", n)
	}
}

func total(lines []vault.Line, of func(vault.Line) int) (n int) {
	for _, l := range lines {
		n += of(l)
	}
	return n
}

func TestTheLimitHoldsWhoeverAsksAtOnce(t *testing.T) {
	h := build(t)
	h.limits[matching.KindPhone] = vault.Limit{PerSecond: 1, Burst: 300, PerDay: 1000}
	h.start(t)
	var wait sync.WaitGroup
	var mu sync.Mutex
	answered := 0
	for range 8 {
		client := vault.NewClient(h.socket, 0)
		for range 2 {
			wait.Go(func() {
				for range 50 {
					_, err := client.Hash(t.Context(), []matching.Input{matching.Phone("+85512000001")})
					if err != nil && fault.KindOf(err) != fault.Unavailable {
						t.Error(err)
					}
					if err == nil {
						mu.Lock()
						answered++
						mu.Unlock()
					}
				}
			})
		}
	}
	wait.Wait()
	if answered != 300 {
		t.Errorf("%d of 800 answered, want 300", answered)
	}
	if _, err := vault.NewClient(h.socket, 0).Hash(t.Context(), []matching.Input{matching.Name("x")}); err != nil {
		t.Errorf("another kind: %v", err)
	}
	h.stop()
	lines := h.log.all(t)
	asked := total(lines, func(l vault.Line) int { return l.Asked["phone"] })
	refused := total(lines, func(l vault.Line) int { return l.Refused["phone"] })
	if asked != 300 || refused != 500 {
		t.Errorf("the trail says %d and %d", asked, refused)
	}
}

func TestWhoHasPatienceWaitsForTheLimitAndLosesNothing(t *testing.T) {
	h := build(t)
	h.limits[matching.KindPhone] = vault.Limit{PerSecond: 1000, Burst: 256, PerDay: 5000}
	h.start(t)
	inputs := make([]matching.Input, 600)
	for i := range inputs {
		inputs[i] = matching.Phone("+85512000001")
	}
	// The vault's clock goes on while it is asked whether it lives.
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	other := vault.NewClient(h.socket, 0)
	wait.Go(func() {
		for ctx.Err() == nil {
			h.clock.Advance(time.Millisecond)
			_ = other.Ping(ctx)
		}
	})
	marks, err := vault.NewClient(h.socket, time.Hour).Hash(t.Context(), inputs)
	cancel()
	wait.Wait()
	if err != nil || len(marks) != len(inputs) || marks[599].Token == "" {
		t.Fatalf("%d marks, %v", len(marks), err)
	}
	_, err = vault.NewClient(h.socket, time.Millisecond).Hash(t.Context(), inputs)
	if _, refused := errors.AsType[vault.RefusedError](err); !refused || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without patience: %v", err)
	}
}

func TestWhoeverGivesUpWaitingIsLetGo(t *testing.T) {
	h := build(t)
	h.limits[matching.KindPhone] = vault.Limit{PerSecond: 1, Burst: 256, PerDay: 256}
	h.start(t)
	client := vault.NewClient(h.socket, time.Hour)
	full := make([]matching.Input, 257)
	for i := range full {
		full[i] = matching.Phone("+85512000001")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client.Hash(ctx, full); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
