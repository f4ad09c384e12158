package retention

// eventsRules gives the rules of the tables under "what is announced".
func eventsRules() []Rule {
	return []Rule{
		{
			Table: "event",
			Columns: "organization_id id status visibility kind audience_tags nickname_ok listen_only_ok " +
				"leave_midway_ok women_staff companion_ok wheelchair sign_language child_care press fee_yen " +
				"questions published_at cancelled_at modified_at listed",
			Whose: Nobody,
			What:  "What kind of event it is, for whom, on what terms, in which state",
			Why:   chosen,
		},
		{
			Table:   "event",
			Columns: "title summary description audience attending_offices fee_note website cancel_reason search_text",
			Whose:   Nobody,
			What:    "The announcement",
			Why:     published,
		},
		{
			Table:   "event_organiser",
			Columns: "organization_id event_id organiser_id role position approval decided_at",
			Whose:   Nobody,
			What:    "Which organizations hold it",
			Why:     chosen,
		},
		{
			Table:   "organiser_question",
			Columns: "organization_id event_id organiser_id fields revision asked_at answer_by lapsed_at",
			Whose:   Nobody,
			What:    "Which organizations are asked again about a change, and what has changed; until they answer",
			Why:     chosen,
		},
		{
			Table:   "series",
			Columns: "organization_id event_id id rule choose first_month last_month modified_at",
			Whose:   Nobody,
			What:    "The rule of a series",
			Why:     chosen,
		},
		{
			Table:   "series",
			Columns: "rule_text template",
			Whose:   Nobody,
			What:    "The rule in words, and what each date is made from",
			Why:     published,
		},
		{
			Table:   "series_month",
			Columns: "organization_id series_id month decision decided_at",
			Whose:   Nobody,
			What:    "Which months were decided",
			Why:     chosen,
		},
		{
			Table: "occurrence",
			Columns: "organization_id event_id id series_id series_month status starts_at ends_at doors_at " +
				"moved_from reached_until place_kind area_code cancelled_at sequence modified_at listed " +
				"place_lost",
			Whose: Nobody,
			What:  "When and in which town a date is held",
			Why:   chosen,
		},
		{
			Table:   "occurrence",
			Columns: "place_name place_address place_access place_room note cancel_reason",
			Whose:   Nobody,
			What:    "The announcement of a date, with the address of the hall",
			Why:     published,
		},
		{
			Table: "part",
			Columns: "organization_id event_id occurrence_id id position starts_at ends_at press reservation " +
				"opens_at closes_at waiting_list waiting_until draws_at place_room place_lost",
			Whose: Nobody,
			What:  "When a part is held and how to take part",
			Why:   chosen,
		},
		{
			Table:   "part",
			Columns: "name description place_note audience sitting",
			Whose:   Nobody,
			What:    "The announcement of a part",
			Why:     published,
		},
		{
			Table:   "booth",
			Columns: "organization_id event_id part_id id position by_organization_id name offers",
			Whose:   Nobody,
			What:    "Which organization sits at a table and what it offers",
			Why:     published,
		},
		{
			Table:   "quota",
			Columns: "organization_id event_id occurrence_id part_id id position channel name max_seats",
			Whose:   Nobody,
			What:    "A pool of seats and its name",
			Why:     published,
		},
		{
			Table:   "quota_counter",
			Columns: "organization_id event_id occurrence_id quota_id capacity taken accepting",
			Whose:   Nobody,
			What:    "How many seats there are and are taken; a sum",
		},
		{
			Table:   "slot_rule",
			Columns: "organization_id event_id occurrence_id part_id quota_id max_slots gap_minutes",
			Whose:   Nobody,
			What:    "How slots of a part may be put together",
		},
		{
			Table: "slot",
			Columns: "organization_id event_id occurrence_id part_id quota_id starts_at ends_at parties " +
				"walk_in closed at_door door_band",
			Whose: Nobody,
			What:  "A bookable time at a table; how many came without booking, a sum",
			Why:   "The band is one of three fixed words, worked out from the sum.",
		},
		{
			Table:   "slot_booth",
			Columns: "organization_id event_id part_id slot_id booth_id during",
			Whose:   Nobody,
			What:    "Which tables sit in a slot, and when",
			Why:     chosen,
		},
		{
			Table:   "joining_link",
			Columns: "organization_id event_id part_id url note phone opens_before",
			Whose:   Nobody,
			What:    "Where an online part is held",
			Why:     "An organization's own link, the same for all who take part.",
		},
		{
			Table:   "event_change",
			Columns: "xid event_id changed_at removed",
			Whose:   Nobody,
			What:    "That an event changed",
		},
		{
			Table:   "feed_stamp",
			Columns: "feed at heard",
			Whose:   Nobody,
			What:    "When a calendar last changed",
			Why: "A calendar's name is made of ids and fixed words, its times are those of changes by staff. A " +
				"row says that the calendar was there once.",
		},
		{
			Table:   "feed_due",
			Columns: "xid feed",
			Whose:   Nobody,
			What:    "What the running transaction changes; empty after it",
			Why:     "A calendar's name is made of ids and fixed words.",
		},
	}
}
