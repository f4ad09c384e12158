package web

import (
	_ "example.com/broken/internal/fault"
)
