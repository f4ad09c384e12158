package ical

import (
	_ "example.com/broken/internal/fault"
	_ "example.com/broken/internal/postgres"
	_ "github.com/arran4/golang-ical"
)
