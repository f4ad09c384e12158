// Package idempotency keeps the answers of staff requests that carry an Idempotency-Key
// (draft-ietf-httpapi-idempotency-key-header), in the transaction that does the work: either both
// are there or neither.
//
//	first request            does the work and stores its answer
//	same key, same request   the stored answer, nothing is done
//	same key, another one    ErrReused
//	while the first runs     ErrInProgress
//
// Refusals are not stored: nothing was done, the same request may be sent again. Keys belong to one
// organization; a job forgets them after a day.
package idempotency
