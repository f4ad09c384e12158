// Package retention says of every column of the schema what it is, whose it is, why it is kept,
// until when, and which job erases it. The jobs take their periods from here; there is no second
// place. docs/retention.md is generated from the table.
//
// A test holds the table against the real schema: a column without a rule fails it, and so does one
// that could hold words about a person and is called nobody's without a reason.
package retention

//go:generate go run ./generate ../../docs/retention.md
