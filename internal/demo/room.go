package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// stands says in which room a date is held whose place has this name.
var stands = map[string]struct{ owner, facility, room string }{
	"としまセンタースクエア":                   {"toshima", "としまセンタースクエア", "全面"},
	"IKE・Biz としま産業振興プラザ 多目的ホール（6階）": {"toshima", "IKE・Biz としま産業振興プラザ", "多目的ホール（6階）"},
	"北千住の会場（出張総合相談会）":               {"adachi", "北千住の会場（出張総合相談会）", "相談室"},
	"清瀬市内の会場（デモ用の会場）":               {"kiyose", "清瀬市 市民センター（デモ）", "会議室A"},
	"国立市内の会場（デモ用の会場）":               {"kunitachi", "国立市 公民館（デモ）", "会議室A"},
	"武蔵野市内の会場（デモ用の会場）":              {"musashino", "武蔵野市 市民会館（デモ）", "会議室A"},
	"東大和市内の会場（デモ用の会場）":              {"higashiyamato", "東大和市 市民センター（デモ）", "会議室A"},
	"日野市内の会場（デモ用の会場）":               {"hino", "日野市 交流センター（デモ）", "会議室A"},
	"文京区内の会場（デモ用の会場）":               {"bunkyo", "文京区 区民会議室（デモ）", "会議室A"},
	"豊島区内の会場（デモ用の会場）":               {"toshima", "としまセンタースクエア", "A面"},
}

// house books the rooms that an event's dates stand in, the way towns do: asked for, approved,
// confirmed. A date for which the rules don't let one book yet, or whose room is taken, keeps the
// place it was given; a later start tries again.
func (l *loader) house(ctx context.Context, owner staff.Author, e event.Event) (event.Event, error) {
	for _, o := range e.Occurrences {
		at, known := stands[o.Place.Name]
		if !known || o.Room != nil || o.NeedsPlace || o.Status != event.Scheduled || !o.StartsAt.After(l.Clock.Now()) {
			continue
		}
		room, err := l.roomNamed(ctx, at.owner, at.facility, at.room)
		if err != nil {
			return e, err
		}
		if room == uuid.Nil {
			continue // somebody renamed it
		}
		id, err := l.bookRoom(ctx, owner, at.owner, room, e.Title, &o)
		if err != nil {
			return e, fmt.Errorf("book %s: %w", at.room, err)
		}
		if id == uuid.Nil {
			continue
		}
		if e, err = l.Events.SetRoom(ctx, owner, e.ID, o.ID, nil, &id); err != nil {
			return e, fmt.Errorf("take room: %w", err)
		}
	}
	return e, nil
}

func (l *loader) roomNamed(ctx context.Context, owner, facility, room string) (uuid.UUID, error) {
	by, err := l.author(owner)
	if err != nil {
		return uuid.Nil, err
	}
	all, err := l.Venues.RoomsForStaff(ctx, by.Organization, venue.RoomFilter{Limit: venue.MaxLimit})
	if err != nil {
		return uuid.Nil, err
	}
	for _, r := range all.Items {
		if r.Name == room && r.Facility.Name == facility {
			return r.ID, nil
		}
	}
	return uuid.Nil, nil
}

// bookRoom gives a confirmed booking for a date: one that an earlier start left, or a new one. The
// nil id: it can't be had.
func (l *loader) bookRoom(
	ctx context.Context,
	owner staff.Author,
	lender string,
	room uuid.UUID,
	title string,
	o *event.Occurrence,
) (uuid.UUID, error) {
	borrower := staff.Author{Organization: owner.Organization, Actor: owner.Actor}
	doors := o.StartsAt
	if o.DoorsAt != nil {
		doors = *o.DoorsAt
	}
	left, err := l.Bookings.List(
		ctx,
		owner.Organization,
		booking.Filter{Side: booking.Borrower, Room: room, From: doors, To: o.EndsAt, Limit: booking.MaxPage},
	)
	if err != nil {
		return uuid.Nil, err
	}
	for _, b := range left.Items {
		if b.Title == title && !b.Status.Over() && !b.StartsAt.After(doors) && !b.EndsAt.Before(o.EndsAt) {
			return b.ID, l.confirm(ctx, borrower, lender, &b)
		}
	}
	for _, span := range spans(doors, o.EndsAt) {
		b, err := l.Bookings.Place(
			ctx,
			borrower,
			booking.Request{RoomID: room, StartsAt: span[0], EndsAt: span[1], Title: title},
		)
		if _, refused := fault.As(err); refused {
			continue
		}
		if err != nil {
			return uuid.Nil, err
		}
		return b.ID, l.confirm(ctx, borrower, lender, &b)
	}
	return uuid.Nil, nil
}

func (l *loader) confirm(ctx context.Context, borrower staff.Author, lender string, b *booking.Booking) error {
	owner, err := l.author(lender)
	if err != nil {
		return err
	}
	status := b.Status
	if status == booking.Requested {
		d, err := l.Bookings.Approve(
			ctx,
			staff.Author{Organization: owner.Organization, Actor: owner.Actor},
			b.ID,
			"",
		)
		if err != nil {
			return err
		}
		status = d.Status
	}
	if status == booking.Approved {
		_, err = l.Bookings.Confirm(ctx, borrower, b.ID)
	}
	return err
}

// spans are what one would book for a date, the shortest first: its own time, then the demo's
// blocks that hold it.
func spans(from, to time.Time) [][2]time.Time {
	day := clock.DateOf(from)
	all := [][2]time.Time{
		{from, to},
		{day.At(9, 0), day.At(12, 0)},
		{day.At(13, 0), day.At(17, 0)},
		{day.At(18, 0), day.At(21, 30)},
		{day.At(9, 0), day.At(17, 0)},
		{day.At(9, 0), day.At(21, 30)},
	}
	return slices.DeleteFunc(all, func(s [2]time.Time) bool { return s[0].After(from) || s[1].Before(to) })
}
