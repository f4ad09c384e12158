package retention

import (
	"slices"
	"time"
)

// Tasks of the worker that erase.
const (
	EraseTickets          = "erase_tickets"
	LapseWaitingTickets   = "lapse_waiting_tickets"
	ForgetIdempotencyKeys = "forget_idempotency_keys"
	ForgetDoorTaps        = "forget_door_taps"
	ForgetShares          = "forget_shares"
	ReturnPaperSeats      = "return_paper_seats"
	DestroyContactKeys    = "destroy_contact_keys"
)

// How long things are kept.
const (
	AfterDate       = 7 * 24 * time.Hour   // a ticket, after its date has ended
	AfterPutOffDate = 400 * 24 * time.Hour // a ticket, after the end of a date that was put off and never got new times
	AfterAnswer     = 24 * time.Hour       // the answer to a staff request
	AfterTap        = 2 * 24 * time.Hour   // a tap at the door, and at least until its date is over
	AfterShare      = 2 * time.Hour        // what a network took of a quota, and the key that hides it
)

var (
	withOrganization = Until{}
	untilErased      = Until{From: DateEnded, After: AfterDate, IfPutOff: AfterPutOffDate}
	untilServed      = Until{From: LineEnded}
	untilForgotten   = Until{From: Written, After: AfterAnswer}
	untilSynced      = Until{From: Written, After: AfterTap}
	untilShared      = Until{From: Written, After: AfterShare}
)

// Reasons that many columns share.
const (
	published = "Written by an organization for everybody to read. Whose names stand there (a lecturer's, " +
		"say) is the organization's choice and is public."
	chosen = "One of a few fixed words, or a name made for addresses; the schema refuses others."
)

// Table has a rule for every column of schema public.
func Table() []Rule {
	return slices.Concat(
		organizationsRules(),
		staffRules(),
		eventsRules(),
		venuesRules(),
		bookingsRules(),
		ticketsRules(),
		contactsRules(),
		lotteriesRules(),
		doorRules(),
		admissionRules(),
		reportsRules(),
		ledgersRules(),
		schemaRules(),
	)
}
