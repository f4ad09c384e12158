package feed

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/ical"
)

// Routes adds the feeds. All are public; a private calendar opens by the token in its address. Each
// names the parameters that it takes.
func (f *Feeds) Routes(e *echo.Echo) {
	add := func(path string, parameters []string, selector func(name string) (search.Selector, error)) {
		httpx.Get(e, path, f.serve(parameters, selector))
	}
	httpx.Get(e, "/c/:file", f.serveTicket)
	httpx.Get(e, "/r/:file", f.serveRoom)
	add("/feeds/all.ics", filters, func(string) (search.Selector, error) { return search.Selector{}, nil })
	add(
		"/feeds/organizations/:file",
		filtersBut("organization"),
		func(slug string) (search.Selector, error) { return search.Selector{Organization: slug}, nil },
	)
	add(
		"/feeds/partnerships/:file",
		filtersBut("partnership"),
		func(slug string) (search.Selector, error) { return search.Selector{Partnership: slug}, nil },
	)
	add("/feeds/kinds/:file", filtersBut("kind"), func(kind string) (search.Selector, error) {
		if !slices.Contains(event.Kinds, event.Kind(kind)) {
			return search.Selector{}, search.ErrFeedUnknown
		}
		return search.Selector{Kind: event.Kind(kind)}, nil
	})
	add("/feeds/series/:file", nil, func(id string) (search.Selector, error) {
		series, err := identifier(id)
		return search.Selector{Series: series}, err
	})
	add("/feeds/events/:file", nil, func(id string) (search.Selector, error) {
		single, err := identifier(id)
		return search.Selector{Event: single}, err
	})
}

func identifier(s string) (uuid.UUID, error) {
	id, err := uuid.Parse(s)
	if err != nil || id.String() != s { // one address a feed
		return uuid.Nil, search.ErrFeedUnknown
	}
	return id, nil
}

// A shared cache may answer for this long; the origin's 304 costs next to nothing, so browsers and
// calendars ask each time.
const cacheControl = "public, max-age=0, s-maxage=60"

func (f *Feeds) serve(parameters []string, selector func(name string) (search.Selector, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		only, key, err := readQuery(r.URL.RawQuery, parameters)
		if err != nil {
			return err
		}
		path := r.URL.Path
		if key != "" {
			path += "?" + key
		}
		d, stale, err := f.get(r.Context(), path, func() (search.Selector, error) {
			name := c.Param("file")
			stem, isCalendar := strings.CutSuffix(name, ".ics")
			if name != "" && (!isCalendar || stem == "") {
				return search.Selector{}, search.ErrFeedUnknown
			}
			s, err := selector(stem)
			s.Only = only
			return s, err
		})
		if err != nil {
			return err
		}
		h := c.Response().Header()
		if d.lastModified != "" {
			h["Last-Modified"] = []string{d.lastModified}
		}
		h["Cache-Control"] = []string{cacheControl}
		h["Access-Control-Allow-Origin"] = []string{"*"}
		if stale { // RFC 9111 section 5.1
			h["Age"] = []string{strconv.Itoa(max(0, int(f.Clock.Now().Sub(d.readAt).Seconds())))}
		}
		return answer(c, d.Document, d.changed)
	}
}

// answer sends a document in the form that the client takes, or 304. changed is the Last-Modified
// that it told, zero for none.
func answer(c echo.Context, d *ical.Document, changed time.Time) error {
	r, h := c.Request(), c.Response().Header()
	packed := acceptsGzip(r.Header.Values("Accept-Encoding"))
	tag := d.ETag
	if packed {
		tag = d.GzipETag
	}
	h["Etag"] = []string{tag}
	h["Vary"] = []string{"Accept-Encoding"}
	if unchanged(r, tag, changed) {
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

// unchanged reports whether the client has the document already: by its tag, or else by just the
// Last-Modified that it was told. A later date is none of ours; it may be left from before a backup
// was restored, or be the client's own.
func unchanged(r *http.Request, tag string, changed time.Time) bool {
	if _, byTag := r.Header["If-None-Match"]; byTag || changed.IsZero() {
		return httpx.NotModified(r, tag, time.Time{})
	}
	since := r.Header["If-Modified-Since"]
	if len(since) != 1 {
		return false
	}
	at, err := http.ParseTime(since[0])
	return err == nil && at.Equal(changed)
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

// Shortcut answers a request for a kept document that the client has already, before routing and
// everything that other requests need; all else goes on to next. Most requests to a calendar
// service are this one; they are counted by Shortcuts and stand in no access log.
func (f *Feeds) Shortcut(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		held := r.Header["If-None-Match"]
		if len(held) != 1 || r.URL.RawQuery != "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
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
