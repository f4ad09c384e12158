package page

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// ErrorView is a failure as people read it.
type ErrorView struct {
	Page    Head
	Status  int
	Heading string
	Lines   []string
	Links   []Link
}

// What a page says above the words of the problem, by the ids of its texts.
var headings = map[int]string{
	http.StatusForbidden:             "page.heading.forbidden",
	http.StatusNotFound:              "page.heading.not_found",
	http.StatusMethodNotAllowed:      "page.heading.method",
	http.StatusConflict:              "page.heading.conflict",
	http.StatusGone:                  "page.heading.gone",
	http.StatusRequestEntityTooLarge: "page.heading.too_large",
	http.StatusTooManyRequests:       "page.heading.too_many",
	http.StatusServiceUnavailable:    "page.heading.unavailable",
	http.StatusInternalServerError:   "page.heading.internal",
}

// ErrorFrame is what the pages of one audience put around a failure.
type ErrorFrame struct {
	Page   Head // without its title
	Links  []Link
	Padded bool // the answer has the size of one about a ticket
}

// ShowError answers with a problem as people read it, in the words of its code.
func (r *Renderer) ShowError(c echo.Context, status int, p httpx.Problem, frame ErrorFrame) error {
	heading, ok := headings[status]
	if !ok {
		heading = "page.heading.malformed"
	}
	detail := p.Detail
	if httpx.NegotiateLanguage(c) == i18n.English { // the pages are Japanese
		detail = r.Words.Problem(p.Code, Blanks)
	}
	links := frame.Links
	if p.Code == httpx.ErrElsewhere.Code {
		// Each form's address leads back to the page that it stands on.
		back := Link{c.Request().URL.EscapedPath(), r.Text("page.heading.open_again")}
		links = slices.DeleteFunc(links, func(l Link) bool { return l.Href == back.Href })
		links = append([]Link{back}, links...)
	}
	heading = r.Text(heading)
	frame.Page.Title = heading
	body, err := r.render("error", ErrorView{
		Page: frame.Page, Status: status, Heading: heading, Lines: []string{detail}, Links: links,
	})
	if err != nil {
		return err
	}
	if frame.Padded {
		body = httpx.Pad(body, TicketBucket)
	}
	return write(c, status, body)
}

// Blanks stand for what a text says of one request.
var Blanks = map[string]any{
	"max":         "◯",
	"min":         "◯",
	"limit":       "◯",
	"length":      "◯",
	"want":        "◯",
	"count":       2,
	"status":      "◯",
	"retry_after": "◯",
	"minutes":     "◯",
}
