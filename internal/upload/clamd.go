package upload

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Clamd asks a ClamAV daemon, by its command INSTREAM (clamd(8)).
type Clamd struct{ network, address string }

const (
	clamdChunk = 64 << 10
	clamdTime  = 15 * time.Second
)

// NewClamd reads an address such as unix:/run/clamav/clamd.ctl or
// tcp://127.0.0.1:3310.
func NewClamd(address string) (*Clamd, error) {
	if path, found := strings.CutPrefix(address, "unix:"); found && filepath.IsAbs(path) {
		return &Clamd{"unix", path}, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "tcp" || u.Hostname() == "" || u.Port() == "" || u.Path != "" || u.User != nil {
		return nil, errors.New("is neither a socket such as unix:/run/clamav/clamd.ctl nor an address such as tcp://127.0.0.1:3310")
	}
	return &Clamd{"tcp", u.Host}, nil
}

// Scan sends the file and waits for the verdict.
func (c *Clamd) Scan(ctx context.Context, data []byte) (found string, err error) {
	ctx, cancel := context.WithTimeout(ctx, clamdTime)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("reach the virus scanner: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if until, set := ctx.Deadline(); set {
		if err := conn.SetDeadline(until); err != nil {
			return "", fmt.Errorf("ask the virus scanner: %w", err)
		}
	}
	if err := send(conn, data); err != nil {
		return "", fmt.Errorf("ask the virus scanner: %w", err)
	}
	answer, err := bufio.NewReaderSize(conn, 4<<10).ReadString(0)
	if err != nil {
		return "", fmt.Errorf("hear the virus scanner: %w", err)
	}
	return verdict(strings.TrimRight(answer, "\x00\n"))
}

// send writes the file in pieces, each after its length, and an empty one.
func send(conn net.Conn, data []byte) error {
	if _, err := conn.Write([]byte("zINSTREAM\x00")); err != nil {
		return err
	}
	for len(data) > 0 {
		piece := data[:min(clamdChunk, len(data))]
		data = data[len(piece):]
		if _, err := conn.Write(binary.BigEndian.AppendUint32(nil, uint32(len(piece)))); err != nil {
			return err
		}
		if _, err := conn.Write(piece); err != nil {
			return err
		}
	}
	_, err := conn.Write([]byte{0, 0, 0, 0})
	return err
}

// verdict reads "stream: OK" and "stream: NAME FOUND". All else is no verdict.
func verdict(answer string) (found string, err error) {
	said, known := strings.CutPrefix(answer, "stream: ")
	if known && said == "OK" {
		return "", nil
	}
	if name, bad := strings.CutSuffix(said, " FOUND"); known && bad && name != "" {
		return name, nil
	}
	return "", errors.New("the virus scanner gave no verdict")
}
