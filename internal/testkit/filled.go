package testkit

import (
	"slices"
	"sync"
	"testing"
)

// Filled is a database that is filled once a test binary; each test that asks for it gets a copy
// of its own. It serves tests that need the same rows and take long to make them.
type Filled struct {
	// Fill fills an empty database. A database in use can't be copied: connections must be closed
	// when Fill returns, or by a cleanup, which runs as soon as Fill has returned.
	Fill func(t testing.TB, b *Bundle)

	once sync.Once
	name string // empty when filling failed
}

// Database gives the test a copy of the filled database and drops it when the test ends.
func (f *Filled) Database(t testing.TB) *Bundle {
	t.Helper()
	f.once.Do(func() { f.fill(t) })
	if f.name == "" {
		t.Fatal("the database that several tests share was not filled, see the first of them")
	}
	return shared.cloneOf(t, f.name)
}

func (f *Filled) fill(t testing.TB) {
	t.Helper()
	if err := shared.open(); err != nil {
		t.Fatalf("prepare test server: %v", err)
	}
	b, err := shared.keep()
	if err != nil {
		t.Fatal(err)
	}
	if err := shared.clone(t.Context(), shared.template, b.Name); err != nil {
		t.Fatal(err)
	}
	part := &partOfTest{TB: t}
	defer part.end()
	f.Fill(part, b)
	if !t.Failed() {
		f.name = b.Name
	}
}

// partOfTest runs its cleanups before the test ends.
type partOfTest struct {
	testing.TB

	cleanups []func()
}

func (p *partOfTest) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

func (p *partOfTest) end() {
	for _, f := range slices.Backward(p.cleanups) {
		f()
	}
}

// keep names a database that close drops.
func (g *ground) keep() (*Bundle, error) {
	b, err := g.bundle()
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.filled = append(g.filled, b.Name)
	return b, nil
}
