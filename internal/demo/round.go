package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// season is a draw of rooms. Its days count from today; no event of the demo stands in these rooms.
type season struct {
	lender, facility, room, name, note string
	opens, closes, draws, accept       int
	first, last                        int
	entrants                           []entrant
	drawn                              bool // in the past, before the demo began
}

// entrant applies for times of the same day, the dearest first.
type entrant struct {
	town, title string
	inDays      int
	hours       [][2]int
}

var seasons = []season{
	{
		lender:   "bunkyo",
		facility: "文京区 区民会議室（デモ）",
		room:     "会議室B",
		name:     "区民会議室 来季の抽選",
		note:     "はじめての団体も、どうぞお申し込みください。下見もできます。",
		opens:    -3,
		closes:   18,
		draws:    19,
		accept:   33,
		first:    60,
		last:     150,
		entrants: []entrant{
			{"toshima", "担当者の連絡会", 70, [][2]int{{13, 17}, {9, 12}}},
			{"kiyose", "家族会の集まり", 70, [][2]int{{13, 15}}},
		},
	},
	{
		lender:   "toshima",
		facility: "IKE・Biz としま産業振興プラザ",
		room:     "小会議室（6階）",
		name:     "小会議室 来月からの抽選",
		note:     "結果のお返事をお待ちしています。",
		opens:    -20,
		closes:   -6,
		draws:    -5,
		accept:   9,
		first:    40,
		last:     100,
		drawn:    true,
		entrants: []entrant{
			{
				"kunitachi",
				"相談員の勉強会",
				50,
				[][2]int{{13, 16}, {9, 12}},
			},
			{"hino", "家族のつどいの打合せ", 50, [][2]int{{14, 17}, {18, 20}}},
			{"musashino", "居場所スタッフの会", 50, [][2]int{{13, 15}}},
			{"kiyose", "広域連携の打合せ", 57, [][2]int{{10, 12}}},
		},
	},
}

// rounds announces the draws that don't go on by now. What somebody did with them stays; those that
// are over are followed by new ones.
func (l *loader) rounds(ctx context.Context) error {
	for _, s := range seasons {
		by, err := l.author(s.lender)
		if err != nil {
			return err
		}
		page, err := l.Rounds.List(ctx, round.Filter{Lender: by.Organization, Current: true})
		if err != nil {
			return err
		}
		if len(page.Items) > 0 {
			continue
		}
		room, err := l.roomNamed(ctx, s.lender, s.facility, s.room)
		if err != nil {
			return err
		}
		if room == uuid.Nil || s.drawn && l.Past == nil {
			continue // somebody renamed it
		}
		run := l.announce
		if s.drawn {
			run = l.announceAndDraw
		}
		if err := run(
			ctx,
			by,
			room,
			s,
		); err != nil &&
			!errors.Is(err, round.ErrOverlaps) { // the one before is about to end
			return fmt.Errorf("draw of rooms %s: %w", s.name, err)
		}
	}
	return nil
}

func (l *loader) announce(ctx context.Context, by staff.Author, room uuid.UUID, s season) error {
	_, err := l.enter(ctx, l.Rounds, by, room, s)
	return err
}

// announceAndDraw lets a draw have happened some days ago. One of those that were drawn has
// accepted.
func (l *loader) announceAndDraw(ctx context.Context, by staff.Author, room uuid.UUID, s season) error {
	past, err := l.Past(ctx, l.moment(s.opens))
	if err != nil {
		return err
	}
	defer past.Close()
	r, err := l.enter(ctx, past.rounds, by, room, s)
	if err != nil {
		return err
	}
	for _, days := range []int{s.closes, s.draws} {
		past.clock.Set(l.moment(days))
		if _, err := round.Run(ctx, past.db); err != nil {
			return err
		}
	}
	for _, e := range s.entrants {
		author, err := l.author(e.town)
		if err != nil {
			return err
		}
		all, err := l.Rounds.Applications(ctx, author.Organization, r)
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.Outcome == round.Won {
				_, err := l.Rounds.AcceptResult(ctx, author, a.ID)
				return err
			}
		}
	}
	return nil
}

// enter announces a draw and has everybody apply.
func (l *loader) enter(
	ctx context.Context,
	service *round.Service,
	by staff.Author,
	room uuid.UUID,
	s season,
) (uuid.UUID, error) {
	r, err := service.Create(ctx, by, round.Input{
		Name:            s.name,
		Note:            s.note,
		Rooms:           []uuid.UUID{room},
		FirstDay:        l.today.AddDays(s.first),
		LastDay:         l.today.AddDays(s.last),
		OpensAt:         l.moment(s.opens),
		ClosesAt:        l.moment(s.closes),
		DrawsAt:         l.moment(s.draws),
		AcceptUntil:     l.moment(s.accept),
		ApplicationsMax: 3,
		WishesMax:       3,
	})
	if err != nil {
		return uuid.Nil, err
	}
	for _, e := range s.entrants {
		author, err := l.author(e.town)
		if err != nil {
			return uuid.Nil, err
		}
		if err := l.applyFor(ctx, service, author, r.ID, room, e); err != nil {
			return uuid.Nil, fmt.Errorf("apply as %s: %w", e.town, err)
		}
	}
	return r.ID, nil
}

// applyFor applies for the first day on which the room is open.
func (l *loader) applyFor(
	ctx context.Context,
	service *round.Service,
	by staff.Author,
	draw, room uuid.UUID,
	e entrant,
) error {
	var refused error
	for slip := range searchDays {
		in := round.ApplicationInput{RoundID: draw, Title: e.title}
		for _, h := range e.hours {
			day := l.today.AddDays(e.inDays + slip)
			in.Wishes = append(
				in.Wishes,
				round.Wish{RoomID: room, StartsAt: day.At(h[0], 0), EndsAt: day.At(h[1], 0)},
			)
		}
		_, refused = service.Apply(ctx, by, in)
		if fault.KindOf(refused) != fault.KindConflict {
			return refused
		}
	}
	return refused
}

// moment is nine in the morning so many days from today.
func (l *loader) moment(days int) time.Time { return l.today.AddDays(days).At(9, 0) }
