package tickets

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// issuer writes the answer to whoever took a seat. The plain one, which a rush gets by the
// thousand, is written without encoding/json; a test holds it equal to what encoding/json makes of
// the contract's types.
type issuer struct {
	base    []byte    // of the ticket page's address, as JSON text without the closing quote
	buffers sync.Pool // *[]byte
}

// Shared by all answers; Header.Set replaces such a slice, it never writes into one.
var valueJSON = []string{echo.MIMEApplicationJSON}

func newIssuer(baseURL string) *issuer {
	quoted, _ := json.Marshal(baseURL + "/t#") // text always marshals
	return &issuer{
		base:    quoted[:len(quoted)-1],
		buffers: sync.Pool{New: func() any { b := make([]byte, 0, 1<<10); return &b }},
	}
}

// answerIssued answers with the code and its ticket.
func (h *Handlers) answerIssued(c echo.Context, code secret.Ticket, t ticket.Ticket) error {
	buffer := h.issuer.buffers.Get().(*[]byte)
	body, plain := h.issuer.append((*buffer)[:0], code, t)
	defer func() {
		clear(body) // it held the code
		*buffer = body
		h.issuer.buffers.Put(buffer)
	}()
	if !plain {
		return c.JSON(http.StatusCreated, h.issued(code, t))
	}
	w := c.Response()
	w.Header()[echo.HeaderContentType] = valueJSON
	w.WriteHeader(http.StatusCreated)
	_, err := w.Write(body)
	return err
}

// append writes an IssuedTicket; false when the ticket has more to tell than where a seat was
// taken.
func (i *issuer) append(b []byte, code secret.Ticket, t ticket.Ticket) ([]byte, bool) {
	if _, calendar := t.Calendar(
		code,
	); calendar || t.JoiningLink != nil || t.WaitsFor != ticket.NoWait || t.WaitsUntil != nil ||
		t.OfferedUntil != nil ||
		t.DrawNumber != "" || t.Status != ticket.Confirmed ||
		len(t.Slots()) > 0 {
		return b, false
	}
	nickname := []byte(`""`)
	if t.Nickname != "" {
		nickname, _ = json.Marshal(t.Nickname) // text always marshals
	}
	text := code.Reveal()
	b = append(append(b, `{"secret":"`...), text...)
	b = append(secret.AppendGrouped(append(b, `","secret_grouped":"`...), text), `","ticket":{"asked_still_coming":`...)
	b = append(strconv.AppendBool(b, t.AskedStillComing), `,"calendar_url":null,"contact_kept":`...)
	b = append(strconv.AppendBool(b, t.HasContact), `,"draw_number":null,"event_id":"`...)
	b = append(appendUUID(b, t.EventID), `","id":"`...)
	b = append(appendUUID(b, t.ID), `","joining_link":null,"nickname":`...)
	b = append(append(b, nickname...), `,"occurrence_id":"`...)
	b = append(appendUUID(b, t.OccurrenceID), `","offered_until":null,"part_id":"`...)
	b = append(appendUUID(b, t.PartID), `","quota_id":"`...)
	b = append(appendUUID(b, t.QuotaID), `","seats":`...)
	b = append(
		strconv.AppendInt(b, int64(t.Seats), 10),
		`,"slots":[],"status":"confirmed","waits_for":null,"waits_until":null},"ticket_url":`...)
	b = append(append(append(b, i.base...), text...), "\"}\n"...)
	return b, true
}

func appendUUID(b []byte, id uuid.UUID) []byte {
	const digits = "0123456789abcdef"
	for i, octet := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			b = append(b, '-')
		}
		b = append(b, digits[octet>>4], digits[octet&15])
	}
	return b
}

// issued is the one answer that holds the code.
func (h *Handlers) issued(code secret.Ticket, t ticket.Ticket) api.IssuedTicket {
	return api.IssuedTicket{
		Secret:        code.Reveal(),
		SecretGrouped: code.Grouped(),
		TicketURL:     h.BaseURL + "/t#" + code.Reveal(),
		Ticket:        h.ticketWhole(code, t),
	}
}
