package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// lent is a booking of one of Toshima's rooms, and how far it has come.
type lent struct {
	borrower, room, title  string
	inDays, from, to       int // the first day that can be had, so many days from today; hours
	people                 int
	hold, queue            bool
	stage                  booking.Status
	exemption, asks, notes string
}

// lentRooms are bookings between towns in every state that one meets.
var lentRooms = []lent{
	{
		borrower: "kunitachi",
		room:     "全面",
		title:    "女性の居場所 公開講座",
		inDays:   24,
		from:     13,
		to:       17,
		people:   70,
		hold:     true,
		stage:    booking.Held,
	},
	{
		borrower: "hino",
		room:     "A面",
		title:    "家族のつどい",
		inDays:   24,
		from:     13,
		to:       17,
		people:   25,
		queue:    true,
		stage:    booking.Waiting,
	},
	{
		borrower:  "musashino",
		room:      "A面",
		title:     "若者の居場所の見学会",
		inDays:    26,
		from:      9,
		to:        12,
		people:    15,
		exemption: "welfare",
		asks:      "ひきこもりの相談を受けている職員の研修のためです",
		notes:     "机を島の形に並べたいのですが、準備の時間に入れますか。",
		stage:     booking.Requested,
	},
	{
		borrower: "bunkyo",
		room:     "多目的ホール（6階）",
		title:    "合同相談会の打合せ",
		inDays:   28,
		from:     13,
		to:       17,
		people:   40,
		stage:    booking.Approved,
	},
	{
		borrower:  "kiyose",
		room:      "全面",
		title:     "ひきこもりUX女子会 準備会",
		inDays:    30,
		from:      9,
		to:        12,
		people:    30,
		exemption: "cohosted",
		asks:      "豊島区と共催の催しの準備のためです",
		notes:     "当日は8時半に鍵を受け取りに伺います。",
		stage:     booking.Confirmed,
	},
	{
		borrower: "toshima",
		room:     "小会議室（6階）",
		title:    "担当者の打合せ",
		inDays:   14,
		from:     10,
		to:       12,
		people:   6,
		stage:    booking.Confirmed,
	},
}

// lender is the town whose rooms these are.
const lender = "toshima"

// searchDays is how far a booking may slip when its day can't be had.
const searchDays = 21

// bookings makes those that are not there yet; what somebody did with them in the demo stays. Past
// ones are followed by new ones.
func (l *loader) bookings(ctx context.Context) error {
	owner, err := l.author(lender)
	if err != nil {
		return err
	}
	rooms, err := l.Venues.RoomsForStaff(ctx, owner.Organization, venue.RoomFilter{Limit: venue.MaxLimit})
	if err != nil {
		return err
	}
	ids := map[string]uuid.UUID{}
	for _, r := range rooms.Items {
		ids[r.Name] = r.ID
	}
	known := map[string]bool{}
	page, err := l.Bookings.List(ctx, owner.Organization, booking.Filter{From: l.Clock.Now(), Limit: booking.MaxPage})
	if err != nil {
		return err
	}
	for _, b := range page.Items {
		known[b.Title] = true
	}
	for _, b := range lentRooms {
		if known[b.title] {
			continue
		}
		if err := l.lend(ctx, owner, ids[b.room], b); err != nil {
			return fmt.Errorf("booking %s: %w", b.title, err)
		}
	}
	if known[monthlyTitle] {
		return nil
	}
	return l.monthly(ctx, ids["B面"])
}

// lend places a booking on the first day that can be had and brings it to its stage.
func (l *loader) lend(ctx context.Context, owner staff.Author, room uuid.UUID, b lent) error {
	by, err := l.author(b.borrower)
	if err != nil {
		return err
	}
	made, err := l.firstDay(ctx, by, room, b)
	if err != nil {
		return err
	}
	if b.notes != "" {
		if _, err := l.Bookings.AddNote(ctx, by, made.ID, b.notes); err != nil {
			return err
		}
	}
	if b.stage != booking.Approved && b.stage != booking.Confirmed || made.Status == booking.Confirmed {
		return nil
	}
	if b.exemption != "" {
		if _, err := l.Bookings.DecideExemption(ctx, owner, made.ID, true, "共催の催しと認めます"); err != nil {
			return err
		}
	}
	if _, err := l.Bookings.Approve(ctx, owner, made.ID, "終わったら、机と椅子を元の位置に戻してください。"); err != nil {
		return err
	}
	if b.stage == booking.Confirmed {
		_, err = l.Bookings.Confirm(ctx, by, made.ID)
	}
	return err
}

func (l *loader) firstDay(ctx context.Context, by staff.Author, room uuid.UUID, b lent) (booking.Booking, error) {
	var refused error
	for slip := range searchDays {
		day := l.today.AddDays(b.inDays + slip)
		r := booking.Request{
			RoomID:          room,
			StartsAt:        day.At(b.from, 0),
			EndsAt:          day.At(b.to, 0),
			Hold:            b.hold,
			Queue:           b.queue,
			Title:           b.title,
			People:          &b.people,
			ExemptionClass:  b.exemption,
			ExemptionReason: b.asks,
		}
		made, err := l.Bookings.Place(ctx, by, r)
		if k := fault.KindOf(err); err != nil && (k == fault.KindConflict || k == fault.KindFull) {
			refused = err
			continue
		}
		return made, err
	}
	return booking.Booking{}, refused
}

const monthlyTitle = "第4土曜日の集まり"

// monthly books every fourth Saturday of the months that can be booked by now.
func (l *loader) monthly(ctx context.Context, room uuid.UUID) error {
	by, err := l.author("higashiyamato")
	if err != nil {
		return err
	}
	_, err = l.Bookings.PlaceSeries(ctx, by, booking.SeriesRequest{
		Request: booking.Request{
			RoomID: room,
			Title:  monthlyTitle,
		},
		Rule:   "FREQ=MONTHLY;BYDAY=4SA",
		Starts: 13 * 60,
		Ends:   17 * 60,
		First:  l.today.AddDays(8),
		Last:   clock.NewDate(l.today.Year, l.today.Month+time.Month(12), 1),
	})
	if err != nil {
		return fmt.Errorf("series %s: %w", monthlyTitle, err)
	}
	return nil
}
