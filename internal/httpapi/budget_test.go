package httpapi

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// [S1] What is open to everybody takes 16 KiB, and staff's documents what their operation says; a
// new operation is small by itself.
func TestEveryOperationsLimit(t *testing.T) {
	t.Parallel()
	limits, err := BodyLimits()
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]rule{}
	for _, line := range table {
		rules[line.operation] = line.rule
	}
	want := map[string]int64{
		"addPhoto":             venue.MaxPhotoBytes,
		"importFacilities":     opendata.MaxBytes,
		"changeOrganization":   64 << 10,
		"registerPartnerGroup": 64 << 10,
		// A phone that was without network sends 500 taps at once.
		"countAtDoor": 32 << 10,
	}
	for _, name := range []string{
		"createEvent",
		"changeEvent",
		"addOccurrence",
		"changeOccurrence",
		"createSeries",
		"changeSeries",
		"createFacility",
		"changeFacility",
		"createRoom",
		"changeRoom",
	} {
		want[name] = 256 << 10
	}
	for _, o := range contractOperations(t) {
		if got := limits[o.Route.Method+" "+contract.EchoPath(o.Route.Path)]; got != want[o.ID] {
			t.Errorf("%s takes %d bytes, want %d", o.ID, got, want[o.ID])
		}
		if rules[o.ID].access != staffOnly && o.Limit > 32<<10 {
			t.Errorf("%s is open to everybody and takes %d bytes", o.ID, o.Limit)
		}
	}
	for name := range maps.Keys(limits) {
		if method, path, _ := strings.Cut(name, " "); method == "" || !strings.HasPrefix(path, contract.Base) {
			t.Errorf("%q is no route", name)
		}
	}
}

// Every route that takes a body refuses one byte more than its limit before it looks at it.
func TestEveryRouteHoldsItsLimit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	limits, err := BodyLimits()
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, r := range b.echo.Routes() {
		if !slices.Contains([]string{post, put, patch, remove}, r.Method) {
			continue
		}
		tried++
		limit := int64(httpx.DefaultBodyLimit)
		if own, ok := limits[r.Method+" "+r.Path]; ok {
			limit = own
		}
		for size, tooLarge := range map[int64]bool{limit: false, limit + 1: true} {
			request := httptest.NewRequestWithContext(
				t.Context(),
				r.Method,
				r.Path,
				bytes.NewReader(make([]byte, size)),
			)
			request.Header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
			w := httptest.NewRecorder()
			b.echo.ServeHTTP(w, request)
			if got := w.Code == http.StatusRequestEntityTooLarge; got != tooLarge {
				t.Errorf("%s %s with %d bytes: %d", r.Method, r.Path, size, w.Code)
			}
		}
	}
	if tried < 60 {
		t.Errorf("%d routes tried", tried)
	}
}

// [S1] A list that is too long is one fault, not one for each of its items, and no answer tells
// more than 50.
func TestSizesComeBeforeItems(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		operation, body string
		want            []string // all of them; nil: mostFields of whatever kind
	}{
		"a long list": {
			"takeSeat",
			`{"slot_ids":[` + strings.Repeat("1,", 5000) + `1]}`,
			[]string{"slot_ids=too_many"},
		},
		"lists that are too long in a list": {
			"createEvent",
			`{"kind":"family","title":"x","occurrences":[{"parts":[` + strings.Repeat(
				"{},",
				20,
			) + `{}]},{"parts":[` + strings.Repeat("{},", 200) + `{}]}]}`,
			[]string{"occurrences.0.parts=too_many", "occurrences.1.parts=too_many"},
		},
		"a long text": {
			"takeSeat",
			`{"quota_id":1,"nickname":"` + strings.Repeat("あ", 321) + `"}`,
			[]string{"nickname=too_long"},
		},
		"a text of just the limit": {
			"takeSeat",
			`{"quota_id":1,"nickname":"` + strings.Repeat("あ", 320) + `"}`,
			[]string{"quota_id=invalid_type"},
		},
		"many names":        {"takeSeat", `{` + namesOf(800) + `}`, nil},
		"many names within": {"takeSeat", `{"answers":{` + namesOf(800) + `}}`, nil},
		"many wrong values": {
			"countAtDoor",
			`{"taps":[` + strings.Repeat(`{"id":1,"delta":"a"},`, 499) + `{}]}`,
			nil,
		},
		"many in many": {
			"createEvent",
			`{"occurrences":[` + strings.Repeat(
				`{"parts":[`+strings.Repeat(`{"quotas":[1,2,3,4]},`, 19)+`{}]},`,
				59,
			) + `{}]}`,
			nil,
		},
	} {
		got := fieldsFrom(t, tt.operation, tt.body)
		if tt.want == nil && len(got) != contract.MostFields || tt.want != nil && !slices.Equal(got, tt.want) {
			t.Errorf("%s: %d faults %.300v, want %v", name, len(got), got, tt.want)
		}
	}
}

func namesOf(n int) string {
	var all []string
	for i := range n {
		all = append(all, strconv.Quote("name"+strconv.Itoa(i))+":1")
	}
	return strings.Join(all, ",")
}

// fieldsFrom gives the fields that a refusal of a body names, as field=code.
func fieldsFrom(t *testing.T, operation, body string) (all []string) {
	t.Helper()
	value, err := contract.DecodeJSON([]byte(body))
	if err != nil {
		t.Fatalf("%s: %v", operation, err)
	}
	for _, o := range contractOperations(t) {
		if o.ID != operation {
			continue
		}
		refusal, ok := fault.As(contract.Validate(o.Body, value))
		if !ok {
			t.Fatalf("%s: no refusal", operation)
		}
		for _, f := range refusal.Fields {
			all = append(all, f.Name+"="+f.Code)
		}
	}
	return all
}

// A body that is wrong behind what is examined for every fault is refused all the same.
func TestAFaultFarBehindIsNamed(t *testing.T) {
	t.Parallel()
	id := `{"id":"7d3b0f5e-7f0c-4c56-9a53-2f8d4a1f1c9e","delta":1},`
	far := `{"rooms":` + `[` + strings.Repeat(id, 499) + `{"id":"7d3b0f5e-7f0c-4c56-9a53-2f8d4a1f1c9e","delta":99}]}`
	if got := fieldsFrom(t, "countAtDoor", strings.Replace(far, "rooms", "taps", 1)); !slices.Equal(
		got,
		[]string{"taps.499.delta=too_large"},
	) {
		t.Errorf("the refusal names %v", got)
	}
	event := `{"kind":"family","title":"x","occurrences":[` + strings.Repeat(
		occurrenceText(""),
		59,
	) + strings.TrimSuffix(
		occurrenceText(`,"lost":1`),
		",",
	) + `]}`
	if got := fieldsFrom(t, "createEvent", event); len(got) != 1 || !strings.HasSuffix(got[0], "=unknown_field") {
		t.Errorf("the refusal names %v", got)
	}
}

// occurrenceText is a date of many values.
func occurrenceText(more string) string {
	quota := `{"channel":"in_person","capacity":5},`
	return `{"starts_at":"2027-01-01T10:00:00+09:00","ends_at":"2027-01-01T12:00:00+09:00",` +
		`"place":{"kind":"in_person"},"parts":[{"reservation":"seat","quotas":[` +
		strings.Repeat(quota, 19) + strings.TrimSuffix(quota, ",") + `]}]` + more + `},`
}

// A body has no more values than any of the contract needs, however small they are.
func TestBodiesHaveABudgetOfValues(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		want error
	}{
		"as many as there may be": {`[` + strings.Repeat("1,", contract.MaxValues-2) + `1]`, nil},
		"one more":                {`[` + strings.Repeat("1,", contract.MaxValues-1) + `1]`, httpx.ErrBodyTooLarge},
		"names count":             {`{` + namesOf(contract.MaxValues/2) + `}`, httpx.ErrBodyTooLarge},
		"small lists":             {`[` + strings.Repeat("[],", contract.MaxValues) + `1]`, httpx.ErrBodyTooLarge},
		"depth":                   {strings.Repeat("[", 40) + strings.Repeat("]", 40), contract.ErrBodyMalformed},
	} {
		if _, err := contract.DecodeJSON([]byte(tt.body)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// Lists in an address are counted before their values are looked at.
func TestLongListsInAddresses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.do(
		t,
		req{
			operation: "findFreeRooms",
			query:     "?date=2027-01-01&from=10:00&to=12:00&organization=" + strings.Repeat("A,", 5000) + "A",
		},
	)
	if r.StatusCode != http.StatusBadRequest || strings.Count(string(r.raw), `"too_many"`) != 1 ||
		strings.Contains(string(r.raw), "/organization/") {
		t.Errorf("%d %.400s", r.StatusCode, r.raw)
	}
}
