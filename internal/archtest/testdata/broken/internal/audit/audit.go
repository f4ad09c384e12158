package audit

import (
	_ "example.com/broken/internal/event"
	_ "example.com/broken/internal/postgres"
)
