package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/openapi"
	"github.com/tonarimachi/tonarimachi/web"
)

// viewer is where the documentation's own assets lie in web.Static.
const viewer = "vendor/swagger-ui@5.35.0"

// registerDocs serves the contract and a page that shows it. Everything is embedded: no request
// leaves for a third party.
func registerDocs(e *echo.Echo) error {
	serve(e, "/openapi.yaml", "application/yaml; charset=utf-8", openapi.YAML, true)
	for at, file := range map[string]string{
		"/docs":                      "docs/index.html",
		"/docs/init.js":              "docs/init.js",
		"/docs/leave.js":             "js/leave.js",
		"/docs/docs.css":             "docs/docs.css",
		"/docs/favicon.svg":          "img/favicon.svg",
		"/docs/swagger-ui.css":       viewer + "/swagger-ui.css",
		"/docs/swagger-ui-bundle.js": viewer + "/swagger-ui-bundle.js",
	} {
		content, err := fs.ReadFile(web.Static, file)
		if err != nil {
			return fmt.Errorf("read documentation: %w", err)
		}
		serve(e, at, mime.TypeByExtension(path.Ext(file)), content, false)
	}
	return nil
}

// serve answers with fixed content, which callers may keep as long as it is asked about.
func serve(e *echo.Echo, at, mediaType string, content []byte, everywhere bool) {
	sum := sha256.Sum256(content)
	etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
	httpx.Get(e, at, func(c echo.Context) error {
		header := c.Response().Header()
		header.Set("Etag", etag)
		header.Set(echo.HeaderCacheControl, "public, max-age=300")
		if everywhere {
			header.Set(echo.HeaderAccessControlAllowOrigin, "*")
		}
		if httpx.NotModified(c.Request(), etag, time.Time{}) {
			return c.NoContent(http.StatusNotModified)
		}
		return c.Stream(http.StatusOK, mediaType, bytes.NewReader(content))
	})
}
