package retention

// ledgersRules gives the rules of the tables under "ledgers".
func ledgersRules() []Rule {
	return []Rule{
		{
			Table:   "audit_entry",
			Columns: "organization_id id at action subject_kind subject_id",
			Whose:   Nobody,
			What:    "Which change was made, when",
			Why:     "Codes and ids of what organizations own; nothing about residents is recorded.",
		},
		{
			Table:   "audit_entry",
			Columns: "actor_kind actor_id token_id token_issuers detail",
			Whose:   Staff,
			What: "Which member made the change, with which token, who issued it, and which fields changed, " +
				"in codes",
			Why: "An organization answers for what it announces; the ledger is never changed.",
		},
		{
			Table:   "idempotency_key",
			Columns: "organization_id key fingerprint status content_type location body created_at",
			Whose:   Staff,
			What:    "The answer to a staff request that was sent with a key; it can hold a token just issued",
			Why:     "So that a request sent twice is done once.",
			Until:   untilForgotten,
			Job:     ForgetIdempotencyKeys,
		},
	}
}
