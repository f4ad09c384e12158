package contract

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// Bounds of a JSON body that no body of the contract comes near.
const (
	maxDepth  = 32
	MaxValues = 20_000 // values and names of properties
)

// Validated hands the generated binder the value that was validated, so that nothing is decoded
// twice or by other rules.
type Validated struct {
	io.Reader
	Value any
}

// Close does nothing: the server closes the body it gave.
func (Validated) Close() error { return nil }

// ValidatedValue is what the generated binder asks for.
func (v Validated) ValidatedValue() any { return v.Value }

// readBody reads a JSON body. One that may be left out and is counts as an empty object.
func (o *Operation) readBody(r *http.Request) (any, error) {
	if o.bodyNeeded {
		return readJSON(r)
	}
	if r.Body == nil || r.ContentLength == 0 {
		return map[string]any{}, nil
	}
	body := bufio.NewReader(r.Body)
	switch _, err := body.Peek(1); {
	case errors.Is(err, io.EOF):
		return map[string]any{}, nil
	case err != nil:
		return nil, Unreadable(err)
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{body, r.Body}
	return readJSON(r)
}

// readJSON reads one JSON value (RFC 8259) in UTF-8: no repeated names, nothing after it. Numbers
// stay as written.
func readJSON(r *http.Request) (any, error) {
	if err := CheckJSONType(r); err != nil {
		return nil, err
	}
	raw, err := ReadAll(r)
	if err != nil {
		return nil, err
	}
	return DecodeJSON(raw)
}

// checkFile reads a body that is a file and leaves it for the handler. Its checksum stands for it
// where requests are told apart.
func (o *Operation) checkFile(r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil ||
		kind != o.File &&
			(!strings.HasSuffix(o.File, "*") || !strings.HasPrefix(kind, strings.TrimSuffix(o.File, "*"))) {
		return echo.ErrUnsupportedMediaType
	}
	raw, err := ReadAll(r)
	if err != nil {
		return err
	}
	if len(raw) == 0 {
		return ErrBodyMalformed
	}
	sum := sha256.Sum256(raw)
	r.Body = Validated{Reader: bytes.NewReader(raw), Value: hex.EncodeToString(sum[:]) + "?" + r.URL.RawQuery}
	return nil
}

// CheckJSONType refuses a body that does not call itself JSON in UTF-8.
func CheckJSONType(r *http.Request) error {
	media := r.Header.Get(echo.HeaderContentType)
	if media == echo.MIMEApplicationJSON {
		return nil
	}
	kind, params, err := mime.ParseMediaType(media)
	if err != nil || kind != echo.MIMEApplicationJSON {
		return echo.ErrUnsupportedMediaType
	}
	if charset, ok := params["charset"]; ok && !strings.EqualFold(charset, "utf-8") {
		return echo.ErrUnsupportedMediaType
	}
	return nil
}

// ReadAll reads a whole body.
func ReadAll(r *http.Request) ([]byte, error) {
	// An announced length is only a claim: nobody gets much memory for one.
	if n := r.ContentLength; n > 0 && n <= 16<<10 {
		raw := make([]byte, n)
		if _, err := io.ReadFull(r.Body, raw); err != nil {
			return nil, Unreadable(err)
		}
		return raw, nil // the server gives no more than was announced
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, Unreadable(err)
	}
	return raw, nil
}

// Unreadable keeps the faults of httpx's own reader; anything else is a broken body.
func Unreadable(err error) error {
	if _, ok := fault.As(err); ok {
		return err
	}
	return ErrBodyMalformed.Because(err)
}

// DecodeJSON decodes one JSON value as readJSON does.
func DecodeJSON(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, errBodyNotUTF8
	}
	// First the syntax, which encoding/json judges strictly; the tokens then can't be wrong. A
	// decoder alone would read a prefix.
	if !json.Valid(raw) {
		return nil, ErrBodyMalformed
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return (&valueReader{Decoder: decoder, left: MaxValues}).read(0)
}

// valueReader reads values until there are too many.
type valueReader struct {
	*json.Decoder
	left int
}

func (d *valueReader) read(depth int) (any, error) {
	if depth > maxDepth {
		return nil, ErrBodyMalformed
	}
	if d.left--; d.left < 0 {
		return nil, httpx.ErrBodyTooLarge
	}
	token, err := d.Token()
	if err != nil {
		return nil, ErrBodyMalformed.Because(err)
	}
	switch token {
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, ErrBodyMalformed.Because(err)
			}
			key, ok := name.(string)
			if !ok {
				return nil, ErrBodyMalformed
			}
			if _, repeated := object[key]; repeated {
				return nil, errBodyRepeated
			}
			d.left--
			if object[key], err = d.read(depth + 1); err != nil {
				return nil, err
			}
		}
		_, err := d.Token()
		return object, err
	case json.Delim('['):
		array := []any{}
		for d.More() {
			value, err := d.read(depth + 1)
			if err != nil {
				return nil, err
			}
			array = append(array, value)
		}
		_, err := d.Token()
		return array, err
	}
	return token, nil
}
