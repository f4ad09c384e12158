package site

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// promisesView: the flags say which promises this version can keep. Contact, that people may leave an address to hear of changes;
// DiscreetCalendar, that a calendar can be made to say nothing.
type promisesView struct {
	Page                      head
	Contact, DiscreetCalendar bool
}

func (s *Site) promises(c echo.Context) error {
	return s.show(c, http.StatusOK, "promises", promisesView{Page: head{
		Title: "わたしたちのお約束", Description: "名前も電話番号もいりません。となりまちがお約束できることと、できないことを書いています。",
		Canonical: string(s.base) + "/promises", Current: "promises",
	}, Contact: true, DiscreetCalendar: true})
}
