package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// cached makes a public answer one that any web page may read, and that caches may keep and ask
// about by its content.
func cached(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		// Any page may read the answer: no credentials are read, so it is the same for everyone who
		// asks in the same language.
		header.Set(echo.HeaderAccessControlAllowOrigin, "*")
		words := &caller.Language{Chosen: httpx.NegotiateLanguage(c)}
		answer, err := capture(caller.WithLanguage(c, words), h)
		if err != nil {
			return err // the problem's own Vary names the language
		}
		if words.Used {
			header.Add(echo.HeaderVary, "Accept-Language")
		}
		if answer.status != http.StatusOK {
			return answer.send(c)
		}
		sum := sha256.Sum256(answer.body.Bytes())
		etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
		header.Set("Etag", etag)
		header.Set(echo.HeaderCacheControl, "public, max-age=15")
		if httpx.NotModified(c.Request(), etag, time.Time{}) {
			return c.NoContent(http.StatusNotModified)
		}
		return answer.send(c)
	}
}

// recorder is a response that is not sent yet.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the answer's own; those set on the real response stay there.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader keeps the first status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write never fails.
func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

// capture runs h without sending anything.
func capture(c echo.Context, h echo.HandlerFunc) (*recorder, error) {
	r := &recorder{header: http.Header{}}
	sent := c.Response()
	c.SetResponse(echo.NewResponse(r, c.Echo()))
	defer c.SetResponse(sent)
	if err := h(c); err != nil {
		return nil, err
	}
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r, nil
}

func (r *recorder) send(c echo.Context) error {
	header := c.Response().Header()
	for name, values := range r.header {
		header[name] = values
	}
	if r.body.Len() > 0 {
		header.Set(echo.HeaderContentLength, strconv.Itoa(r.body.Len()))
	}
	c.Response().WriteHeader(r.status)
	_, err := c.Response().Write(r.body.Bytes())
	return err
}
