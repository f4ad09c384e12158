package site

import (
	_ "database/sql"
	_ "example.com/broken/cmd/tonarimachi"
	_ "example.com/broken/internal/event"
	_ "example.com/broken/internal/httpapi"
	_ "example.com/broken/internal/postgres"
	_ "example.com/broken/web"
	_ "github.com/arran4/golang-ical"
	_ "gorm.io/gorm"
)
