package round

import (
	"cmp"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// Input opens a round.
type Input struct {
	Name            string      `json:"name"             validate:"line,filled,max=100"`
	Note            string      `json:"note"             validate:"paragraphs,max=1000"`
	Rooms           []uuid.UUID `json:"room_ids"         validate:"min=1,max=100,unique"`
	FirstDay        clock.Date  `json:"first_day"`
	LastDay         clock.Date  `json:"last_day"`
	OpensAt         time.Time   `json:"opens_at"`
	ClosesAt        time.Time   `json:"closes_at"`
	DrawsAt         time.Time   `json:"draws_at"`
	AcceptUntil     time.Time   `json:"accept_until"`
	ApplicationsMax int         `json:"applications_max" validate:"min=1,max=10"`
	WishesMax       int         `json:"wishes_max"       validate:"min=1,max=10"`
}

// clean tidies the texts and tells every broken rule at once, by the names the caller wrote.
func (in Input) clean() (Input, error) {
	in = check.Tidy(in)
	refusal := in.checkTimes(roundRules().Struct(ErrInvalid, in))
	// Tags are judged before moments; the answer has the fields in the order of the form.
	slices.SortStableFunc(refusal.Fields, func(a, b fault.Field) int {
		return cmp.Compare(slices.Index(fieldOrder, a.Name), slices.Index(fieldOrder, b.Name))
	})
	return in, refusal.Or()
}

var fieldOrder = []string{
	"name", "note", "room_ids", "last_day", "closes_at", "draws_at", "accept_until", "opens_at", "applications_max",
	"wishes_max",
}

// checkTimes adds the rules that look at several fields.
func (in *Input) checkTimes(refusal *fault.Error) *fault.Error {
	if in.FirstDay.Year < 2000 || in.LastDay.Year > 2099 || in.LastDay.Before(in.FirstDay) ||
		in.FirstDay.AddDays(MaxDays).Before(in.LastDay) {
		refusal = refusal.Field("last_day", "times_out_of_order")
	}
	if !in.OpensAt.Before(in.ClosesAt) {
		refusal = refusal.Field("closes_at", "times_out_of_order")
	}
	if in.DrawsAt.Before(in.ClosesAt) {
		refusal = refusal.Field("draws_at", "times_out_of_order")
	}
	if !in.DrawsAt.Before(in.AcceptUntil) || in.FirstDay.Start().Before(in.AcceptUntil) {
		refusal = refusal.Field("accept_until", "times_out_of_order")
	}
	if in.OpensAt.Year() < 2000 {
		refusal = refusal.Field("opens_at", "year_out_of_range")
	}
	return refusal
}

// Change changes a round; nil leaves as it is.
type Change struct {
	Name, Note                              *string
	OpensAt, ClosesAt, DrawsAt, AcceptUntil *time.Time
	ApplicationsMax, WishesMax              *int
}

// onto gives what a round becomes. Its rooms can't be changed; they are not looked at again.
func (c *Change) onto(r *Round) Input {
	in := Input{
		Name:            r.Name,
		Note:            r.Note,
		Rooms:           []uuid.UUID{uuid.Nil},
		FirstDay:        r.FirstDay,
		LastDay:         r.LastDay,
		OpensAt:         r.OpensAt,
		ClosesAt:        r.ClosesAt,
		DrawsAt:         r.DrawsAt,
		AcceptUntil:     r.AcceptUntil,
		ApplicationsMax: r.ApplicationsMax,
		WishesMax:       r.WishesMax,
	}
	replace(&in.Name, c.Name)
	replace(&in.Note, c.Note)
	replace(&in.OpensAt, c.OpensAt)
	replace(&in.ClosesAt, c.ClosesAt)
	replace(&in.DrawsAt, c.DrawsAt)
	replace(&in.AcceptUntil, c.AcceptUntil)
	replace(&in.ApplicationsMax, c.ApplicationsMax)
	replace(&in.WishesMax, c.WishesMax)
	return in
}

func replace[T any](target *T, by *T) {
	if by != nil {
		*target = *by
	}
}

// ApplicationInput is what an organization hands in.
type ApplicationInput struct {
	RoundID uuid.UUID
	Title   string `json:"title"  validate:"line,filled,max=200"`
	People  *int   `json:"people" validate:"omitempty,min=1,max=100000"`
	Wishes  []Wish `json:"wishes" validate:"min=1,max=10"` // of thousands none is looked at
}

// clean tidies the title, brings the times into UTC and tells every broken rule at once.
func (in ApplicationInput) clean() (ApplicationInput, error) {
	in = check.Tidy(in)
	refusal := applicationRules().Struct(ErrWish, in)
	if len(in.Wishes) > MaxWishes {
		return in, refusal
	}
	seen := map[string]bool{}
	for i := range in.Wishes {
		w := &in.Wishes[i]
		w.StartsAt, w.EndsAt = w.StartsAt.UTC(), w.EndsAt.UTC()
		if pool := w.Pool(); seen[pool] {
			refusal = refusal.Field("wishes", "wish_twice")
		} else {
			seen[pool] = true
		}
	}
	return in, refusal.Or()
}

var (
	roundRules       = sync.OnceValue(func() *check.Rules { return check.New(nil, roundCode) })
	applicationRules = sync.OnceValue(func() *check.Rules { return check.New(nil, applicationCode) })
)

// roundCode names a broken rule of a round as the API does. Its two numbers have the same bound.
func roundCode(b check.Broken) (code string, params []any) {
	switch b.Kind {
	case reflect.String:
		return check.TextCode(b)
	case reflect.Int:
		return "too_large", []any{"max", MaxWishes}
	}
	return "unknown_value", nil
}

// applicationCode names a broken rule of an application as the API does.
func applicationCode(b check.Broken) (code string, params []any) {
	switch b.Kind {
	case reflect.String:
		return check.TextCode(b)
	case reflect.Int:
		return "too_small", []any{"min", 1}
	}
	return "too_many", nil
}
