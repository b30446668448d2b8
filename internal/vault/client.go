package vault

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/matching"
)

// Client asks a vault. It is a matching.Keyed, safe for concurrent use, and
// connects when it is asked: a vault that was away and is back is found again.
type Client struct {
	path     string
	patience time.Duration
	users    []uint32 // as whom a vault may run
	idle     chan net.Conn
}

const (
	// maxIdle is how many connections wait for the next question.
	maxIdle = 16
	// longest is how long one question may take.
	longest = 5 * time.Second
	// shortestWait keeps those who wait for the same bucket from asking all the
	// time.
	shortestWait = 10 * time.Millisecond
)

// NewClient asks at the socket of that path. When a limit is used up it waits
// for up to patience in all before it gives up. It asks no vault but one that runs
// as root, as the client's own user, or as one of the users given, and in a folder
// that belongs to one of these and that no other can write.
func NewClient(path string, patience time.Duration, users ...uint32) *Client {
	return &Client{path: path, patience: patience, users: append(own(), users...), idle: make(chan net.Conn, maxIdle)}
}

// Hash implements matching.Keyed. When the vault does not answer, or its limit
// stays used up, it is an Unavailable fault. Many inputs are asked in several
// questions; what is empty is not asked.
func (c *Client) Hash(ctx context.Context, inputs []matching.Input) ([]matching.Mark, error) {
	marks := make([]matching.Mark, len(inputs))
	var asked []matching.Input
	var places []int
	for i, in := range inputs {
		if err := in.Check(); err != nil {
			return nil, err
		}
		if in.Value != "" {
			asked, places = append(asked, in), append(places, i)
		}
	}
	left := c.patience
	for len(asked) > 0 {
		n := fitting(asked)
		got, err := c.ask(ctx, asked[:n], &left)
		if err != nil {
			return nil, unavailable(err)
		}
		for i, m := range got {
			marks[places[i]] = m
		}
		asked, places = asked[n:], places[n:]
	}
	return marks, nil
}

// Ping reports whether the vault answers. It counts as nothing asked.
func (c *Client) Ping(ctx context.Context) error {
	if _, err := c.exchange(ctx, nil); err != nil {
		return unavailable(err)
	}
	return nil
}

// Close ends the connections that wait for a question.
func (c *Client) Close() {
	for {
		select {
		case conn := <-c.idle:
			_ = conn.Close()
		default:
			return
		}
	}
}

func unavailable(cause error) error {
	return fmt.Errorf("ask the vault: %w: %w", fault.New(fault.Unavailable, "problem.503.title"), cause)
}

// fitting returns how many of the inputs go into one question, at least one.
func fitting(inputs []matching.Input) int {
	size := 0
	for i, in := range inputs {
		if size += len(in.Value) + len(in.Country); i > 0 && size > maxBytes || i == maxInputs {
			return i
		}
	}
	return len(inputs)
}

// ask waits where a limit is used up for a while, within the patience left.
func (c *Client) ask(ctx context.Context, inputs []matching.Input, left *time.Duration) ([]matching.Mark, error) {
	for {
		marks, err := c.exchange(ctx, inputs)
		refused, ok := errors.AsType[RefusedError](err)
		if !ok {
			return marks, err
		}
		pause := max(refused.After, shortestWait)
		if pause > *left {
			return nil, err
		}
		*left -= pause
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}

// exchange asks once. A connection that waited may have died with its vault: then
// a new one is tried.
func (c *Client) exchange(ctx context.Context, inputs []matching.Input) ([]matching.Mark, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	for {
		select {
		case conn := <-c.idle:
			marks, err := c.over(ctx, conn, inputs)
			_, refused := errors.AsType[RefusedError](err)
			if err == nil || refused || ctx.Err() != nil {
				return marks, err
			}
			continue
		default:
		}
		conn, err := c.connect(ctx)
		if err != nil {
			return nil, err
		}
		return c.over(ctx, conn, inputs)
	}
}

func (c *Client) connect(ctx context.Context) (net.Conn, error) {
	if err := guarded(c.path, c.users); err != nil {
		return nil, err
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", c.path)
	if err != nil {
		return nil, err
	}
	if err := recognise(conn, c.users); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// over asks over the connection and keeps it for the next question, or closes it
// when anything is wrong with it.
func (c *Client) over(ctx context.Context, conn net.Conn, inputs []matching.Input) (marks []matching.Mark, err error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	err = writeFrame(conn, writeQuestion(inputs))
	var body []byte
	if err == nil {
		body, err = readFrame(conn)
	}
	if err == nil {
		marks, err = parseAnswer(body, inputs)
	}
	_, refused := errors.AsType[RefusedError](err)
	if !stop() || err != nil && !refused {
		_ = conn.Close()
		if ctx.Err() != nil && err != nil && !refused {
			err = ctx.Err()
		}
		return marks, err
	}
	select {
	case c.idle <- conn:
	default:
		_ = conn.Close()
	}
	return marks, err
}
