package site

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// doorForm asks for the day link. A link in the address's fragment never reaches us: the page's script opens the door with it by the API, and keeps it and
// what was counted on this phone until the day is over. Without script the forms below do the same, while there is a network.
func (s *Site) doorForm(c echo.Context) error { return s.showDoor(c, http.StatusOK, s.doorView("")) }

func (s *Site) doorOpen(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	token, err := readDoor(form)
	if err != nil {
		return s.refuseDoor(c, err)
	}
	return s.showOpenDoor(c, http.StatusOK, token, nil)
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
func (s *Site) showOpenDoor(c echo.Context, status int, token secret.Door, change func(*doorView)) error {
	ctx := c.Request().Context()
	d, err := s.door.Open(ctx, token)
	if err != nil {
		return s.refuseDoor(c, err)
	}
	slots, err := s.door.Slots(ctx, token)
	if err != nil {
		return s.refuseDoor(c, err)
	}
	p, err := s.painter(ctx)
	if err != nil {
		return err
	}
	v := s.doorView("")
	v.Panel = p.door(token, d, slots)
	if change != nil {
		change(&v)
	}
	return s.showDoor(c, status, v)
}

// refuseDoor asks for the link again where that helps. It is not written back.
func (s *Site) refuseDoor(c echo.Context, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindUnauthenticated && f.Kind != fault.KindForbidden {
		return err
	}
	status := httpx.StatusOf(f.Kind)
	if errors.Is(f, door.ErrLink) {
		status = http.StatusUnprocessableEntity // there is nothing to log in to
	}
	return s.showDoor(c, status, s.doorView(s.words.Problem(f.Code, f.Params)))
}

// showDoor is the one way out for the door's pages: they alone may use the camera.
func (s *Site) showDoor(c echo.Context, status int, v doorView) error {
	httpx.AllowCamera(c)
	return s.showBucketed(c, status, "door", v)
}

// doorReturn leads back from the addresses under which people are counted.
func doorReturn(c echo.Context) error { return redirect(c, "/door") }
