package retention

// lotteriesRules gives the rules of the tables under "who was drawn".
func lotteriesRules() []Rule {
	return []Rule{
		{
			Table: "lottery_draw",
			Columns: "organization_id event_id occurrence_id part_id state commitment seed revealed " +
				"list_digest entries pool_quotas pool_seats closed_at drawn_at",
			Whose: Nobody,
			What: "The draw of a part: its seed, what was promised of it, the sum of the list, how much room " +
				"there was",
			Why: "Chance, ids and sums. Once the list is erased the sum leads nowhere: whoever kept a copy of " +
				"the list can still check it, and nobody can make one from it.",
		},
		{
			Table:   "lottery_entry",
			Columns: "organization_id part_id quota_id ticket_id number seats outcome",
			Whose:   Resident,
			What:    "The number of an application, which lot it drew, and which ticket it is",
			Why: "So that anybody can draw again. Everybody may read numbers, seats and outcomes until they " +
				"are erased; which ticket it is, only its holder.",
			Until: untilErased,
			Job:   EraseTickets,
		},
	}
}
