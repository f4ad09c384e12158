package httpx_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

func TestNotModified(t *testing.T) {
	t.Parallel()
	modified := time.Date(2026, 4, 5, 6, 7, 8, 900, time.UTC)
	const (
		before = "Sun, 05 Apr 2026 06:07:07 GMT"
		same   = "Sun, 05 Apr 2026 06:07:08 GMT"
		after  = "Mon, 06 Apr 2026 06:07:07 GMT"
	)
	for name, tt := range map[string]struct {
		method string
		etag   string
		match  []string
		since  []string
		want   bool
	}{
		"nothing asked":            {"GET", `"a"`, nil, nil, false},
		"same tag":                 {"GET", `"a"`, []string{`"a"`}, nil, true},
		"HEAD":                     {"HEAD", `"a"`, []string{`"a"`}, nil, true},
		"POST":                     {"POST", `"a"`, []string{`"a"`}, nil, false},
		"other tag":                {"GET", `"a"`, []string{`"b"`}, nil, false},
		"weak asked":               {"GET", `"a"`, []string{`W/"a"`}, nil, true},
		"weak held":                {"GET", `W/"a"`, []string{`"a"`}, nil, true},
		"list":                     {"GET", `"a"`, []string{`"x", W/"y" ,"a"`}, nil, true},
		"list without":             {"GET", `"a"`, []string{`"x","y"`}, nil, false},
		"two lines":                {"GET", `"a"`, []string{`"x"`, `"a"`}, nil, true},
		"comma inside":             {"GET", `"a,b"`, []string{`"x", "a,b"`}, nil, true},
		"part of a tag":            {"GET", `"a"`, []string{`"x,"a"`}, nil, false},
		"star":                     {"GET", `"a"`, []string{` * `}, nil, true},
		"star without tag":         {"GET", ``, []string{`*`}, nil, true},
		"no tag held":              {"GET", ``, []string{`""`}, nil, false},
		"empty tags":               {"GET", `""`, []string{`""`}, nil, true},
		"unquoted":                 {"GET", `"a"`, []string{`a`}, nil, false},
		"unfinished":               {"GET", `"a"`, []string{`"a`}, nil, false},
		"empty header":             {"GET", `"a"`, []string{``}, []string{after}, false},
		"lower-case w":             {"GET", `"a"`, []string{`w/"a"`}, nil, false},
		"same date":                {"GET", `"a"`, nil, []string{same}, true},
		"later date":               {"GET", `"a"`, nil, []string{after}, true},
		"earlier date":             {"GET", `"a"`, nil, []string{before}, false},
		"no date":                  {"GET", `"a"`, nil, []string{"yesterday"}, false},
		"two dates":                {"GET", `"a"`, nil, []string{after, after}, false},
		"the tag outweighs a date": {"GET", `"a"`, []string{`"b"`}, []string{after}, false},
		"also the other way":       {"GET", `"a"`, []string{`"a"`}, []string{before}, true},
	} {
		r := httptest.NewRequest(tt.method, "/", http.NoBody)
		for _, v := range tt.match {
			r.Header.Add("If-None-Match", v)
		}
		for _, v := range tt.since {
			r.Header.Add("If-Modified-Since", v)
		}
		if got := httpx.NotModified(r, tt.etag, modified); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.Header.Set("If-Modified-Since", after)
	if httpx.NotModified(r, `"a"`, time.Time{}) {
		t.Error("an unknown date counts")
	}
}

func FuzzNotModified(f *testing.F) {
	f.Add(`"x", W/"a"`)
	f.Add(`*`)
	f.Add(`,,,"`)
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header["If-None-Match"] = []string{header}
		httpx.NotModified(r, `"a"`, time.Time{})
		r.Header["If-None-Match"] = []string{`"a", ` + header}
		if !httpx.NotModified(r, `"a"`, time.Time{}) {
			t.Errorf("%q hides the tag before it", header)
		}
	})
}
