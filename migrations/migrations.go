// Package migrations holds the schema as numbered goose files. Roles are not
// made here: they belong to the server, not to one database (see
// postgres.Bootstrap).
package migrations

import "embed"

// FS holds the numbered files. The pattern leaves everything else in
// the folder out: goose refuses a file without a number.
//
//go:embed 0*.sql
var FS embed.FS
