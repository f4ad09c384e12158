package testkit

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the dump
	"io"
	"testing"
)

// formerDemo is a dump of the demo on a database that was migrated by the numbered steps of before
// the schema's files were written anew, to the last of them, 71.
//
//go:embed testdata/demo-at-step-71.sql.gz
var formerDemo []byte

// FormerDatabase gives the test a database of its own with the demo's data and the schema of step
// 71, as an installation from before may have it.
func FormerDatabase(t testing.TB) *Bundle {
	t.Helper()
	b := EmptyDatabase(t)
	packed, err := gzip.NewReader(bytes.NewReader(formerDemo))
	if err != nil {
		t.Fatal(err)
	}
	dump, err := io.ReadAll(packed)
	if err != nil {
		t.Fatal(err)
	}
	pool := b.Pool(t)
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The dump sets its session up.
	defer func() { _ = conn.Hijack().Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), string(dump)); err != nil {
		t.Fatalf("restore the former demo: %v", err)
	}
	return b
}
