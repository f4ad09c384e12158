package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// declared are the pages, each with an empty view to try its template with.
var declared = map[string]any{
	"home": homeView{}, "events": eventsView{}, "event": eventView{}, "organization": organizationView{}, "ticket": ticketView{},
	"ticket_form": ticketFormView{}, "promises": promisesView{}, "problem": problemView{}, "erasure": erasureView{}, "error": errorView{}, "koyomi": koyomiView{}, "door": doorView{}, "proof": proofView{}, "draw": drawView{}, "paper": paperView{},
	"ticket_slots": ticketSlotsView{}, "ticket_slip": slipView{},
	"facilities": facilitiesView{}, "facility": facilityView{}, "room": roomView{}, "calendar": calendarView{}, "free": freeView{}, "round": roundView{},
}

type templates map[string]*template.Template

// parseTemplates reads the frame, the partials and every page of site/, and tries each with an empty view.
func parseTemplates(fsys fs.FS, a *assets) (templates, error) {
	frame, err := template.New("").Option("missingkey=error").Funcs(template.FuncMap{"asset": a.address}).
		ParseFS(fsys, "layout.html", "partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("read frame: %w", err)
	}
	files, err := fs.Glob(fsys, "site/*.html")
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	all := templates{}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "site/"), ".html")
		empty, ok := declared[name]
		if !ok {
			return nil, fmt.Errorf("%s is not declared", file)
		}
		page, err := frame.Clone()
		if err == nil {
			page, err = page.ParseFS(fsys, file)
		}
		if err == nil {
			err = page.ExecuteTemplate(io.Discard, "layout", empty)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		all[name] = page
	}
	for name := range declared {
		if all[name] == nil {
			return nil, fmt.Errorf("site/%s.html is missing", name)
		}
	}
	return all, nil
}

// show answers with a public page: any cache may keep it and must ask whether it still holds.
func (s *Site) show(c echo.Context, status int, name string, view any) error {
	body, err := s.render(name, view)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		c.Response().Header().Set("Cache-Control", "no-cache")
	} else if unchanged(c, body) {
		return c.NoContent(http.StatusNotModified)
	}
	return write(c, status, body)
}

// unchanged tells whether the caller has this body already. Any cache may keep it, and asks whether it still holds.
func unchanged(c echo.Context, body []byte) bool {
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", etag)
	return httpx.NotModified(c.Request(), etag, time.Time{})
}

// sendList answers with the list of a draw as it is summed.
func sendList(c echo.Context, list string) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Disposition", `attachment; filename="list.txt"`)
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(list))
}

// showPrivate answers with a page for one person, such as one with forms that carry fresh secrets.
func (s *Site) showPrivate(c echo.Context, name string, view any) error {
	body, err := s.render(name, view)
	if err != nil {
		return err
	}
	httpx.NoStore(c)
	return write(c, http.StatusOK, body)
}

// ticketBucket is the size, in bytes, whose multiples the answers to ticket forms have: every state of a ticket fits one, with its drawn code.
const ticketBucket = 32 << 10

// showBucketed is showPrivate for what has to do with a ticket: whoever watches the wire sees one size wherever the ticket stands.
func (s *Site) showBucketed(c echo.Context, status int, name string, view any) error {
	body, err := s.render(name, view)
	if err != nil {
		return err
	}
	httpx.NoStore(c)
	return write(c, status, httpx.Pad(body, ticketBucket))
}

// ofTicket reports routes whose answers tell of a ticket, the door's among them.
func ofTicket(c echo.Context) bool {
	path := c.Path()
	return path == "/t" || path == "/paper" || ofDoor(c) || strings.HasPrefix(path, "/t/") || strings.HasSuffix(path, "/tickets")
}

// ofDoor reports the routes of the phone at the door.
func ofDoor(c echo.Context) bool {
	return c.Path() == doorPath || strings.HasPrefix(c.Path(), doorPath+"/")
}

// render fills a template wholly before anything is sent.
func (s *Site) render(name string, view any) ([]byte, error) {
	var buf bytes.Buffer
	if err := s.templates[name].ExecuteTemplate(&buf, "layout", view); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return buf.Bytes(), nil
}

func write(c echo.Context, status int, body []byte) error {
	if bytes.Contains(body, []byte(`method="post"`)) {
		httpx.AllowForms(c)
	}
	h := c.Response().Header()
	h.Set("Content-Language", "ja")
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(status, echo.MIMETextHTMLCharsetUTF8, body)
}
