package httpx

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// readyPatience lets an answer come within a second also while every connection is taken.
const readyPatience = 500 * time.Millisecond

// Readiness is what /readyz is made of.
type Readiness struct {
	// Database fails while the database does not answer.
	Database func(ctx context.Context) error
	// Kept reports that calendars are served from what is kept in an outage that has lasted so
	// long. Nothing is kept where it is nil.
	Kept func(outage time.Duration) bool
	// Stopping reports that the process is on its way out; nil is never.
	Stopping func() bool
}

// Ready is the body of /readyz.
type Ready struct {
	Status   string `json:"status"`   // ready, degraded, unready or stopping
	Database string `json:"database"` // up, away or unknown
	Feeds    string `json:"feeds"`    // fresh, kept or none
}

// Health adds /healthz, which answers as long as the process does, and /readyz, which says what
// works. It answers 200 also while the database is away and kept calendars are served, because a
// balancer that drops every replica then takes these from residents too; 503 when nothing is served
// and when stopping.
func Health(r Routes, log *slog.Logger, of Readiness) {
	var mu sync.Mutex
	var away *clock.Mark // since when; nil while the database is up
	lasted := func(err error) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			away = nil
			return 0
		}
		if away == nil {
			now := clock.Start()
			away = &now
		}
		return away.Elapsed()
	}
	Get(r, "/healthz", func(c echo.Context) error {
		NoStore(c)
		return c.String(http.StatusOK, "ok\n")
	})
	Get(r, "/readyz", func(c echo.Context) error {
		NoStore(c)
		if of.Stopping != nil && of.Stopping() {
			return c.JSON(http.StatusServiceUnavailable, Ready{"stopping", "unknown", "none"})
		}
		ctx, cancel := context.WithTimeout(c.Request().Context(), readyPatience)
		defer cancel()
		err := of.Database(ctx)
		if err != nil && errors.Is(c.Request().Context().Err(), context.Canceled) {
			return err // who asked has left: that says nothing of the database
		}
		outage := lasted(err)
		if err == nil {
			return c.JSON(http.StatusOK, Ready{"ready", "up", "fresh"})
		}
		log.LogAttrs(ctx, slog.LevelWarn, "the database does not answer", slog.Any("cause", err))
		if of.Kept != nil && of.Kept(outage) {
			return c.JSON(http.StatusOK, Ready{"degraded", "away", "kept"})
		}
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(RetryAfter))
		return c.JSON(http.StatusServiceUnavailable, Ready{"unready", "away", "none"})
	})
}
