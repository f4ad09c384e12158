package ical

// generations is a cache of bounded cost: when the young half is full it
// becomes the old half, and what nobody asked for since then goes. It keeps at
// most twice its limit, plus one value. Not safe for concurrent use.
type generations[K comparable, V any] struct {
	young, old map[K]V
	cost       func(V) int
	spent      int // cost of young
	limit      int // of one half
	turns      int // how often the young became the old
}

func newGenerations[K comparable, V any](limit int, cost func(V) int) *generations[K, V] {
	return &generations[K, V]{young: make(map[K]V), cost: cost, limit: limit}
}

func (g *generations[K, V]) get(key K) (V, bool) {
	if value, ok := g.young[key]; ok {
		return value, true
	}
	value, ok := g.old[key]
	if ok {
		delete(g.old, key)
		g.put(key, value)
	}
	return value, ok
}

func (g *generations[K, V]) put(key K, value V) {
	if before, ok := g.young[key]; ok {
		g.spent -= g.cost(before)
	}
	g.young[key] = value
	g.spent += g.cost(value)
	if g.spent > g.limit {
		g.old, g.young, g.spent = g.young, make(map[K]V), 0
		g.turns++
	}
}
