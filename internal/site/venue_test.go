package site_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// hall is an open facility of toshima with a room for partners, one of its own and a photo.
func (k *kit) hall() (venue.Facility, venue.Room) {
	k.Helper()
	must := func(err error) {
		k.Helper()
		if err != nil {
			k.Fatal(err)
		}
	}
	service := venue.NewService(k.db, organization.NewDirectory(k.db))
	by := k.by["toshima"]
	f, err := service.CreateFacility(k.Context(), by, venue.FacilityInput{
		Name:        "区民センター<b>",
		AreaCode:    "131164",
		Address:     "東京都豊島区南池袋二丁目45番1号",
		PostalCode:  "171-8422",
		Phone:       "03-0000-0000",
		BarrierFree: []venue.Fact{venue.WheelchairAccess},
		Hours: venue.Calendar{
			Seasons: []venue.Season{{Week: venue.EveryDay(venue.Hours{From: 540, To: 1290})}},
		},
		Spaces: []venue.Space{{Name: "A面"}, {Name: "B面"}},
	})
	must(err)
	_, err = service.OpenFacility(k.Context(), by, f.ID)
	must(err)
	zero, yen := 0, 1200
	in := venue.RoomInput{
		Name:         "全面",
		Capacity:     80,
		OpenTo:       venue.OpenToPartners,
		Partnerships: []string{"ux-joshikai"},
		Spaces:       []venue.RoomSpace{{SpaceID: f.Spaces[0].ID}, {SpaceID: f.Spaces[1].ID}},
		Uses: venue.Uses{
			Mode: venue.ByGrid,
			Grid: 30,
		},
		Fees: []venue.Fee{
			{Payer: "partner", Name: "連携", Hourly: &zero},
			{Payer: "general", Name: "そのほか", Hourly: &yen},
		},
		Terms: []venue.Term{
			{Who: venue.Own, OpensMonths: 6},
			{Who: venue.Partners, OpensMonths: 3, ClosesDays: 7, Payer: "partner"},
		},
	}
	r, err := service.CreateRoom(k.Context(), by, f.ID, in)
	must(err)
	_, err = service.OpenRoom(k.Context(), by, r.ID)
	must(err)
	in.Name, in.OpenTo, in.Spaces = "職員の部屋", venue.OpenToOwn, in.Spaces[:1]
	own, err := service.CreateRoom(k.Context(), by, f.ID, in)
	must(err)
	_, err = service.OpenRoom(k.Context(), by, own.ID)
	must(err)
	var picture bytes.Buffer
	must(jpeg.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 90, 60)), nil))
	_, err = service.AddPhoto(k.Context(), by, f.ID, venue.PhotoInput{Alt: "正面の入口"}, picture.Bytes())
	must(err)
	_, err = service.AddClosing(
		k.Context(),
		by,
		f.ID,
		venue.ClosureInput{
			Starts: clock.NewDate(2026, 12, 6).Start(),
			Ends:   clock.NewDate(2026, 12, 7).Start(),
			Reason: "選挙のため",
		},
	)
	must(err)
	f, err = service.Facility(k.Context(), f.ID)
	must(err)
	return f, r
}

func TestVenuePages(t *testing.T) {
	t.Parallel()
	k := setup(t)
	f, r := k.hall()
	list := k.page("/facilities?area=131164&q=%E5%8C%BA%E6%B0%91")
	if got := text(list.Find("article.card h3")); got != "区民センター<b>" {
		t.Errorf("the list has %q", got)
	}
	if href, _ := list.Find("article.card a").Attr("href"); href != "/facilities/"+f.ID.String() {
		t.Errorf("it leads to %s", href)
	}
	if got := text(k.page("/facilities?q=nowhere").Find(".empty .notice-title")); got == "" {
		t.Error("an empty list says nothing")
	}
	page := k.page("/facilities/" + f.ID.String())
	words := text(page.Find("main"))
	for _, want := range []string{"毎日 9:00〜21:30", "〒171-8422", "12月6日（日）：選挙のため", "車いすで入れます", "全面", "80人まで"} {
		if !strings.Contains(words, want) {
			t.Errorf("the facility does not say %q", want)
		}
	}
	if strings.Contains(words, "職員の部屋") {
		t.Error("the facility shows a room that is its owner's alone")
	}
	img := page.Find("main img")
	src, _ := img.Attr("src")
	if alt, _ := img.Attr("alt"); alt != "正面の入口" || !strings.HasPrefix(src, "/photos/") {
		t.Errorf("the picture %s %q", src, alt)
	}
	photo := k.get(src)
	if photo.Code != http.StatusOK || photo.Header().Get("Content-Type") != "image/jpeg" ||
		!strings.Contains(photo.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("the photo: %d %v", photo.Code, photo.Header())
	}
	room := k.page("/rooms/" + r.ID.String())
	words = text(room.Find("main"))
	for _, want := range []string{
		"使う日の6か月前の同じ日の0:00から申し込めます。",
		"7日前まで申し込めます。",
		"A面＋B面",
		"30分きざみ",
		"1,200円",
		"無料",
		"ひきこもりUX女子会 広域連携",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("the room does not say %q", want)
		}
	}
	if room.Find("table.fee-table th[scope=row]").Length() != 1 {
		t.Error("the fees have no heading a row")
	}
	for path, status := range map[string]int{
		"/facilities/x":                               404,
		"/facilities/" + uuid.NewString():             404,
		"/rooms/x":                                    404,
		"/rooms/" + uuid.NewString():                  404,
		"/photos/x.jpg":                               404,
		"/photos/" + strings.Repeat("a", 64) + ".jpg": 404,
		"/photos/x.png":                               404, "/facilities?area=1": 422, "/facilities?after=x": 400,
	} {
		if got := k.get(path); got.Code != status {
			t.Errorf("%s: %d, want %d", path, got.Code, status)
		}
	}
}
