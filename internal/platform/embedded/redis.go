package embedded

import (
	"crypto/rand"
	"fmt"
	"net/url"

	"github.com/alicebob/miniredis/v2"
)

// doorbell is the Redis inside this process. What it holds is lost with it;
// the sweeper finds in PostgreSQL what was still to be done.
type doorbell struct {
	server   *miniredis.Miniredis
	password string
}

// StartRedis runs the in-process Redis alone, beside a PostgreSQL of the
// caller's. It returns its address, which holds the password, and its end.
func StartRedis() (address string, stop func(), err error) {
	d, err := startRedis()
	if err != nil {
		return "", nil, err
	}
	return d.url(), d.close, nil
}

// startRedis listens on a free loopback port. Other users of the machine can
// reach that port, so every connection needs the password.
func startRedis() (doorbell, error) {
	d := doorbell{server: miniredis.NewMiniRedis(), password: rand.Text()}
	d.server.RequireAuth(d.password)
	// Without this its times to live stand still, and asynq's leases, unique
	// locks and retries never run out.
	d.server.ClockTTL(true)
	if err := d.server.StartAddr("127.0.0.1:0"); err != nil {
		return doorbell{}, fmt.Errorf("start the in-process Redis: %w", err)
	}
	return d, nil
}

func (d doorbell) url() string {
	u := url.URL{Scheme: "redis", User: url.UserPassword("", d.password), Host: d.server.Addr(), Path: "/0"}
	return u.String()
}

func (d doorbell) close() { d.server.Close() }
