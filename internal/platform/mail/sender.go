package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

var (
	errUnreadableURL = errors.New("the mail server's URL cannot be read (it is not shown here: it may hold a password)")
	// ErrNotSent says that the mail server did not take the letter. Why, only
	// the server's own log may say: its answers quote addresses.
	ErrNotSent = errors.New("mail: the server did not take the letter")
)

// Letter is one plain message to one person.
type Letter struct {
	// ID is the local part of the Message-ID. The same letter sent twice
	// carries the same one, so that the receiver's mailbox can tell.
	ID      string
	To      string
	Subject string
	Text    string
	// End is the address at which one request ends letters of this kind, for mail
	// programs that offer that to their reader (RFC 8058); "" where there is none.
	End string
}

// Sender sends through one mail server. It is safe for concurrent use: each
// letter gets a connection of its own.
type Sender struct {
	host    string
	options []gomail.Option
	secrecy *tls.Config
	atOnce  bool // TLS from the start
	from    string
	domain  string
}

// New reads the server's URL:
//
//	smtp://[user:password@]host[:25]?from=portal@example.org    STARTTLS when offered; demanded with a password, except on loopback
//	smtps://[user:password@]host[:465]?from=portal@example.org  TLS from the start
//
// Without from, letters come from portal@host.
func New(rawURL string) (*Sender, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" {
		return nil, errUnreadableURL
	}
	s := &Sender{host: u.Hostname(), from: u.Query().Get("from")}
	s.secrecy = &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	if s.from == "" {
		s.from = "portal@" + s.host
	}
	s.domain = s.from[strings.LastIndex(s.from, "@")+1:]
	port, policy := 25, gomail.TLSOpportunistic
	switch u.Scheme {
	case "smtp":
	case "smtps":
		port, s.atOnce = 465, true
	default:
		return nil, errors.New("the mail server's URL begins with neither smtp:// nor smtps://")
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, errUnreadableURL
		}
	}
	if password, ok := u.User.Password(); ok {
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
		if !loopback(s.host) && !s.atOnce {
			policy = gomail.TLSMandatory
		}
	}
	s.options = append(s.options, gomail.WithPort(port), gomail.WithTLSPolicy(policy), gomail.WithTimeout(20*time.Second),
		gomail.WithTLSConfig(s.secrecy))
	probe := gomail.NewMsg()
	if err := probe.From(s.from); err != nil {
		return nil, errors.New("the sender's address in the mail server's URL cannot be read")
	}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, errUnreadableURL
	}
	return s, nil
}

// Send hands the letter over and returns when the server has taken it, or when
// ctx ends. A nil error means at least once: a connection that breaks before
// the server's answer arrived looks like a failure.
func (s *Sender) Send(ctx context.Context, l Letter) error {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(s.from); err != nil {
		return fmt.Errorf("address a letter: %w", ErrNotSent)
	}
	if err := m.To(l.To); err != nil {
		return fmt.Errorf("address a letter: %w", ErrNotSent)
	}
	m.Subject(l.Subject)
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.SetMessageIDWithValue(l.ID + "@" + s.domain)
	// A vacation notice back to the portal would tell who reads it, and when.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	if l.End != "" {
		m.SetGenHeader("List-Unsubscribe", "<"+l.End+">")
		m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	talk, done := context.WithCancel(ctx)
	defer done()
	client, err := gomail.NewClient(s.host, append(s.options[:len(s.options):len(s.options)], gomail.WithDialContextFunc(s.dial(talk)))...)
	if err != nil {
		return fmt.Errorf("prepare a letter: %w", ErrNotSent)
	}
	// A server may take the letter and be rude when it is bidden farewell.
	if err := client.DialAndSendWithContext(talk, m); err != nil && !m.IsDelivered() {
		if ctx.Err() != nil {
			return fmt.Errorf("send a letter: %w", ctx.Err())
		}
		return fmt.Errorf("send a letter: %w", ErrNotSent)
	}
	return nil
}

// dial connects for a talk that breaks off when ctx ends. Of its own the
// library looks at its context while it connects only, and gives a server that
// answers slowly its time anew at each step.
func (s *Sender) dial(ctx context.Context) gomail.DialContextFunc {
	return func(connecting context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(connecting, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { _ = conn.Close() })
		if !s.atOnce {
			return conn, nil
		}
		secret := tls.Client(conn, s.secrecy)
		return secret, secret.HandshakeContext(connecting)
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
