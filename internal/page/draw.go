package page

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// MaxDrawRows is how much of a list the page shows; the text file has all.
const MaxDrawRows = 500

// SendList answers with the list of a draw as it is summed.
func SendList(c echo.Context, list string) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Disposition", `attachment; filename="list.txt"`)
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(list))
}

// GroupedNumber is a draw number to be read by people.
func GroupedNumber(n string) string {
	if len(n) != 16 {
		return n
	}
	return n[:4] + "-" + n[4:8] + "-" + n[8:12] + "-" + n[12:]
}
