package httpapi

import (
	"net/http"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
)

// [S8] Pages of other sites can send forms and plain texts without asking first, never JSON or
// credentials in a header (Fetch standard, CORS-safelisted request headers). Nothing that they can
// send does anything, in every operation of the contract that is no GET; and nobody learns that
// they may ask.
func TestFormsOfOtherSitesDoNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, line := range table {
		if line.method == http.MethodGet {
			continue
		}
		q := b.good(line)
		q.auth = ""
		for _, media := range []string{
			"",
			"text/plain",
			"application/x-www-form-urlencoded",
			"multipart/form-data; boundary=x",
			"text/plain; application/json",
		} {
			q.header = map[string]string{"Content-Type": media, "Origin": "https://evil.example"}
			r := b.refuse(
				t,
				"a form of another site, "+media,
				q,
				http.StatusUnauthorized,
				http.StatusUnsupportedMediaType,
			)
			if r.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s may be read elsewhere", line.operation)
			}
		}
		path := contract.Base + b.checks[line.operation].Route.Path
		if r := b.send(
			t,
			http.MethodOptions,
			path,
			req{
				header: map[string]string{
					"Origin":                        "https://evil.example",
					"Access-Control-Request-Method": line.method,
				},
			},
		); r.Header.Get("Access-Control-Allow-Methods") != "" ||
			r.Header.Get("Access-Control-Allow-Headers") != "" {
			t.Errorf("%s: other sites may ask: %v", line.operation, r.Header)
		}
	}
}
