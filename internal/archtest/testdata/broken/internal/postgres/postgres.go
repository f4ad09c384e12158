package postgres

import (
	_ "example.com/broken/internal/event"
	_ "example.com/broken/migrations"
	_ "gorm.io/gorm"
)
