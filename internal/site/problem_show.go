package site

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/page"
)

// problemView says what a problem's type (RFC 9457 section 3.1.1) means, to those who build on the
// API too.
type problemView struct {
	Page              page.Head
	Code              string
	Japanese, English string
}

func (s *Site) problem(c echo.Context) error {
	code := c.Param("code")
	if !s.Words.Has("problem." + code) {
		return echo.ErrNotFound
	}
	title := s.Text("site.problem.title", "code", code)
	return s.Show(c, http.StatusOK, "problem", problemView{
		Page: page.Head{
			Title:  title,
			Crumbs: []page.Link{{Href: "/", Text: s.Text("page.brand")}, {Href: "", Text: title}},
		},
		Code: code, Japanese: s.Words.Problem(code, page.Blanks), English: s.english.Problem(code, page.Blanks),
	})
}
