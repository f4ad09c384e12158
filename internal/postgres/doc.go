// Package postgres holds the pools, roles and transactions of the one database.
//
// The program logs in as one account and works as three roles, one pool each: tnm_public for
// residents, tnm_staff for one organization a transaction, tnm_worker for jobs. Row-level security
// decides what each sees, and fails closed; see the migrations. A fourth role, tnm_operator,
// belongs to the owner's account and serves the command line only.
//
// A transaction is opened by a service through InOrganization, InPublic, InWorker or InOperator and
// passed on as *Tx.
package postgres
