package courier

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"crypto/tls"

	"github.com/SherClockHolmes/webpush-go"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/notice"
)

const (
	pushPatience = 15 * time.Second
	pushKept     = 24 * time.Hour // how long a push service keeps a message for a device that is off
	maxAnswer    = 4 << 10
)

// errPrivate is an endpoint that leads where nothing of ours may go.
var errPrivate = errors.New("the endpoint leads to an address that is not public")

// Push sends web pushes (RFC 8030, 8291, 8292). It dials public addresses on port 443 only,
// whatever a name led to when the subscription was kept, follows no redirect and uses no proxy.
type Push struct {
	client          *http.Client
	private, public string
	subject         string
	clock           clock.Clock
}

// PushOptions are what Push needs.
type PushOptions struct {
	Private, Public string // VAPID, base64url
	Subject         string // an https address or a mail address at which a push service reaches the operator
	Clock           clock.Clock
	// May says which addresses may be dialled; nil for public ones on port 443.
	May func(netip.AddrPort) bool
	// Roots are who vouches for push services; nil for the system's.
	Roots *x509.CertPool
}

// NewPush makes it.
func NewPush(o PushOptions) *Push {
	may := o.May
	if may == nil {
		may = func(a netip.AddrPort) bool { return a.Port() == 443 && contact.Public(a.Addr()) }
	}
	dialer := &net.Dialer{
		Timeout: pushPatience,
		// Asked of every address just before it is dialled: a name may lead elsewhere by now.
		Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !may(at) {
				return errPrivate
			}
			return nil
		},
	}
	return &Push{
		private: o.Private, public: o.Public, subject: o.Subject, clock: o.Clock,
		client: &http.Client{
			Timeout: pushPatience,
			Transport: &http.Transport{
				DialContext:            dialer.DialContext,
				TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots},
				ForceAttemptHTTP2:      true,
				MaxIdleConnsPerHost:    4,
				IdleConnTimeout:        time.Minute,
				MaxResponseHeaderBytes: 64 << 10,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Push sends one message, which the push service has when Push returns nil.
func (p *Push) Push(ctx context.Context, to contact.Push, payload []byte, handover notice.Handover) error {
	var given error // by handover
	asked := false
	answer, err := webpush.SendNotificationWithContext(ctx, payload, &webpush.Subscription{
		Endpoint: to.Endpoint,
		Keys: webpush.Keys{
			P256dh: base64.RawURLEncoding.EncodeToString(to.P256dh),
			Auth:   base64.RawURLEncoding.EncodeToString(to.Auth),
		},
	}, &webpush.Options{
		Subscriber:      p.subject,
		VAPIDPublicKey:  p.public,
		VAPIDPrivateKey: p.private,
		TTL:             int(pushKept.Seconds()),
		Urgency:         webpush.UrgencyNormal,
		VapidExpiration: p.clock.Now().Add(12 * time.Hour),
		HTTPClient: doer(func(r *http.Request) (*http.Response, error) {
			asked = true
			if given = handover(ctx); given != nil {
				return nil, given
			}
			return p.client.Do(r) //nolint:gosec // its dialer refuses what is not public
		}),
	})
	if given != nil {
		return given
	}
	if err != nil {
		return sortPush(err, asked)
	}
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // so that the connection can be used again
	_ = answer.Body.Close()
	kind := notice.ErrRefused
	switch s := answer.StatusCode; {
	case s >= 200 && s < 300:
		return nil
	case s == http.StatusNotFound, s == http.StatusGone:
		kind = notice.ErrGone
	case s == http.StatusTooManyRequests, s >= 500:
		kind = notice.ErrLater
	}
	return fmt.Errorf("%w: push service: status %d", kind, answer.StatusCode)
}

type doer func(*http.Request) (*http.Response, error)

// Do is what webpush asks for.
func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// sortPush tells what an error means, without its text, in which the endpoint stands.
func sortPush(err error, asked bool) error {
	var dial *net.OpError
	switch {
	case !asked:
		return fmt.Errorf("%w: push message can't be made for that subscription", notice.ErrGone)
	case errors.Is(err, errPrivate):
		return fmt.Errorf("%w: %w", notice.ErrGone, errPrivate)
	case errors.As(err, &dial) && dial.Op == "dial":
		return fmt.Errorf("%w: push service can't be dialled", notice.ErrLater)
	}
	return fmt.Errorf("%w: push service: %T", notice.ErrUnclear, errors.Unwrap(err))
}
