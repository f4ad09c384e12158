package postgres_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// What waits for the commit waits for the outermost one, and what a savepoint undid is not waited
// for any more.
func TestAfterCommit(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	db := open(t, b)
	organization, actor := testkit.NewOrganization(t, b.Pool(t), "kiyose"), postgres.StaffActor(uuid.New())
	failed := errors.New("failed")
	for _, c := range []struct {
		name              string
		inner, last, fail error // what the savepoint, a savepoint in a kept one, and the whole end with
		want              []string
	}{
		{name: "all kept", want: []string{"first", "kept", "deep", "last"}},
		{name: "a savepoint undone", inner: failed, want: []string{"first", "last"}},
		{name: "a savepoint in a savepoint undone", last: failed, want: []string{"first", "kept", "last"}},
		{name: "all undone", fail: failed},
	} {
		var ran []string
		inside := true
		note := func(tx *postgres.Tx, name string) {
			tx.AfterCommit(func() {
				if inside {
					t.Errorf("%s: %s ran before the commit", c.name, name)
				}
				ran = append(ran, name)
			})
		}
		err := db.InOrganization(t.Context(), organization, actor, func(tx *postgres.Tx) error {
			defer func() { inside = false }()
			joined := postgres.Joined(t.Context(), tx)
			note(tx, "first")
			err := db.InOrganization(joined, organization, actor, func(tx *postgres.Tx) error {
				note(tx, "kept")
				err := db.InOrganization(joined, organization, actor, func(tx *postgres.Tx) error {
					note(tx, "deep")
					return c.last
				})
				if !errors.Is(err, c.last) {
					t.Errorf("%s: deep: %v", c.name, err)
				}
				return c.inner
			})
			if !errors.Is(err, c.inner) {
				t.Errorf("%s: inner: %v", c.name, err)
			}
			note(tx, "last")
			if err := db.ReadOrganization(joined, organization, func(*postgres.Tx) error { return nil }); err != nil {
				t.Errorf("%s: read: %v", c.name, err)
			}
			return c.fail
		})
		if !errors.Is(err, c.fail) || !slices.Equal(ran, c.want) {
			t.Errorf("%s: ran %v, want %v (%v)", c.name, ran, c.want, err)
		}
	}
}

// A transaction that is tried again has each try's functions run for itself alone.
func TestAfterCommitOfTheTryThatCommitted(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	db := open(t, b)
	organization := testkit.NewOrganization(t, b.Pool(t), "kiyose")
	tries, ran := 0, []int{}
	err := db.InOrganization(
		t.Context(),
		organization,
		postgres.StaffActor(uuid.New()),
		func(tx *postgres.Tx) error {
			tries++
			try := tries
			tx.AfterCommit(func() { ran = append(ran, try) })
			if tries == 1 {
				_, err := tx.Pgx.Exec(t.Context(), "do $$ begin raise sqlstate '40001'; end $$")
				return err
			}
			return nil
		},
	)
	if err != nil || !slices.Equal(ran, []int{2}) {
		t.Errorf("ran %v of %d tries, %v", ran, tries, err)
	}
}
