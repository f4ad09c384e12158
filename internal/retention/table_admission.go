package retention

// admissionRules gives the rules of the tables under "fair shares".
func admissionRules() []Rule {
	return []Rule{
		{
			Table:   "guard_spent",
			Columns: "id expires_at",
			Whose:   Nobody,
			What:    "That a challenge was spent",
			Why:     "A random number that we drew; it stands for nobody.",
			Until:   untilShared,
			Job:     ForgetShares,
		},
		{
			Table:   "guard_key",
			Columns: "hour key",
			Whose:   Nobody,
			What:    "This hour's random key for networks",
			Why: "Drawn by us; it is of no use without the program's own. Never in the write-ahead log or a " +
				"backup.",
			Until: untilShared,
			Job:   ForgetShares,
		},
		{
			Table:   "guard_process",
			Columns: "id seen_at",
			Whose:   Nobody,
			What:    "That a process of the program serves",
			Until:   untilShared,
			Job:     ForgetShares,
		},
		{
			Table:   "guard_share",
			Columns: "network quota_id slot seats",
			Whose:   Resident,
			What: "How many seats of a quota some network took within ten seconds; the network is a MAC under " +
				"the key of the hour",
			Why: "So that no network takes a pool for itself while several processes serve. Never in the " +
				"write-ahead log or a backup.",
			Until: untilShared,
			Job:   ForgetShares,
		},
		{
			Table:   "ticket_refusal",
			Columns: "secret_mac elsewhere asked_at refused_at outcome",
			Whose:   Resident,
			What: "That there was no seat, slot, lot or place in line for a code that a caller had made, as " +
				"its MAC, why, and when it was asked for",
			Why: "So that a lost first attempt with the same code takes no seat afterwards, of which nobody " +
				"would know. Never in the write-ahead log or a backup.",
			Until: untilShared,
			Job:   ForgetShares,
		},
		{
			Table:   "paper_pool",
			Columns: "organization_id event_id occurrence_id part_id open_quota_id paper_quota_id",
			Whose:   Nobody,
			What:    "Which seats were set aside for codes on paper",
		},
		{
			Table:   "paper_sheet",
			Columns: "organization_id open_quota_id id codes seats_each returns_at created_at revoked_at",
			Whose:   Nobody,
			What:    "A printed sheet of codes: how many, for how many seats each, until when",
		},
		{
			Table:   "paper_code",
			Columns: "organization_id sheet_id mac",
			Whose:   Resident,
			What:    "MAC of a printed code",
			Why:     "To recognise it when somebody brings it. Nothing leads from it to the ticket it became.",
			Until:   untilErased,
			Job:     ReturnPaperSeats,
		},
		{
			Table:   "paper_claim",
			Columns: "organization_id mac",
			Whose:   Resident,
			What:    "That a printed code became a ticket, not which",
			Why:     "So that a code is good for one ticket.",
			Until:   untilErased,
			Job:     ReturnPaperSeats,
		},
	}
}
