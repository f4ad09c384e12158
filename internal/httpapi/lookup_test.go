package httpapi

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// seenAs is all that whoever asks can see of an answer, but for its time.
func seenAs(b *bundle, code string) string {
	r := httptest.NewRequest(http.MethodGet, contract.Base+"/ticket", http.NoBody)
	r.Header.Set("Authorization", "Ticket "+code)
	w := httptest.NewRecorder()
	b.echo.ServeHTTP(w, r)
	return fmt.Sprintf("%d, %d bytes, %v\n%s", w.Code, w.Body.Len(), w.Header(), w.Body)
}

// Looking a made-up code up says nothing: not whether it is near a real one, nor whether it once
// was one.
func TestProofLookUpsTellNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: b.eventBody(10)})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](t, b, 200, req{operation: "publishEvent", auth: bearer(b.publisher), path: at})
	take := req{
		operation: "takeSeat",
		path:      at,
		body:      obj{"quota_id": e.Occurrences[0].Parts[0].Quotas[1].ID, "nickname": "すみれ"},
	}
	var real, once []string
	for range 20 {
		real = append(real, must[api.IssuedTicket](t, b, 201, take).Secret)
	}
	for range 5 { // rotated away
		code := must[api.IssuedTicket](t, b, 201, take).Secret
		must[api.IssuedTicket](t, b, 200, req{operation: "rotateTicket", auth: "Ticket " + code})
		once = append(once, code)
	}
	for range 5 { // erased after its date
		code := must[api.IssuedTicket](t, b, 201, take)
		if _, err := b.Pool(t).Exec(
			t.Context(),
			`update ticket set secret_mac = null, nickname = null where id = $1`,
			code.Ticket.ID,
		); err != nil {
			t.Fatal(err)
		}
		once = append(once, code.Secret)
	}
	made, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	want := seenAs(b, made.Reveal())
	if !strings.HasPrefix(want, "404, 1024 bytes") {
		t.Fatalf("a made-up code: %s", want)
	}
	for _, code := range real { // the control: a real one is seen as another thing
		if got := seenAs(b, code); got == want || !strings.HasPrefix(got, "200, ") {
			t.Errorf("a real code: %s", got)
		}
	}
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	n := testkit.Size(4000, 100_000)
	var group sync.WaitGroup
	var mu sync.Mutex
	kinds := map[string]int{}
	differ := 0
	const workers = 8
	for worker := range workers {
		group.Go(func() {
			for i := worker; i < n; i += workers {
				kind, code := "random", ""
				switch i % 4 {
				case 0, 1:
					s, err := secret.NewTicket(rand.Reader)
					if err != nil {
						t.Error(err)
						return
					}
					code = s.Reveal()
				case 2: // a real one but for one character; the last stands for two bits only
					kind = "one character off"
					near := []byte(real[i/4%len(real)])
					at := i / 4 % 25
					near[at] = alphabet[(strings.IndexByte(alphabet, near[at])+1+i%31)%32]
					code = string(near)
				case 3:
					kind, code = "once real", once[i/4%len(once)]
				}
				got := seenAs(b, code)
				mu.Lock()
				kinds[kind]++
				if got != want {
					differ++
					t.Errorf("%s: %s", kind, got)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	testkit.Figure(t, "API: %d look-ups (%v): %d differ in status, size, headers or words", n, kinds, differ)
}

// [S20] Whoever asks for seats of a draft hears what they hear of seats that never were, and so do
// neighbours who are not asked to join it.
func TestADraftIsNoDifferentFromNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := b.eventBody(14)
	delete(body, "organisers")
	parts := body["occurrences"].(list)[0].(obj)["parts"].(list)
	body["occurrences"].(list)[0].(obj)["parts"] = append(
		parts,
		obj{"reservation": "none", "quotas": list{obj{"channel": "in_person", "capacity": 5}}},
	)
	e := must[api.StaffEvent](t, b, 201, req{operation: "createEvent", auth: bearer(b.editor), body: body})
	draft, never := map[string]string{"event_id": e.ID.String()}, map[string]string{"event_id": uuid.NewString()}
	asked := 0
	for _, p := range e.Occurrences[0].Parts {
		for _, q := range p.Quotas {
			asked++
			ask := func(at map[string]string, quota any) string {
				r := b.do(t, req{operation: "takeSeat", path: at, body: obj{"quota_id": quota, "seats": 1}})
				return fmt.Sprintf("%d %s", r.StatusCode, r.raw)
			}
			if got, want := ask(
				draft,
				q.ID,
			), ask(
				never,
				uuid.NewString(),
			); got != want ||
				!strings.HasPrefix(got, "404 ") {
				t.Errorf("%s seats of a draft: %s, of none: %s", p.Reservation, got, want)
			}
		}
	}
	slot := uuid.NewString()
	drafted, none := req{
		operation: "takeSeat",
		path:      draft,
		body:      obj{"slot_ids": list{slot}},
	}, req{
		operation: "takeSeat",
		path:      never,
		body:      obj{"slot_ids": list{slot}},
	}
	if a, c := b.do(t, drafted), b.do(t, none); string(a.raw) != string(c.raw) {
		t.Errorf("slots of a draft: %s, of none: %s", a.raw, c.raw)
	}
	for _, operation := range []string{"getEvent", "listSlots", "getContactWays", "getErasure"} {
		if a, c := b.do(
			t,
			req{operation: operation, path: draft},
		), b.do(
			t,
			req{operation: operation, path: never},
		); a.StatusCode != 404 ||
			string(a.raw) != string(c.raw) {
			t.Errorf("%s: %d %s, of none: %s", operation, a.StatusCode, a.raw, c.raw)
		}
	}
	for operation, body := range map[string]obj{
		"getStaffEvent":   nil,
		"changeEvent":     {"title": "x"},
		"submitEvent":     nil,
		"publishEvent":    nil,
		"cancelEvent":     {},
		"postponeEvent":   {},
		"copyEvent":       {"shift_days": 7},
		"decideApproval":  {"decision": "approve"},
		"deleteEvent":     nil,
		"listStaffSlots":  nil,
		"listPaperSheets": nil,
		"getEventReport":  nil,
	} {
		ask := func(at map[string]string) string {
			at["slug"] = "bunkyo"
			r := req{operation: operation, auth: bearer(b.foreign), path: at}
			if body != nil {
				r.body = body
			}
			answer := b.do(t, r)
			return fmt.Sprintf("%d %s", answer.StatusCode, answer.raw)
		}
		if a, c := ask(draft), ask(never); a != c {
			t.Errorf("%s by a neighbour: %s, of none: %s", operation, a, c)
		}
	}
	if asked < 2 {
		t.Errorf("%d quotas were asked for", asked)
	}
}
