package feed_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// A feed takes the conditions of a list that make sense for it, and shows what the list shows. [I3]
func TestFeedsCanBeNarrowed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.exec("update organization set code = '132217' where slug = 'kiyose'")
	b.exec("update organization set code = '131059' where slug = 'bunkyo'")
	at := func(
		title, area string,
		kind event.Kind,
		place event.PlaceKind,
		way event.Reservation,
		tag event.AudienceTag,
	) event.Input {
		in := gathering(title, 7)
		in.Kind, in.AudienceTags = kind, []event.AudienceTag{tag}
		in.Occurrences[0].Place = event.Place{Kind: place, Name: "会場", AreaCode: area}
		in.Occurrences[0].Parts = []event.PartInput{
			{Reservation: way, Quotas: []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 5}}},
		}
		if way == event.NoReservation {
			in.Occurrences[0].Parts[0].Quotas = nil
		}
		return in
	}
	b.publish(at("清瀬の女子会", "132217", "joshikai", event.InPerson, event.Seat, "women"))
	b.publish(at("家からの会", "", "online", event.Online, event.NoReservation, "anyone"))
	apart := at("支援者の研修", "132217", "training", event.InPerson, event.NoReservation, "supporter")
	apart.Visibility = event.Supporters
	b.publish(apart)
	own := b.author
	b.author = b.other
	b.publish(at("文京の居場所", "131059", "ibasho", event.Both, event.NoReservation, "young"))
	b.author = own
	b.clock.Advance(60e9)
	const all = "/feeds/all.ics"
	for _, c := range []struct {
		path string
		want []string
	}{
		{all, []string{"家からの会", "文京の居場所", "清瀬の女子会"}},
		{all + "?organization=bunkyo", []string{"文京の居場所"}},
		{all + "?exclude_organization=kiyose", []string{"文京の居場所"}},
		{all + "?exclude_organization=bunkyo", []string{"家からの会", "清瀬の女子会"}},
		{all + "?area=132217", []string{"清瀬の女子会"}},
		{all + "?partnership=ux", []string{"家からの会", "文京の居場所", "清瀬の女子会"}},
		{all + "?kind=ibasho", []string{"文京の居場所"}},
		{all + "?audience=women", []string{"家からの会", "清瀬の女子会"}},
		{all + "?audience=supporter", []string{"支援者の研修"}},
		{all + "?place=online", []string{"家からの会", "文京の居場所"}},
		{all + "?place=in_person&reservation=none", []string{"文京の居場所"}},
		{all + "?reservation=seat", []string{"清瀬の女子会"}},
		{all + "?reservation=slot", nil},
		{all + "?exclude_organization=kiyose&utm_source=x&fbclid=y", []string{"文京の居場所"}},
		{all + "?fbclid=IwAR0&gclid=1&utm_medium=mail", []string{"家からの会", "文京の居場所", "清瀬の女子会"}},
		{"/feeds/organizations/kiyose.ics?place=online", []string{"家からの会"}},
		{"/feeds/organizations/kiyose.ics", []string{"家からの会", "支援者の研修", "清瀬の女子会"}},
		{"/feeds/partnerships/ux.ics?exclude_organization=kiyose", []string{"文京の居場所"}},
		{"/feeds/kinds/joshikai.ics?organization=bunkyo", nil},
	} {
		first := get(t, b.server, "GET", c.path)
		var titles []string
		for _, e := range calendar(t, body(t, first)).Events() {
			titles = append(titles, e.GetProperty(ics.ComponentPropertySummary).Value)
		}
		if slices.Sort(titles); !slices.Equal(titles, c.want) {
			t.Errorf("%s: %v, want %v", c.path, titles, c.want)
		}
		if first.Header.Get("Location") != "" || first.Header.Get("Last-Modified") == "" {
			t.Errorf("%s: %v", c.path, first.Header)
		}
		short := b.feeds.Shortcut(b.server)
		for _, validator := range [][]string{
			{"If-None-Match", first.Header.Get("ETag")},
			{"If-Modified-Since", first.Header.Get("Last-Modified")},
		} {
			for _, method := range []string{"GET", "HEAD"} {
				if r := get(
					t,
					short,
					method,
					c.path,
					validator...); r.StatusCode != http.StatusNotModified ||
					r.Header.Get("ETag") != first.Header.Get("ETag") {
					t.Errorf("%s %s %v: %d", method, c.path, validator, r.StatusCode)
				}
			}
		}
	}
	// What the whole feed's tag is good for says nothing of a part of it.
	tag := get(t, b.server, "GET", all).Header.Get("ETag")
	if r := get(
		t,
		b.feeds.Shortcut(b.server),
		"GET",
		all+"?exclude_organization=kiyose",
		"If-None-Match",
		tag,
	); r.StatusCode != 200 {
		t.Errorf("narrowed, by the tag of the whole: %d", r.StatusCode)
	}
}

// What a feed doesn't know is refused, in words, rather than passed over. [I3]
func TestUnknownParametersOfFeedsAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.publish(gathering("女子会", 7))
	single := "/feeds/events/" + e.ID.String() + ".ics"
	for _, c := range []struct{ path, field, code string }{
		{"/feeds/all.ics?exclude=toshima", "/exclude", "unknown_parameter"},
		{"/feeds/all.ics?exclude_organisation=bunkyo", "/exclude_organisation", "unknown_parameter"},
		{"/feeds/all.ics?from=2026-12-01", "/from", "unknown_parameter"},
		{"/feeds/all.ics?q=a", "/q", "unknown_parameter"},
		{"/feeds/all.ics?limit=5", "/limit", "unknown_parameter"},
		{"/feeds/all.ics?exclude_organization=nowhere", "/exclude_organization", "organization_unknown"},
		{"/feeds/all.ics?organization=nowhere", "/organization", "organization_unknown"},
		{"/feeds/all.ics?partnership=nowhere", "/partnership", "partnership_unknown"},
		{"/feeds/all.ics?exclude_organization=", "/exclude_organization", "required"},
		{"/feeds/all.ics?exclude_organization", "/exclude_organization", "required"},
		{
			"/feeds/all.ics?exclude_organization=kiyose&exclude_organization=bunkyo",
			"/exclude_organization",
			"duplicate",
		},
		{"/feeds/all.ics?exclude_organization=Kiyose", "/exclude_organization", "unknown_value"},
		{"/feeds/all.ics?kind=tea", "/kind", "unknown_value"},
		{"/feeds/all.ics?audience=all", "/audience", "unknown_value"},
		{"/feeds/all.ics?place=both", "/place", "unknown_value"},
		{"/feeds/all.ics?area=1", "/area", "unknown_value"},
		{"/feeds/all.ics?reservation=maybe", "/reservation", "unknown_value"},
		{"/feeds/all.ics?%E5%A5%B3=1", "/query", "unknown_parameter"},
		{"/feeds/organizations/kiyose.ics?organization=bunkyo", "/organization", "unknown_parameter"},
		{"/feeds/partnerships/ux.ics?partnership=ux", "/partnership", "unknown_parameter"},
		{"/feeds/kinds/joshikai.ics?kind=salon", "/kind", "unknown_parameter"},
		{single + "?place=online", "/place", "unknown_parameter"},
		{"/feeds/series/" + e.ID.String() + ".ics?x=1", "/x", "unknown_parameter"},
	} {
		r := get(t, b.server, "GET", c.path, "Accept-Language", "en")
		var p httpx.Problem
		if err := json.Unmarshal([]byte(body(t, r)), &p); err != nil {
			t.Errorf("%s: %v", c.path, err)
		}
		if r.StatusCode != 400 || p.Code != "feed_query_invalid" || len(p.Errors) != 1 ||
			p.Errors[0].Field != c.field ||
			p.Errors[0].Code != c.code ||
			p.Errors[0].Detail == "" ||
			!strings.Contains(p.Detail, "calendar") {
			t.Errorf("%s: %d %+v", c.path, r.StatusCode, p)
		}
		if r := get(t, b.feeds.Shortcut(b.server), "HEAD", c.path, "If-None-Match", "*"); r.StatusCode != 400 {
			t.Errorf("%s: HEAD with a validator: %d", c.path, r.StatusCode)
		}
	}
	for _, raw := range []string{"/feeds/all.ics?%zz=1", "/feeds/all.ics?a;b"} {
		if r := get(t, b.server, "GET", raw); r.StatusCode != 400 {
			t.Errorf("%s: %d", raw, r.StatusCode)
		}
	}
	if r := get(t, b.server, "GET", single+"?utm_source=a"); r.StatusCode != 200 {
		t.Errorf("an address that was shared: %d", r.StatusCode)
	}
}
