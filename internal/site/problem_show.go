package site

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// problemView says what a problem's type (RFC 9457 section 3.1.1) means, to those who build on the API too.
type problemView struct {
	Page              head
	Code              string
	Japanese, English string
}

// blanks stand for what a text says of one request.
var blanks = map[string]any{"max": "◯", "min": "◯", "limit": "◯", "length": "◯", "want": "◯", "count": 2, "status": "◯", "retry_after": "◯", "minutes": "◯"}

func (s *Site) problem(c echo.Context) error {
	code := c.Param("code")
	if !s.words.Has("problem." + code) {
		return echo.ErrNotFound
	}
	title := "お知らせ「" + code + "」の意味"
	return s.show(c, http.StatusOK, "problem", problemView{
		Page: head{Title: title, Crumbs: []link{{"/", "となりまち"}, {"", title}}},
		Code: code, Japanese: s.words.Problem(code, blanks), English: s.english.Problem(code, blanks),
	})
}
