package vault

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
)

// Admission is who may ask: users and primary groups by number. Root is not
// admitted unless it is named.
type Admission struct{ Users, Groups []uint32 }

func (a Admission) admits(uid, gid uint32) bool {
	return slices.Contains(a.Users, uid) || slices.Contains(a.Groups, gid)
}

// ServerConfig is all that a Server needs.
type ServerConfig struct {
	Key    *matching.Hasher
	Clock  clock.Clock
	Limits Limits
	Trail  *Trail
	Admit  Admission
}

// Server holds the key and answers. It is safe for concurrent use.
type Server struct {
	ServerConfig

	meter *meter
	slots chan struct{}

	mu    sync.Mutex
	conns map[net.Conn]bool
}

const (
	// maxConns bounds memory together with maxFrame. A client keeps few.
	maxConns = 256
	// slowest is how long one question may take to arrive and be answered.
	slowest = 10 * time.Second
	// tick is how often the trail is looked at.
	tick = time.Second
)

// NewServer refuses limits that no question could pass, and to admit nobody.
func NewServer(c ServerConfig) (*Server, error) {
	if c.Key == nil || c.Clock == nil || c.Trail == nil || len(c.Admit.Users)+len(c.Admit.Groups) == 0 {
		return nil, errors.New("vault: a part of the configuration is missing")
	}
	m, err := newMeter(c.Limits, c.Clock)
	if err != nil {
		return nil, err
	}
	return &Server{ServerConfig: c, meter: m, slots: make(chan struct{}, maxConns), conns: map[net.Conn]bool{}}, nil
}

// Serve answers on l until ctx ends, and closes it. It does not begin where the
// trail cannot be written.
func (s *Server) Serve(ctx context.Context, l *net.UnixListener) (err error) {
	defer func() { _ = l.Close() }()
	if err := s.Trail.event("started"); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	wait.Go(func() { s.keepTrail(ctx) })
	stop := context.AfterFunc(ctx, func() {
		_ = l.Close()
		s.closeAll()
	})
	for {
		conn, failed := l.AcceptUnix()
		if failed != nil {
			if ctx.Err() == nil {
				err = fmt.Errorf("accept: %w", failed)
			}
			break
		}
		if !s.admit(conn) {
			_ = conn.Close()
			continue
		}
		wait.Go(func() {
			defer s.release(conn)
			s.converse(ctx, conn)
		})
		if ctx.Err() != nil {
			s.closeAll() // taken while the others were being closed
		}
	}
	cancel()
	stop()
	s.closeAll()
	wait.Wait()
	return errors.Join(err, s.Trail.event("stopped"))
}

func (s *Server) keepTrail(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.Trail.turn()
		}
	}
}

// admit takes a slot for whoever may ask.
func (s *Server) admit(conn *net.UnixConn) bool {
	uid, gid, err := peerOf(conn)
	if err != nil || !s.Admit.admits(uid, gid) {
		s.Trail.stranger()
		return false
	}
	select {
	case s.slots <- struct{}{}:
	default:
		return false
	}
	s.mu.Lock()
	s.conns[conn] = true
	s.mu.Unlock()
	return true
}

func (s *Server) release(conn net.Conn) {
	_ = conn.Close()
	s.mu.Lock()
	delete(s.conns, conn)
	s.mu.Unlock()
	<-s.slots
}

func (s *Server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		_ = conn.Close()
	}
}

// converse answers one question after the other until the other end leaves or
// says what is none.
func (s *Server) converse(ctx context.Context, conn net.Conn) {
	in := bufio.NewReader(conn)
	for {
		if _, err := in.Peek(1); err != nil {
			return // however long they are silent between questions
		}
		guard := time.AfterFunc(slowest, func() { _ = conn.Close() })
		err := s.one(ctx, conn, in)
		guard.Stop()
		if err != nil {
			if errors.Is(err, errWire) {
				s.Trail.broken()
			}
			return
		}
	}
}

func (s *Server) one(ctx context.Context, conn net.Conn, in *bufio.Reader) error {
	body, err := readFrame(in)
	if err != nil {
		return err
	}
	inputs, err := parseQuestion(body)
	if err != nil {
		return err
	}
	answer, err := s.answer(ctx, inputs)
	if err != nil {
		return err
	}
	return writeFrame(conn, answer)
}

// answer counts before it hashes: what is on the trail may not have been
// answered, but what was answered is on the trail.
func (s *Server) answer(ctx context.Context, inputs []matching.Input) ([]byte, error) {
	counts := map[matching.Kind]int{}
	for _, in := range inputs {
		counts[in.Kind]++
	}
	if refused, ok := s.meter.take(counts); !ok {
		s.Trail.refused(counts)
		return appendRefusal(nil, refused), nil
	}
	if len(inputs) > 0 {
		s.Trail.answered(counts)
	}
	marks, err := s.Key.Hash(ctx, inputs)
	if err != nil {
		return nil, err
	}
	return appendMarks(nil, inputs, marks), nil
}
