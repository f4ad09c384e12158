package httpapi

import (
	"bytes"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/openapi"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestDocumentationComesFromHere(t *testing.T) {
	t.Parallel()
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{echo: httpx.New(httpx.Options{Messages: messages})}
	if err := registerDocs(b.echo); err != nil {
		t.Fatal(err)
	}
	for at, kind := range map[string]string{
		"/docs":                      "text/html",
		"/docs/init.js":              "text/javascript",
		"/docs/leave.js":             "text/javascript",
		"/docs/docs.css":             "text/css",
		"/docs/favicon.svg":          "image/svg+xml",
		"/docs/swagger-ui.css":       "text/css",
		"/docs/swagger-ui-bundle.js": "text/javascript", "/openapi.yaml": "application/yaml",
	} {
		r := b.send(t, http.MethodGet, at, req{})
		if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Header.Get(echo.HeaderContentType), kind) ||
			len(r.raw) == 0 {
			t.Errorf("%s: %d %s, %d bytes", at, r.StatusCode, r.Header.Get(echo.HeaderContentType), len(r.raw))
		}
		if csp := r.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") ||
			!strings.Contains(csp, "script-src 'self'") {
			t.Errorf("%s: policy %q", at, csp)
		}
		again := b.send(t, http.MethodGet, at, req{header: map[string]string{"If-None-Match": r.Header.Get("ETag")}})
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s asked again: %d", at, again.StatusCode)
		}
		if at == "/docs" &&
			(bytes.Contains(
				r.raw,
				[]byte("//"),
			) || bytes.Contains(r.raw, []byte("<style")) || bytes.Contains(r.raw, []byte("onclick"))) {
			t.Errorf("/docs leads elsewhere or has inline parts: %s", r.raw)
		}
	}
	// Whatever of this is a page has the quick way out, with the script of the residents' pages.
	pages := 0
	for _, route := range b.echo.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		r := b.send(t, http.MethodGet, route.Path, req{})
		if !strings.HasPrefix(r.Header.Get(echo.HeaderContentType), "text/html") {
			continue
		}
		pages++
		page := string(r.raw)
		if strings.Count(page, "data-leave>すぐに離れる</a>") != 1 || !strings.Contains(page, `href="/koyomi?leave=1"`) ||
			!strings.Contains(page, `<script src="/docs/leave.js"></script>`) {
			t.Errorf("%s has no way out: %s", route.Path, page)
		}
	}
	leave, err := fs.ReadFile(web.Static, "js/leave.js")
	if r := b.send(t, http.MethodGet, "/docs/leave.js", req{}); err != nil || !bytes.Equal(r.raw, leave) || pages != 1 {
		t.Errorf("%d pages, the script of the way out is another: %v", pages, err)
	}
	if r := b.send(t, http.MethodGet, "/openapi.yaml", req{}); !bytes.Equal(r.raw, openapi.YAML) ||
		r.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Error("/openapi.yaml is not the contract, or is not for every page")
	}
}
