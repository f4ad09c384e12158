package door

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

// Count counts one press of +1 or −1 and shows the door again. The press's id came with the
// form, so a reload of the answer counts nothing.
func (h *Handlers) Count(c echo.Context) error {
	form, err := page.ReadForm(c)
	if err != nil {
		return err
	}
	token, err := readDoor(form)
	if err != nil {
		return h.refuseDoor(c, err)
	}
	part, err := uuid.Parse(form.Get("part_id"))
	if err != nil {
		return door.ErrPart
	}
	delta, err := strconv.Atoi(form.Get("delta"))
	if err != nil {
		return door.ErrTaps
	}
	name := "more_id"
	if delta < 0 {
		name = "less_id"
	}
	tap, err := uuid.Parse(form.Get(name))
	if err != nil {
		return door.ErrTaps
	}
	if _, err := h.door.Tap(c.Request().Context(), token, part, []door.Tap{{ID: tap, Delta: delta}}); err != nil {
		return h.refuseDoor(c, err)
	}
	return h.showOpenDoor(c, http.StatusOK, token, nil)
}
