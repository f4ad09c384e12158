package fault

import (
	_ "example.com/broken/internal/site"
	_ "testing"
)
