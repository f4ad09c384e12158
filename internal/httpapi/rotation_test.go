package httpapi

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"testing"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// rotateToOwn rotates a ticket to a code of the holder's own making, which it gives. A request
// whose answer was lost is sent again with the old code.
func (b *bundle) rotateToOwn(t *testing.T, code string) api.IssuedTicket {
	t.Helper()
	own, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	q := req{operation: "rotateTicket", auth: "Ticket " + code, body: obj{"next_secret": own.Grouped()}}
	first := b.do(t, q)
	repeated := b.do(t, q)
	if first.StatusCode != 200 || repeated.StatusCode != 200 || !bytes.Equal(first.raw, repeated.raw) {
		t.Errorf("%d %s, sent again %d %s", first.StatusCode, first.raw, repeated.StatusCode, repeated.raw)
	}
	var issued api.IssuedTicket
	if err := json.Unmarshal(first.raw, &issued); err != nil || issued.Secret != own.Reveal() {
		t.Fatalf("rotated to %q (%v), want the code that was sent", issued.Secret, err)
	}
	if r := b.do(t, req{operation: "getTicket", auth: "Ticket " + code}); r.StatusCode != 404 {
		t.Errorf("the old code: %d, want 404", r.StatusCode)
	}
	for sent, want := range map[string]string{own.Reveal(): "ticket_payload_differs", "7BEBM": "ticket_code_length"} {
		q := req{operation: "rotateTicket", auth: "Ticket " + own.Reveal(), body: obj{"next_secret": sent}}
		if r := b.do(t, q); r.StatusCode != 422 || r.code != want {
			t.Errorf("next_secret %q: %d %s, want 422 %s", sent, r.StatusCode, r.code, want)
		}
	}
	return issued
}
