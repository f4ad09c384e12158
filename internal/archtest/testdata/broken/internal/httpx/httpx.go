package httpx

import (
	_ "example.com/broken/internal/fault"
	_ "github.com/labstack/echo/v4"
)
