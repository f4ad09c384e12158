// Package staff holds the people who work for an organization (職員・担当者), what each may do, and the
// tokens their programs use.
//
//	member   editor < publisher < admin; disabled when they leave, never deleted, since the audit
//	         ledger names them
//	token    tnm_<slug>_<code>, of one member, always with an end; stored as a MAC, shown once;
//	         valid → expired or revoked
//
// A token may do what its member may. Whoever is asked for, only the transaction's own organization
// is looked at: row-level security decides, not this package. No error and no log line holds an
// address, a password or a token.
package staff
