// Package migrations holds the schema as numbered goose files. Roles are not
// made here: they belong to the server, not to one database (see
// postgres.Bootstrap).
package migrations

import "embed"

// FS holds the numbered files. The pattern leaves schema.sql out: goose
// refuses a folder with an unnumbered file in it.
//
//go:embed 0*.sql
var FS embed.FS
