package admission

import (
	"sync"
	"time"

	"github.com/google/uuid"
)

// window is how far back a network's seats count.
const window = 10 * time.Minute

// taken is one ticket's seats in a window. who tells retries of the same ticket apart; 0 for
// nobody.
type taken struct {
	at    time.Time
	who   uint64
	seats int
}

// place is a network in a quota; the zero quota stands for all of them.
type windowKey struct {
	network network
	quota   uuid.UUID
}

// windows count seats by network and quota for ten minutes.
type windows struct {
	mu    sync.Mutex
	kept  map[windowKey][]taken
	most  int // places
	swept time.Time
}

const maxKeys = 500_000

func newWindows() *windows { return &windows{kept: map[windowKey][]taken{}, most: maxKeys} }

// fresh drops what has left the window. What a clock that was set back puts into the future counts
// as taken now.
func fresh(list []taken, now time.Time) []taken {
	from := now.Add(-window)
	kept := list[:0]
	for _, t := range list {
		if t.at.After(now) {
			t.at = now
		}
		if t.at.After(from) {
			kept = append(kept, t)
		}
	}
	return kept
}

// count gives the seats that a network, under any of its names, has in a quota, and whether one of
// the entries is who's.
func (w *windows) count(networks []network, quota uuid.UUID, who uint64, now time.Time) (seats int, known bool) {
	for _, n := range networks {
		p := windowKey{n, quota}
		list, ok := w.kept[p]
		if !ok {
			continue
		}
		list = fresh(list, now)
		if len(list) == 0 {
			delete(w.kept, p)
			continue
		}
		w.kept[p] = list
		for _, t := range list {
			seats += t.seats
			known = known || who != 0 && t.who == who
		}
	}
	return seats, known
}

// roomAt is when so many more seats fit below most.
func (w *windows) roomAt(networks []network, quota uuid.UUID, seats, most int, now time.Time) time.Time {
	used, _ := w.count(networks, quota, 0, now)
	at := now
	for used > 0 && used+seats > most {
		var first time.Time
		leaves := 0
		for _, n := range networks {
			for _, t := range w.kept[windowKey{n, quota}] {
				end := t.at.Add(window)
				switch {
				case !end.After(at):
				case first.IsZero() || end.Before(first):
					first, leaves = end, t.seats
				case end.Equal(first):
					leaves += t.seats
				}
			}
		}
		if first.IsZero() {
			break
		}
		at, used = first, used-leaves
	}
	return at
}

// add notes seats under the network's present name and among all quotas.
func (w *windows) add(n network, quota uuid.UUID, t taken) {
	w.sweep(t.at)
	for _, p := range [...]windowKey{{n, quota}, {n, uuid.Nil}} {
		if _, ok := w.kept[p]; ok || len(w.kept) < w.most {
			w.kept[p] = append(w.kept[p], t)
		}
	}
}

// remove takes an entry back.
func (w *windows) remove(n network, quota uuid.UUID, t taken) {
	for _, p := range [...]windowKey{{n, quota}, {n, uuid.Nil}} {
		list := w.kept[p]
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].who == t.who && list[i].seats == t.seats {
				w.kept[p] = append(list[:i], list[i+1:]...)
				break
			}
		}
		if len(w.kept[p]) == 0 {
			delete(w.kept, p)
		}
	}
}

// full reports that no new network can be counted: then everybody is asked.
func (w *windows) full(now time.Time) bool {
	if len(w.kept) < w.most {
		return false
	}
	w.sweep(now)
	return len(w.kept) >= w.most
}

func (w *windows) sweep(now time.Time) {
	if age := now.Sub(w.swept); age >= 0 && age < time.Minute {
		return
	}
	w.swept = now
	for p, list := range w.kept {
		if list = fresh(list, now); len(list) == 0 {
			delete(w.kept, p)
		} else {
			w.kept[p] = list
		}
	}
}
