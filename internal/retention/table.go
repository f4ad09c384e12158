package retention

import "time"

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
	published = "Written by an organization for everybody to read. Whose names stand there (a lecturer's, say) is the organization's choice and is public."
	chosen    = "One of a few fixed words, or a name made for addresses; the schema refuses others."
)

// Table has a rule for every column of schema public.
func Table() []Rule {
	return []Rule{
		// Who takes part
		{
			Table: "organization", Columns: "id kind slug code registered_by registered_by_kind online position created_at closed_at", Whose: Nobody,
			What: "Which organization it is, who vouches for it and where it stands in lists", Why: chosen,
		},
		{Table: "organization", Columns: "name name_key kana english area introduction website", Whose: Nobody, What: "How an organization presents itself", Why: published},
		{Table: "partnership", Columns: "id slug position", Whose: Nobody, What: "Which partnership it is", Why: chosen},
		{Table: "partnership", Columns: "name description", Whose: Nobody, What: "How a partnership presents itself", Why: published},
		{Table: "partnership_member", Columns: "partnership_id organization_id position", Whose: Nobody, What: "Which organizations agreed"},

		// Who works for it
		{Table: "staff", Columns: "organization_id id role disabled_at created_at", Whose: Staff, What: "A member, their role, when they came and left", Why: "The ledger of changes names members by id, so a member who leaves is disabled, not deleted."},
		{Table: "staff", Columns: "email name password_hash", Whose: Staff, What: "What a member logs in with and is called", Why: "To log in, and so that the ledger can be read by people. Kept after they leave."},
		{Table: "api_token", Columns: "organization_id id staff_id name mac issuers expires_at revoked_at created_at", Whose: Staff, What: "A member's key for programs: its name, its MAC, its end, and which members issued it", Why: "To recognize it, to tell later that it was revoked, and so that whoever issued a token and whoever holds it count as one person. The token itself is not stored."},

		// What is announced
		{
			Table: "event", Columns: "organization_id id status visibility kind audience_tags nickname_ok listen_only_ok leave_midway_ok women_staff companion_ok wheelchair sign_language child_care press fee_yen questions published_at cancelled_at modified_at listed",
			Whose: Nobody, What: "What kind of event it is, for whom, on what terms, in which state", Why: chosen,
		},
		{Table: "event", Columns: "title summary description audience attending_offices fee_note website cancel_reason search_text", Whose: Nobody, What: "The announcement", Why: published},
		{Table: "event_organiser", Columns: "organization_id event_id organiser_id role position approval decided_at", Whose: Nobody, What: "Which organizations hold it", Why: chosen},
		{
			Table: "organiser_question", Columns: "organization_id event_id organiser_id fields revision asked_at answer_by lapsed_at", Whose: Nobody,
			What: "Which organizations are asked again about a change, and what has changed; until they answer", Why: chosen,
		},
		{Table: "series", Columns: "organization_id event_id id rule choose first_month last_month modified_at", Whose: Nobody, What: "The rule of a series", Why: chosen},
		{Table: "series", Columns: "rule_text template", Whose: Nobody, What: "The rule in words, and what each date is made from", Why: published},
		{Table: "series_month", Columns: "organization_id series_id month decision decided_at", Whose: Nobody, What: "Which months were decided", Why: chosen},
		{
			Table: "occurrence", Columns: "organization_id event_id id series_id series_month status starts_at ends_at doors_at moved_from reached_until place_kind area_code cancelled_at sequence modified_at listed place_lost",
			Whose: Nobody, What: "When and in which town a date is held", Why: chosen,
		},
		{Table: "occurrence", Columns: "place_name place_address place_access place_room note cancel_reason", Whose: Nobody, What: "The announcement of a date, with the address of the hall", Why: published},
		{
			Table: "part", Columns: "organization_id event_id occurrence_id id position starts_at ends_at press reservation opens_at closes_at waiting_list waiting_until draws_at place_room place_lost",
			Whose: Nobody, What: "When a part is held and how to take part", Why: chosen,
		},
		{Table: "part", Columns: "name description place_note audience sitting", Whose: Nobody, What: "The announcement of a part", Why: published},
		{Table: "booth", Columns: "organization_id event_id part_id id position by_organization_id name offers", Whose: Nobody, What: "Which organization sits at a table and what it offers", Why: published},
		{Table: "quota", Columns: "organization_id event_id occurrence_id part_id id position channel name max_seats", Whose: Nobody, What: "A pool of seats and its name", Why: published},
		{Table: "quota_counter", Columns: "organization_id event_id occurrence_id quota_id capacity taken accepting", Whose: Nobody, What: "How many seats there are and are taken; a sum"},
		{Table: "slot_rule", Columns: "organization_id event_id occurrence_id part_id quota_id max_slots gap_minutes", Whose: Nobody, What: "How slots of a part may be put together"},
		{Table: "slot", Columns: "organization_id event_id occurrence_id part_id quota_id starts_at ends_at parties walk_in closed at_door door_band", Whose: Nobody, What: "A bookable time at a table; how many came without booking, a sum", Why: "The band is one of three fixed words, worked out from the sum."},
		{Table: "slot_booth", Columns: "organization_id event_id part_id slot_id booth_id during", Whose: Nobody, What: "Which tables sit in a slot, and when", Why: chosen},
		{
			Table: "joining_link", Columns: "organization_id event_id part_id url note phone opens_before", Whose: Nobody, What: "Where an online part is held",
			Why: "An organization's own link, the same for all who take part.",
		},
		{Table: "event_change", Columns: "xid event_id changed_at removed", Whose: Nobody, What: "That an event changed"},
		{Table: "feed_stamp", Columns: "feed at heard", Whose: Nobody, What: "When a calendar last changed", Why: "A calendar's name is made of ids and fixed words, its times are those of changes by staff. A row says that the calendar was there once."},
		{Table: "feed_due", Columns: "xid feed", Whose: Nobody, What: "What the running transaction changes; empty after it", Why: "A calendar's name is made of ids and fixed words."},

		// Where it is held
		{
			Table: "facility", Columns: "organization_id id status area_code postal_code latitude longitude corporate_number poi_code outside_id barrier_free barriers hours closed_on position modified_at listed",
			Whose: Nobody, What: "Which building it is, where it stands, when it is open", Why: chosen,
		},
		{
			Table: "facility", Columns: "name kana english alias address building access website description floor_info operated_by barrier_note hours_note close_reason search_text",
			Whose: Nobody, What: "How a building presents itself", Why: published,
		},
		{Table: "facility", Columns: "phone phone_extension email", Whose: Nobody, What: "How to reach the desk of a building", Why: "The desk's own number and address, for everybody to read; not a member's."},
		{Table: "space", Columns: "organization_id facility_id id name floor position", Whose: Nobody, What: "A piece of floor", Why: published},
		{
			Table: "room", Columns: "organization_id facility_id id status open_to area_m2 capacity food_ok noise setup_minutes clearing_minutes layouts equipment uses fees exemptions terms closed_on position modified_at listed",
			Whose: Nobody, What: "What a room holds and costs, and who may book it when", Why: "Figures and fixed words, with names of equipment, blocks and fees that everybody can read.",
		},
		{Table: "room", Columns: "name kana english floor description close_reason search_text", Whose: Nobody, What: "How a room presents itself", Why: published},
		{Table: "room_space", Columns: "organization_id facility_id room_id space_id exclusive", Whose: Nobody, What: "Of which pieces of floor a room is made"},
		{Table: "room_partnership", Columns: "organization_id room_id partnership_id", Whose: Nobody, What: "To which partnerships a room is open"},
		{Table: "room_neighbour", Columns: "organization_id facility_id room_id neighbour_id rule", Whose: Nobody, What: "Which rooms hear each other", Why: chosen},
		{Table: "closure", Columns: "organization_id facility_id room_id id span reason", Whose: Nobody, What: "When a building or a room is closed for once, and why", Why: published},
		{Table: "national_holiday", Columns: "day name observed", Whose: Nobody, What: "National holidays", Why: "The law's."},
		{Table: "local_holiday", Columns: "organization_id day name observed", Whose: Nobody, What: "An organization's own holidays", Why: published},
		{Table: "photo", Columns: "organization_id facility_id room_id id position alt credit license", Whose: Nobody, What: "What a photo shows, and whose work it is", Why: "A credit is named because its owner asks for it."},
		{
			Table: "photo_image", Columns: "organization_id photo_id size checksum width height body", Whose: Nobody, What: "A photo of a building or a room",
			Why: "Made anew from its dots, without what a camera writes beside them (place, time, device).",
		},

		// Who uses the rooms
		{
			Table: "booking", Columns: "organization_id borrower_id facility_id room_id id series_id status starts_at ends_at setup_minutes clearing_minutes people noise wants hold_minutes waits_since expires_at approvals approval_steps fee_class fee_yen exemption exemption_class exemption_percent cancel_until permit_number version created_at modified_at",
			Whose: Nobody, What: "Which organization has which room when, in which state, at what fee", Why: "Towns and groups book, never residents: fixed words, figures, and a number made for the permit.",
		},
		{Table: "booking", Columns: "title reason conditions exemption_asked exemption_answer", Whose: Nobody, What: "What a room is used for, and what was decided why", Why: "One organization's words to another; both read them and nobody else."},
		{Table: "booking", Columns: "approved_by approved_persons exemption_by", Whose: Staff, What: "Which member gave the first approval or decided on an exemption", Why: "So that a second person gives the second approval, and somebody answers for money that is not asked."},
		{
			Table: "booking_series", Columns: "organization_id borrower_id facility_id room_id id rule starts_time ends_time first_day last_day title created_at", Whose: Nobody,
			What: "The rule by which a room is booked again and again", Why: "An organization's own; both towns read it.",
		},
		{
			Table: "event_room", Columns: "organization_id event_id occurrence_id part_id booking_id lender_id borrower_id room_id facility_id", Whose: Nobody,
			What: "Which booking gives a date its room",
		},
		{Table: "booking_round", Columns: "organization_id id name note span opens_at closes_at draws_at accept_until applications_max wishes_max state created_at", Whose: Nobody, What: "When and for what rooms of a period are drawn by lot", Why: published},
		{
			Table: "booking_round", Columns: "commitment seed revealed list list_digest withdrawn struck closed_at drawn_at", Whose: Nobody, What: "What a draw of rooms is made from",
			Why: "Chance, sums, and times under random numbers of organizations: anybody can draw again.",
		},
		{Table: "booking_round_room", Columns: "organization_id facility_id room_id round_id", Whose: Nobody, What: "Which rooms are drawn by lot", Why: published},
		{Table: "booking_round_space", Columns: "round_id space_id span taker", Whose: Nobody, What: "Which floor is kept for a draw while it runs", Why: "Days and ids."},
		{
			Table: "booking_application", Columns: "borrower_id round_id id number title people outcome booking_id created_at", Whose: Nobody,
			What: "Which organization applied for rooms, under which random number", Why: "Towns and groups apply, never residents; only the applicant reads it.",
		},
		{Table: "booking_wish", Columns: "borrower_id application_id rank room_id starts_at ends_at dropped", Whose: Nobody, What: "Which rooms and times an organization wishes for", Why: "Only the applicant reads it."},
		{Table: "occupancy", Columns: "booking_id space_id span taker", Whose: Nobody, What: "Which pieces of floor are taken when", Why: "Times and ids; taker is the booking itself."},
		{Table: "booking_change", Columns: "organization_id borrower_id booking_id id at kind by_id status", Whose: Nobody, What: "Which organization changed what of a booking, when", Why: chosen},
		{
			Table: "booking_note", Columns: "organization_id borrower_id booking_id id at by_id body", Whose: Nobody, What: "What two organizations wrote to each other about a booking",
			Why: "Business between offices, signed by the organization and not by a member.",
		},
		{
			Table: "room_calendar", Columns: "organization_id room_id id name mac created_at revoked_at", Whose: Nobody, What: "An address of a room's free/busy calendar, as a MAC, and what it is for",
			Why: "It belongs to a room; who holds it is not known. It tells times alone.",
		},

		// Who comes
		{
			Table: "ticket", Columns: "organization_id event_id occurrence_id part_id quota_id id status seats taken_on calendar_turn day_code_turn arrived still_coming", Whose: Nobody,
			What: "So many seats of a quota, taken on a day, asked for again, used, or no longer", Why: "A count. The id is random and of no other place; without the secret's MAC nothing leads from a person to the row or back.",
		},
		{Table: "ticket", Columns: "secret_mac", Whose: Resident, What: "MAC of the participation code", Why: "So that the holder, and nobody else, sees and cancels the ticket.", Until: untilErased, Job: EraseTickets},
		{
			Table: "ticket", Columns: "nickname", Whose: Resident, What: "What the holder likes to be called, sealed so that only the participation code opens it; empty unless they chose one", Why: "To be greeted by it. Gone at once when the ticket is cancelled or its wait lapses.",
			Until: untilErased, Job: EraseTickets,
		},
		{
			Table: "ticket", Columns: "asked", Whose: Resident, What: "For which seats or slots the ticket was asked for; empty unless it was given others since",
			Why: "So that a request that is sent again is told of the same ticket.", Until: untilErased, Job: EraseTickets,
		},
		{
			Table: "ticket", Columns: "calendar_mac", Whose: Resident, What: "MAC of the address of a ticket's private calendar; empty unless its holder asked for one",
			Why: "To find the ticket that a calendar asks for. The calendar itself ends a day after the date.", Until: untilErased, Job: EraseTickets,
		},
		{
			Table: "ticket", Columns: "day_code_mac", Whose: Resident, What: "MAC of the six digits for the door; empty unless the holder asked for them",
			Why: "To be let in by them on the day. Gone at once when the ticket is cancelled or its code changed.", Until: untilErased, Job: EraseTickets,
		},
		{
			Table: "ticket_wish", Columns: "organization_id event_id quota_id ticket_id position", Whose: Resident, What: "For which seats a ticket waits, and its place in the line",
			Why: "To give free seats to whoever is next.", Until: untilServed, Job: LapseWaitingTickets,
		},
		{
			Table: "ticket_offer", Columns: "organization_id event_id quota_id ticket_id until", Whose: Resident, What: "Until when a seat that came free is kept for a ticket that waited",
			Why: "To ask whoever left a contact, and to give the seat to the next when no answer comes.", Until: untilServed, Job: LapseWaitingTickets,
		},
		{
			Table: "ticket_slot", Columns: "organization_id event_id part_id slot_id ticket_id starts_at ends_at span", Whose: Resident, What: "Which slots a ticket holds",
			Why: "To keep them for its holder, and apart from each other. Gone at once when the ticket is cancelled; the slots' counts stay.", Until: untilErased, Job: EraseTickets,
		},

		// How they are told, if they asked for it
		{
			Table: "ticket_contact", Columns: "organization_id event_id ticket_id key_id sealed", Whose: Resident, What: "A mail address or push subscription, sealed for a key that only the worker has; no row unless the holder left one",
			Why: "To be told when something about the date changes. Gone at once when the ticket is cancelled or its wait lapses; with the date's key, what old backups hold is noise.", Until: untilErased, Job: EraseTickets,
		},
		{
			Table: "notice", Columns: "organization_id event_id ticket_id kind revision state tries handovers", Whose: Resident, What: "That a ticket with a contact was to be told of something, and whether it was; no words and no time",
			Why: "So that each thing is told once. Gone with the contact's ticket.", Until: untilErased, Job: EraseTickets,
		},
		{
			Table: "contact_key", Columns: "organization_id event_id occurrence_id public_key destroyed_on", Whose: Nobody, What: "The public half of a date's key, and on which day the private half was destroyed",
			Why: "It only seals. The private half is in no table: see docs/adr/0011.",
		},
		{Table: "contact_store", Columns: "single id mail push_key", Whose: Nobody, What: "Which key store the worker has, and what it can send", Why: "An id and the public key of the installation's push service."},

		// Who was drawn
		{
			Table: "lottery_draw", Columns: "organization_id event_id occurrence_id part_id state commitment seed revealed list_digest entries pool_quotas pool_seats closed_at drawn_at", Whose: Nobody,
			What: "The draw of a part: its seed, what was promised of it, the sum of the list, how much room there was",
			Why:  "Chance, ids and sums. Once the list is erased the sum leads nowhere: whoever kept a copy of the list can still check it, and nobody can make one from it.",
		},
		{
			Table: "lottery_entry", Columns: "organization_id part_id quota_id ticket_id number seats outcome", Whose: Resident, What: "The number of an application, which lot it drew, and which ticket it is",
			Why: "So that anybody can draw again. Everybody may read numbers, seats and outcomes until they are erased; which ticket it is, only its holder.", Until: untilErased, Job: EraseTickets,
		},

		// At the door
		{
			Table: "door_link", Columns: "organization_id event_id occurrence_id id mac created_at revoked_at misses missed_at pauses paused_until", Whose: Nobody, What: "A link for the phones at the entrance of one date, as a MAC; how many digits typed there were nobody's lately",
			Why: "It belongs to a door and a day, not to a member; who holds it is not known. It opens nothing once the date is over. A miss leads to no ticket.",
		},
		{Table: "door_counter", Columns: "organization_id event_id occurrence_id part_id count beyond peak capacity band", Whose: Nobody, What: "How many are inside and were at most, sums, how far the taps sent so far are from what can be shown, and whether there is room", Why: "The band is one of three fixed words, worked out from the sum."},
		{Table: "door_tap", Columns: "organization_id event_id occurrence_id part_id id delta tapped_on", Whose: Nobody, What: "A step of that sum, with an id its phone made, so that it counts once though sent twice", Until: untilSynced, Job: ForgetDoorTaps},
		{Table: "door_arrival", Columns: "organization_id event_id occurrence_id quota_id seats", Whose: Nobody, What: "How many seats of a quota were used; a sum"},

		// Fair shares
		{Table: "guard_spent", Columns: "id expires_at", Whose: Nobody, What: "That a challenge was spent", Why: "A random number that we drew; it stands for nobody.", Until: untilShared, Job: ForgetShares},
		{Table: "guard_key", Columns: "hour key", Whose: Nobody, What: "This hour's random key for networks", Why: "Drawn by us; it is of no use without the program's own. Never in the write-ahead log or a backup.", Until: untilShared, Job: ForgetShares},
		{Table: "guard_process", Columns: "id seen_at", Whose: Nobody, What: "That a process of the program serves", Until: untilShared, Job: ForgetShares},
		{
			Table: "guard_share", Columns: "network quota_id slot seats", Whose: Resident, What: "How many seats of a quota some network took within ten seconds; the network is a MAC under the key of the hour",
			Why: "So that no network takes a pool for itself while several processes serve. Never in the write-ahead log or a backup.", Until: untilShared, Job: ForgetShares,
		},
		{
			Table: "ticket_refusal", Columns: "secret_mac elsewhere asked_at refused_at outcome", Whose: Resident, What: "That there was no seat, slot, lot or place in line for a code that a caller had made, as its MAC, why, and when it was asked for",
			Why: "So that a lost first attempt with the same code takes no seat afterwards, of which nobody would know. Never in the write-ahead log or a backup.", Until: untilShared, Job: ForgetShares,
		},
		{Table: "paper_pool", Columns: "organization_id event_id occurrence_id part_id open_quota_id paper_quota_id", Whose: Nobody, What: "Which seats were set aside for codes on paper"},
		{Table: "paper_sheet", Columns: "organization_id open_quota_id id codes seats_each returns_at created_at revoked_at", Whose: Nobody, What: "A printed sheet of codes: how many, for how many seats each, until when"},
		{
			Table: "paper_code", Columns: "organization_id sheet_id mac", Whose: Resident, What: "MAC of a printed code", Why: "To recognise it when somebody brings it. Nothing leads from it to the ticket it became.",
			Until: untilErased, Job: ReturnPaperSeats,
		},
		{
			Table: "paper_claim", Columns: "organization_id mac", Whose: Resident, What: "That a printed code became a ticket, not which", Why: "So that a code is good for one ticket.", Until: untilErased, Job: ReturnPaperSeats,
		},

		// For the yearly report
		{
			Table: "answer_counter", Columns: "organization_id event_id occurrence_id question answer count", Whose: Nobody, What: "How often an answer was given for a date; a sum",
			Why: "Added up before it is written, never beside a ticket, and gone with the release. The answers are fixed words and municipalities' codes.",
		},
		{
			Table: "report_release", Columns: "organization_id event_id occurrence_id kind figure released_on broken_down_in", Whose: Nobody,
			What: "How many registered for a date and how many came, rounded to fives", Why: chosen,
		},
		{
			Table: "report_figure", Columns: "organization_id event_id occurrence_id question answer figure", Whose: Nobody,
			What: "How often an answer was given in a batch of at least twenty people, blurred and rounded to fives", Why: "Made so that it tells nothing about one of them: docs/adr/0012.",
		},

		// Ledgers
		{Table: "audit_entry", Columns: "organization_id id at action subject_kind subject_id", Whose: Nobody, What: "Which change was made, when", Why: "Codes and ids of what organizations own; nothing about residents is recorded."},
		{Table: "audit_entry", Columns: "actor_kind actor_id token_id token_issuers detail", Whose: Staff, What: "Which member made the change, with which token, who issued it, and which fields changed, in codes", Why: "An organization answers for what it announces; the ledger is never changed."},
		{
			Table: "idempotency_key", Columns: "organization_id key fingerprint status content_type location body created_at", Whose: Staff,
			What: "The answer to a staff request that was sent with a key; it can hold a token just issued", Why: "So that a request sent twice is done once.", Until: untilForgotten, Job: ForgetIdempotencyKeys,
		},

		// The schema itself
		{Table: "goose_db_version", Columns: "id version_id is_applied tstamp", Whose: Nobody, What: "Which migrations were made"},
	}
}
