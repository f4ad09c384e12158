package testkit

import (
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// patience is how long tests wait for connections and statements. The program itself gives up
// within seconds; a storm of requests on a machine that runs other tests too may need longer.
const patience = time.Minute

// Open connects to a database as o says and closes the connections with the test, which it fails
// when it can't connect. Connections, statements and transactions have a minute where o does not
// say otherwise: tests of the program's own deadlines call postgres.Open.
func Open(t testing.TB, o postgres.Options) *postgres.DB {
	t.Helper()
	if o.AcquireWithin == 0 {
		o.AcquireWithin = patience
	}
	if o.MinTimeout == 0 {
		o.MinTimeout = patience
	}
	db, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	t.Cleanup(db.Close)
	return db
}
