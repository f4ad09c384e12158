package contact

import (
	"errors"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// What Check, Put and Remove refuse. The codes are part of the API. None of them repeats what was
// typed.
var (
	ErrMail     = fault.Invalid("contact_mail_invalid") // not a mail address; field contact.mail
	ErrEndpoint = fault.Invalid(
		"contact_push_invalid",
	) // no push subscription that we would send to; field contact.push
	ErrOneWay = fault.Invalid("contact_one_way")           // mail and push at once, or neither
	ErrNotYet = fault.Conflict("contact_not_possible_yet") // the date has no key (yet), or nothing here can send
	ErrOver   = fault.Conflict("contact_ticket_over")      // the ticket was cancelled or its date is past
)

// What Open and the Vault answer; they are for the worker and reach no client.
var (
	ErrNoKey   = errors.New("there is no such key in the key store")
	ErrSealed  = errors.New("this was not sealed for that key and ticket")
	ErrForeign = errors.New("the contact key store is another one than the database knows")
)
