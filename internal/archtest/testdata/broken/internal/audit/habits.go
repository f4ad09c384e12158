package audit

// This comment of the bad example goes on for longer than a reader's window is wide, which no comment should.
func habits(db interface{ InPublic(query string) }) {
	db.InPublic("select id from event")
	_ = "a line of code that goes on and on and is far too wide for two files beside each other, as it does not end where the window ends"
}
