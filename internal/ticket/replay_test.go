package ticket

import (
	"testing"

	"github.com/google/uuid"
)

// A request that is sent again is told of its ticket, wherever that was given a seat since [C3];
// one for what the ticket has become is another request.
func TestASecondRequestFindsATicketThatMoved(t *testing.T) {
	t.Parallel()
	k := setup(t)
	again := func(what string, r Request, id uuid.UUID, status Status) {
		t.Helper()
		if _, got, err := k.service.Take(t.Context(), r); err != nil || got.ID != id || got.Status != status {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
		if got, err := k.service.Replay(t.Context(), r); err != nil || got.ID != id {
			t.Errorf("%s, asked for by a guard: %+v, %v", what, got, err)
		}
		if len(r.Slots) > 0 {
			return
		}
		other := r
		other.Seats++
		_, _, err := k.service.Take(t.Context(), other)
		wantError(t, what+", with another seat", err, ErrPayloadDiffers)
	}
	for _, contact := range []bool{false, true} {
		e := k.line(t, 1, 1)
		first, second := ask(e, 1), ask(e, 1)
		second.QuotaID = e.Parts[1].Quotas[0]
		k.take(t, first)
		elsewhere, _ := k.take(t, second)
		r := waitFor(e, 1, WaitAnyPart)
		r.Secret, r.Nickname = newSecret(t), "ゆず"
		_, waiting := k.take(t, r)
		again("waiting", r, waiting.ID, Waiting)
		want := Confirmed
		if contact {
			k.leaveContact(t, r.Secret)
			want = Offered
		}
		k.cancel(t, elsewhere)
		again("given a seat of another part", r, waiting.ID, want)
		if got := k.look(t, r.Secret); got.QuotaID != second.QuotaID {
			t.Fatalf("it did not move: %+v", got)
		}
		there := r
		there.QuotaID, there.Wait = second.QuotaID, NoWait
		_, _, err := k.service.Take(t.Context(), there)
		wantError(t, "for the part that it was given", err, ErrPayloadDiffers)
		if contact {
			if _, err := k.service.Confirm(t.Context(), r.Secret); err != nil {
				t.Fatal(err)
			}
			again("an offer that was accepted", r, waiting.ID, Confirmed)
		}
		k.cancel(t, r.Secret)
		again("given up there", r, waiting.ID, Cancelled)
	}

	e := k.line(t, 1, 1)
	k.take(t, ask(e, 1))
	atOnce := waitFor(e, 1, WaitAnyDate)
	atOnce.Secret = newSecret(t)
	_, elsewhere := k.take(t, atOnce)
	again("given a seat of another part at once", atOnce, elsewhere.ID, Confirmed)

	d := k.desk(t, 0, 60, 120, 180)
	r := d.ask(0, 1)
	r.Secret = newSecret(t)
	_, held := k.take(t, r)
	exchange := func(take, back int) {
		t.Helper()
		if _, err := k.service.ChangeSlots(
			t.Context(),
			r.Secret,
			[]uuid.UUID{d.slots[take]},
			[]uuid.UUID{d.slots[back]},
		); err != nil {
			t.Fatal(err)
		}
	}
	exchange(2, 0)
	exchange(3, 1)
	again("slots that were exchanged", r, held.ID, Confirmed)
	now := d.ask(2, 3)
	now.Secret = r.Secret
	_, _, err := k.service.Take(t.Context(), now)
	wantError(t, "for the slots that it holds by now", err, ErrPayloadDiffers)
	k.cancel(t, r.Secret)
	again("slots that were given back", r, held.ID, Cancelled)
	k.exec(t, "update ticket set secret_mac = null, nickname = null, calendar_mac = null") // as the eraser does
	if n := k.number(t, "select count(*) from ticket where asked is not null"); n != 0 {
		t.Errorf("%d erased tickets remember what was asked", n)
	}
}
