package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
	maxValues = 20_000 // values and names of properties
)

// validated hands the generated binder the value that was validated, so that nothing is decoded twice or by other rules.
type validated struct {
	io.Reader
	value any
}

// Close does nothing: the server closes the body it gave.
func (validated) Close() error { return nil }

// ValidatedValue is what the generated binder asks for.
func (v validated) ValidatedValue() any { return v.value }

// readJSON reads one JSON value (RFC 8259) in UTF-8: no repeated names, nothing after it. Numbers stay as written.
func readJSON(r *http.Request) (any, error) {
	if err := checkJSONType(r); err != nil {
		return nil, err
	}
	raw, err := readAll(r)
	if err != nil {
		return nil, err
	}
	return decodeJSON(raw)
}

// BodyLimits gives the greatest bodies by method and route, for httpx.Options, as the contract names them (x-body-limit);
// everything else has the usual limit.
func BodyLimits() (map[string]int64, error) {
	spec, err := readSpec()
	if err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	limits := map[string]int64{}
	for path, item := range spec.Paths.Map() {
		for method, op := range item.Operations() {
			o, err := newOperation(spec, path, method, item, op)
			if err != nil {
				return nil, err
			}
			if o.limit > 0 {
				limits[method+" "+echoPath(path)] = o.limit
			}
		}
	}
	return limits, nil
}

// checkFile reads a body that is a file and leaves it for the handler. Its checksum stands for it where requests are told apart.
func (o *operation) checkFile(r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || kind != o.file && (!strings.HasSuffix(o.file, "*") || !strings.HasPrefix(kind, strings.TrimSuffix(o.file, "*"))) {
		return echo.ErrUnsupportedMediaType
	}
	raw, err := readAll(r)
	if err != nil {
		return err
	}
	if len(raw) == 0 {
		return errBodyMalformed
	}
	sum := sha256.Sum256(raw)
	r.Body = validated{Reader: bytes.NewReader(raw), value: hex.EncodeToString(sum[:]) + "?" + r.URL.RawQuery}
	return nil
}

func checkJSONType(r *http.Request) error {
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

func readAll(r *http.Request) ([]byte, error) {
	// An announced length is only a claim: nobody gets much memory for one.
	if n := r.ContentLength; n > 0 && n <= 16<<10 {
		raw := make([]byte, n)
		if _, err := io.ReadFull(r.Body, raw); err != nil {
			return nil, unreadable(err)
		}
		return raw, nil // the server gives no more than was announced
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, unreadable(err)
	}
	return raw, nil
}

// unreadable keeps the faults of httpx's own reader; anything else is a broken body.
func unreadable(err error) error {
	if _, ok := fault.As(err); ok {
		return err
	}
	return errBodyMalformed.Because(err)
}

func decodeJSON(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, errBodyNotUTF8
	}
	// First the syntax, which encoding/json judges strictly; the tokens then can't be wrong. A decoder alone would read a prefix.
	if !json.Valid(raw) {
		return nil, errBodyMalformed
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return (&valueReader{Decoder: decoder, left: maxValues}).read(0)
}

// valueReader reads values until there are too many.
type valueReader struct {
	*json.Decoder
	left int
}

func (d *valueReader) read(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errBodyMalformed
	}
	if d.left--; d.left < 0 {
		return nil, httpx.ErrBodyTooLarge
	}
	token, err := d.Token()
	if err != nil {
		return nil, errBodyMalformed.Because(err)
	}
	switch token {
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, errBodyMalformed.Because(err)
			}
			key, ok := name.(string)
			if !ok {
				return nil, errBodyMalformed
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
