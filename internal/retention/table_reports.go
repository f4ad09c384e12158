package retention

// reportsRules gives the rules of the tables under "for the yearly report".
func reportsRules() []Rule {
	return []Rule{
		{
			Table:   "answer_counter",
			Columns: "organization_id event_id occurrence_id question answer count",
			Whose:   Nobody,
			What:    "How often an answer was given for a date; a sum",
			Why: "Added up before it is written, never beside a ticket, and gone with the release. The answers " +
				"are fixed words and municipalities' codes.",
		},
		{
			Table:   "report_release",
			Columns: "organization_id event_id occurrence_id kind figure released_on broken_down_in",
			Whose:   Nobody,
			What:    "How many registered for a date and how many came, rounded to fives",
			Why:     chosen,
		},
		{
			Table:   "report_figure",
			Columns: "organization_id event_id occurrence_id question answer figure",
			Whose:   Nobody,
			What:    "How often an answer was given in a batch of at least twenty people, blurred and rounded to fives",
			Why:     "Made so that it tells nothing about one of them: docs/adr/0012.",
		},
	}
}
