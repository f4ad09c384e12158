package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

func takeDecoderOf(t testing.TB) takeDecoder {
	t.Helper()
	for _, o := range contract(t) {
		if o.id == "takeSeat" {
			return takeDecoder{schema: o.body}
		}
	}
	t.Fatal("no takeSeat in the contract")
	return takeDecoder{}
}

var takeSeeds = []string{
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10"}`,
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","seats":2,"secret":"7BEBM-6F474","nickname":"すみれ","accept_waitlist":true}`,
	" {\n\t\"seats\" : 20 , \"quota_id\" : \"6F1C9F52-35A4-4B2E-9A55-0B6C7F3F5A10\" }\r\n",
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","seats":1.0}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","seats":2e0}`,
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","seats":01}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","seats":-1}`,
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","seats":21}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","seats":null}`,
	`{"quota_id":"{6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10}"}`, `{"quota_id":"6f1c9f5235a44b2e9a550b6c7f3f5a10"}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a1g"}`,
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","nickname":"a\u0000b\"\ud83c\udf75"}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","nickname":"` + "\xff" + `"}`,
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10"}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10",}`,
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10"}}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","accept_waitlist":truefalse}`, `{,}`, `{}`, `[]`, `null`, ``,
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","accept_waitlist":true,"wait_for":"event"}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","wait_for":""}`,
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","contact":"x"}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","contact":{"mail":"a@example.jp"}}`,
	`{"seats":1}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","seats":19999999}`,
	`{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10","accept_waitlist":falsey}`, `{"quota_id":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10" "seats":1}`, `{"Quota_ID":"6f1c9f52-35a4-4b2e-9a55-0b6c7f3f5a10"}`,
}

// The quick decoder may only say yes, and only what the contract's own validation and encoding/json say.
func FuzzTakeBody(f *testing.F) {
	d := takeDecoderOf(f)
	for _, seed := range takeSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		quick, ok := glance(raw)
		slow, err := d.decodeByContract(raw)
		if ok && (err != nil || quick != slow) {
			t.Fatalf("%q: at a glance %+v, by the contract %+v, %v", raw, quick, slow, err)
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
		if plain.QuotaID != slow.quota || plain.Seats != nil && *plain.Seats != slow.seats || or(plain.Nickname) != slow.nickname || or(plain.Secret) != slow.secret {
			t.Fatalf("%q: %+v, encoding/json reads %+v", raw, slow, plain)
		}
	})
}

// Any body at all: a value or a fault of the caller, never a panic.
func FuzzBody(f *testing.F) {
	for _, seed := range append(takeSeeds, `{"a":[1,{"b":null}],"c":1e5}`, strings.Repeat("[", 40)) {
		f.Add([]byte(seed))
	}
	var schemas []*operation
	for _, o := range contract(f) {
		if o.body != nil {
			schemas = append(schemas, o)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		value, err := decodeJSON(raw)
		var plain any
		if err == nil && json.Unmarshal(raw, &plain) != nil {
			t.Fatalf("%q was read, encoding/json refuses it", raw)
		}
		if err != nil {
			if fault.KindOf(err) != fault.KindMalformed {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		for _, o := range schemas {
			if err := validate(o.body, value); err != nil && fault.KindOf(err) != fault.KindInvalid {
				t.Fatalf("%s %q: %v", o.id, raw, err)
			}
		}
	})
}

func TestGlanceReadsWhatClientsSend(t *testing.T) {
	t.Parallel()
	for _, raw := range takeSeeds[:3] {
		if _, ok := glance([]byte(raw)); !ok {
			t.Errorf("%s is not read at a glance", raw)
		}
	}
}

func TestGlanceKnowsTheContractsLimits(t *testing.T) {
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

// A sold-out POST against a bare handler that decodes the same JSON and answers 409 with a problem of the same size.
func BenchmarkSoldOut(b *testing.B) {
	k := setup(b)
	body := k.eventBody(10)
	body["occurrences"].(list)[0].(obj)["parts"].(list)[0].(obj)["quotas"] = list{obj{"channel": "in_person", "capacity": 0}}
	e := must[api.StaffEvent](b, k, 201, req{operation: "createEvent", auth: bearer(k.editor), body: body})
	at := map[string]string{"event_id": e.ID.String()}
	must[api.StaffEvent](b, k, 200, req{operation: "publishEvent", auth: bearer(k.publisher), path: at})
	raw, err := json.Marshal(obj{"quota_id": e.Occurrences[0].Parts[0].Quotas[0].ID, "seats": 1})
	if err != nil {
		b.Fatal(err)
	}
	sold := k.do(b, req{operation: "takeSeat", path: at, body: raw})
	if sold.StatusCode != http.StatusConflict {
		b.Fatalf("%d %s", sold.StatusCode, sold.raw)
	}
	bare := echo.New()
	bare.POST(Base+"/events/:event_id/tickets", func(c echo.Context) error {
		var wanted struct {
			QuotaID uuid.UUID `json:"quota_id"`
			Seats   int       `json:"seats"`
		}
		if err := json.NewDecoder(c.Request().Body).Decode(&wanted); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		return c.Blob(http.StatusConflict, "application/problem+json", sold.raw)
	})
	target := Base + "/events/" + e.ID.String() + "/tickets"
	for _, c := range []struct {
		name string
		echo *echo.Echo
	}{{"bare", bare}, {"ours", k.echo}} {
		b.Run(c.name, func(b *testing.B) {
			server := httptest.NewServer(c.echo)
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
			b.SetParallelism(32)
			b.ReportAllocs()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					r, err := client.Post(server.URL+target, "application/json", bytes.NewReader(raw))
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					_ = r.Body.Close()
					if r.StatusCode != http.StatusConflict {
						b.Errorf("%d, want 409", r.StatusCode)
						return
					}
				}
			})
		})
		b.Run(c.name+"/handler", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, target, bytes.NewReader(raw))
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				c.echo.ServeHTTP(w, r)
				if w.Code != http.StatusConflict {
					b.Fatalf("%d, want 409", w.Code)
				}
			}
		})
	}
}
