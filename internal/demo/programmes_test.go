package demo_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// TestMustShow checks each programme through the services, on a month's last day.
func TestMustShow(t *testing.T) {
	t.Parallel()
	b := setup(t, "2026-10-31")
	b.load(t)
	all := b.all(t)
	for id, check := range map[string]func(*testing.T, *bundle, event.Event){
		"ux-joshikai":                   sevenTowns,
		"ux-mamakai":                    mothers,
		"toshima-goudou":                jointConsultation,
		"toshima-supporters-lecture":    supportersOnly,
		"rakunokai-monthly":             thirdOrFourth,
		"osd-salon":                     everyFourth,
		"osd-lectures":                  fiveMonths,
		"wakamono-sawakai":              noRule,
		"furatto-yorugohan":             onceAMonth,
		"comoly":                        onlineOnly,
		"bunkyo-step-joshikai":          stepWomen,
		"bunkyo-step-yotsubaan":         stepForty,
		"bunkyo-step-soudan":            slots,
		"bunkyo-chiyoda-taito-kouenkai": inAnotherWard,
		"bunkyo-jinzai":                 supportersOnly,
		"toshima-network":               partnersOnly,
		"toshima-kyujitsu":              holidayDesk,
		"adachi-shucchou":               fiveTimes,
		"adachi-seminar":                seminar,
		"demo-today":                    openToday,
		"demo-full":                     fullWithALine,
		"demo-lottery":                  drawnByLot,
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			e := all[id]
			check(t, b, e)
			if e.Visibility == event.Public {
				inListsAndFeeds(t, b, e)
			}
		})
	}
}

// inListsAndFeeds: once in each organiser's list and feed, and in everybody's.
func inListsAndFeeds(t *testing.T, b *bundle, e event.Event) {
	t.Helper()
	if n := b.listed(t, search.Filter{}, e); n != 1 {
		t.Errorf("%d times in the list of all", n)
	}
	if n := b.selected(t, search.Selector{}, e); n != 1 {
		t.Errorf("%d times in the feed of all", n)
	}
	if n := b.selected(t, search.Selector{Kind: e.Kind}, e); n != 1 {
		t.Errorf("%d times in the feed of its kind", n)
	}
	for _, o := range e.Organisers {
		slug := o.Organization.Slug
		if n := b.listed(t, search.Filter{Organization: slug}, e); n != 1 {
			t.Errorf("%d times in the list of %s", n, slug)
		}
		if n := b.selected(t, search.Selector{Organization: slug}, e); n != 1 {
			t.Errorf("%d times in the feed of %s", n, slug)
		}
	}
	if e.Series != nil {
		if n := b.selected(t, search.Selector{Series: e.Series.ID}, e); n != 1 {
			t.Errorf("%d times in the feed of its series", n)
		}
	}
}

const seven = "kiyose kunitachi musashino higashiyamato hino bunkyo toshima"

func credits(t *testing.T, e event.Event, want map[event.OrganiserRole]string) {
	t.Helper()
	for _, role := range event.OrganiserRoles {
		if got := slugsOf(e.CreditedTo(role)); got != want[role] {
			t.Errorf("%s: %q, want %q", role, got, want[role])
		}
	}
}

func sevenTowns(t *testing.T, b *bundle, e event.Event) {
	credits(t, e, map[event.OrganiserRole]string{event.Host: seven, event.Cooperator: "ux-kaigi"})
	areas := map[string]bool{}
	for _, o := range e.Occurrences {
		areas[o.Place.AreaCode] = true
		for _, p := range o.Parts {
			if p.Reservation != event.NoReservation || p.Quotas[0].Capacity != 60 {
				t.Errorf("%s: %s, %d seats", p.Name, p.Reservation, p.Quotas[0].Capacity)
			}
		}
		if len(o.Parts) != 2 || o.Parts[1].Audience == "" {
			t.Errorf("parts %+v", o.Parts)
		}
	}
	if len(areas) != 7 || len(e.Occurrences) != 7 {
		t.Errorf("%d dates in %d towns", len(e.Occurrences), len(areas))
	}
	for code := range areas {
		if _, err := b.view(t).ByCode(code); err != nil {
			t.Errorf("area %s: %v", code, err)
		}
	}
	if n := b.selected(t, search.Selector{Partnership: "ux-joshikai"}, e); n != 1 {
		t.Errorf("%d times in the partnership's feed", n)
	}
	// Whoever avoids their own town still finds it.
	if n := b.listed(
		t,
		search.Filter{
			ExcludeOrganization: "hino",
			Kind:                "joshikai",
			Audience:            "women",
			Reservation:         event.NoReservation,
		},
		e,
	); n != 1 {
		t.Errorf("%d times for a woman from Hino", n)
	}
	yes := func(p *bool) bool { return p != nil && *p }
	if a := e.Assurance; !yes(a.NicknameOK) || !yes(a.ListenOnlyOK) || !yes(a.LeaveMidwayOK) || !yes(a.WomenStaff) ||
		a.Press != event.PressNone {
		t.Errorf("安心情報 %+v", a)
	}
}

func mothers(t *testing.T, _ *bundle, e event.Event) {
	credits(t, e, map[event.OrganiserRole]string{event.Host: seven, event.Cooperator: "ux-kaigi"})
	if p := e.Occurrences[0].Parts[0]; p.Reservation != event.NoReservation || e.Kind != "family" {
		t.Errorf("%s, %s", p.Reservation, e.Kind)
	}
}

func jointConsultation(t *testing.T, b *bundle, e event.Event) {
	credits(
		t,
		e,
		map[event.OrganiserRole]string{
			event.Host:   "toshima",
			event.CoHost: "osd toshima-shakyo wakamono ux-kaigi rakunokai workers-coop",
		},
	)
	o := e.Occurrences[0]
	if o.Place.Name != "としまセンタースクエア 全面" || o.Room == nil || o.Booking.Status != booking.Confirmed ||
		o.StartsAt.In(clock.Tokyo).Format("15:04") != "13:30" ||
		o.EndsAt.In(clock.Tokyo).Format("15:04") != "16:30" ||
		o.DoorsAt == nil {
		t.Errorf("%+v", o)
	}
	hall, online, desks := o.Parts[0], o.Parts[1], o.Parts[2]
	if hall.Reservation != event.NoReservation || hall.Quotas[0].Capacity != 80 {
		t.Errorf("hall %+v", hall)
	}
	if online.Reservation != event.Seat || online.Quotas[0].Channel != event.ChannelOnline {
		t.Errorf("online %+v", online)
	}
	if days := clock.DateOf(*online.ClosesAt).AddDays(-1).DaysUntil(clock.DateOf(o.StartsAt)); days != 5 {
		t.Errorf("closes %d days before", days)
	}
	if desks.Reservation != event.NoReservation || len(desks.Booths) != 8 {
		t.Errorf("desks %+v", desks)
	}
	for _, booth := range desks.Booths {
		if booth.By == nil || booth.Offers == "" {
			t.Errorf("booth %+v", booth)
		}
	}
	// An online seat without a name, sex, age or address, and the joining link arrives all the
	// same.
	code, taken := b.take(t, e, online.Quotas[0])
	if taken.Nickname != "" {
		t.Errorf("ticket %+v", taken)
	}
	found, err := b.tickets.Look(t.Context(), code)
	if err != nil || found.JoiningLink == nil || !strings.HasPrefix(found.JoiningLink.URL, "https://") {
		t.Errorf("link %+v, %v", found.JoiningLink, err)
	}
}

// supportersOnly: listed apart from what is for residents, found by those who ask for it.
func supportersOnly(t *testing.T, b *bundle, e event.Event) {
	if e.Visibility != event.Supporters || !slices.Contains(e.AudienceTags, "supporter") {
		t.Errorf("%s %v", e.Visibility, e.AudienceTags)
	}
	if n := b.listed(t, search.Filter{}, e); n != 0 {
		t.Error("in the residents' list")
	}
	if n := b.listed(t, search.Filter{Audience: "supporter"}, e); n != 1 {
		t.Errorf("%d times in the supporters' list", n)
	}
	b.take(t, e, ahead(e, b.clock.Now())[0].Parts[0].Quotas[0])
}

func nthOf(d clock.Date) int { return (d.Day-1)/7 + 1 }

func thirdOrFourth(t *testing.T, b *bundle, e event.Event) {
	s := e.Series
	if s == nil || s.Choose != event.ChooseOne || len(s.Months) != 2 || len(e.Occurrences) != 2 {
		t.Fatalf("%+v with %d dates", s, len(e.Occurrences))
	}
	var chosen []int
	for _, o := range e.Occurrences {
		chosen = append(chosen, nthOf(clock.DateOf(o.StartsAt)))
	}
	if slices.Sort(chosen); !slices.Equal(chosen, []int{3, 4}) {
		t.Errorf("Saturdays %v", chosen)
	}
	open := s.OpenMonths(clock.Today(b.clock), 1)
	if len(open) != 1 || open[0] != clock.NewDate(2027, time.January, 1) {
		t.Fatalf("open %v", open)
	}
	candidates := s.Candidates(open[0])
	if len(candidates) != 2 || nthOf(candidates[0]) != 3 || nthOf(candidates[1]) != 4 {
		t.Errorf("a person can choose from %v", candidates)
	}
}

func everyFourth(t *testing.T, _ *bundle, e event.Event) {
	if e.Series.Choose != event.ChooseEvery || len(e.Occurrences) != 4 {
		t.Fatalf("%s, %d dates", e.Series.Choose, len(e.Occurrences))
	}
	for _, o := range e.Occurrences {
		if d := clock.DateOf(o.StartsAt); nthOf(d) != 4 || d.Weekday() != time.Saturday {
			t.Errorf("%s", d)
		}
	}
}

func fiveMonths(t *testing.T, b *bundle, e event.Event) {
	lecture := []time.Month{time.February, time.April, time.July, time.September, time.November}
	for _, o := range e.Occurrences {
		if m := clock.DateOf(o.StartsAt).Month; !slices.Contains(lecture, m) {
			t.Errorf("in %s", m)
		}
	}
	for _, m := range e.Series.OpenMonths(clock.Today(b.clock), 3) {
		if !slices.Contains(lecture, m.Month) {
			t.Errorf("%s is open", m)
		}
	}
	if e.Series.Choose != event.ChooseFree {
		t.Errorf("choose %s", e.Series.Choose)
	}
}

func noRule(t *testing.T, _ *bundle, e event.Event) {
	if e.Series.Rule != "" || e.Series.Choose != event.ChooseFree || len(e.Occurrences) != 2 {
		t.Errorf("%+v with %d dates", e.Series, len(e.Occurrences))
	}
}

func onceAMonth(t *testing.T, _ *bundle, e event.Event) {
	months := map[time.Month]bool{}
	for _, o := range e.Occurrences {
		months[clock.DateOf(o.StartsAt).Month] = true
	}
	if len(months) != 3 || len(e.Occurrences) != 3 || e.Occurrences[1].Status != event.OccurrenceCancelled {
		t.Errorf("%d dates in %d months, the second is %s", len(e.Occurrences), len(months), e.Occurrences[1].Status)
	}
}

func onlineOnly(t *testing.T, b *bundle, e event.Event) {
	for _, o := range e.Occurrences {
		if o.Place.Kind != event.Online {
			t.Errorf("%+v", o.Place)
		}
	}
	if n := b.listed(t, search.Filter{Place: event.Online}, e); n != 1 {
		t.Errorf("%d times among what is online", n)
	}
	b.take(t, e, e.Occurrences[0].Parts[0].Quotas[0])
}

func stepWomen(t *testing.T, _ *bundle, e event.Event) {
	credits(t, e, map[event.OrganiserRole]string{event.Host: "bunkyo", event.Contractor: "myogadani-club"})
	if e.Fee.Yen == nil || *e.Fee.Yen != 500 {
		t.Errorf("fee %+v", e.Fee)
	}
}

func stepForty(t *testing.T, _ *bundle, e event.Event) {
	credits(t, e, map[event.OrganiserRole]string{event.Host: "bunkyo", event.Contractor: "myogadani-club"})
	if e.Fee.Yen == nil || *e.Fee.Yen != 1000 || !slices.Contains(e.AudienceTags, "over_40") {
		t.Errorf("fee %+v, %v", e.Fee, e.AudienceTags)
	}
}

func slots(t *testing.T, b *bundle, e event.Event) {
	credits(t, e, map[event.OrganiserRole]string{event.Host: "bunkyo", event.Contractor: "myogadani-club"})
	found := b.slots(t, e, e.Occurrences[0])
	lengths := map[time.Duration]int{}
	for _, s := range found {
		lengths[s.EndsAt.Sub(s.StartsAt)]++
		if s.Parties != 1 || len(s.Booths) != 1 {
			t.Errorf("slot %+v", s)
		}
	}
	if len(found) != 6 || lengths[50*time.Minute] != 4 || lengths[30*time.Minute] != 2 {
		t.Errorf("slots of %v", lengths)
	}
	if sum := e.Occurrences[0].Parts[0].Slots; sum == nil || sum.MaxSlots != 1 || sum.Free != 3 {
		t.Errorf("%+v", sum)
	}
	code, _ := b.take(t, e, event.Quota{ID: found[0].ID})
	if held, err := b.tickets.Look(t.Context(), code); err != nil || len(held.Slots()) != 1 {
		t.Errorf("%+v, %v", held, err)
	}
}

// slots gives those of one date.
func (b *bundle) slots(t *testing.T, e event.Event, o event.Occurrence) (found []event.BoothSlot) {
	t.Helper()
	all, err := b.events.Slots(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.OccurrenceID == o.ID {
			found = append(found, s)
		}
	}
	return found
}

func inAnotherWard(t *testing.T, b *bundle, e event.Event) {
	credits(t, e, map[event.OrganiserRole]string{event.Host: "bunkyo chiyoda taito"})
	areas := map[string]event.Occurrence{}
	for _, o := range e.Occurrences {
		areas[o.Place.AreaCode] = o
		if len(o.Parts) != 2 || o.Parts[0].Reservation != event.Seat || o.Parts[1].Reservation != event.Slot {
			t.Errorf("parts %+v", o.Parts)
		}
	}
	if len(areas) != 3 {
		t.Fatalf("in %d wards", len(areas))
	}
	// Someone from Bunkyo finds a date elsewhere and takes a seat; what is stored says nothing of
	// who or from where, and Bunkyo's staff can't list it.
	if n := b.listed(t, search.Filter{ExcludeOrganization: "bunkyo", Partnership: "bunkyo-chiyoda-taito"}, e); n != 1 {
		t.Errorf("%d times outside Bunkyo", n)
	}
	taito := areas["131067"]
	// Two of the three tables, one after the other, on one ticket.
	desks := b.slots(t, e, taito)
	if len(desks) != 6 {
		t.Fatalf("%d slots", len(desks))
	}
	_, both, err := b.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: desks[0].ID, Slots: []uuid.UUID{desks[5].ID}, Seats: 1},
	)
	if err != nil || len(both.Slots()) != 2 || both.Nickname != "" {
		t.Errorf("%+v, %v", both, err)
	}
	_, taken := b.take(t, e, taito.Parts[0].Quotas[0])
	if taken.OccurrenceID != taito.ID || taken.Nickname != "" {
		t.Errorf("ticket %+v", taken)
	}
}

func partnersOnly(t *testing.T, b *bundle, e event.Event) {
	if _, err := b.events.Published(t.Context(), e.ID); !errors.Is(err, event.ErrUnknown) {
		t.Errorf("the public hears %v", err)
	}
	for _, f := range []search.Filter{
		{},
		{Organization: "toshima"},
		{Audience: "partner_group"},
		{Audience: "supporter"},
	} {
		if n := b.listed(t, f, e); n != 0 {
			t.Errorf("in the public list %+v", f)
		}
	}
	for _, s := range []search.Selector{{}, {Organization: "toshima"}, {Kind: "meeting"}} {
		if n := b.selected(t, s, e); n != 0 {
			t.Errorf("in the feed %+v", s)
		}
	}
	for slug, want := range map[string]bool{
		"rakunokai":        true,
		"osd":              true,
		"safetynet-adachi": false,
		"adachi":           false,
	} {
		org, err := b.view(t).BySlug(slug)
		if err != nil {
			t.Fatal(err)
		}
		page, err := b.search.ListForStaff(
			t.Context(),
			org.ID,
			search.StaffFilter{Scope: search.ScopePartners, Limit: 100},
		)
		if err != nil {
			t.Fatal(err)
		}
		if sees := slices.ContainsFunc(page.Items, func(x event.Event) bool { return x.ID == e.ID }); sees != want {
			t.Errorf("%s sees it: %v", slug, sees)
		}
	}
}

func holidayDesk(t *testing.T, _ *bundle, e event.Event) {
	if e.Kind != "consultation" || !slices.Contains(e.AudienceTags, "family") {
		t.Errorf("%s %v", e.Kind, e.AudienceTags)
	}
}

func fiveTimes(t *testing.T, b *bundle, e event.Event) {
	credits(t, e, map[event.OrganiserRole]string{event.Host: "adachi", event.Cooperator: "safetynet-adachi"})
	joint, walkIns := 0, 0
	for _, s := range b.slots(t, e, e.Occurrences[0]) {
		if len(s.Booths) == 2 {
			joint++
		}
		if s.WalkIn {
			walkIns++
		}
	}
	if joint != 1 || walkIns != 5 || len(e.Occurrences[0].Parts[0].Booths) != 5 {
		t.Errorf("%d joint slots, %d for walk-ins", joint, walkIns)
	}
	if e.Series.RuleText != "年5回" || !strings.Contains(e.Occurrences[0].Place.Name, "北千住") ||
		!strings.Contains(e.Description, "3つの地域で出前相談") {
		t.Errorf("%s at %s", e.Series.RuleText, e.Occurrences[0].Place.Name)
	}
}

func seminar(t *testing.T, b *bundle, e event.Event) {
	if o := e.Occurrences[0]; len(o.Parts) != 2 ||
		*o.SittingOf(o.Parts[1].ID) != (event.Sitting{Name: "セミナー", Number: 2, Of: 2}) ||
		o.Parts[1].Quotas[0].Capacity != 40 {
		t.Errorf("sittings %+v", o.Parts)
	}
	if e.Occurrences[1].Status != event.Postponed {
		t.Errorf("the second date is %s", e.Occurrences[1].Status)
	}
	if n := b.listed(t, search.Filter{Audience: "anyone"}, e); n != 1 {
		t.Errorf("%d times among what is for anyone", n)
	}
}

func openToday(t *testing.T, b *bundle, e event.Event) {
	t.Helper()
	book, err := demo.OpenBook(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	token, ok := secret.ParseDoor(book.Door.Token)
	if !ok || book.Door.EventID != e.ID {
		t.Fatalf("day link %+v", book.Door)
	}
	d, err := b.services.Door.Open(t.Context(), token)
	if err != nil || clock.DateOf(d.StartsAt) != clock.Today(b.clock) || len(d.Parts) != 1 ||
		d.Parts[0].Count.Count != 10 ||
		*d.Parts[0].Capacity != 12 {
		t.Errorf("today's door: %+v, %v", d, err)
	}
	public, err := b.events.Published(t.Context(), e.ID)
	if err != nil || public.Upcoming(b.clock.Now())[0].Parts[0].DoorBand != event.BandFew {
		t.Errorf("the public hears %+v, %v", public.Upcoming(b.clock.Now())[0].Parts[0], err)
	}
}

func fullWithALine(t *testing.T, b *bundle, e event.Event) {
	t.Helper()
	book, err := demo.OpenBook(b.dir)
	if err != nil || len(book.Tickets) != 3 || book.Tickets[0].Status != ticket.Confirmed ||
		book.Tickets[1].Status != ticket.Waiting ||
		book.Tickets[2].Status != ticket.Offered {
		t.Fatalf("tickets %+v, %v", book.Tickets, err)
	}
	if afternoon := ahead(e, b.clock.Now())[0].Parts[1]; len(book.Paper.Codes) != 2 ||
		book.Paper.PartID != afternoon.ID ||
		afternoon.Quotas[0].Capacity != 2 {
		t.Errorf("codes on paper %+v, %+v", book.Paper, afternoon.Quotas)
	}
	part := ahead(e, b.clock.Now())[0].Parts[0]
	if !part.WaitingList || part.Quotas[0].Taken != 4 || part.Quotas[0].Capacity != 4 {
		t.Errorf("the next date: %+v", part)
	}
	asked, err := secret.ParseTicket(book.Tickets[2].Secret)
	if err != nil {
		t.Fatal(err)
	}
	next := ahead(e, b.clock.Now())[1]
	if got, err := b.tickets.Look(
		t.Context(),
		asked,
	); err != nil || got.Status != ticket.Offered || got.OfferedUntil == nil || !got.HasContact ||
		got.OccurrenceID != next.ID {
		t.Errorf("who is asked: %+v, %v", got, err)
	}
	if q := next.Parts[0].Quotas[0]; q.Taken != 4 || q.Capacity != 4 {
		t.Errorf("the date whose seat is offered: %+v", q)
	}
	if got, err := b.tickets.Confirm(t.Context(), asked); err != nil || got.Status != ticket.Confirmed {
		t.Errorf("a yes: %+v, %v", got, err)
	}
	holder, err := secret.ParseTicket(book.Tickets[0].Secret)
	if err != nil {
		t.Fatal(err)
	}
	first, err := secret.ParseTicket(book.Tickets[1].Secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.tickets.Cancel(t.Context(), holder); err != nil {
		t.Fatal(err)
	}
	if got, err := b.tickets.Look(t.Context(), first); err != nil || got.Status != ticket.Confirmed {
		t.Errorf("the first in line: %+v, %v", got, err)
	}
}
