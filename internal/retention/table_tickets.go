package retention

// ticketsRules gives the rules of the tables under "who comes".
func ticketsRules() []Rule {
	return []Rule{
		{
			Table: "ticket",
			Columns: "organization_id event_id occurrence_id part_id quota_id id status seats taken_on " +
				"calendar_turn day_code_turn arrived still_coming",
			Whose: Nobody,
			What:  "So many seats of a quota, taken on a day, asked for again, used, or no longer",
			Why: "A count. The id is random and of no other place; without the secret's MAC nothing leads from " +
				"a person to the row or back.",
		},
		{
			Table:   "ticket",
			Columns: "secret_mac",
			Whose:   Resident,
			What:    "MAC of the participation code",
			Why:     "So that the holder, and nobody else, sees and cancels the ticket.",
			Until:   untilErased,
			Job:     EraseTickets,
		},
		{
			Table:   "ticket",
			Columns: "nickname",
			Whose:   Resident,
			What: "What the holder likes to be called, sealed so that only the participation code opens it; " +
				"empty unless they chose one",
			Why:   "To be greeted by it. Gone at once when the ticket is cancelled or its wait lapses.",
			Until: untilErased,
			Job:   EraseTickets,
		},
		{
			Table:   "ticket",
			Columns: "asked",
			Whose:   Resident,
			What:    "For which seats or slots the ticket was asked for; empty unless it was given others since",
			Why:     "So that a request that is sent again is told of the same ticket.",
			Until:   untilErased,
			Job:     EraseTickets,
		},
		{
			Table:   "ticket",
			Columns: "calendar_mac",
			Whose:   Resident,
			What:    "MAC of the address of a ticket's private calendar; empty unless its holder asked for one",
			Why:     "To find the ticket that a calendar asks for. The calendar itself ends a day after the date.",
			Until:   untilErased,
			Job:     EraseTickets,
		},
		{
			Table:   "ticket",
			Columns: "day_code_mac",
			Whose:   Resident,
			What:    "MAC of the six digits for the door; empty unless the holder asked for them",
			Why:     "To be let in by them on the day. Gone at once when the ticket is cancelled or its code changed.",
			Until:   untilErased,
			Job:     EraseTickets,
		},
		{
			Table:   "ticket_wish",
			Columns: "organization_id event_id quota_id ticket_id position",
			Whose:   Resident,
			What:    "For which seats a ticket waits, and its place in the line",
			Why:     "To give free seats to whoever is next.",
			Until:   untilServed,
			Job:     LapseWaitingTickets,
		},
		{
			Table:   "ticket_offer",
			Columns: "organization_id event_id quota_id ticket_id until",
			Whose:   Resident,
			What:    "Until when a seat that came free is kept for a ticket that waited",
			Why:     "To ask whoever left a contact, and to give the seat to the next when no answer comes.",
			Until:   untilServed,
			Job:     LapseWaitingTickets,
		},
		{
			Table:   "ticket_slot",
			Columns: "organization_id event_id part_id slot_id ticket_id starts_at ends_at span",
			Whose:   Resident,
			What:    "Which slots a ticket holds",
			Why: "To keep them for its holder, and apart from each other. Gone at once when the ticket is " +
				"cancelled; the slots' counts stay.",
			Until: untilErased,
			Job:   EraseTickets,
		},
	}
}
