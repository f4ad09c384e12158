package grant

import (
	"testing"

	"github.com/google/uuid"
)

func TestRefusalsAreBoundedAndForget(t *testing.T) {
	t.Parallel()
	s := newRefusalCache()
	p := place{uuid.New(), uuid.New()}
	s.note(s.now(), p, 2, 4)
	for seats, want := range map[int]bool{1: false, 2: false, 3: true, 4: true, 5: false} {
		if got := s.tells(p, seats); got != want {
			t.Errorf("tells(%d) = %v, want %v", seats, got, want)
		}
	}
	if s.tells(place{uuid.New(), p.quota}, 3) {
		t.Error("another event's quota is called full")
	}
	era := s.now()
	s.forget(p)
	s.note(era, p, 0, 4)
	if s.tells(p, 3) {
		t.Error("a verdict from before the seats came free is remembered")
	}
	for range 2 * maxRefusals {
		s.note(s.now(), place{uuid.New(), uuid.New()}, 0, 4)
	}
	if n := len(s.refusals); n > maxRefusals {
		t.Errorf("%d flags, want at most %d", n, maxRefusals)
	}
	s = newRefusalCache()
	for range maxRefusals {
		s.refusals[place{uuid.New(), uuid.New()}] = refusal{most: 4} // the zero Mark is long ago
	}
	s.note(s.now(), p, 0, 4)
	if _, ok := s.refusals[p]; !ok || len(s.refusals) != 1 {
		t.Errorf("old flags did not make room: %d left", len(s.refusals))
	}
	s.refusals[p] = refusal{most: 4}
	if s.tells(p, 1) {
		t.Error("an old flag still tells")
	}
}
