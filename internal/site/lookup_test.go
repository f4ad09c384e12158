package site_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// The page that looks a code up says as little as the API.
func TestProofLookUpsOnThePageTellNothing(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	var real, once []string
	for range 8 {
		real = append(real, k.take(e, "すみれ"))
	}
	for range 4 {
		code := k.take(e, "")
		if a := k.post("/t/rotate", url.Values{"secret": {code}}); a.Code != http.StatusOK {
			t.Fatalf("rotate: %d", a.Code)
		}
		once = append(once, code)
	}
	seen := func(path, field, code string) string {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(url.Values{field: {code}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		k.echo.ServeHTTP(w, r)
		return fmt.Sprintf("%d, %d bytes, %v\n%s", w.Code, w.Body.Len(), w.Header(), w.Body)
	}
	made := func() string {
		s, err := secret.NewTicket(rand.Reader)
		if err != nil {
			t.Error(err)
		}
		return s.Reveal()
	}
	want := seen("/t", "secret", made())
	if !strings.HasPrefix(want, "404, 32768 bytes") {
		t.Fatalf("a made-up code: %.200s", want)
	}
	for _, code := range real { // the control: another status, and yet the same size
		if got := seen("/t", "secret", code); !strings.HasPrefix(got, "200, 32768 bytes") {
			t.Errorf("a real code: %.200s", got)
		}
	}
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	n := testkit.Size(600, 100_000)
	var group sync.WaitGroup
	var mu sync.Mutex
	differ := 0
	const hands = 8
	for hand := range hands {
		group.Go(func() {
			for i := hand; i < n; i += hands {
				code := made()
				switch i % 4 {
				case 2:
					near := []byte(real[i/4%len(real)])
					at := i / 4 % 25
					near[at] = alphabet[(strings.IndexByte(alphabet, near[at])+1+i%31)%32]
					code = string(near)
				case 3:
					code = once[i/4%len(once)]
				}
				if got := seen("/t", "secret", code); got != want {
					mu.Lock()
					differ++
					t.Errorf("look-up %d: %.300s", i, got)
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	testkit.Figure(
		t,
		"page: %d look-ups, half random, a quarter one character off a real one, a quarter once real: %d differ in "+
			"status, size, headers or words",
		n,
		differ,
	)
}
