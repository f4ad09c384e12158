package feed

import (
	"container/list"
	"sync"
)

// documentCache keeps the documents of feeds with filters that were asked for last, within a number
// of bytes, because whoever asks chooses the filters. Safe for concurrent use.
type documentCache struct {
	mu    sync.Mutex
	limit int
	size  int
	byKey map[string]*list.Element
	order *list.List // of *cacheEntry, the last used in front
}

type cacheEntry struct {
	key      string
	document *document
	cost     int
}

func newDocumentCache(limit int) *documentCache {
	return &documentCache{limit: limit, byKey: map[string]*list.Element{}, order: list.New()}
}

func (s *documentCache) get(key string) *document {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.byKey[key]
	if !ok {
		return nil
	}
	s.order.MoveToFront(at)
	return at.Value.(*cacheEntry).document
}

// put keeps a document unless it alone is more than the cache may hold.
func (s *documentCache) put(key string, d *document) {
	// The body is joined when first asked for, and then stays.
	entry := &cacheEntry{key: key, document: d, cost: len(d.Gzip) + d.Size + len(key) + 512}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(s.byKey[key])
	if entry.cost > s.limit {
		return
	}
	s.byKey[key] = s.order.PushFront(entry)
	for s.size += entry.cost; s.size > s.limit; {
		s.remove(s.order.Back())
	}
}

func (s *documentCache) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(s.byKey[key])
}

func (s *documentCache) remove(at *list.Element) {
	if at == nil {
		return
	}
	entry := s.order.Remove(at).(*cacheEntry)
	delete(s.byKey, entry.key)
	s.size -= entry.cost
}
