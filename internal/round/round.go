package round

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// State is where a round stands. Lists are fixed and lots drawn by the worker, within a minute
// or so of their moments.
type State string

// The states.
const (
	Open      State = "open"     // the seed is promised; applications come in from OpensAt to ClosesAt
	Closed    State = "closed"   // the list is fixed
	Drawn     State = "drawn"    // results are to be accepted until AcceptUntil
	Finished  State = "finished" // what is left is first come
	Cancelled State = "cancelled"
)

// Round is a 利用申込期間: who wants rooms of a period applies for them, and lots are drawn. While it
// runs, its rooms' floor is kept for it from everybody but the lender; between closing and draw
// from the lender too, so that the fixed list stays true.
type Round struct {
	ID              uuid.UUID
	Lender          organization.Ref
	Name, Note      string
	FirstDay        clock.Date // of use
	LastDay         clock.Date
	OpensAt         time.Time // applications
	ClosesAt        time.Time
	DrawsAt         time.Time
	AcceptUntil     time.Time // moves with a draw that comes late
	ApplicationsMax int       // of one organization
	WishesMax       int       // of one application
	State           State
	Rooms           []board.RoomRef
	Commitment      lottery.Digest
	Seed            string // hexadecimal digits; "" before the draw
	List            string // "" before it is fixed
	Digest          string
	Withdrawn       []string
	Struck          []lottery.Struck // choices that could not be had any more when lots were drawn
	FixedAt         *time.Time
	DrawnAt         *time.Time
	createdAt       time.Time
}

// Keeps tells whether it keeps its rooms at a moment.
func (r *Round) Keeps(now time.Time) bool {
	return r.State == Open || r.State == Closed || r.State == Drawn && now.Before(r.AcceptUntil)
}

// Limits of rounds.
const (
	MaxRooms   = 100
	MaxDays    = 366
	MaxWishes  = 10
	MaxPage    = 100
	pageLength = 50
)

// Outcome is what became of an application.
type Outcome string

// The outcomes; "" before the draw.
const (
	Won       Outcome = "drawn" // there is a booking
	Lost      Outcome = "lost"  // nothing, and a wish was struck because its room can't be used after all
	NotDrawn  Outcome = "not_drawn"
	NotValid  Outcome = "not_valid" // no wish could be kept when the list was fixed
	Withdrawn Outcome = "withdrawn" // after the list was fixed
)

// Application asks for one time of a round.
type Application struct {
	ID, RoundID uuid.UUID
	Number      string // under which it stands on the list
	Title       string
	People      *int
	Wishes      []Wish // the dearest first
	Outcome     Outcome
	BookingID   *uuid.UUID
	Status      booking.Status // of the booking; "" without
	AnswerUntil *time.Time     // of a result that was neither accepted nor declined
}

// Wish is a room at a time.
type Wish struct {
	RoomID           uuid.UUID `json:"room_id"`
	StartsAt, EndsAt time.Time `json:"-"`
	Dropped          string    `json:"-"` // the code of why it could not be kept; "" for kept
}

// Entry is one number of the published list: by number, and once drawn in the order of the
// draw.
type Entry struct {
	Number    string
	Choices   []string // names of pools
	Pool      string   // that it was drawn for; "" for none
	Withdrawn bool
	Struck    []string // of the choices: not to be had any more when lots were drawn
}

// use is what a wish wants of its room.
func (w Wish) use(people *int) board.Use {
	return board.Use{StartsAt: w.StartsAt, EndsAt: w.EndsAt, People: people, Noise: venue.Normal}
}

// Pool names a room at a time on the list: its id, and begin and end in Japanese time.
func (w Wish) Pool() string {
	const minute = "20060102T1504"
	from, to := w.StartsAt.In(clock.Tokyo), w.EndsAt.In(clock.Tokyo)
	return w.RoomID.String() + ":" + from.Format(minute) + "-" + to.Format(minute)
}

// ParsePool reads what Pool wrote, and nothing else.
func ParsePool(name string) (Wish, bool) {
	const minute = "20060102T1504"
	if len(name) != 36+1+13+1+13 {
		return Wish{}, false
	}
	room, err := uuid.Parse(name[:36])
	from, err1 := time.ParseInLocation(minute, name[37:50], clock.Tokyo)
	to, err2 := time.ParseInLocation(minute, name[51:], clock.Tokyo)
	w := Wish{RoomID: room, StartsAt: from, EndsAt: to}
	return w, err == nil && err1 == nil && err2 == nil && w.Pool() == name
}

// Entries draws again from what is published: no entries before the list is fixed.
func (r *Round) Entries() ([]Entry, error) {
	if r.List == "" {
		return nil, nil
	}
	list, err := lottery.Parse(r.List)
	if err != nil {
		return nil, err
	}
	withdrawn := map[string]bool{}
	for _, n := range r.Withdrawn {
		withdrawn[n] = true
	}
	struck, of := map[lottery.Struck]bool{}, map[string][]string{}
	for _, x := range r.Struck {
		struck[x] = true
		of[x.Number] = append(of[x.Number], x.Pool)
	}
	all := make([]Entry, 0, len(list.Entries))
	if r.Seed == "" {
		for _, e := range list.Entries {
			all = append(all, Entry{Number: e.Number, Choices: e.Choices, Withdrawn: withdrawn[e.Number]})
		}
		return all, nil
	}
	seed, err := lottery.ParseSeed(r.Seed)
	if err != nil {
		return nil, err
	}
	for _, d := range lottery.DrawWithout(list, seed, withdrawn, struck) {
		all = append(
			all,
			Entry{
				Number:    d.Number,
				Choices:   d.Choices,
				Pool:      d.Pool,
				Withdrawn: d.Withdrawn,
				Struck:    of[d.Number],
			},
		)
	}
	return all, nil
}

func (r *Round) facilities() []uuid.UUID {
	all := map[uuid.UUID]bool{}
	for _, room := range r.Rooms {
		all[room.FacilityID] = true
	}
	return slices.AppendSeq(make([]uuid.UUID, 0, len(all)), maps.Keys(all))
}
