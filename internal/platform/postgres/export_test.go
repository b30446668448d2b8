package postgres

import "database/sql"

// Pool gives the connections without a transaction, as no caller has them.
func (d *DB) Pool() *sql.DB { return d.pool }
