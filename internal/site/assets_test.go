package site_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tonarimachi/tonarimachi/internal/site"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestAssets(t *testing.T) {
	t.Parallel()
	k := empty(t)
	address := k.page("/").Find(`link[rel="stylesheet"]`).Last().AttrOr("href", "")
	want, err := fs.ReadFile(web.Static, strings.SplitN(strings.TrimPrefix(address, "/static/"), "/", 2)[1])
	if err != nil {
		t.Fatal(err)
	}
	a := k.get(address)
	if a.Code != http.StatusOK || a.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" ||
		a.Header().Get("Content-Type") != "text/css; charset=utf-8" ||
		a.Body.String() != string(want) {
		t.Errorf("%s = %d %v", address, a.Code, a.Header())
	}
	other := strings.Replace(address, address[8:28], strings.Repeat("0", 20), 1)
	if a := k.get(other); a.Code != http.StatusOK || a.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("under another version's checksum = %d %q", a.Code, a.Header().Get("Cache-Control"))
	}
	r := httptest.NewRequestWithContext(
		t.Context(),
		http.MethodGet,
		k.page("/").Find(`link[rel="stylesheet"]`).First().AttrOr("href", ""),
		http.NoBody,
	)
	r.Header.Set("Accept-Encoding", "gzip")
	small := k.do(r)
	z, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatalf("not compressed: %v", err)
	}
	if body, err := io.ReadAll(
		z,
	); err != nil || !strings.Contains(string(body), ":root") ||
		small.Header().Get("Vary") != "Accept-Encoding" {
		t.Errorf("compressed: %v %v", err, small.Header())
	}
	r.Header.Set("If-None-Match", small.Header().Get("ETag"))
	if a := k.do(r); a.Code != http.StatusNotModified {
		t.Errorf("with its ETag = %d", a.Code)
	}
	for _, bad := range []string{
		"/static/",
		"/static/x",
		"/static/x/../site.go",
		"/static/x/%2e%2e/%2e%2e/etc/passwd",
		"/static//css/base.css",
	} {
		if a := k.get(bad); a.Code != http.StatusNotFound {
			t.Errorf("GET %s = %d", bad, a.Code)
		}
	}
	if a := k.get("/favicon.ico"); a.Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("favicon: %v", a.Header())
	}
}

// A template that is broken, missing or not declared stops the start.
func TestStartRefusesTemplates(t *testing.T) {
	t.Parallel()
	k := empty(t)
	copyOf := func() fstest.MapFS {
		files := fstest.MapFS{}
		err := fs.WalkDir(web.Templates, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			body, err := fs.ReadFile(web.Templates, path)
			files[path] = &fstest.MapFile{Data: body}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	for name, tt := range map[string]struct {
		change func(fstest.MapFS)
		says   string
	}{
		"as it is":     {func(fstest.MapFS) {}, ""},
		"not declared": {func(m fstest.MapFS) { m["site/more.html"] = m["site/home.html"] }, "not declared"},
		"missing":      {func(m fstest.MapFS) { delete(m, "site/home.html") }, "site/home.html is missing"},
		"broken": {
			func(m fstest.MapFS) { m["site/home.html"] = &fstest.MapFile{Data: []byte("{{define")} },
			"site/home.html",
		},
		"a field misspelt": {func(m fstest.MapFS) {
			m["site/error.html"] = &fstest.MapFile{Data: []byte(`{{define "main"}}{{.Headnig}}{{end}}`)}
		}, "Headnig"},
		"an asset misspelt": {func(m fstest.MapFS) {
			m["site/error.html"] = &fstest.MapFile{Data: []byte(`{{define "main"}}{{asset "css/bse.css"}}{{end}}`)}
		}, "bse.css"},
	} {
		files := copyOf()
		tt.change(files)
		o := k.options
		o.Templates = files
		_, err := site.New(o)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := site.New(site.Options{}); err == nil {
		t.Error("no options were accepted")
	}
}
