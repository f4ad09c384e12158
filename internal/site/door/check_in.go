package door

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// CheckIn marks the ticket that was shown as arrived, or takes that back when the form says so.
func (h *Handlers) CheckIn(c echo.Context) error {
	form, err := page.ReadForm(c)
	if err != nil {
		return err
	}
	token, err := readDoor(form)
	if err != nil {
		return h.refuseDoor(c, err)
	}
	shown, err := readShown(form)
	var done door.CheckIn
	if err == nil {
		do := h.door.CheckIn
		if form.Get("undo") != "" {
			do = h.door.Undo
		}
		done, err = do(c.Request().Context(), token, shown)
	}
	if errors.Is(err, door.ErrCode) || errors.Is(err, door.ErrNotToday) || errors.Is(err, door.ErrPaused) {
		f, _ := fault.As(err)
		if seconds, ok := f.Params["retry_after"].(int); ok {
			c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(seconds))
		}
		return h.showOpenDoor(c, httpx.StatusOf(f.Kind), token, func(v *doorView) {
			v.Panel.CodeError = h.Words.Problem(f.Code, f.Params)
			v.Panel.Errors = []page.FieldError{{ID: "door-code", Text: v.Panel.CodeError}}
		})
	}
	if err != nil {
		return h.refuseDoor(c, err)
	}
	return h.showOpenDoor(
		c,
		http.StatusOK,
		token,
		func(v *doorView) { v.Panel.Result = h.result(done, form.Get("code")) },
	)
}

// readShown reads six digits, or the participation code where that is all a person has.
func readShown(form url.Values) (door.Shown, error) {
	typed := form.Get("code")
	if digits, ok := secret.ParseDayCode(typed); ok {
		return door.Shown{DayCode: digits}, nil
	}
	code, err := secret.ParseTicket(typed)
	if err != nil {
		return door.Shown{}, door.ErrCode
	}
	return door.Shown{Secret: code}, nil
}
