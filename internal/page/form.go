package page

import (
	"bytes"
	"io"
	"mime"
	"net/url"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// ReadID reads the id of the address as we write it; it fails with the given error for what is
// none.
func ReadID(c echo.Context, unknown error) (uuid.UUID, error) {
	text := c.Param("id")
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return uuid.Nil, unknown
	}
	return id, nil
}

// mostFormFields is more than any form of ours has.
const mostFormFields = 256

// errForm is a body that no form of ours sends. It has no cause: what could not be read may hold a
// secret.
var errForm = fault.Malformed("malformed_request")

// ErrFormStale is a form whose hidden secret is gone; the page comes back with a fresh one.
var ErrFormStale = fault.Invalid("ticket_form_stale")

// ReadForm gives the fields of a form's body; the address is never looked at.
func ReadForm(c echo.Context) (url.Values, error) {
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

// ReadCode reads a form that holds a participation code.
func ReadCode(c echo.Context) (secret.Ticket, error) {
	form, err := ReadForm(c)
	if err != nil {
		return secret.Ticket{}, err
	}
	return secret.ParseTicket(form.Get("secret"))
}
