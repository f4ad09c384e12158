package event

import (
	_ "github.com/jackc/pgx/v5"
	"gorm.io/gorm"
)

func make(db *gorm.DB) { _ = db.AutoMigrate(); db.FirstOrCreate(nil) }
