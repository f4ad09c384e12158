package retention

// venuesRules gives the rules of the tables under "where it is held".
func venuesRules() []Rule {
	return []Rule{
		{
			Table: "facility",
			Columns: "organization_id id status area_code postal_code latitude longitude corporate_number " +
				"poi_code outside_id barrier_free barriers hours closed_on position modified_at listed",
			Whose: Nobody,
			What:  "Which building it is, where it stands, when it is open",
			Why:   chosen,
		},
		{
			Table: "facility",
			Columns: "name kana english alias address building access website description floor_info " +
				"operated_by barrier_note hours_note close_reason search_text",
			Whose: Nobody,
			What:  "How a building presents itself",
			Why:   published,
		},
		{
			Table:   "facility",
			Columns: "phone phone_extension email",
			Whose:   Nobody,
			What:    "How to reach the desk of a building",
			Why:     "The desk's own number and address, for everybody to read; not a member's.",
		},
		{
			Table:   "space",
			Columns: "organization_id facility_id id name floor position",
			Whose:   Nobody,
			What:    "A piece of floor",
			Why:     published,
		},
		{
			Table: "room",
			Columns: "organization_id facility_id id status open_to area_m2 capacity food_ok noise " +
				"setup_minutes clearing_minutes layouts equipment uses fees exemptions terms closed_on position " +
				"modified_at listed",
			Whose: Nobody,
			What:  "What a room holds and costs, and who may book it when",
			Why:   "Figures and fixed words, with names of equipment, blocks and fees that everybody can read.",
		},
		{
			Table:   "room",
			Columns: "name kana english floor description close_reason search_text",
			Whose:   Nobody,
			What:    "How a room presents itself",
			Why:     published,
		},
		{
			Table:   "room_space",
			Columns: "organization_id facility_id room_id space_id exclusive",
			Whose:   Nobody,
			What:    "Of which pieces of floor a room is made",
		},
		{
			Table:   "room_partnership",
			Columns: "organization_id room_id partnership_id",
			Whose:   Nobody,
			What:    "To which partnerships a room is open",
		},
		{
			Table:   "room_neighbour",
			Columns: "organization_id facility_id room_id neighbour_id rule",
			Whose:   Nobody,
			What:    "Which rooms hear each other",
			Why:     chosen,
		},
		{
			Table:   "closure",
			Columns: "organization_id facility_id room_id id span reason",
			Whose:   Nobody,
			What:    "When a building or a room is closed for once, and why",
			Why:     published,
		},
		{
			Table:   "national_holiday",
			Columns: "day name observed",
			Whose:   Nobody,
			What:    "National holidays",
			Why:     "The law's.",
		},
		{
			Table:   "local_holiday",
			Columns: "organization_id day name observed",
			Whose:   Nobody,
			What:    "An organization's own holidays",
			Why:     published,
		},
		{
			Table:   "photo",
			Columns: "organization_id facility_id room_id id position alt credit license",
			Whose:   Nobody,
			What:    "What a photo shows, and whose work it is",
			Why:     "A credit is named because its owner asks for it.",
		},
		{
			Table:   "photo_image",
			Columns: "organization_id photo_id size checksum width height body",
			Whose:   Nobody,
			What:    "A photo of a building or a room",
			Why:     "Made anew from its dots, without what a camera writes beside them (place, time, device).",
		},
	}
}
