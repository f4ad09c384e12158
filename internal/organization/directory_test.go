package organization_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// A reading that began before a write of this process and ends after it must not hide the write.
func TestDirectoryReadingOvertakenByAWrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ref := b.establish(t, toshima)[0]
	pool := b.Pool(t)
	// The directory reads organizations first and then waits here, at the partnerships.
	lock, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Exec(t.Context(), "lock table partnership in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	overtaken := make(chan error, 1)
	go func() { overtaken <- b.directory.Refresh(t.Context()) }()
	for waiting := 0; waiting == 0; {
		waiting = b.count(t, "pg_locks where relation = 'partnership'::regclass and not granted and database = (select oid from pg_database where datname = current_database())")
	}
	change := organization.Change{Area: ptr("池袋")}
	if _, err := b.service.Update(t.Context(), ref.ID, postgres.StaffActor(uuid.New()), change); err != nil {
		t.Fatal(err)
	}
	if err := lock.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-overtaken; err != nil {
		t.Fatal(err)
	}
	if o, err := b.directory.ByID(t.Context(), ref.ID); err != nil || o.Area != "池袋" {
		t.Errorf("the overtaken reading won: %q, %v", o.Area, err)
	}
}
