package booking

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// A refusal is remembered for a moment, and never past what this process frees.
func TestRefusalsAreRememberedForAMoment(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	b := k.place(k.kita, ask(k.hall.A, 9, 12))
	_, err := k.service.Place(t.Context(), k.minato, ask(k.hall.A, 9, 12))
	k.want("the second", err, ErrTaken)
	k.exec(
		"with gone as (delete from occupancy) update booking set status = 'cancelled' where id = $1",
		b.ID,
	) // by another process
	_, err = k.service.Place(t.Context(), k.minato, ask(k.hall.A, 9, 12))
	k.want("the same at the same moment", err, ErrTaken)
	k.clock.Advance(refusalLasts)
	again := k.place(k.minato, ask(k.hall.A, 9, 12))
	_, err = k.service.Place(t.Context(), k.chuo, ask(k.hall.A, 9, 12))
	k.want("another town", err, ErrTaken)
	k.must(k.service.Cancel(t.Context(), k.minato, again.ID, ""))
	k.place(k.chuo, ask(k.hall.A, 9, 12))
	_, err = k.service.Place(t.Context(), k.chuo, ask(k.hall.A, 9, 12))
	k.want("twice by one town", err, ErrTaken)
	k.clock.Set(k.clock.Now().Add(-time.Minute)) // a clock that jumps back believes nothing old
	_, err = k.service.Place(t.Context(), k.chuo, ask(k.hall.A, 9, 12))
	k.want("with the clock turned back", err, ErrTaken)
}

// [C10] Where a change joined a larger transaction, a refusal of before that one's commit is not
// remembered past it.
func TestRefusalsAreForgottenAfterTheOuterCommit(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	b := k.place(k.kita, ask(k.hall.A, 9, 12))
	refused := func(when string) {
		_, err := k.service.Place(t.Context(), k.minato, ask(k.hall.A, 9, 12))
		k.want(when, err, ErrTaken)
	}
	cancelled := func(end error) {
		err := k.db.InOrganization(t.Context(), k.kita.Organization, k.kita.Actor, func(tx *postgres.Tx) error {
			k.must(k.service.Cancel(postgres.Joined(t.Context(), tx), k.kita, b.ID, ""))
			var group sync.WaitGroup
			group.Go(func() { refused("between the change and the commit") })
			group.Wait()
			return end
		})
		k.want("the larger transaction", err, end)
	}
	undone := errors.New("undone")
	cancelled(undone)
	refused("after a change that was undone")
	cancelled(nil)
	k.place(k.minato, ask(k.hall.A, 9, 12))
}
