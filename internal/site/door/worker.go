package door

import (
	"github.com/labstack/echo/v4"
)

// SendWorker gives the script that opens the door's page without a network. It has an address of
// its own, because a browser lets it work on the page of that address alone, and changes with the
// program, so it is asked for anew each time.
func (h *Handlers) SendWorker(c echo.Context) error {
	c.Response().Header().Set("Service-Worker-Allowed", Path)
	return h.ServeAsset(c, "js/door-worker.js", "no-cache")
}
