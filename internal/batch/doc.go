// Package batch sends requests that arrive at the same moment together.
//
// A Batcher has lanes. Requests with one key wait in one queue while that key's lanes are busy; as
// soon as a lane is free, it takes some of those that wait and hands them to the send function, one
// batch a lane at a time. Nobody waits for a batch to fill: a lone request is sent at once, as a
// batch of one.
//
// A caller whose context ends while its request waits withdraws it. A caller whose request is in a
// batch already either leaves it there (send learns of it from Answer) or, with Options.Stay, waits
// for the answer.
//
// The package knows nothing of what is sent. Tickets and bookings use it in front of the database,
// where one transaction for many requests costs little more than one for a single request.
package batch
