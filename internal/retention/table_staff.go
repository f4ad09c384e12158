package retention

// staffRules gives the rules of the tables under "who works for it".
func staffRules() []Rule {
	return []Rule{
		{
			Table:   "staff",
			Columns: "organization_id id role disabled_at created_at",
			Whose:   Staff,
			What:    "A member, their role, when they came and left",
			Why:     "The ledger of changes names members by id, so a member who leaves is disabled, not deleted.",
		},
		{
			Table:   "staff",
			Columns: "email name password_hash",
			Whose:   Staff,
			What:    "What a member logs in with and is called",
			Why:     "To log in, and so that the ledger can be read by people. Kept after they leave.",
		},
		{
			Table:   "api_token",
			Columns: "organization_id id staff_id name mac issuers expires_at revoked_at created_at",
			Whose:   Staff,
			What:    "A member's key for programs: its name, its MAC, its end, and which members issued it",
			Why: "To recognize it, to tell later that it was revoked, and so that whoever issued a token and " +
				"whoever holds it count as one person. The token itself is not stored.",
		},
	}
}
