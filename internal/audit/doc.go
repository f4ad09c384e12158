// Package audit is the ledger of who did what in an organization, for its own staff to read.
//
// An entry is written inside the transaction of the change it tells of: both are there or neither.
// The actor comes from the transaction and can't be left out. Entries are never changed or deleted.
//
// An entry holds nothing about residents: no ticket, no nickname, no contact, no answer, no count
// of one event small enough to mean a person. Detail says which fields changed or which choice was
// made, in codes, never what a resident wrote.
package audit
