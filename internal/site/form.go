package site

import (
	"bytes"
	"io"
	"mime"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// mostFormFields is more than any form of ours has.
const mostFormFields = 256

// errForm is a body that no form of ours sends. It has no cause: what could not be read may hold a secret.
var errForm = fault.Malformed("malformed_request")

// readForm gives the fields of a form's body; the address is never looked at.
func readForm(c echo.Context) (url.Values, error) {
	r := c.Request()
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEApplicationForm {
		return nil, echo.ErrUnsupportedMediaType
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		if _, ok := fault.As(err); ok { // too large, too slow, cut off
			return nil, err
		}
		return nil, errForm
	}
	if bytes.Count(raw, []byte("&")) >= mostFormFields {
		return nil, errForm
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, errForm
	}
	r.PostForm = form // where handlers look for the rest of it
	return form, nil
}

// readCode reads a form that holds a participation code.
func readCode(c echo.Context) (secret.Ticket, error) {
	form, err := readForm(c)
	if err != nil {
		return secret.Ticket{}, err
	}
	return secret.ParseTicket(form.Get("secret"))
}
