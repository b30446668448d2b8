// Package mailtest is a mail server for tests: it listens on loopback, takes
// every letter and shows it. It refuses to pass anything on.
package mailtest

import (
	"bufio"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// Server is one mail server.
type Server struct {
	URL string // for SMTP_URL

	listener net.Listener
	mu       sync.Mutex
	letters  []Letter
	refusing bool
	open     sync.WaitGroup
}

// Letter is what somebody would find in their mailbox.
type Letter struct {
	From, To string
	Header   mail.Header
	Raw      string // head and body as they came
}

// Start listens on a free port until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{URL: "smtp://" + listener.Addr().String() + "?from=portal@portal.example", listener: listener}
	s.open.Go(s.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		s.open.Wait()
	})
	return s
}

// Letters returns what came so far, oldest first.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

// Refuse makes the server refuse every receiver, or take them again.
func (s *Server) Refuse(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusing = yes
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.open.Go(func() {
			defer func() { _ = conn.Close() }()
			s.talk(conn)
		})
	}
}

// talk speaks as much SMTP (RFC 5321) as a client needs to hand over a letter.
func (s *Server) talk(conn net.Conn) {
	in := bufio.NewReader(conn)
	say := func(line string) { _, _ = fmt.Fprintf(conn, "%s\r\n", line) }
	var letter Letter
	say("220 mail.example ready")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch verb {
		case "MAIL":
			letter = Letter{From: address(line)}
			say("250 ok")
		case "RCPT":
			if s.refuses() {
				say("550 no such mailbox " + address(line))
				continue
			}
			letter.To = address(line)
			say("250 ok")
		case "DATA":
			say("354 go on")
			if letter.Raw, err = body(in); err != nil {
				return
			}
			s.keep(letter)
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *Server) refuses() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusing
}

func (s *Server) keep(l Letter) {
	if m, err := mail.ReadMessage(strings.NewReader(l.Raw)); err == nil {
		l.Header = m.Header
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, l)
}

func body(in *bufio.Reader) (string, error) {
	var text strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line == ".\r\n" {
			return text.String(), nil
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
}

func address(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	inside, _, _ := strings.Cut(rest, ">")
	return inside
}
