package httpx

import (
	"net/http"
	"strings"
	"time"
)

// NotModified reports whether a GET or HEAD is to be answered 304, in the order
// of RFC 9110 section 13.2.2: If-None-Match alone when it is there, by weak
// comparison, else If-Modified-Since. etag is quoted, with its W/ if weak; an
// empty etag or zero lastModified is none. Call it before any work.
func NotModified(r *http.Request, etag string, lastModified time.Time) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if lines, ok := r.Header["If-None-Match"]; ok {
		for _, line := range lines {
			if line == etag && etag != "" || matches(line, etag) {
				return true
			}
		}
		return false
	}
	// Several dates are not a date.
	since := r.Header["If-Modified-Since"]
	if len(since) != 1 || lastModified.IsZero() {
		return false
	}
	t, err := http.ParseTime(since[0])
	return err == nil && !lastModified.Truncate(time.Second).After(t)
}

// matches looks for etag in a list of entity tags; "*" matches all there is.
func matches(list, etag string) bool {
	if strings.Trim(list, " \t") == "*" {
		return true
	}
	want := strings.TrimPrefix(etag, "W/")
	if want == "" {
		return false
	}
	for {
		list = strings.TrimLeft(list, " \t,")
		list = strings.TrimPrefix(list, "W/")
		if list == "" || list[0] != '"' {
			return false
		}
		end := strings.IndexByte(list[1:], '"')
		if end < 0 {
			return false
		}
		if list[:end+2] == want {
			return true
		}
		list = strings.TrimLeft(list[end+2:], " \t")
		if list == "" || list[0] != ',' {
			return false
		}
	}
}
