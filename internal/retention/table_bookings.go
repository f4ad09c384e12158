package retention

// bookingsRules gives the rules of the tables under "who uses the rooms".
func bookingsRules() []Rule {
	return []Rule{
		{
			Table: "booking",
			Columns: "organization_id borrower_id facility_id room_id id series_id status starts_at ends_at " +
				"setup_minutes clearing_minutes people noise wants hold_minutes waits_since expires_at approvals " +
				"approval_steps fee_class fee_yen exemption exemption_class exemption_percent cancel_until " +
				"permit_number version created_at modified_at",
			Whose: Nobody,
			What:  "Which organization has which room when, in which state, at what fee",
			Why:   "Towns and groups book, never residents: fixed words, figures, and a number made for the permit.",
		},
		{
			Table:   "booking",
			Columns: "title reason conditions exemption_asked exemption_answer",
			Whose:   Nobody,
			What:    "What a room is used for, and what was decided why",
			Why:     "One organization's words to another; both read them and nobody else.",
		},
		{
			Table:   "booking",
			Columns: "approved_by approved_persons exemption_by",
			Whose:   Staff,
			What:    "Which member gave the first approval or decided on an exemption",
			Why: "So that a second person gives the second approval, and somebody answers for money that is " +
				"not asked.",
		},
		{
			Table: "booking_series",
			Columns: "organization_id borrower_id facility_id room_id id rule starts_time ends_time first_day " +
				"last_day title created_at",
			Whose: Nobody,
			What:  "The rule by which a room is booked again and again",
			Why:   "An organization's own; both towns read it.",
		},
		{
			Table: "event_room",
			Columns: "organization_id event_id occurrence_id part_id booking_id lender_id borrower_id room_id " +
				"facility_id",
			Whose: Nobody,
			What:  "Which booking gives a date its room",
		},
		{
			Table: "booking_round",
			Columns: "organization_id id name note span opens_at closes_at draws_at accept_until " +
				"applications_max wishes_max state created_at",
			Whose: Nobody,
			What:  "When and for what rooms of a period are drawn by lot",
			Why:   published,
		},
		{
			Table:   "booking_round",
			Columns: "commitment seed revealed list list_digest withdrawn struck closed_at drawn_at",
			Whose:   Nobody,
			What:    "What a draw of rooms is made from",
			Why:     "Chance, sums, and times under random numbers of organizations: anybody can draw again.",
		},
		{
			Table:   "booking_round_room",
			Columns: "organization_id facility_id room_id round_id",
			Whose:   Nobody,
			What:    "Which rooms are drawn by lot",
			Why:     published,
		},
		{
			Table:   "booking_round_space",
			Columns: "round_id space_id span taker",
			Whose:   Nobody,
			What:    "Which floor is kept for a draw while it runs",
			Why:     "Days and ids.",
		},
		{
			Table:   "booking_application",
			Columns: "borrower_id round_id id number title people outcome booking_id created_at",
			Whose:   Nobody,
			What:    "Which organization applied for rooms, under which random number",
			Why:     "Towns and groups apply, never residents; only the applicant reads it.",
		},
		{
			Table:   "booking_wish",
			Columns: "borrower_id application_id rank room_id starts_at ends_at dropped",
			Whose:   Nobody,
			What:    "Which rooms and times an organization wishes for",
			Why:     "Only the applicant reads it.",
		},
		{
			Table:   "occupancy",
			Columns: "booking_id space_id span taker",
			Whose:   Nobody,
			What:    "Which pieces of floor are taken when",
			Why:     "Times and ids; taker is the booking itself.",
		},
		{
			Table:   "booking_change",
			Columns: "organization_id borrower_id booking_id id at kind by_id status",
			Whose:   Nobody,
			What:    "Which organization changed what of a booking, when",
			Why:     chosen,
		},
		{
			Table:   "booking_note",
			Columns: "organization_id borrower_id booking_id id at by_id body",
			Whose:   Nobody,
			What:    "What two organizations wrote to each other about a booking",
			Why:     "Business between offices, signed by the organization and not by a member.",
		},
		{
			Table:   "room_calendar",
			Columns: "organization_id room_id id name mac created_at revoked_at",
			Whose:   Nobody,
			What:    "An address of a room's free/busy calendar, as a MAC, and what it is for",
			Why:     "It belongs to a room; who holds it is not known. It tells times alone.",
		},
	}
}
