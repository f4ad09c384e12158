package tickets

import (
	_ "example.com/broken/internal/page"
	_ "example.com/broken/internal/site/events"
)
