package grant

import (
	"testing"
)

func TestReadyMakesAConnectionForEachLane(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for range 2 { // then those that are there
		if err := k.granter.store.ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if stat := k.granter.store.Pool.Stat(); stat.TotalConns() != lanes || stat.IdleConns() != lanes {
			t.Errorf("%d connections, %d of them idle, for %d lanes", stat.TotalConns(), stat.IdleConns(), lanes)
		}
	}
	k.db.Close()
	if err := k.granter.store.ready(t.Context()); err == nil {
		t.Error("ready without a database")
	}
}

// What ready asks for goes through every statement of a grant and changes nothing: the transaction
// does not even get a number.
func TestGrantOfNothingChangesNothing(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.seats(t, 100)
	tx, err := k.admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	var verdicts int
	var numbered bool
	err = tx.QueryRow(
		t.Context(),
		`select cardinality(g.outcomes) from ticket_grant_once('{}', '{}', '{}', '{}', '{}', '{}', '{}') g`,
	).Scan(
		&verdicts,
	)
	if err != nil || verdicts != 0 {
		t.Fatalf("%d verdicts, %v", verdicts, err)
	}
	if err := tx.QueryRow(
		t.Context(),
		"select pg_current_xact_id_if_assigned() is not null",
	).Scan(
		&numbered,
	); err != nil ||
		numbered {
		t.Errorf("it wrote something: %v, %v", numbered, err)
	}
}
