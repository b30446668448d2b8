package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// connector opens connections that name the actor of a transaction as they begin
// it, in one journey to the server: on a page of short statements the journeys are
// most of the time.
type connector struct{ driver.Connector }

// Connect opens one connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	plain, ok := opened.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("open connection: it is a %T", opened)
	}
	return connection{plain}, nil
}

type connection struct{ *stdlib.Conn }

type whoKey struct{}

// BeginTx begins a transaction for whom the context names.
func (c connection) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	who, named := ctx.Value(whoKey{}).(Identity)
	if !named {
		return c.Conn.BeginTx(ctx, opts)
	}
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn // the pool takes another
	}
	query, err := begin(opts, who)
	if err != nil {
		return nil, err
	}
	tx, err := c.Conn.Conn().BeginTx(ctx, pgx.TxOptions{BeginQuery: query})
	if err != nil {
		// It may have begun before it was refused: nobody gets that connection.
		_ = c.Conn.Conn().Close(ctx)
		return nil, fmt.Errorf("name the actor: %w", err)
	}
	return transaction{ctx, tx}, nil
}

// begin names the actor locally to the transaction: a session-level SET would leak
// to the connection's next user. The login role itself may do nothing: an actor
// without a role is refused here. An isolation that the portal does not use is an
// error, so that nobody gets less than they asked for.
func begin(opts driver.TxOptions, who Identity) (string, error) {
	how := "READ WRITE"
	if opts.ReadOnly {
		how = "READ ONLY"
	}
	switch level := sql.IsolationLevel(opts.Isolation); level {
	case sql.LevelDefault:
	case sql.LevelRepeatableRead:
		how = "ISOLATION LEVEL REPEATABLE READ " + how
	default:
		return "", fmt.Errorf("begin: isolation %s is not supported", level)
	}
	settings := []struct{ name, value string }{
		{"role", who.Role},
		{"portal.as", who.As},
		{"portal.person", who.Person},
		{"portal.unit", who.Unit},
		{"portal.desk", who.Desk},
		{"portal.kind", who.UnitKind},
		{"portal.agency", who.Agency},
	}
	calls := make([]string, len(settings))
	for i, s := range settings {
		calls[i] = fmt.Sprintf("set_config('%s', %s, true)", s.name, literal(s.value))
	}
	return "BEGIN " + how + "; SELECT " + strings.Join(calls, ", "), nil
}

// literal quotes a value. The server takes a backslash as it stands (Open sets
// standard_conforming_strings), and no text holds a zero byte.
func literal(value string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(value, "\x00", ""), "'", "''") + "'"
}

// transaction ends under the context that it began with.
type transaction struct {
	ctx context.Context
	tx  pgx.Tx
}

func (t transaction) Commit() error   { return t.tx.Commit(t.ctx) }
func (t transaction) Rollback() error { return t.tx.Rollback(t.ctx) }
