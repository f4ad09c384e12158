package feed

import (
	"container/list"
	"sync"
)

// shelf keeps the documents of feeds with filters, those last asked for, within so many bytes: which filters there are is chosen by whoever asks. Safe for
// concurrent use.
type shelf struct {
	mu    sync.Mutex
	limit int
	size  int
	byKey map[string]*list.Element
	order *list.List // of shelved, the last used in front
}

type shelved struct {
	key      string
	document *document
	cost     int
}

func newShelf(limit int) *shelf {
	return &shelf{limit: limit, byKey: map[string]*list.Element{}, order: list.New()}
}

func (s *shelf) get(key string) *document {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.byKey[key]
	if !ok {
		return nil
	}
	s.order.MoveToFront(at)
	return at.Value.(*shelved).document
}

// put keeps a document unless it alone is more than the shelf holds.
func (s *shelf) put(key string, d *document) {
	// The body is joined when first asked for, and then stays.
	entry := &shelved{key: key, document: d, cost: len(d.Gzip) + d.Size + len(key) + 512}
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

func (s *shelf) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(s.byKey[key])
}

func (s *shelf) remove(at *list.Element) {
	if at == nil {
		return
	}
	entry := s.order.Remove(at).(*shelved)
	delete(s.byKey, entry.key)
	s.size -= entry.cost
}
