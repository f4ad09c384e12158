package tickets

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func TestTheIssuedAnswerIsWhatTheContractSays(t *testing.T) {
	t.Parallel()
	code, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain := ticket.Ticket{
		ID:             uuid.New(),
		OrganizationID: uuid.New(),
		EventID:        uuid.New(),
		OccurrenceID:   uuid.New(),
		PartID:         uuid.New(),
		QuotaID:        uuid.New(),
		Status:         ticket.Confirmed,
		Seats:          12,
	}
	all := []ticket.Ticket{plain}
	for _, nickname := range []string{"はる", "<b>&\"\\", "a\u2028\u2029", "\x01\t\n", "\xff"} {
		named := plain
		named.Nickname = nickname
		all = append(all, named)
	}
	asked, kept := plain, plain
	asked.AskedStillComing, kept.HasContact = true, true
	for _, base := range []string{"https://towns.example", "http://a.example/<&>"} {
		h := New(Options{BaseURL: base})
		for _, seat := range append(all, asked, kept) {
			want := &bytes.Buffer{}
			if err := json.NewEncoder(want).Encode(h.issued(code, seat)); err != nil {
				t.Fatal(err)
			}
			got, ok := h.issuer.append(nil, code, seat)
			if !ok || !bytes.Equal(got, want.Bytes()) {
				t.Errorf("%t\n%s\nwant\n%s", ok, got, want)
			}
		}
	}
}

func TestTicketsWithMoreAreLeftToEncodingJSON(t *testing.T) {
	t.Parallel()
	code, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for name, change := range map[string]func(*ticket.Ticket){
		"link":     func(x *ticket.Ticket) { x.JoiningLink = &ticket.JoiningLink{URL: "https://meet.example"} },
		"waiting":  func(x *ticket.Ticket) { x.Status = ticket.Waiting },
		"reach":    func(x *ticket.Ticket) { x.WaitsFor = ticket.WaitQuota },
		"until":    func(x *ticket.Ticket) { x.WaitsUntil = &now },
		"offer":    func(x *ticket.Ticket) { x.OfferedUntil = &now },
		"number":   func(x *ticket.Ticket) { x.DrawNumber = "1" },
		"lapsed":   func(x *ticket.Ticket) { x.Status = ticket.Lapsed },
		"no state": func(x *ticket.Ticket) { x.Status = "" },
	} {
		seat := ticket.Ticket{Status: ticket.Confirmed, Seats: 1}
		change(&seat)
		if b, ok := newIssuer("").append(nil, code, seat); ok || len(b) > 0 {
			t.Errorf("%s: %s", name, b)
		}
	}
}

// The answer to whoever took a seat, by our writer and by encoding/json.
func BenchmarkIssued(b *testing.B) {
	code, err := secret.NewTicket(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	seat := ticket.Ticket{ID: uuid.New(), EventID: uuid.New(), QuotaID: uuid.New(), Status: ticket.Confirmed, Seats: 2}
	h := New(Options{BaseURL: "https://towns.example"})
	e := echo.New()
	for name, answer := range map[string]echo.HandlerFunc{
		"ours": func(c echo.Context) error { return h.answerIssued(c, code, seat) },
		"json": func(c echo.Context) error { return c.JSON(http.StatusCreated, h.issued(code, seat)) },
	} {
		e.POST("/"+name, httpx.Bucketed(answer))
	}
	for _, name := range []string{"ours", "json"} {
		b.Run(name, func(b *testing.B) {
			r, w := httptest.NewRequest(http.MethodPost, "/"+name, http.NoBody), httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				w.Body.Reset()
				e.ServeHTTP(w, r)
			}
		})
	}
}
