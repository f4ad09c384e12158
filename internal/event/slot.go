package event

import (
	"time"

	"github.com/google/uuid"
)

// BoothSlot is a bookable time at a booth's table (相談枠), or at several tables at once. Its id is
// that of its quota.
type BoothSlot struct {
	ID           uuid.UUID
	OccurrenceID uuid.UUID
	PartID       uuid.UUID
	StartsAt     time.Time
	EndsAt       time.Time
	Booths       []uuid.UUID // in their order; more than one sit together
	Parties      int         // how many parties fit
	Taken        int         // staff only; the public hears a Band
	WalkIn       bool        // 当日受付: never bookable ahead
	Closed       bool        // by staff; those who hold it keep it
	Accepting    bool
	band         Band // of a walk-in slot, as the door marked it
}

// SlotState says whether a slot can be booked.
type SlotState string

// The states of a slot.
const (
	SlotOpen   SlotState = "open"
	SlotFull   SlotState = "full"
	SlotWalkIn SlotState = "walk_in"      // come without booking
	SlotNotYet SlotState = "not_open_yet" // registration opens later
	SlotClosed SlotState = "closed"       // has begun, or registration is over
)

// Band says how full the slot is, for one that is kept for walk-ins too.
func (s *BoothSlot) Band() Band {
	if s.WalkIn {
		return s.band
	}
	return Quota{Capacity: s.Parties, Taken: s.Taken}.Band()
}

// State gives the state at now, for display; the database judges each request by itself.
func (s *BoothSlot) State(p *Part, now time.Time) SlotState {
	switch {
	case s.Closed, !s.Accepting, !now.Before(s.StartsAt) && !s.WalkIn, !now.Before(s.EndsAt):
		return SlotClosed
	case s.WalkIn:
		return SlotWalkIn
	case p.OpensAt != nil && now.Before(*p.OpensAt):
		return SlotNotYet
	case !now.Before(p.Closes()):
		return SlotClosed
	case s.Band() == BandFull:
		return SlotFull
	}
	return SlotOpen
}

// SlotRule is what holds for all slots of a part.
type SlotRule struct {
	MaxSlots int `json:"max_slots" validate:"min=1,max=10"` // at most on one ticket
	// at least between two slots of a ticket, to walk from table to table
	GapMinutes int `json:"gap_minutes" validate:"min=0,max=120"`
}

// DefaultSlotRule holds until staff set another; the schema has the same.
var DefaultSlotRule = SlotRule{MaxSlots: 3, GapMinutes: 5}

// SlotSum tells of the slots of a part what lists need.
type SlotSum struct {
	SlotRule
	Tickets  int // staff only: parties that hold slots
	Bookable int // not kept for walk-ins and not closed
	Free     int // of these, ahead and not full
	WalkIns  int // kept for walk-ins
}

// Band says how full all slots together are.
func (s *SlotSum) Band() Band { return Quota{Capacity: s.Bookable, Taken: s.Bookable - s.Free}.Band() }

func (s *SlotSum) registration() RegistrationState {
	switch {
	case s == nil || s.Bookable+s.WalkIns == 0:
		return RegistrationNotYet // nothing is laid out yet
	case s.Free > 0:
		return RegistrationOpen
	}
	return RegistrationFull
}

// SlotPlan lays out slots: from From on, one after another with a pause between, as long as they
// end by To.
type SlotPlan struct {
	Booths   []uuid.UUID `json:"booth_ids"     validate:"min=1,max=60,unique"`
	Together bool        `json:"together"` // the booths sit in the same slots; else each has its own
	From     time.Time   `json:"from"          validate:"required"`
	To       time.Time   `json:"to"            validate:"required,gtfield=From"`
	Minutes  int         `json:"minutes"       validate:"min=5,max=720"`
	Pause    int         `json:"pause_minutes" validate:"min=0,max=240"`
	Parties  int         `json:"parties"       validate:"min=0,max=20"` // 0 means 1
	// WalkIns is how many of a table's slots are kept for those who come without booking, spread
	// evenly.
	WalkIns int `json:"walk_ins" validate:"min=0,max=500"`
	// Replace takes away what the booths have between From and To; refused where somebody booked.
	Replace bool `json:"replace"`
}

// MaxPlanned bounds one plan, MaxSlots the slots of a part.
const (
	MaxPlanned = 500
	MaxSlots   = 1000
)

// SlotTime is one slot of a plan.
type SlotTime struct {
	StartsAt, EndsAt time.Time
	WalkIn           bool
}

// Times gives the slots that the plan gives to one table, nil when none fits.
func (p SlotPlan) Times() []SlotTime {
	length, step := time.Duration(p.Minutes)*time.Minute, time.Duration(p.Minutes+p.Pause)*time.Minute
	if length <= 0 || step < length || p.To.Sub(p.From) < length {
		return nil
	}
	n := int((p.To.Sub(p.From)-length)/step) + 1
	times := make([]SlotTime, n)
	kept := min(p.WalkIns, n)
	for i := range times {
		starts := p.From.Add(time.Duration(i) * step)
		times[i] = SlotTime{StartsAt: starts, EndsAt: starts.Add(length), WalkIn: (i+1)*kept/n > i*kept/n}
	}
	return times
}

// SlotChange holds what shall become different about a slot; nil stays.
type SlotChange struct {
	Closed  *bool `json:"closed"`
	WalkIn  *bool `json:"walk_in"`
	Parties *int  `json:"parties" validate:"omitempty,min=1,max=20"`
}

// Sitting is a part's place among the parts of its date that hold the same.
type Sitting struct {
	Name       string
	Number, Of int // counted from 1, in the order of the parts
}

// SittingOf gives the place of a part, nil when it stands alone.
func (o *Occurrence) SittingOf(part uuid.UUID) *Sitting {
	var name string
	for i := range o.Parts {
		if o.Parts[i].ID == part {
			name = o.Parts[i].Sitting
		}
	}
	if name == "" {
		return nil
	}
	s := &Sitting{Name: name}
	for i := range o.Parts {
		if o.Parts[i].Sitting != name {
			continue
		}
		s.Of++
		if o.Parts[i].ID == part {
			s.Number = s.Of
		}
	}
	return s
}
