package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
)

// A sold-out POST against a bare handler that decodes the same JSON and answers 409 with a problem
// of the same size.
func BenchmarkSoldOut(b *testing.B) {
	k := setup(b)
	body := k.eventBody(10)
	body["occurrences"].(list)[0].(obj)["parts"].(list)[0].(obj)["quotas"] = list{
		obj{"channel": "in_person", "capacity": 0},
	}
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
	bare.POST(contract.Base+"/events/:event_id/tickets", func(c echo.Context) error {
		var wanted struct {
			QuotaID uuid.UUID `json:"quota_id"`
			Seats   int       `json:"seats"`
		}
		if err := json.NewDecoder(c.Request().Body).Decode(&wanted); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		return c.Blob(http.StatusConflict, "application/problem+json", sold.raw)
	})
	target := contract.Base + "/events/" + e.ID.String() + "/tickets"
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
