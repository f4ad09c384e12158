package retention

// organizationsRules gives the rules of the tables under "who takes part".
func organizationsRules() []Rule {
	return []Rule{
		{
			Table:   "organization",
			Columns: "id kind slug code registered_by registered_by_kind online position created_at closed_at",
			Whose:   Nobody,
			What:    "Which organization it is, who vouches for it and where it stands in lists",
			Why:     chosen,
		},
		{
			Table:   "organization",
			Columns: "name name_key kana english area introduction website",
			Whose:   Nobody,
			What:    "How an organization presents itself",
			Why:     published,
		},
		{
			Table:   "partnership",
			Columns: "id slug position",
			Whose:   Nobody,
			What:    "Which partnership it is",
			Why:     chosen,
		},
		{
			Table:   "partnership",
			Columns: "name description",
			Whose:   Nobody,
			What:    "How a partnership presents itself",
			Why:     published,
		},
		{
			Table:   "partnership_member",
			Columns: "partnership_id organization_id position",
			Whose:   Nobody,
			What:    "Which organizations agreed",
		},
	}
}
