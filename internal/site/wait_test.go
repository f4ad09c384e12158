package site_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

func TestWishesOfTheWaitingList(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		part := &in.Occurrences[0].Parts[0]
		part.Name, part.WaitingList, part.Quotas[0].Capacity = "第1部", true, 1
		second := *part
		second.Name, second.Quotas = "第2部", []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 1}}
		in.Occurrences[0].Parts = append(in.Occurrences[0].Parts, second)
		next := in.Occurrences[0]
		next.StartsAt, next.EndsAt = next.StartsAt.AddDate(0, 0, 7), next.EndsAt.AddDate(0, 0, 7)
		in.Occurrences = append(in.Occurrences, next)
	}))
	path := "/events/" + e.ID.String()
	form := func(n int) *goquery.Selection { return k.page(path).Find("form.seat-form").Eq(n) }
	var holders []string
	for n := range 4 {
		v := fields(form(n))
		if a := k.post(path+"/tickets", v); a.Code != http.StatusCreated || text(a.doc.Find("h1")) != "席がとれています" {
			t.Fatalf("part %d = %d", n, a.Code)
		}
		holders = append(holders, v.Get("secret"))
	}
	told := text(form(0))
	for _, want := range []string{
		"次の方に先にまわることがあります",
		"12月15日（火）13:30まで",
		"いつでもやめられます",
		"この席だけ",
		"この日の、ほかの部でもよい",
		"ほかの日でもよい",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("before one joins nothing is said of %q: %s", want, told)
		}
	}
	wait := func(reach string) (string, answer) {
		t.Helper()
		v := fields(form(0))
		v.Set("wait_for", reach)
		return v.Get("secret"), k.post(path+"/tickets", v)
	}
	words := map[string]string{"quota": "", "occurrence": "この日の、ほかの部でもよい", "event": "ほかの日でもよい"}
	codes := map[string]string{}
	for _, reach := range []string{"quota", "occurrence", "event"} {
		code, a := wait(reach)
		codes[reach] = code
		shown := text(a.doc.Find(".key-facts"))
		if a.Code != http.StatusCreated || text(a.doc.Find("h1")) != "キャンセル待ちをしています" ||
			strings.Contains(shown, "待ちかた") == (reach == "quota") ||
			!strings.Contains(shown, words[reach]) {
			t.Errorf("%s = %d %s", reach, a.Code, shown)
		}
		if got := text(a.doc.Find("form[action='/t/cancel'] button")); got != "待つのをやめる" {
			t.Errorf("the way out of the line is %q", got)
		}
	}
	// A reach that nobody knows is given back with the choice as it was.
	if _, a := wait("anything"); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown line = %d", a.Code)
	}
	// Leaving frees nothing; the seat of another date goes to the one that would take any date.
	k.post("/t/cancel", formOf("secret", codes["quota"]))
	k.post("/t/cancel", formOf("secret", holders[3]))
	for reach, want := range map[string]string{
		"quota":      "参加をとりやめました",
		"occurrence": "キャンセル待ちをしています",
		"event":      "席がとれています",
	} {
		if got := text(k.post("/t", formOf("secret", codes[reach])).doc.Find("h1")); got != want {
			t.Errorf("%s: %s, want %s", reach, got, want)
		}
	}
	if got := text(
		k.post("/t", formOf("secret", codes["event"])).doc.Find(".key-facts"),
	); !strings.Contains(got, "12月23日") ||
		!strings.Contains(got, "第2部") {
		t.Errorf("the seat is %s", got)
	}
	k.post("/t/cancel", formOf("secret", holders[1]))
	if got := text(
		k.post("/t", formOf("secret", codes["occurrence"])).doc.Find(".key-facts"),
	); !strings.Contains(got, "12月16日") ||
		!strings.Contains(got, "第2部") {
		t.Errorf("the seat is %s", got)
	}
}

// Where only one line can be stood in, nothing is asked.
func TestOneLineIsNotAsked(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		in.Occurrences[0].Parts[0].WaitingList, in.Occurrences[0].Parts[0].Quotas[0].Capacity = true, 1
		next := in.Occurrences[0]
		next.StartsAt, next.EndsAt = next.StartsAt.AddDate(0, 0, 7), next.EndsAt.AddDate(0, 0, 7)
		next.Parts = []event.PartInput{{Reservation: event.NoReservation}}
		in.Occurrences = append(in.Occurrences, next)
	}))
	k.take(e, "")
	form := k.page("/events/" + e.ID.String()).Find("form.seat-form")
	if form.Find("fieldset").Length() != 0 || form.Find(`input[name="wait_for"][value="quota"]`).Length() != 1 {
		t.Errorf("the form asks %s", text(form))
	}
}

func TestDoorBandIsPublic(t *testing.T) {
	t.Parallel()
	k, e, link := entrance(t)
	token, ok := secret.ParseDoor(link)
	if !ok {
		t.Fatal("no link")
	}
	part := e.Occurrences[0].Parts[1].ID
	path := "/events/" + e.ID.String()
	count := func(n int) {
		t.Helper()
		if _, err := k.door.Tap(t.Context(), token, part, tapsOf(n)); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		more int
		want string
	}{{1, "余裕あり"}, {9, "残りわずか"}, {2, "満席"}} {
		count(step.more)
		if got := text(k.page(path).Find(".open-door .badge")); got != step.want {
			t.Errorf("the page says %q, want %q", got, step.want)
		}
		for _, list := range []string{"/", "/events"} {
			if got := text(k.page(list).Find(".badges")); !strings.Contains(got, step.want) {
				t.Errorf("%s says %q, want %q", list, got, step.want)
			}
		}
		if got := text(k.page(path).Find("main")); strings.Contains(got, "12人") || strings.Contains(got, "10人") {
			t.Errorf("the page tells a number: %s", got)
		}
	}
	k.clock.Set(e.Occurrences[0].StartsAt.Add(-7 * time.Hour))
	if n := k.page(path).Find(".open-door .badge").Length(); n != 0 {
		t.Error("a band before anybody counts")
	}
}

func TestWalkInShareIsTold(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		o := &in.Occurrences[0]
		o.StartsAt, o.EndsAt = clock.DateOf(noon).At(14, 0), clock.DateOf(noon).At(16, 0)
		o.Parts[0].Quotas = append(o.Parts[0].Quotas, event.QuotaInput{Channel: event.ChannelWalkIn, Capacity: 5})
	}))
	o := e.Occurrences[0]
	shown := func() string { return text(k.page("/events/" + e.ID.String()).Find(".part .notice")) }
	if got := shown(); !strings.Contains(got, "予約せずに来られる席もあります") || strings.Contains(got, "いま「") {
		t.Errorf("nobody counts: %s", got)
	}
	fits := 2
	if _, err := k.door.SetCapacity(t.Context(), k.by["bunkyo"], e.ID, o.ID, o.Parts[0].ID, &fits); err != nil {
		t.Fatal(err)
	}
	issued, err := k.door.CreateLink(t.Context(), k.by["bunkyo"], e.ID, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.door.Tap(t.Context(), issued.Token, o.Parts[0].ID, tapsOf(2)); err != nil {
		t.Fatal(err)
	}
	if got := shown(); !strings.Contains(got, "予約なしの席は、いま「満席」です。") {
		t.Errorf("two of two: %s", got)
	}
	if k.page("/events/"+e.ID.String()).Find("form.seat-form").Length() != 1 {
		t.Error("the walk-in share shuts the reserved seats")
	}
}

func TestTelephoneTextOnTheTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	hours := 72
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		in.Occurrences[0].Place = event.Place{Kind: event.Online, Name: "オンライン"}
		in.Occurrences[0].Parts[0].Quotas = []event.QuotaInput{{Channel: event.ChannelOnline, Capacity: 5}}
		in.Occurrences[0].Parts[0].JoiningLink = &event.JoiningLinkInput{
			URL:              "https://meet.example/room",
			Phone:            "03-0000-0000に電話して、番号{番号}を伝えてください。",
			OpensHoursBefore: &hours,
		}
	}))
	code := k.take(e, "")
	shown := func() string { return text(k.post("/t", formOf("secret", code)).doc.Find(".notice-good")) }
	if got := shown(); strings.Contains(got, "03-0000-0000") {
		t.Errorf("before the link: %s", got)
	}
	k.clock.Set(e.Occurrences[0].StartsAt.Add(-70 * time.Hour))
	if got := shown(); !strings.Contains(got, "番号（6けたの番号。前の日からここに出ます）を伝えて") {
		t.Errorf("with the link: %s", got)
	}
	k.clock.Set(e.Occurrences[0].StartsAt.Add(-time.Hour))
	typed, err := secret.ParseTicket(code)
	if err != nil {
		t.Fatal(err)
	}
	digits, err := k.tickets.DayCode(t.Context(), typed)
	if err != nil {
		t.Fatal(err)
	}
	if got := shown(); !strings.Contains(got, "番号"+digits.Reveal()+"を伝えて") {
		t.Errorf("on the day: %s", got)
	}
	if strings.Contains(k.page("/events/"+e.ID.String()).Text(), "03-0000-0000") {
		t.Error("the public reads the number")
	}
}
