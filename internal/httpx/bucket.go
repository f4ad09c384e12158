package httpx

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/labstack/echo/v4"
)

// dataBucket is the size, in bytes, whose multiples bucketed answers have.
const dataBucket = 1 << 10

// bucketed marks an error whose problem has to have such a size too.
type bucketed struct{ error }

func (b bucketed) Unwrap() error { return b.error }

// Pad fills body with spaces up to the next multiple of unit bytes, so that its size tells nobody
// on the way what it says. JSON (RFC 8259 section 2) and HTML allow them at the end. It holds only
// while nothing compresses the answer.
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
		held := heldWriters.Get().(*heldWriter)
		defer held.release()
		if err := held.take(c, h); err != nil {
			return bucketed{err}
		}
		if held.status == 0 {
			return nil
		}
		w := c.Response()
		held.body = Pad(held.body, dataBucket)
		switch n := len(held.body); n {
		case 0:
		case dataBucket:
			w.Header()[echo.HeaderContentLength] = valueDataBucket
		default:
			w.Header().Set(echo.HeaderContentLength, strconv.Itoa(n))
		}
		w.WriteHeader(held.status)
		_, err := w.Write(held.body)
		return err
	}
}

// take runs h and keeps its answer. Nothing leaves, so that even after a failure or a panic a
// problem can take the answer's place.
func (w *heldWriter) take(c echo.Context, h echo.HandlerFunc) error {
	r := c.Response()
	w.ResponseWriter = r.Writer
	r.Writer = w
	defer func() { r.Writer, r.Committed, r.Size = w.ResponseWriter, false, 0 }()
	return h(c)
}

// valueDataBucket is shared by all answers of one bucket; Header.Set replaces such a slice, it
// never writes into one.
var valueDataBucket = []string{strconv.Itoa(dataBucket)}

// heldWriter keeps an answer until its size is known.
type heldWriter struct {
	http.ResponseWriter
	status int
	body   []byte
}

var heldWriters = sync.Pool{New: func() any { return &heldWriter{} }}

// release forgets the answer, which may hold a code, and keeps its room for the next one. An
// unusually large one is let go.
func (w *heldWriter) release() {
	clear(w.body)
	if cap(w.body) > 4*dataBucket {
		w.body = nil
	}
	*w = heldWriter{body: w.body[:0]}
	heldWriters.Put(w)
}

func (w *heldWriter) WriteHeader(status int) { w.status = status }

func (w *heldWriter) Write(p []byte) (int, error) {
	if cap(w.body) == 0 {
		w.body = make([]byte, 0, max(dataBucket, len(p)))
	}
	w.body = append(w.body, p...)
	return len(p), nil
}
