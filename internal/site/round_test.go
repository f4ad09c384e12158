package site_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
)

// draws is a round of toshima's hall for February, with applications of two towns; run lets the
// worker come round.
func (k *kit) draws() (hall testkit.Hall, open round.Round, run func()) {
	k.Helper()
	pool := k.bundle.Pool(k)
	hall = testkit.NewHall(
		k,
		pool,
		k.by["toshima"].Organization,
		testkit.HallOptions{
			Partners: []uuid.UUID{k.by["bunkyo"].Organization, k.by["hino"].Organization},
			Slug:     "ux-joshikai",
		},
	)
	db := testkit.Open(k, postgres.Options{URL: k.bundle.LoginURL, Public: 1, Staff: 2, Worker: 1, Clock: k.clock})
	keys, err := secret.NewKeys([]byte("the key of the draws of rooms on pages"))
	if err != nil {
		k.Fatal(err)
	}
	directory := organization.NewDirectory(db)
	rooms := board.NewService(db, directory, keys, rand.Reader)
	service := round.NewService(db, directory, rooms, booking.NewService(db, directory, rooms), rand.Reader)
	author := func(slug string) staff.Author {
		return staff.Author{Organization: k.by[slug].Organization, Actor: k.by[slug].Actor}
	}
	day := func(month time.Month, d int) time.Time {
		year := 2027
		if month > 6 {
			year = 2026
		}
		return clock.NewDate(year, month, d).At(9, 0)
	}
	open, err = service.Create(k.Context(), author("toshima"), round.Input{
		Name:     "2月の抽選<b>",
		Note:     "はじめての団体も歓迎します。",
		Rooms:    []uuid.UUID{hall.A, hall.Whole},
		FirstDay: clock.NewDate(2027, 2, 1),
		LastDay:  clock.NewDate(2027, 2, 28),
		OpensAt: day(
			11,
			20,
		),
		ClosesAt:        day(12, 5),
		DrawsAt:         day(12, 6),
		AcceptUntil:     day(12, 20),
		ApplicationsMax: 2,
		WishesMax:       3,
	})
	if err != nil {
		k.Fatal(err)
	}
	wish := func(room uuid.UUID, d int) round.Wish {
		return round.Wish{
			RoomID:   room,
			StartsAt: clock.NewDate(2027, 2, d).At(9, 0),
			EndsAt:   clock.NewDate(2027, 2, d).At(12, 0),
		}
	}
	for _, slug := range []string{"bunkyo", "hino"} {
		if _, err := service.Apply(
			k.Context(),
			author(slug),
			round.ApplicationInput{
				RoundID: open.ID,
				Title:   "ひみつの会",
				Wishes:  []round.Wish{wish(hall.Whole, 6), wish(hall.A, 7)},
			},
		); err != nil {
			k.Fatal(err)
		}
	}
	return hall, open, func() {
		k.Helper()
		if _, err := round.Run(k.Context(), db); err != nil {
			k.Fatal(err)
		}
	}
}

func TestADrawOfRoomsOnPages(t *testing.T) {
	t.Parallel()
	k := setup(t)
	hall, r, run := k.draws()
	at := "/rounds/" + r.ID.String()
	says := func(path string, wants ...string) string {
		t.Helper()
		got := text(k.page(path).Find("main"))
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", path, want, got)
			}
		}
		for _, secret := range []string{"ひみつの会", "文京区", "日野市"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s says %s", path, secret)
			}
		}
		return got
	}
	now := func() string { return text(k.page(at).Find("[aria-current=step] strong")) }
	says(
		at,
		"2月の抽選<b>",
		"はじめての団体も歓迎します。",
		"申込みを受け付けています",
		"2027年2月1日（月）〜2027年2月28日（日）",
		"12月5日（土）9:00まで",
		"ひとつの団体が出せる申込みは2件まで、1件に書ける希望は3つまで",
		"抽選が終わると出ます。",
	)
	if now() != "申込み" {
		t.Errorf("it stands at %q", now())
	}
	commitment := k.page(at).Find(".sums code").First().Text()
	for _, path := range []string{
		"/facilities",
		"/facilities/" + hall.FacilityID.String(),
		"/rooms/" + hall.A.String(),
	} {
		if k.page(path).Find("a[href='"+at+"']").Length() != 1 {
			t.Errorf("%s does not lead to the draw", path)
		}
	}
	if k.page("/rooms/"+hall.Tea.String()).Find("a[href='"+at+"']").Length() != 0 {
		t.Error("a room beside it leads to the draw")
	}
	if got := k.get(at + "/list.txt"); got.Code != http.StatusNotFound {
		t.Errorf("a list before the closing: %d", got.Code)
	}
	k.clock.Set(r.ClosesAt)
	says(at, "まもなく一覧が決まって")
	run()
	says(at, "申込みの一覧が決まりました", "2件の申込みがありました", "2027年2月6日（土）9:00〜12:00", "ホール全面")
	list := k.get(at + "/list.txt")
	sum := sha256.Sum256(list.Body.Bytes())
	says(at, hex.EncodeToString(sum[:]))
	k.clock.Set(r.DrawsAt)
	run()
	says(at, "抽選しました", "当選")
	page := k.page(at)
	if page.Find("tbody tr").Length() != 2 || page.Find(".badge-good").Length() != 2 ||
		page.Find(".sums code").Length() != 3 ||
		page.Find(".sums code").First().Text() != commitment ||
		now() != "返事" {
		t.Errorf("drawn:\n%s", text(page.Find("main")))
	}
	k.clock.Set(r.AcceptUntil)
	says(at, "抽選は終わりました")
	if k.page("/rooms/"+hall.A.String()).Find("a[href='"+at+"']").Length() != 0 {
		t.Error("the room leads to a draw that is over")
	}
	for _, path := range []string{
		"/rounds/x",
		"/rounds/" + uuid.NewString(),
		"/rounds/" + uuid.NewString() + "/list.txt",
	} {
		if got := k.get(path); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
}

// A draw that came late says so, with the moment that holds now.
func TestALateDrawOnPages(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, r, run := k.draws()
	k.clock.Set(r.DrawsAt.Add(3*time.Hour + time.Minute))
	run()
	got := text(k.page("/rounds/" + r.ID.String()).Find("main"))
	for _, want := range []string{"返事を12月20日（日）12:15まで待っています。", "返事の期限も遅らせました。", "12月20日（日）12:15から", "12月6日（日）9:00"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
	k.clock.Set(r.AcceptUntil.Add(time.Hour)) // the first moment told
	if got := text(k.page("/rounds/" + r.ID.String()).Find("[aria-current=step] strong")); got != "返事" {
		t.Errorf("it stands at %q", got)
	}
	k.clock.Set(r.AcceptUntil.Add(3*time.Hour + 15*time.Minute))
	if got := text(
		k.page("/rounds/" + r.ID.String()).Find("main"),
	); !strings.Contains(got, "抽選は終わりました") ||
		strings.Contains(got, "遅らせました") {
		t.Errorf("over:\n%s", got)
	}
}

// When the days of use were near, those who were drawn have times of their own.
func TestADrawAfterTheFirstDayOnPages(t *testing.T) {
	t.Parallel()
	k := setup(t)
	_, r, run := k.draws()
	k.clock.Set(clock.NewDate(2027, 2, 3).At(9, 0))
	run()
	if got := text(
		k.page("/rounds/" + r.ID.String()).Find("main"),
	); !strings.Contains(got, "抽選は終わりました") || !strings.Contains(got, "返事の期限は、当たった時間ごとにちがいます") ||
		!strings.Contains(got, "当選") {
		t.Errorf("the page says:\n%s", got)
	}
}

func TestBrowserReadsADrawOfRooms(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	hall, r, run := k.draws()
	chromium := browser.Open(t)
	look := func(state string) {
		t.Helper()
		for _, width := range []int64{360, 1280} {
			b := newTab(t, chromium, base, width)
			b.open("/rooms/" + hall.A.String())
			b.axe("a room with a draw")
			b.press("a[href='/rounds/" + r.ID.String() + "']")
			b.expect(".notice-title", state)
			b.click("details.fold summary")
			b.axe("a draw of rooms: " + state)
		}
	}
	look("申込みを受け付けています")
	k.clock.Set(r.ClosesAt)
	run()
	k.clock.Set(r.DrawsAt)
	run()
	look("抽選しました")
}
