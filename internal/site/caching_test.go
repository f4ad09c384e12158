package site_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// manyOfAll fills each list past one page: events, facilities and free rooms.
func (k *kit) manyOfAll() (event.Event, venue.Facility, venue.Room) {
	k.Helper()
	var e event.Event
	for range 21 {
		e = k.publish("bunkyo", meeting(nil))
	}
	hall, room := k.hall()
	service := venue.NewService(k.db, organization.NewDirectory(k.db))
	by := k.by["toshima"]
	must := func(err error) {
		k.Helper()
		if err != nil {
			k.Fatal(err)
		}
	}
	for i := range 31 {
		f, err := service.CreateFacility(k.Context(), by, venue.FacilityInput{
			Name: fmt.Sprintf(
				"集会所%02d",
				i,
			),
			AreaCode:   "131164",
			Address:    "東京都豊島区南池袋二丁目45番1号",
			PostalCode: "171-8422",
			Phone:      "03-0000-0000",
			Hours:      hall.Hours,
			Spaces:     []venue.Space{{Name: "一室"}},
		})
		must(err)
		_, err = service.OpenFacility(k.Context(), by, f.ID)
		must(err)
		r, err := service.CreateRoom(k.Context(), by, f.ID, venue.RoomInput{
			Name:         "一室",
			Capacity:     20,
			OpenTo:       venue.OpenToPartners,
			Partnerships: []string{"ux-joshikai"},
			Spaces:       []venue.RoomSpace{{SpaceID: f.Spaces[0].ID}},
			Uses:         room.Uses,
			Fees:         room.Fees,
			Terms:        room.Terms,
		})
		must(err)
		_, err = service.OpenRoom(k.Context(), by, r.ID)
		must(err)
	}
	return e, hall, room
}

// [S18], [S15] What has not changed keeps its ETag and is answered 304, lists with a next page too;
// and what reads otherwise for who reads another language says so to caches. The addresses are the
// route table's, and those of lists that go on.
func TestPagesKeepWhatCachesKnow(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, hall, room := k.manyOfAll()
	var addresses []string
	for _, names := range []map[string]string{
		{"id": e.ID.String(), "part": e.Occurrences[0].Parts[0].ID.String(), "slug": "bunkyo", "code": "quota_full"},
		{"id": hall.ID.String()}, {"id": room.ID.String()}, {"id": nothing},
	} {
		for _, r := range k.echo.Routes() {
			if r.Method == http.MethodGet && strings.Contains(r.Name, "internal/site") {
				addresses = append(addresses, concrete(r.Path, names))
			}
		}
	}
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	for _, list := range []string{"/events", "/facilities", "/rooms/free?day=2026-12-16&part=morning"} {
		next, ok := k.page(list).Find(`.pager a:contains("つづき")`).Attr("href")
		if !ok {
			t.Fatalf("%s has one page", list)
		}
		addresses = append(addresses, list, next)
	}
	ask := func(address, language, etag string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Language", language)
		if etag != "" {
			r.Header.Set("If-None-Match", etag)
		}
		w := httptest.NewRecorder()
		k.echo.ServeHTTP(w, r)
		return w
	}
	kept := 0
	for _, address := range addresses {
		first := ask(address, "ja", "")
		if etag := first.Header().Get("ETag"); etag != "" && first.Code == http.StatusOK {
			kept++
			if again := ask(address, "ja", etag); again.Code != http.StatusNotModified {
				t.Errorf("%s: %d, ETag %s after %s", address, again.Code, again.Header().Get("ETag"), etag)
			}
		} else if first.Code == http.StatusOK && first.Header().Get(
			"Cache-Control",
		) != "no-store" && !strings.HasSuffix(address, ".txt") {
			t.Errorf("%s may be kept and can't be asked for again: %v", address, first.Header())
		}
		if first.Header().Get("Cache-Control") == "no-store" && first.Code == http.StatusOK {
			continue
		}
		for _, language := range []string{"en", "ja-x-easy"} {
			other := ask(address, language, "")
			if (other.Code != first.Code || !bytes.Equal(other.Body.Bytes(), first.Body.Bytes())) &&
				!strings.Contains(first.Header().Get("Vary"), "Accept-Language") {
				t.Errorf("%s: %s reads something else, Vary is %q", address, language, first.Header().Get("Vary"))
			}
		}
	}
	if kept < 15 {
		t.Errorf("%d pages had an ETag", kept)
	}
}
