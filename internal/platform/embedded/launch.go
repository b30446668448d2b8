package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	socketPort     = "5432" // only a part of the socket's file name
	socketLimit    = 103    // bytes in a Unix socket's path on macOS; Linux has 107
	readyPatience  = 60 * time.Second
	settlePatience = 15 * time.Second
	logLimit       = 10 << 20
)

// postmaster is a PostgreSQL that this process started.
type postmaster struct {
	cmd    *exec.Cmd
	ended  chan struct{}
	host   string // loopback address and port, or empty
	socket string // folder of the Unix socket, or empty
}

// errEnded says that PostgreSQL gave up while starting.
var errEnded = errors.New("it ended at once")

// launch starts PostgreSQL on the cluster and waits until it answers. A start
// that fails at once is tried again for a while where that may help: the last
// backends of a killed server still hold its memory, or another program took
// the port that was free a moment ago.
func (c *cluster) launch(ctx context.Context, s secrets) (*postmaster, error) {
	_, err := os.Stat(filepath.Join(c.dir(), "postmaster.pid"))
	killed := err == nil
	patient, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	for {
		p, err := c.launchOnce(ctx, s)
		if err == nil {
			return p, nil
		}
		again := errors.Is(err, errEnded) && (killed || p.host != "")
		if !again || pause(patient) != nil {
			return nil, fmt.Errorf("start PostgreSQL (its log is %s): %w", c.at.logFile(), err)
		}
	}
}

func (c *cluster) launchOnce(ctx context.Context, s secrets) (*postmaster, error) {
	p := &postmaster{ended: make(chan struct{})}
	log, err := c.openLog()
	if err != nil {
		return p, err
	}
	defer log.Close() // the child has its own copy
	if err := c.acc.folder(c.at.socketFolder()); err != nil {
		return p, fmt.Errorf("make the socket folder: %w", err)
	}
	args, err := c.listening(ctx, p)
	if err != nil {
		return p, err
	}
	// The child outlives a cancelled context: it has to be stopped in order.
	p.cmd = exec.CommandContext(context.WithoutCancel(ctx), c.inst.program("postgres"),
		append(append([]string{"-D", c.dir()}, args...), c.settings()...)...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = c.dir(), log, log
	c.acc.dress(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return p, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in its log
		close(p.ended)
	}()
	if err := p.ready(ctx, s); err != nil {
		return p, errors.Join(err, p.stop(context.WithoutCancel(ctx)))
	}
	return p, nil
}

// listening chooses between the socket and loopback, and fills in where the
// server will be found. A data folder too deep for a socket's path, or with a
// comma or a quote in its name, which lists of folders cannot carry, gets a
// loopback port. Both ask for the same password.
func (c *cluster) listening(ctx context.Context, p *postmaster) ([]string, error) {
	socket := filepath.Join(c.at.socketFolder(), ".s.PGSQL."+socketPort)
	if !c.opts.Loopback && len(socket) <= socketLimit && !strings.ContainsAny(socket, `,"'\`) {
		p.socket = c.at.socketFolder()
		return []string{"-c", "listen_addresses=", "-c", "unix_socket_directories=" + p.socket, "-c", "port=" + socketPort}, nil
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	p.host = net.JoinHostPort("127.0.0.1", port)
	return []string{"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "port=" + port}, nil
}

// settings keep what people wrote out of the log, under errors too: terse drops
// the DETAIL that quotes a row, and no statement or parameter is written.
func (c *cluster) settings() []string {
	connections := c.opts.MaxConnections
	if connections == 0 {
		connections = 100
	}
	settings := []string{
		"log_destination=stderr", "logging_collector=off", "log_min_messages=warning",
		"log_error_verbosity=terse", "log_min_error_statement=panic", "log_statement=none",
		"log_min_duration_statement=-1", "log_parameter_max_length=0", "log_parameter_max_length_on_error=0",
		"timezone=UTC", "log_timezone=UTC", "jit=off", "max_connections=" + strconv.Itoa(connections),
	}
	if c.opts.Fast {
		settings = append(settings, "fsync=off", "full_page_writes=off")
	}
	var args []string
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return args
}

// openLog opens PostgreSQL's log for adding, and puts one that grew aside.
func (c *cluster) openLog() (*os.File, error) {
	path := c.at.logFile()
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, fmt.Errorf("put the old database log aside: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database log: %w", err)
	}
	return file, nil
}

// freePort is a loopback port that was free a moment ago.
func freePort(ctx context.Context) (string, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

func (p *postmaster) url(user, password, database string) string {
	return databaseURL(user, password, p.host, p.socket, database)
}

// ready waits until the superuser can sign in.
func (p *postmaster) ready(ctx context.Context, s secrets) error {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, p.url(Superuser, s.Super, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.ended:
			return errEnded
		default:
		}
		if pause(ctx) != nil {
			return fmt.Errorf("it does not answer: %w", err)
		}
	}
}

// stop ends PostgreSQL: in order while ctx lasts, then at once.
func (p *postmaster) stop(ctx context.Context) error {
	gone := func() bool {
		select {
		case <-p.ended:
			return true
		default:
			return false
		}
	}
	if gone() {
		return nil
	}
	return endProcess(ctx, p.cmd.Process.Pid, gone)
}
