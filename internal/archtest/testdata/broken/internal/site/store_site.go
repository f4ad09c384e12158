package site

import (
	_ "gorm.io/gorm"
)
