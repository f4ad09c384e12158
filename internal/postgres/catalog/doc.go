// Package catalog reads what a database's schema is and writes it as two documents: SQL for
// migrations/schema.sql and a page with drawings of the tables for docs/tables.md.
//
// It reads PostgreSQL's catalog instead of running pg_dump, so that the text is in an order of its
// own, by concept, and stays the same on another version of PostgreSQL and after an upgrade.
package catalog

//go:generate go run ./generate ../../../migrations/schema.sql ../../../docs/tables.md
