package ticket

import (
	_ "example.com/broken/internal/event"
)
