package site

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// errorView is a failure as people read it.
type errorView struct {
	Page    head
	Status  int
	Heading string
	Lines   []string
	Links   []link
}

// What a page says above the words of the problem.
var headings = map[int]string{
	http.StatusForbidden:             "受けつけられませんでした",
	http.StatusNotFound:              "ページが見つかりませんでした",
	http.StatusMethodNotAllowed:      "この開き方はできません",
	http.StatusConflict:              "いまは、できませんでした",
	http.StatusGone:                  "公開は終わりました",
	http.StatusRequestEntityTooLarge: "送られた内容が大きすぎます",
	http.StatusTooManyRequests:       "少しだけ、お待ちください",
	http.StatusServiceUnavailable:    "ただいま、つながりにくくなっています",
	http.StatusInternalServerError:   "申し訳ありません。うまくいきませんでした",
}

// ErrorPage renders a problem for people; it is httpx.Options.ErrorPage.
func (s *Site) ErrorPage(c echo.Context, status int, p httpx.Problem) error {
	heading, ok := headings[status]
	if !ok {
		heading = "内容を読み取れませんでした"
	}
	detail := p.Detail
	if httpx.NegotiateLanguage(c) == i18n.English { // the pages are Japanese
		detail = s.words.Problem(p.Code, blanks)
	}
	links := []link{{"/", "はじめのページへ"}, {"/events", "集まりをさがす"}, {"/t", "参加票を見る"}}
	if p.Code == httpx.ErrElsewhere.Code {
		// Each form's address leads back to the page that it stands on.
		back := link{c.Request().URL.EscapedPath(), "このページを開きなおす"}
		links = slices.DeleteFunc(links, func(l link) bool { return l.Href == back.Href })
		links = append([]link{back}, links...)
	}
	body, err := s.render("error", errorView{
		Page: head{Title: heading, Discreet: ofTicket(c), Staff: ofDoor(c)}, Status: status, Heading: heading,
		Lines: []string{detail}, Links: links,
	})
	if err != nil {
		return err
	}
	if ofTicket(c) {
		body = httpx.Pad(body, ticketBucket)
	}
	return write(c, status, body)
}
