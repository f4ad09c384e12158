package httpx

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"
)

// dataBucket is the size, in bytes, whose multiples bucketed answers have.
const dataBucket = 1 << 10

// bucketed marks an error whose problem has to have such a size too.
type bucketed struct{ error }

func (b bucketed) Unwrap() error { return b.error }

// Pad fills body with spaces up to the next multiple of unit bytes, so that its size tells nobody on the way what it says. JSON
// (RFC 8259 section 2) and HTML allow them at the end. It holds only while nothing compresses the answer.
func Pad(body []byte, unit int) []byte {
	size := (len(body) + unit - 1) / unit * unit
	if size <= cap(body) {
		padded := body[:size]
		fill(padded[len(body):])
		return padded
	}
	padded := make([]byte, size)
	fill(padded[copy(padded, body):])
	return padded
}

func fill(b []byte) {
	for i := range b {
		b[i] = ' '
	}
}

// Bucketed pads what h answers in JSON, success or problem, to a multiple of 1 KiB.
func Bucketed(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		held := &heldWriter{}
		if err := held.take(c, h); err != nil {
			return bucketed{err}
		}
		if held.status == 0 {
			return nil
		}
		w := c.Response()
		body := Pad(held.body, dataBucket)
		if len(body) > 0 {
			w.Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
		}
		w.WriteHeader(held.status)
		_, err := w.Write(body)
		return err
	}
}

// take runs h and keeps its answer. Nothing leaves, so that even after a failure or a panic a problem can take the answer's place.
func (w *heldWriter) take(c echo.Context, h echo.HandlerFunc) error {
	r := c.Response()
	w.ResponseWriter = r.Writer
	r.Writer = w
	defer func() { r.Writer, r.Committed, r.Size = w.ResponseWriter, false, 0 }()
	return h(c)
}

// heldWriter keeps an answer until its size is known.
type heldWriter struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (w *heldWriter) WriteHeader(status int) { w.status = status }

func (w *heldWriter) Write(p []byte) (int, error) {
	if w.body == nil {
		w.body = make([]byte, 0, max(dataBucket, len(p)))
	}
	w.body = append(w.body, p...)
	return len(p), nil
}
