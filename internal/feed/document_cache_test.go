package feed

import (
	"fmt"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/ical"
)

// However many filters are asked for, what is kept of them stays within its bytes, and what is
// asked for again and again stays.
func TestDocumentCacheIsBounded(t *testing.T) {
	t.Parallel()
	const limit = 100_000
	s := newDocumentCache(limit)
	put := func(key string, size int) {
		s.put(key, &document{Document: &ical.Document{Gzip: make([]byte, size/2), Size: size / 2}})
	}
	put("/popular?a=b", 10_000)
	for i := range 5000 {
		put(fmt.Sprintf("/feeds/all.ics?organization=%d", i), 5000)
		if s.get("/popular?a=b") == nil {
			t.Fatalf("what is asked for all the time was let go after %d", i)
		}
		if s.size > limit || len(s.byKey) != s.order.Len() {
			t.Fatalf("%d bytes, %d of %d", s.size, len(s.byKey), s.order.Len())
		}
	}
	put("/popular?a=b", 200_000) // more than the documentCache holds: not kept, nor what it replaces
	if s.get("/popular?a=b") != nil || s.size > limit {
		t.Errorf("%d bytes", s.size)
	}
	put("/x?a=b", 10)
	s.forget("/x?a=b")
	s.forget("/x?a=b")
	if s.get("/x?a=b") != nil || s.size < 0 {
		t.Errorf("%d bytes", s.size)
	}
}
