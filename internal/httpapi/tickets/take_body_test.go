package tickets

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

func takeDecoderOf(t testing.TB) takeDecoder {
	t.Helper()
	operations, err := contract.Operations()
	if err != nil {
		t.Fatal(err)
	}
	return takeDecoder{schema: operations["POST "+contract.Base+"/events/:event_id/tickets"].Body}
}

// takeBodies are bodies of takeSeat, right and wrong, each written as a Go string.
func takeBodies(t testing.TB) (bodies []string) {
	t.Helper()
	file, err := os.ReadFile("../testdata/take_bodies.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		body, err := strconv.Unquote(strings.TrimSpace(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

// The quick decoder may only say yes, and only what the contract's own validation and encoding/json
// say.
func FuzzTakeBody(f *testing.F) {
	d := takeDecoderOf(f)
	for _, seed := range takeBodies(f) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		quick, ok := decodeFlat(raw)
		slow, err := d.decodeByContract(raw)
		if ok && (err != nil || quick != slow) {
			t.Fatalf("%q: quickly %+v, by the contract %+v, %v", raw, quick, slow, err)
		}
		if err != nil {
			if k := fault.KindOf(err); k != fault.KindInvalid && k != fault.KindMalformed {
				t.Fatalf("%q: %v is no fault of the caller", raw, err)
			}
			return
		}
		var plain api.TicketRequest
		if err := json.Unmarshal(raw, &plain); err != nil {
			return // encoding/json reads no 2e0 into an int
		}
		if plain.QuotaID != slow.quota || plain.Seats != nil && *plain.Seats != slow.seats ||
			wire.Or(plain.Nickname) != slow.nickname ||
			wire.Or(plain.Secret) != slow.secret {
			t.Fatalf("%q: %+v, encoding/json reads %+v", raw, slow, plain)
		}
	})
}

func TestTheQuickDecoderReadsWhatClientsSend(t *testing.T) {
	t.Parallel()
	for _, raw := range takeBodies(t)[:3] {
		if _, ok := decodeFlat([]byte(raw)); !ok {
			t.Errorf("%s is not read by the quick decoder", raw)
		}
	}
}

func TestTheQuickDecoderKnowsTheContractsLimits(t *testing.T) {
	t.Parallel()
	properties := takeDecoderOf(t).schema.Properties
	if n := *properties["seats"].Value.Max; n != maxSeats {
		t.Errorf("seats up to %v, here %d", n, maxSeats)
	}
	if n := *properties["secret"].Value.MaxLength; n != maxSecretText {
		t.Errorf("secret up to %d, here %d", n, maxSecretText)
	}
	if n := *properties["nickname"].Value.MaxLength; n != maxNicknameText {
		t.Errorf("nickname up to %d, here %d", n, maxNicknameText)
	}
	if len(properties) != 10 { // slot_ids, answers, contact and proof go by the contract
		t.Errorf("the contract has %d properties, the decoder knows 10", len(properties))
	}
}
