package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func (b *bundle) openFacility(t *testing.T, of organization.Ref, in venue.FacilityInput) uuid.UUID {
	t.Helper()
	by := staff.Author{Organization: of.ID, Actor: postgres.StaffActor(b.adminID)}
	f, err := b.options.Venues.CreateFacility(t.Context(), by, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.options.Venues.OpenFacility(t.Context(), by, f.ID); err != nil {
		t.Fatal(err)
	}
	return f.ID
}

// town gives a municipality facilities as they are: with and without an ID in its list, with hours
// that a list has no columns for, and signs that CP932 lacks.
func (b *bundle) town(t *testing.T) (own []uuid.UUID) {
	t.Helper()
	lat, lon := 35.7319714, 139.7153201
	closed := venue.Calendar{
		Seasons: []venue.Season{
			{
				Week: venue.Week{
					Tue: []venue.Hours{{From: 9 * 60, To: 12 * 60}, {From: 13 * 60, To: 22 * 60}},
					Sat: []venue.Hours{{From: 10 * 60, To: venue.EndOfDay}},
				},
			},
		},
		Closed: []venue.ClosedRule{
			{Kind: venue.ClosedNth, Weekday: "mon", Nth: []int{2, 4}},
		},
		Holidays: venue.HolidaysClosed,
	}
	for _, in := range []venue.FacilityInput{
		{
			Name:        "としまセンタースクエア",
			Kana:        "トシマセンタースクエア",
			English:     "Toshima Center Square",
			AreaCode:    "131164",
			PostalCode:  "171-8422",
			Address:     "東京都豊島区南池袋2-45-1",
			Building:    "豊島区役所1階",
			Latitude:    &lat,
			Longitude:   &lon,
			Phone:       "03-3981-1111",
			Website:     "https://www.city.toshima.example.jp/square",
			Description: "催しに。\n展示にも。",
			OutsideID:   "0007",
			BarrierFree: []venue.Fact{"ostomate_toilet", "wheelchair_access"},
			Barriers:    []venue.Fact{"captions"},
			BarrierNote: "筆談—ご相談ください",
			Hours:       closed,
			HoursNote:   "受付は9:00〜17:00",
		},
		{
			Name:        "𠮷田会館",
			AreaCode:    "131164",
			Address:     "東京都豊島区東池袋1−1",
			Hours:       closed,
			Description: "=見出し",
			BarrierFree: []venue.Fact{"wheelchair_access"},
		},
		{Name: "区の山の家", AreaCode: "132098", Address: "東京都町田市1-1", Email: "yama@example.jp"},
	} {
		own = append(own, b.openFacility(t, b.toshima, in))
	}
	return own
}

func (b *bundle) bring(t *testing.T, query string, file []byte) api.ImportReport {
	t.Helper()
	return must[api.ImportReport](
		t,
		b,
		200,
		req{
			operation: "importFacilities",
			auth:      bearer(b.publisher),
			body:      file,
			query:     query,
			header:    map[string]string{"Content-Type": "text/csv"},
		},
	)
}

// A town's own list, taken back as it was written, changes nothing in either edition and encoding.
func TestTheOwnListComesBackUnchanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	own := b.town(t)
	before := b.rows(t)
	for _, query := range []string{"", "?encoding=cp932", "?edition=legacy", "?edition=legacy&encoding=cp932"} {
		file := b.send(t, http.MethodGet, "/opendata/131164_public_facility.csv"+query, req{})
		if file.StatusCode != 200 || !strings.Contains(string(file.raw), own[1].String()) {
			t.Fatalf("%q: %d %s", query, file.StatusCode, file.raw)
		}
		for _, run := range []string{"?dry_run=true", ""} {
			if got := b.bring(t, run, file.raw); got.Unchanged != len(own) || got.Created+got.Changed+got.Refused != 0 {
				t.Errorf("%q%s: %+v", query, run, got)
			}
		}
	}
	if b.rows(t) != before {
		t.Error("something was written")
	}
	// What somebody wrote into the file since does change.
	file := b.send(t, http.MethodGet, "/opendata/131164_public_facility.csv?encoding=cp932", req{})
	if got := b.bring(
		t,
		"?dry_run=true",
		[]byte(strings.Replace(string(file.raw), "03-3981-1111", "03-3981-2222", 1)),
	); got.Changed != 1 ||
		got.Unchanged != len(own)-1 {
		t.Errorf("a new number: %+v", got)
	}
}

func TestAnImportFindsOnlyTheOrganizationsOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	own := b.town(t)
	other := b.openFacility(t, b.bunkyo, venue.FacilityInput{Name: "文京の会館", AreaCode: "131059", Address: "東京都文京区春日1-1"})
	list := func(id, name, address string) []byte {
		return []byte("全国地方公共団体コード,ID,名称,所在地_連結表記\n131164," + id + "," + name + "," + address + "\n")
	}
	for what, c := range map[string]struct {
		file             []byte
		created, changed int
	}{
		"its own id, renamed":              {list(own[1].String(), "吉田会館", "東京都豊島区東池袋1-1"), 0, 1},
		"the id of another organization's": {list(other.String(), "文京の会館", "東京都文京区春日1-1"), 1, 0},
		"a new id, the same place":         {list("0042", "𠮷田会館", "東京都豊島区東池袋１－１"), 0, 1},
		"a new id, another address":        {list("0042", "𠮷田会館", "東京都豊島区巣鴨1-1"), 1, 0},
		"a place that has another id":      {list("0042", "としまセンタースクエア", "東京都豊島区南池袋2-45-1"), 1, 0},
	} {
		if got := b.bring(t, "?dry_run=true", c.file); got.Created != c.created || got.Changed != c.changed ||
			got.Refused != 0 {
			t.Errorf("%s: %+v", what, got)
		}
	}
	// The new ID stays with the facility, and its own still finds it.
	adopt := list("0042", "𠮷田会館", "東京都豊島区東池袋1-1")
	if got := b.bring(t, "", adopt); got.Changed != 1 || *got.Rows[0].FacilityID != own[1] {
		t.Errorf("the first time: %+v", got)
	}
	for _, id := range []string{"0042", own[1].String()} {
		if got := b.bring(t, "", list(id, "𠮷田会館", "東京都豊島区東池袋1-1")); got.Unchanged != 1 {
			t.Errorf("again by %s: %+v", id, got)
		}
	}
	if f := must[api.Facility](
		t,
		b,
		200,
		req{operation: "getFacility", path: map[string]string{"facility_id": own[1].String()}},
	); f.OutsideID != "0042" {
		t.Errorf("its ID in the list is %q", f.OutsideID)
	}
	if f := must[api.Facility](
		t,
		b,
		200,
		req{operation: "getFacility", path: map[string]string{"facility_id": other.String()}},
	); f.OutsideID != "" ||
		f.Organization.Slug != "bunkyo" {
		t.Errorf("the other organization's became %+v", f)
	}
}
