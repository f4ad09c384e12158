// Package migrations holds the schema of the database as numbered goose files, each with an Up and a Down.
//
// A migration that has landed is never edited; a change is a new file that keeps the previous binary working
// (expand, migrate, contract).
package migrations

import "embed"

// FS holds every migration, 00001_*.sql first.
//
//go:embed *.sql
var FS embed.FS
