package search

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

func TestSizeOfAPage(t *testing.T) {
	t.Parallel()
	for asked, want := range map[int]int{-1: 20, 0: 20, 1: 1, 99: 99, 100: 100, 101: 100} {
		if got := limited(asked); got != want {
			t.Errorf("%d asked for: %d, want %d", asked, got, want)
		}
	}
	for name, pair := range map[string][2]int{
		"days before": {FeedPastDays, 60}, "days ahead": {FeedFutureDays, 400},
		"days of what was cancelled": {FeedCancelledDays, 30}, "dates of an event": {listedDates, 12},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d, want %d", name, pair[0], pair[1])
		}
	}
}

func TestAPageIsCut(t *testing.T) {
	t.Parallel()
	row := func(n int) listRow {
		return listRow{StartsAt: time.Unix(int64(n), 0), OccurrenceID: uuid.UUID{byte(n)}}
	}
	rows := []listRow{row(1), row(2), row(3)}
	for limit, want := range map[int]struct {
		rows int
		next *Position
	}{
		2: {2, &Position{StartsAt: time.Unix(2, 0), Occurrence: uuid.UUID{2}}},
		3: {3, nil},
		4: {3, nil},
	} {
		got, next, err := cut(rows, limit, nil)
		if len(got) != want.rows || !reflect.DeepEqual(next, want.next) || err != nil {
			t.Errorf("a page of %d: %d rows, next %v, %v", limit, len(got), next, err)
		}
	}
	broken := errors.New("no rows")
	if _, next, err := cut(rows, 1, broken); next != nil || !errors.Is(err, broken) {
		t.Errorf("an error: next %v, %v", next, err)
	}
	if !(Position{}).IsZero() || (Position{Occurrence: uuid.UUID{1}}).IsZero() {
		t.Error("only the beginning is the zero position")
	}
}

func TestSlugLike(t *testing.T) {
	t.Parallel()
	for slug, want := range map[string]bool{
		"": true, "09az-": true, strings.Repeat("a", 40): true, strings.Repeat("a", 41): false,
		"/": false, ":": false, "`": false, "{": false, ",": false, ".": false, "A": false, "市": false,
	} {
		if got := slugLike(slug); got != want {
			t.Errorf("%q: %v, want %v", slug, got, want)
		}
	}
}

func fields(err error) string {
	var names []string
	if refusal, ok := fault.As(err); ok {
		for _, f := range refusal.Fields {
			names = append(names, f.Name+" "+f.Code)
		}
	}
	return strings.Join(names, ", ")
}

func TestCheckOfAFilter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 5, 10, 0, 0, 0, time.UTC)
	at := func(by time.Duration) *time.Time { moved := now.Add(by); return &moved }
	for _, c := range []struct {
		filter Filter
		want   string
	}{
		{Filter{}, ""},
		{Filter{Kind: "ibasho", Audience: "women", Place: event.Both, Reservation: event.Slot, Area: "132217"}, ""},
		{Filter{Place: event.InPerson}, ""},
		{Filter{Place: event.Online}, ""},
		{Filter{Kind: "x"}, "kind unknown_value"},
		{Filter{Audience: "x"}, "audience unknown_value"},
		{Filter{Place: "x"}, "place unknown_value"},
		{Filter{Reservation: "x"}, "reservation unknown_value"},
		{Filter{Area: "132218"}, "area unknown_value"}, // its check digit is 7
		{Filter{From: at(0)}, ""},
		{Filter{To: at(0)}, ""},
		{Filter{From: at(0), To: at(1)}, ""},
		{Filter{From: at(0), To: at(0)}, "to unknown_value"},
		{Filter{From: at(0), To: at(-1)}, "to unknown_value"},
		{Filter{Kind: "x", Place: "x"}, "kind unknown_value, place unknown_value"},
	} {
		if got := fields(c.filter.check(ErrFilter).Or()); got != c.want {
			t.Errorf("%+v: %q, want %q", c.filter, got, c.want)
		}
	}
	for _, c := range []struct {
		filter FeedFilter
		want   string
	}{
		{FeedFilter{}, ""},
		{FeedFilter{Organization: "kita", ExcludeOrganization: "minami", Partnership: "ux", Kind: "salon"}, ""},
		{FeedFilter{Organization: "K"}, "organization unknown_value"},
		{FeedFilter{ExcludeOrganization: "K"}, "exclude_organization unknown_value"},
		{FeedFilter{Partnership: "K"}, "partnership unknown_value"},
		{FeedFilter{Kind: "x", Audience: "x", Place: "x", Reservation: "x", Area: "x"},
			"kind unknown_value, audience unknown_value, place unknown_value, reservation unknown_value, " +
				"area unknown_value"},
	} {
		if got := fields(c.filter.check()); got != c.want {
			t.Errorf("%+v: %q, want %q", c.filter, got, c.want)
		}
	}
}

func TestWordsOfAQuery(t *testing.T) {
	t.Parallel()
	eight := "a b c d e f g h"
	for query, want := range map[string]string{
		"": "[]", "　": "[]", "ＡＢＣ　ｶﾌｪ": "[abc カフェ]", eight: "[" + eight + "]", eight + " i": "[" + eight + "]",
	} {
		if got := fmt.Sprint(words(query)); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
	if got, want := likePattern(`1_0%\`), `%1\_0\%\\%`; got != want {
		t.Errorf("pattern %s, want %s", got, want)
	}
}

// An index finds words of three characters; beside one of them shorter ones narrow the result.
func TestPatternsNeedAWordThatAnIndexFinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words, want []string
	}{
		{nil, nil},
		{[]string{"集い"}, nil},
		{[]string{"集い", "会"}, nil},
		{[]string{"女子会"}, []string{"%女子会%"}},
		{[]string{"女子会"[:6], "居場所で"}, []string{"%女子%", "%居場所で%"}},
	} {
		if got := (resolved{words: c.words}).patterns(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v, want %v", c.words, got, c.want)
		}
	}
}

func TestWhatIsRare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		asked resolved
		want  bool
	}{
		{"nothing", resolved{}, false},
		{"an organization", resolved{organization: uuid.UUID{1}}, true},
		{"an organization left out", resolved{exclude: &organization.Ref{}}, false},
		{"a partnership", resolved{Filter: Filter{Partnership: "ux"}}, true},
		{"a kind", resolved{Filter: Filter{Kind: "salon"}}, true},
		{"slots", resolved{Filter: Filter{Reservation: event.Slot}}, true},
		{"a lottery", resolved{Filter: Filter{Reservation: event.Lottery}}, true},
		{"seats", resolved{Filter: Filter{Reservation: event.Seat}}, false},
		{"no reservation", resolved{Filter: Filter{Reservation: event.NoReservation}}, false},
		{"an audience", resolved{Filter: Filter{Audience: "women"}}, true},
		{"a place", resolved{Filter: Filter{Place: event.Online}}, false},
		{"a short word", resolved{words: []string{"集い"}}, false},
		{"a long word", resolved{words: []string{"女子会"}}, true},
	} {
		if got := c.asked.rare(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTagsOfAnAudience(t *testing.T) {
	t.Parallel()
	for audience, want := range map[event.AudienceTag][]string{
		"": nil, "supporter": {"supporter"}, "women": {"women", "anyone"},
	} {
		if got := (resolved{Filter: Filter{Audience: audience}}).tags(); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, want %v", audience, got, want)
		}
	}
}
