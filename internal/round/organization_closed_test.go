package round

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// operated gives a kit and the operator's hands on its organizations.
func operated(t *testing.T) (*kit, *organization.Service) {
	t.Helper()
	b := testkit.Database(t)
	k := setupOn(t, b, testkit.HallOptions{})
	db := testkit.Open(t, postgres.Options{URL: b.OwnerURL, Operator: 2, Clock: k.clock})
	return k, organization.NewService(db, organization.NewOperatorDirectory(db))
}

func (k *kit) plans(what string, err error, name string) {
	k.Helper()
	refusal, ok := fault.As(err)
	if !ok || !errors.Is(err, organization.ErrHasPlans) || refusal.Params[name] != 1 {
		k.Errorf("%s: %v", what, err)
	}
}

func TestWhatStandsInTheWayOfClosing(t *testing.T) {
	t.Parallel()
	k, operator := operated(t)
	closing := func(slug string) error {
		_, err := operator.Close(t.Context(), slug)
		return err
	}
	b := k.place(k.minato, ask(k.hall.A, 9, 11))
	k.plans("it lends", closing("kita"), "bookings")
	k.plans("it borrows", closing("minato"), "bookings")
	if _, err := k.bookings.Cancel(t.Context(), k.minato, b.ID, ""); err != nil {
		t.Fatal(err)
	}
	r := k.open(k.autumn())
	a := k.apply(k.chuo, r.ID, Wish{RoomID: k.hall.A, StartsAt: at(13, 0), EndsAt: at(15, 0)})
	k.plans("its round runs", closing("kita"), "rounds")
	k.plans("it applied", closing("chuo"), "applications")
	if err := k.service.Withdraw(t.Context(), k.chuo, a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := k.service.Cancel(t.Context(), k.kita, r.ID); err != nil {
		t.Fatal(err)
	}
	for _, slug := range []string{"chuo", "minato", "nishi"} {
		if err := closing(slug); err != nil {
			t.Errorf("%s has no plans: %v", slug, err)
		}
	}
	_, err := k.bookings.Place(t.Context(), k.minato, ask(k.hall.A, 9, 11))
	k.want("a closed borrower", err, organization.ErrClosed)
	if _, err := operator.Reopen(t.Context(), "minato"); err != nil {
		t.Fatal(err)
	}
	k.place(k.minato, ask(k.hall.A, 9, 11))
	// The negative control: without the trigger the closed borrower gets its room.
	k.exec("drop trigger audit_entry_takes_part on audit_entry")
	k.place(k.chuo, ask(k.hall.B, 9, 11))
}

// What is on its way when an organization is closed is either finished first and stands in the way,
// or comes too late.
func TestClosingWaitsForWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	k, operator := operated(t)
	ctx := context.WithoutCancel(t.Context())
	held := func(table string, begin func()) (release func()) {
		t.Helper()
		tx, err := k.admin.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tx.Rollback(ctx) })
		if _, err := tx.Exec(
			ctx,
			"lock table "+pgx.Identifier{table}.Sanitize()+" in access exclusive mode",
		); err != nil {
			t.Fatal(err)
		}
		begin()
		return func() {
			if err := tx.Commit(ctx); err != nil {
				t.Error(err)
			}
		}
	}
	var placed, closed chan error
	place := func(by staff.Author, r booking.Request) func() {
		return func() {
			answer := make(chan error, 1)
			placed = answer
			go func() {
				_, err := k.bookings.Place(ctx, by, r)
				answer <- err
			}()
			k.waiting(1)
		}
	}
	end := func() {
		answer := make(chan error, 1)
		closed = answer
		go func() {
			_, err := operator.Close(ctx, "kita")
			answer <- err
		}()
	}
	for name, by := range map[string]staff.Author{"a partner": k.minato, "its own staff": k.kita} {
		// The row is written last but one, after the floor was looked at; the ledger's entry comes
		// after it.
		release := held("booking_change", place(by, ask(k.hall.A, 9, 11)))
		end()
		k.waiting(2)
		release()
		if err := <-placed; err != nil {
			t.Errorf("%s booked first: %v", name, err)
		}
		k.plans(name+" booked first", <-closed, "bookings")
		k.exec("delete from occupancy")
		k.exec("update booking set status = 'cancelled', permit_number = null")
	}
	// Now the closing is under way: it has its locks, and waits.
	release := held("booking_round", func() { end(); k.waiting(1) })
	bookings := map[string]chan error{}
	for name, by := range map[string]staff.Author{"a partner": k.minato, "its own staff": k.kita} {
		place(by, ask(k.hall.A, 13, 15))()
		bookings[name] = placed
	}
	k.waiting(3)
	release()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	for name, booked := range bookings {
		if err := <-booked; err == nil ||
			!slices.Contains([]string{"organization_closed", "room_not_open"}, fault.CodeOf(err)) {
			t.Errorf("%s came too late: %v", name, err)
		}
	}
	_, err := k.bookings.Place(ctx, k.minato, ask(k.hall.A, 13, 15))
	k.code("a partner comes later", err, "room_not_open")
	if n := k.number("select count(*) from booking where status <> 'cancelled'"); n != 0 {
		t.Errorf("%d bookings of a closed town's rooms", n)
	}
}
