// Package notice tells those who left a contact what became of their date, in words that say
// nothing to anybody else.
//
// # How a notice comes to be
//
// The transaction that causes it writes it: triggers on tickets, dates, parts and events
// (migrations/functions) insert one row for each ticket with a contact, unique by ticket, kind and
// revision, and queue a delivery for the event. A crash undoes both or neither. Reminders are
// written by a task on the day before.
//
//	kind          cause                                       told when, at delivery
//	reminder      the day before                              confirmed, and it takes place
//	change        new time or place, put off                  active, and not cancelled
//	cancellation  the date or its event was cancelled         cancelled
//	promotion     waiting became confirmed                    confirmed, and it takes place
//	offer         waiting became offered                      offered
//	still_coming  asked by the ticket's rules (notice_write)      confirmed, and it takes place
//	result        an application was drawn, or was not        not cancelled
//
// # How it is delivered
//
// A delivery holds a lock on the event, so that no two workers send the same. For each notice: open
// the contact, talk to the server, write down that the message is about to leave (handover,
// committed), let it leave, write down that it was taken. A worker that is killed leaves the row
// due and the lock goes with its connection; the next one sends again. Where it died between
// handover and the last note nobody can know whether the message was taken, so it is sent once more
// and never a third time: at most one duplicate, which the Message-ID gives away.
//
// Between 22:00 and 7:00 nothing is sent but what would come too late at 7:00.
package notice
