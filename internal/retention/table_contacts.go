package retention

// contactsRules gives the rules of the tables under "how they are told, if they asked for it".
func contactsRules() []Rule {
	return []Rule{
		{
			Table:   "ticket_contact",
			Columns: "organization_id event_id ticket_id key_id sealed",
			Whose:   Resident,
			What: "A mail address or push subscription, sealed for a key that only the worker has; no row " +
				"unless the holder left one",
			Why: "To be told when something about the date changes. Gone at once when the ticket is cancelled " +
				"or its wait lapses; with the date's key, what old backups hold is noise.",
			Until: untilErased,
			Job:   EraseTickets,
		},
		{
			Table:   "notice",
			Columns: "organization_id event_id ticket_id kind revision state tries handovers",
			Whose:   Resident,
			What: "That a ticket with a contact was to be told of something, and whether it was; no words and " +
				"no time",
			Why:   "So that each thing is told once. Gone with the contact's ticket.",
			Until: untilErased,
			Job:   EraseTickets,
		},
		{
			Table:   "contact_key",
			Columns: "organization_id event_id occurrence_id public_key destroyed_on",
			Whose:   Nobody,
			What:    "The public half of a date's key, and on which day the private half was destroyed",
			Why:     "It only seals. The private half is in no table: see docs/adr/0011.",
		},
		{
			Table:   "contact_store",
			Columns: "single id mail push_key",
			Whose:   Nobody,
			What:    "Which key store the worker has, and what it can send",
			Why:     "An id and the public key of the installation's push service.",
		},
	}
}
