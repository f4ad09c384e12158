package fault

import (
	_ "example.com/broken/internal/event"
)
