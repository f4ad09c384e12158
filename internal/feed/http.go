package feed

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/ical"
)

// Routes adds the feeds. All are public; a private calendar opens by the token in its address.
func (f *Feeds) Routes(e *echo.Echo) {
	add := func(path string, selector func(name string) (event.Selector, error)) {
		httpx.Get(e, path, f.serve(selector))
	}
	httpx.Get(e, "/c/:file", f.private)
	httpx.Get(e, "/r/:file", f.room)
	add("/feeds/all.ics", func(string) (event.Selector, error) { return event.Selector{}, nil })
	add("/feeds/organizations/:file", func(slug string) (event.Selector, error) { return event.Selector{Organization: slug}, nil })
	add("/feeds/partnerships/:file", func(slug string) (event.Selector, error) { return event.Selector{Partnership: slug}, nil })
	add("/feeds/kinds/:file", func(kind string) (event.Selector, error) {
		if !slices.Contains(event.Kinds, event.Kind(kind)) {
			return event.Selector{}, event.ErrFeedUnknown
		}
		return event.Selector{Kind: event.Kind(kind)}, nil
	})
	add("/feeds/series/:file", func(id string) (event.Selector, error) {
		series, err := identifier(id)
		return event.Selector{Series: series}, err
	})
	add("/feeds/events/:file", func(id string) (event.Selector, error) {
		single, err := identifier(id)
		return event.Selector{Event: single}, err
	})
}

func identifier(s string) (uuid.UUID, error) {
	id, err := uuid.Parse(s)
	if err != nil || id.String() != s { // one address a feed
		return uuid.Nil, event.ErrFeedUnknown
	}
	return id, nil
}

// A shared cache may answer for this long; the origin's 304 costs next to nothing, so browsers and calendars ask each time.
const cacheControl = "public, max-age=0, s-maxage=60"

func (f *Feeds) serve(selector func(name string) (event.Selector, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		d, err := f.get(r.Context(), r.URL.Path, func() (event.Selector, error) {
			name := c.Param("file")
			stem, isCalendar := strings.CutSuffix(name, ".ics")
			if name != "" && (!isCalendar || stem == "") {
				return event.Selector{}, event.ErrFeedUnknown
			}
			return selector(stem)
		})
		if err != nil {
			return err
		}
		h := c.Response().Header()
		h["Last-Modified"] = []string{d.lastModified}
		h["Cache-Control"] = []string{cacheControl}
		h["Access-Control-Allow-Origin"] = []string{"*"}
		return answer(c, d.Document)
	}
}

// answer sends a document in the form that the client takes, or 304.
func answer(c echo.Context, d *ical.Document) error {
	r, h := c.Request(), c.Response().Header()
	packed := acceptsGzip(r.Header.Values("Accept-Encoding"))
	tag := d.ETag
	if packed {
		tag = d.GzipETag
	}
	h["Etag"] = []string{tag}
	h["Vary"] = []string{"Accept-Encoding"}
	if httpx.NotModified(r, tag, d.LastModified) {
		c.Response().WriteHeader(http.StatusNotModified)
		return nil
	}
	body := d.Gzip
	if packed {
		h["Content-Encoding"] = []string{"gzip"}
	} else {
		body = d.Body()
	}
	h["Content-Type"] = []string{ical.ContentType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.Response().WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := c.Response().Write(body)
	return err
}

// acceptsGzip reads Accept-Encoding (RFC 9110 section 12.5.3): gzip or * with a weight above 0.
func acceptsGzip(lines []string) bool {
	accepted := false
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			coding, weight, _ := strings.Cut(part, ";")
			coding = strings.ToLower(strings.TrimSpace(coding))
			if coding != "gzip" && coding != "x-gzip" && coding != "*" {
				continue
			}
			_, q, weighted := strings.Cut(weight, "=")
			value, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
			positive := !weighted || (err == nil && value > 0)
			if coding != "*" {
				return positive
			}
			accepted = positive
		}
	}
	return accepted
}

// Shortcut answers a request for a kept document that the client has already, before routing and everything that other requests need; all else goes on
// to next. Most requests to a calendar service are this one; they are counted by Shortcuts and stand in no access log.
func (f *Feeds) Shortcut(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		held := r.Header["If-None-Match"]
		if len(held) != 1 || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		v, ok := f.documents.Load(r.URL.Path)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		d := v.(*document)
		tag := d.ETag
		if acceptsGzip(r.Header["Accept-Encoding"]) {
			tag = d.GzipETag
		}
		if held[0] != tag || !f.fresh(d) {
			next.ServeHTTP(w, r)
			return
		}
		f.shortcuts.Add(1)
		h := w.Header()
		h["Etag"] = held
		h["Cache-Control"] = cacheControlHeader
		h["Vary"] = varyHeader
		w.WriteHeader(http.StatusNotModified)
	})
}

// Shortcuts gives how many requests Shortcut has answered.
func (f *Feeds) Shortcuts() uint64 { return f.shortcuts.Load() }

var cacheControlHeader, varyHeader = []string{cacheControl}, []string{"Accept-Encoding"}
