package site

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/page"
)

// promisesView: the flags say which promises this version can keep. Contact, that people may leave
// an address to hear of changes; DiscreetCalendar, that a calendar can be made to say nothing.
type promisesView struct {
	Page                      page.Head
	Contact, DiscreetCalendar bool
}

func (s *Site) promises(c echo.Context) error {
	return s.Show(c, http.StatusOK, "promises", promisesView{Page: page.Head{
		Title: s.Text("site.promises.title"), Description: s.Text("site.promises.summary"),
		Canonical: string(s.Base) + "/promises", Current: "promises",
	}, Contact: true, DiscreetCalendar: true})
}
