package demo_test

import (
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
)

// drawnByLot: one date is drawn as soon as a worker comes round, the others take applications.
func drawnByLot(t *testing.T, b *bundle, e event.Event) {
	t.Helper()
	book, err := demo.OpenBook(b.dir)
	if err != nil || book.Lottery.EventID != e.ID || len(book.Lottery.Secrets) != 3 {
		t.Fatalf("lottery %+v, %v", book.Lottery, err)
	}
	db := testkit.Open(t, postgres.Options{URL: b.LoginURL, Worker: 1, Clock: b.clock})
	if n, err := draw.Lots(t.Context(), db); err != nil || n != 2 {
		t.Fatalf("%d steps, %v", n, err)
	}
	d, err := b.tickets.Draw(t.Context(), e.ID, book.Lottery.PartID)
	if err != nil {
		t.Fatal(err)
	}
	claim, ok := d.Claim()
	if faults := claim.Faults(); !ok || faults != nil || len(d.Entries) != 7 {
		t.Errorf("%+v: %v", d, faults)
	}
	outcomes := map[draw.Outcome]int{}
	for _, entry := range d.Entries {
		outcomes[entry.Outcome]++
	}
	if outcomes[draw.OutcomeConfirmed] == 0 || outcomes[draw.OutcomeNotDrawn] == 0 {
		t.Errorf("some should win and some not: %v", outcomes)
	}
	for _, text := range book.Lottery.Secrets {
		code, err := secret.ParseTicket(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := b.tickets.Look(
			t.Context(),
			code,
		); err != nil ||
			got.Status != ticket.Confirmed && got.Status != ticket.NotDrawn {
			t.Errorf("%+v, %v", got, err)
		}
	}
	open := 0
	for _, o := range ahead(e, b.clock.Now()) {
		if o.Parts[0].Registration(&o, b.clock.Now()) == event.RegistrationOpen {
			open++
		}
	}
	if open != 2 {
		t.Errorf("%d dates take applications, want 2", open)
	}
}
