package retention

// doorRules gives the rules of the tables under "at the door".
func doorRules() []Rule {
	return []Rule{
		{
			Table: "door_link",
			Columns: "organization_id event_id occurrence_id id mac created_at revoked_at misses missed_at " +
				"pauses paused_until",
			Whose: Nobody,
			What: "A link for the phones at the entrance of one date, as a MAC; how many digits typed there " +
				"were nobody's lately",
			Why: "It belongs to a door and a day, not to a member; who holds it is not known. It opens nothing " +
				"once the date is over. A miss leads to no ticket.",
		},
		{
			Table:   "door_counter",
			Columns: "organization_id event_id occurrence_id part_id count beyond peak capacity band",
			Whose:   Nobody,
			What: "How many are inside and were at most, sums, how far the taps sent so far are from what can " +
				"be shown, and whether there is room",
			Why: "The band is one of three fixed words, worked out from the sum.",
		},
		{
			Table:   "door_tap",
			Columns: "organization_id event_id occurrence_id part_id id delta tapped_on",
			Whose:   Nobody,
			What:    "A step of that sum, with an id its phone made, so that it counts once though sent twice",
			Until:   untilSynced,
			Job:     ForgetDoorTaps,
		},
		{
			Table:   "door_arrival",
			Columns: "organization_id event_id occurrence_id quota_id seats",
			Whose:   Nobody,
			What:    "How many seats of a quota were used; a sum",
		},
	}
}
