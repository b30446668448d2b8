package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

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
	who := actor.DatabaseIdentity()
	err := d.gorm.WithContext(ctx).Transaction(func(g *gorm.DB) error {
		// Local to the transaction: a session-level SET would leak to the
		// connection's next user. The login role itself may do nothing: an actor
		// without a role is refused by the first statement.
		err := g.Exec(`SELECT set_config('role', ?, true), set_config('portal.as', ?, true), set_config('portal.person', ?, true),
			set_config('portal.unit', ?, true), set_config('portal.desk', ?, true), set_config('portal.kind', ?, true), set_config('portal.agency', ?, true)`,
			who.Role, who.As, who.Person, who.Unit, who.Desk, who.UnitKind, who.Agency).Error
		if err != nil {
			return fmt.Errorf("name the actor: %w", err)
		}
		return fn(Tx{ctx: ctx, gorm: g})
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
