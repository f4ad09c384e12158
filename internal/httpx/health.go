package httpx

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// readyPatience lets an answer come within a second also while every connection is taken.
const readyPatience = 800 * time.Millisecond

// Health adds /healthz, which answers as long as the process does, and /readyz, which answers 503 while ready fails.
func Health(r Routes, log *slog.Logger, ready func(ctx context.Context) error) {
	Get(r, "/healthz", func(c echo.Context) error {
		NoStore(c)
		return c.String(http.StatusOK, "ok\n")
	})
	Get(r, "/readyz", func(c echo.Context) error {
		NoStore(c)
		ctx, cancel := context.WithTimeout(c.Request().Context(), readyPatience)
		defer cancel()
		if err := ready(ctx); err != nil {
			c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(RetryAfter))
			log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.Any("cause", err))
			return c.String(http.StatusServiceUnavailable, "not ready\n")
		}
		return c.String(http.StatusOK, "ok\n")
	})
}
