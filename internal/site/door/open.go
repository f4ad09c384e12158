package door

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// AskForLink asks for the day link. A link in the address's fragment never reaches us: the page's
// script opens the door with it by the API, and keeps it and what was counted on this phone until
// the day is over. Without script the forms below do the same, while there is a network.
func (h *Handlers) AskForLink(c echo.Context) error {
	return h.showDoor(c, http.StatusOK, h.doorView(""))
}

// OpenDoor shows the date that the link in the form opens.
func (h *Handlers) OpenDoor(c echo.Context) error {
	form, err := page.ReadForm(c)
	if err != nil {
		return err
	}
	token, err := readDoor(form)
	if err != nil {
		return h.refuseDoor(c, err)
	}
	return h.showOpenDoor(c, http.StatusOK, token, nil)
}

// readDoor takes the token as it is written, and the whole link when that was pasted.
func readDoor(form url.Values) (secret.Door, error) {
	typed := strings.TrimSpace(form.Get("link"))
	if i := strings.LastIndexByte(typed, '#'); i >= 0 {
		typed = typed[i+1:]
	}
	// Typed by hand it may have spaces and small letters, as a participation code may.
	if code, err := secret.ParseTicket(typed); err == nil {
		typed = code.Reveal()
	}
	token, ok := secret.ParseDoor(typed)
	if !ok {
		return secret.Door{}, door.ErrLink
	}
	return token, nil
}

// showOpenDoor shows the date as it stands now; change says what else is on the page.
func (h *Handlers) showOpenDoor(c echo.Context, status int, token secret.Door, change func(*doorView)) error {
	ctx := c.Request().Context()
	d, err := h.door.Open(ctx, token)
	if err != nil {
		return h.refuseDoor(c, err)
	}
	slots, err := h.door.Slots(ctx, token)
	if err != nil {
		return h.refuseDoor(c, err)
	}
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	v := h.doorView("")
	v.Panel = p.door(token, d, slots)
	if change != nil {
		change(&v)
	}
	return h.showDoor(c, status, v)
}

// refuseDoor asks for the link again where that helps. It is not written back.
func (h *Handlers) refuseDoor(c echo.Context, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindUnauthenticated && f.Kind != fault.KindForbidden {
		return err
	}
	status := httpx.StatusOf(f.Kind)
	if errors.Is(f, door.ErrLink) {
		status = http.StatusUnprocessableEntity // there is nothing to log in to
	}
	return h.showDoor(c, status, h.doorView(h.Words.Problem(f.Code, f.Params)))
}

// showDoor is the one way out for the door's pages: they alone may use the camera.
func (h *Handlers) showDoor(c echo.Context, status int, v doorView) error {
	httpx.AllowCamera(c)
	return h.ShowPadded(c, status, "door", v)
}

// ReturnToDoor leads back from the addresses under which people are counted.
func ReturnToDoor(c echo.Context) error { return page.Redirect(c, "/door") }
