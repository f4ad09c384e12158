package httpx

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// NegotiateLanguage is the caller's language: ?lang= if it names one of ours,
// else Accept-Language, else Japanese.
func NegotiateLanguage(c echo.Context) i18n.Lang {
	r := c.Request()
	explicit := ""
	if strings.Contains(r.URL.RawQuery, "lang=") {
		explicit = r.URL.Query().Get("lang")
	}
	return i18n.Negotiate(explicit, r.Header.Get("Accept-Language"))
}
