// Package report is what a yearly report needs (実績報告): how many registered and came, and, where
// organisers ask, what those who took seats said of themselves, without knowing anybody.
//
// # Answers go one way
//
// An answer never stands beside a ticket. The Collector keeps sums in memory and adds them to the
// counters of their date some minutes later, and only when several have come together or the date's
// registration has closed: neither a row, nor its place in the file, nor a transaction, nor the
// write-ahead log ties an answer to a ticket by its time. (When a program stops it writes what it
// has, and a date then may have few.) A crash loses answers, never seats. Nothing takes an answer
// back: cancelling doesn't subtract. A secret sent again counts nothing, nor does who waits. No
// role reads the counters, only functions of the ledger, which forget them when they release them.
//
// # Figures come out twice
//
// Figures come out by themselves, once each, and never change: registrations and answers half an
// hour after the last registration of a date has closed, attendance six hours after its end, when
// the doors have shut. All are rounded to fives, with 0 to 7 as one band.
//
// Answers come out only of twenty people (tickets) or more who hold a seat at that moment, and only
// where no more than a quarter as many gave theirs back or were not drawn: what those said can't be
// told apart any more (docs/adr/0028-…). A date that has not enough waits and is put together with
// the next ones of the same event and fiscal year; each answer is part of one batch. Before
// rounding, each count of a batch is moved by a random number, two-sided geometric, drawn once:
// rounding alone gives the last answer away to whoever knows all others. What can be learned is
// bounded whatever one knows: an answer is at most four times as likely as another one of the same
// question after the release as before it (docs/adr/0012-…). A row for every possible answer is
// there whether it was given or not.
//
// A report of a year adds released figures up and never counts again, so it tells nothing that they
// don't. Hosts (主催 and 共催) of an event read the same figures.
package report
