package page

import (
	_ "example.com/broken/internal/site/events"
)

const (
	title = "参加票"
	span  = "9:00〜10:00"
)
