package retention

// schemaRules gives the rules of the tables under "the schema itself".
func schemaRules() []Rule {
	return []Rule{
		{
			Table:   "schema_file",
			Columns: "name checksum in_force applied_at",
			Whose:   Nobody,
			What:    "Which files the schema was made from",
			Why:     "Names and checksums of files that come with the program.",
		},
	}
}
