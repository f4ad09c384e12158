package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/idempotency"
)

// Idempotency is what staff requests with a key ask of idempotency.Ledger.
type Idempotency interface {
	Once(
		ctx context.Context,
		r idempotency.Request,
		do func(ctx context.Context) (idempotency.Answer, error),
	) (idempotency.Answer, error)
}

// idempotent does a checked staff request that has a key at most once.
func (s *server) idempotent(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		key := r.Header.Get(contract.IdempotencyKey)
		if key == "" {
			return h(c)
		}
		fingerprint, err := fingerprintOf(c)
		if err != nil {
			return err
		}
		by := caller.Session(r.Context())
		request := idempotency.Request{
			Organization: by.Organization.ID,
			Actor:        by.Actor(),
			Key:          key,
			Fingerprint:  fingerprint,
		}
		answer, err := s.idempotency.Once(r.Context(), request, func(ctx context.Context) (idempotency.Answer, error) {
			c.SetRequest(rewound(r.WithContext(ctx)))
			defer c.SetRequest(r)
			recorded, err := capture(c, h)
			if err != nil {
				return idempotency.Answer{}, err
			}
			return idempotency.Answer{
				Status:      recorded.status,
				ContentType: recorded.header.Get(echo.HeaderContentType),
				Location:    recorded.header.Get(echo.HeaderLocation),
				Body:        append([]byte{}, recorded.body.Bytes()...),
			}, nil
		})
		if err != nil {
			return err
		}
		if answer.Location != "" {
			c.Response().Header().Set(echo.HeaderLocation, answer.Location)
		}
		return c.Blob(answer.Status, answer.ContentType, answer.Body)
	}
}

// rewound gives a request whose body is read from its beginning: the work may run again after a
// conflict.
func rewound(r *http.Request) *http.Request {
	if body, ok := r.Body.(contract.Validated); ok {
		if reader, ok := body.Reader.(io.Seeker); ok {
			_, _ = reader.Seek(0, io.SeekStart) // in memory
		}
	}
	return r
}

// fingerprintOf tells requests apart by what they ask for, not by how their JSON is laid out.
func fingerprintOf(c echo.Context) ([32]byte, error) {
	r := c.Request()
	body, _ := r.Body.(contract.Validated)
	canonical, err := json.Marshal(body.Value) // names in order
	if err != nil {
		return [32]byte{}, fmt.Errorf("fingerprint request: %w", err)
	}
	return sha256.Sum256(append([]byte(r.Method+" "+r.URL.Path+"\n"), canonical...)), nil
}
