package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

var errUnreadableURL = errors.New("the database URL cannot be read (it is not shown here: it may hold a password)")

// Tx is one transaction under one actor. It ends with the function that got it.
type Tx struct {
	ctx  context.Context
	gorm *gorm.DB
}

// Gorm returns the transaction's session. Store files only: the linter refuses
// it elsewhere.
func (t Tx) Gorm() *gorm.DB { return t.gorm }

// Context returns the context that the transaction was opened with.
func (t Tx) Context() context.Context { return t.ctx }

// InTx runs fn in one read-write transaction that works for actor, and
// commits when fn returns nil. It returns nil only after the commit did; on
// any error nothing of it is kept.
func (d *DB) InTx(ctx context.Context, actor Actor, fn func(Tx) error) error {
	return d.run(ctx, actor, &sql.TxOptions{}, fn)
}

// Read runs fn in one read-only transaction at repeatable read, so that all
// statements of one page see the same moment.
func (d *DB) Read(ctx context.Context, actor Actor, fn func(Tx) error) error {
	return d.run(ctx, actor, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}, fn)
}

func (d *DB) run(ctx context.Context, actor Actor, opts *sql.TxOptions, fn func(Tx) error) error {
	err := d.gorm.WithContext(context.WithValue(ctx, whoKey{}, actor.DatabaseIdentity())).Transaction(func(g *gorm.DB) error {
		return fn(Tx{ctx: ctx, gorm: g.WithContext(ctx)})
	}, opts)
	return scrub(err)
}

// scrub drops what the server says of a row: PgError.Detail quotes values.
func scrub(err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		pg.Detail, pg.Where, pg.InternalQuery = "", "", ""
	}
	return err
}

// Violates reports whether err is the refusal of the named constraint, index
// or, when name is empty, of any constraint.
func Violates(err error, name string) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || len(pg.Code) < 2 || pg.Code[:2] != "23" {
		return false
	}
	return name == "" || pg.ConstraintName == name
}
