package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Actor names who a transaction works for, as the database knows them.
type Actor interface{ DatabaseIdentity() Identity }

// Identity is a role of the database and the settings that row-level security
// and triggers read. What does not apply is empty.
type Identity struct {
	Role     string // PublicRole, DoorRole, StaffRole, WorkerRole or SetupRole
	As       string // portal.as: a staff role, or the kind of actor
	Person   string // portal.person: staff
	Unit     string // portal.unit: staff
	Desk     string // portal.desk: the code of the unit
	UnitKind string // portal.kind: the kind of the unit
	Agency   string // portal.agency: staff of an agency
}

// Options of Open. The zero value suits a web process.
type Options struct {
	MaxConns int           // pool size; 0 means 20
	Timeout  time.Duration // longest statement; 0 means 15 s
	Name     string        // application_name, for operators
}

// DB is a pool of connections under the application role. It is safe for
// concurrent use.
type DB struct {
	url  string
	pool *sql.DB
	gorm *gorm.DB
}

// Open connects to url and checks that the server answers.
func Open(ctx context.Context, url string, opts Options) (*DB, error) {
	conf, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errUnreadableURL
	}
	if opts.Timeout == 0 {
		opts.Timeout = 15 * time.Second
	}
	if opts.MaxConns == 0 {
		opts.MaxConns = 20
	}
	conf.RuntimeParams["application_name"] = "portal " + opts.Name
	conf.RuntimeParams["timezone"] = "UTC"
	conf.RuntimeParams["standard_conforming_strings"] = "on"
	conf.RuntimeParams["statement_timeout"] = fmt.Sprint(opts.Timeout.Milliseconds())
	conf.RuntimeParams["lock_timeout"] = fmt.Sprint(opts.Timeout.Milliseconds())
	conf.RuntimeParams["idle_in_transaction_session_timeout"] = fmt.Sprint(2 * opts.Timeout.Milliseconds())
	pool := sql.OpenDB(connector{stdlib.GetConnector(*conf)})
	pool.SetMaxOpenConns(opts.MaxConns)
	pool.SetMaxIdleConns(opts.MaxConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	g, err := gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: pool}), &gorm.Config{
		TranslateError: true,
		// The default logger prints bound values on an error or a slow
		// statement: names and numbers would end in the log.
		Logger:               logger.Discard,
		DisableAutomaticPing: true,
	})
	if err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("open gorm: %w", err)
	}
	return &DB{url: url, pool: pool, gorm: g}, nil
}

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.PingContext(ctx) }

// Close ends all connections.
func (d *DB) Close() error { return d.pool.Close() }
