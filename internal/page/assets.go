package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

const staticPrefix = "/static/"

// asset is one file as it is served.
type asset struct {
	address  string // /static/<checksum>/<path>
	kind     string
	etag     string
	body     []byte
	gzipped  []byte // nil where it saves nothing
	gzipETag string
}

// assets are all files under static/, by path. It does not change after it was read.
type assets struct {
	files map[string]*asset
}

var kinds = map[string]string{
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".json": "application/json",
	"":      "text/plain; charset=utf-8",
}

func readAssets(fsys fs.FS) (*assets, error) {
	a := &assets{files: map[string]*asset{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		a.files[name], err = newAsset(name, body)
		return err
	})
	return a, err
}

func newAsset(name string, body []byte) (*asset, error) {
	sum := sha256.Sum256(body)
	checksum := hex.EncodeToString(sum[:10])
	f := &asset{
		address: staticPrefix + checksum + "/" + name,
		kind:    kinds[path.Ext(name)],
		etag:    `"` + checksum + `"`,
		body:    body,
	}
	if f.kind == "" {
		f.kind = mime.TypeByExtension(path.Ext(name))
	}
	if f.kind == "" {
		f.kind = "application/octet-stream"
	}
	var small bytes.Buffer
	w, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress %s: %w", name, err)
	}
	_, err = w.Write(body)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("compress %s: %w", name, err)
	}
	if small.Len() < len(body)*9/10 {
		f.gzipped, f.gzipETag = small.Bytes(), `"`+checksum+`-gzip"`
	}
	return f, nil
}

// address is the function "asset" of the templates.
func (a *assets) address(name string) (string, error) {
	f, ok := a.files[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return f.address, nil
}

// Static serves a file by its checksum address for ever. Under another checksum, as pages of
// another version have it while replicas are being replaced, the present file is given and not
// kept.
func (r *Renderer) Static(c echo.Context) error {
	checksum, name, _ := strings.Cut(c.Param("*"), "/")
	f, ok := r.assets.files[name]
	if !ok || checksum == "" {
		return echo.ErrNotFound
	}
	cache := "no-cache"
	if f.address == staticPrefix+checksum+"/"+name {
		cache = "public, max-age=31536000, immutable"
	}
	return f.serve(c, cache)
}

// ServeAsset answers with a file at an address that has no checksum in it.
func (r *Renderer) ServeAsset(c echo.Context, name, cache string) error {
	f, ok := r.assets.files[name]
	if !ok {
		return echo.ErrNotFound
	}
	return f.serve(c, cache)
}

func (f *asset) serve(c echo.Context, cache string) error {
	h := c.Response().Header()
	h.Set("Cache-Control", cache)
	body, etag := f.body, f.etag
	if f.gzipped != nil {
		h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
		if strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
			body, etag = f.gzipped, f.gzipETag
		}
	}
	h.Set("ETag", etag)
	if httpx.NotModified(c.Request(), etag, time.Time{}) {
		return c.NoContent(http.StatusNotModified)
	}
	if etag == f.gzipETag {
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, f.kind, body)
}
