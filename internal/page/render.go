package page

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

type templates map[string]*template.Template

// parseTemplates reads the frame, the partials and every page of a folder, and tries each with its
// empty view.
func parseTemplates(fsys fs.FS, folder string, views map[string]any, a *assets) (templates, error) {
	frame, err := template.New("").Option("missingkey=error").Funcs(template.FuncMap{"asset": a.address}).
		ParseFS(fsys, "layout.html", "partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("read frame: %w", err)
	}
	files, err := fs.Glob(fsys, folder+"/*.html")
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	all := templates{}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, folder+"/"), ".html")
		empty, ok := views[name]
		if !ok {
			return nil, fmt.Errorf("%s is not declared", file)
		}
		found, err := frame.Clone()
		if err == nil {
			found, err = found.ParseFS(fsys, file)
		}
		if err == nil {
			err = found.ExecuteTemplate(io.Discard, "layout", empty)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		all[name] = found
	}
	for name := range views {
		if all[name] == nil {
			return nil, fmt.Errorf("%s/%s.html is missing", folder, name)
		}
	}
	return all, nil
}

// Show answers with a public page: any cache may keep it and must ask whether it still holds.
func (r *Renderer) Show(c echo.Context, status int, name string, view any) error {
	body, err := r.render(name, view)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		c.Response().Header().Set("Cache-Control", "no-cache")
	} else if Unchanged(c, body) {
		return c.NoContent(http.StatusNotModified)
	}
	return write(c, status, body)
}

// Unchanged tells whether the caller has this body already. Any cache may keep it, and asks whether
// it still holds.
func Unchanged(c echo.Context, body []byte) bool {
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", etag)
	return httpx.NotModified(c.Request(), etag, time.Time{})
}

// ShowPrivate answers with a page for one person, such as one with forms that carry fresh secrets.
func (r *Renderer) ShowPrivate(c echo.Context, name string, view any) error {
	body, err := r.render(name, view)
	if err != nil {
		return err
	}
	httpx.NoStore(c)
	return write(c, http.StatusOK, body)
}

// TicketBucket is the size, in bytes, whose multiples the answers to ticket forms have: every state
// of a ticket fits one, with its drawn code.
const TicketBucket = 32 << 10

// ShowPadded is ShowPrivate for what has to do with a ticket: whoever watches the wire sees one
// size wherever the ticket stands.
func (r *Renderer) ShowPadded(c echo.Context, status int, name string, view any) error {
	body, err := r.render(name, view)
	if err != nil {
		return err
	}
	httpx.NoStore(c)
	return write(c, status, httpx.Pad(body, TicketBucket))
}

// render fills a template wholly before anything is sent.
func (r *Renderer) render(name string, view any) ([]byte, error) {
	var buf bytes.Buffer
	if err := r.templates[name].ExecuteTemplate(&buf, "layout", view); err != nil {
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

// Redirect answers 303 to a path of ours that holds nothing private.
func Redirect(c echo.Context, path string) error { return c.Redirect(http.StatusSeeOther, path) }
