package httpx

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// What reading a request's body can fail with. They are told apart from any
// error a handler makes of them.
var (
	ErrBodyTooLarge = fault.TooLarge("body_too_large")
	errBodySlow     = fault.Malformed("request_timeout")
	errBodyBroken   = fault.Malformed("body_interrupted")
)

// body stops reading at the limit, whatever length the client announced.
type body struct {
	rc      io.ReadCloser
	left    int64
	read    int64
	ended   bool  // nothing more can come
	failure error // sticky
}

// bound puts the limit of the route on the request's body; nil when there is none to read.
func (m *middleware) bound(c echo.Context) *body {
	r := c.Request()
	if r.ContentLength == 0 || r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	limit := m.BodyLimit
	if own, ok := m.BodyLimits[r.Method+" "+c.Path()]; ok {
		limit = own
	}
	b := &body{rc: r.Body, left: limit}
	r.Body = b
	return b
}

func (b *body) Read(p []byte) (int, error) {
	if b.failure != nil {
		return 0, b.failure
	}
	if len(p) == 0 {
		return 0, nil
	}
	// One byte more than allowed tells a body of exactly the limit from a longer one.
	if int64(len(p))-1 > b.left {
		p = p[:b.left+1]
	}
	n, err := b.rc.Read(p)
	b.read += int64(n)
	b.ended = err != nil
	if int64(n) > b.left {
		n = int(b.left)
		b.left = 0
		b.failure = ErrBodyTooLarge
		return n, b.failure
	}
	b.left -= int64(n)
	switch {
	case err == nil || errors.Is(err, io.EOF):
	case errors.Is(err, os.ErrDeadlineExceeded):
		b.failure = errBodySlow.Because(err)
		err = b.failure
	default:
		b.failure = errBodyBroken.Because(err)
		err = b.failure
	}
	return n, err
}

func (b *body) Close() error { return b.rc.Close() }

// Bounds of what is read and dropped after an answer.
const (
	mostDiscards  = 32              // connections at once
	discardBytes  = 16 << 20        // more than the greatest upload
	discardTime   = 5 * time.Second // for one connection
	netHTTPReads  = 256 << 10       // what net/http drops by itself
	headerExpects = "100-continue"
)

// discardRest reads and drops what a client still sends of a body that was answered early. Closing
// the connection at once would reset it, and a client that sends all before it reads would never
// see the answer. A client that waits for a word before it sends (RFC 9110 section 10.1.1) gets the
// answer instead.
func (m *middleware) discardRest(c echo.Context, b *body) {
	r := c.Request()
	if b == nil || b.ended || !c.Response().Committed ||
		r.ContentLength >= 0 && r.ContentLength-b.read <= netHTTPReads ||
		b.read == 0 && strings.EqualFold(r.Header.Get("Expect"), headerExpects) {
		return
	}
	select {
	case m.discards <- struct{}{}:
	default:
		return // the others are enough work
	}
	defer func() { <-m.discards }()
	control := http.NewResponseController(c.Response().Writer)
	if control.SetReadDeadline(clock.System().Now().Add(discardTime)) != nil || control.Flush() != nil {
		return // no connection, or one that is gone
	}
	_, _ = io.CopyN(io.Discard, b.rc, discardBytes)
}
