package audit

import "gorm.io/gorm"

func columns(db *gorm.DB) { db.Create(map[string]any{"id": 1}) }
