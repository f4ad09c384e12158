package httpapi

import (
	_ "example.com/broken/api"
	_ "example.com/broken/internal/httpx"
)
