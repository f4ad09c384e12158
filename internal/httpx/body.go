package httpx

import (
	"errors"
	"io"
	"os"

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
	failure error // sticky
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
