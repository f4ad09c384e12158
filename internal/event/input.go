package event

import (
	"time"

	"github.com/google/uuid"
)

// Input is what staff enter for a new event. Organisers needn't name the owner, who is added as the first 主催.
type Input struct {
	Visibility   Visibility        `json:"visibility" validate:"omitempty,oneof=public supporters partners"`
	Kind         Kind              `json:"kind" validate:"required,kind"`
	Title        string            `json:"title" validate:"required,max=200,line,filled"`
	Summary      string            `json:"summary" validate:"max=500,line"`
	Description  string            `json:"description" validate:"max=20000,paragraphs"`
	Audience     string            `json:"audience" validate:"max=500,line"`
	AudienceTags []AudienceTag     `json:"audience_tags" validate:"max=9,unique,dive,audience_tag"`
	Assurance    Assurance         `json:"assurance"`
	Fee          Fee               `json:"fee"`
	Website      string            `json:"website" validate:"max=2000,web"`
	Questions    []Question        `json:"questions" validate:"max=4,unique,dive,question"`
	Organisers   []OrganiserInput  `json:"organisers" validate:"max=50,unique=Organization,dive"`
	Occurrences  []OccurrenceInput `json:"occurrences" validate:"max=60,dive"`
}

// OrganiserInput asks an organization to stand on an event.
type OrganiserInput struct {
	Organization string        `json:"organization" validate:"required,max=40"` // slug
	Role         OrganiserRole `json:"role" validate:"required,oneof=host co_host cooperator supporter contractor"`
}

// OccurrenceInput is one date. Without parts it gets one that needs no reservation.
type OccurrenceInput struct {
	StartsAt time.Time   `json:"starts_at" validate:"required"`
	EndsAt   time.Time   `json:"ends_at" validate:"required,gtfield=StartsAt"`
	DoorsAt  *time.Time  `json:"doors_at" validate:"omitempty,ltefield=StartsAt"`
	Place    Place       `json:"place"`
	Note     string      `json:"note" validate:"max=2000,paragraphs"`
	Parts    []PartInput `json:"parts" validate:"max=20,dive"`
	// BookingID names a booking of a room; the place is then the room's, but for its kind.
	BookingID *uuid.UUID `json:"booking_id"`
}

// PartInput is one part; nil times mean those of the occurrence. ID keeps an existing part when parts are replaced.
type PartInput struct {
	ID           *uuid.UUID        `json:"id"`
	Name         string            `json:"name" validate:"max=200,line"`
	Description  string            `json:"description" validate:"max=4000,paragraphs"`
	StartsAt     *time.Time        `json:"starts_at"`
	EndsAt       *time.Time        `json:"ends_at"`
	PlaceNote    string            `json:"place_note" validate:"max=300,line"`
	Audience     string            `json:"audience" validate:"max=500,line"`
	Press        Press             `json:"press" validate:"omitempty,oneof=none present announced_later"`
	Reservation  Reservation       `json:"reservation" validate:"required,oneof=none seat slot lottery"`
	Sitting      string            `json:"sitting" validate:"max=100,line"`
	OpensAt      *time.Time        `json:"opens_at"`
	ClosesAt     *time.Time        `json:"closes_at"`
	DrawsAt      *time.Time        `json:"draws_at"`
	WaitingList  bool              `json:"waiting_list"`
	WaitingUntil *time.Time        `json:"waiting_until"`
	Quotas       []QuotaInput      `json:"quotas" validate:"max=20,dive"`
	Booths       []BoothInput      `json:"booths" validate:"max=60,dive"`
	JoiningLink  *JoiningLinkInput `json:"joining_link"`
}

// QuotaInput is one pool of seats. ID keeps an existing one with its tickets.
type QuotaInput struct {
	ID       *uuid.UUID `json:"id"`
	Channel  Channel    `json:"channel" validate:"required,oneof=in_person online walk_in"` // slots are laid out: see SlotPlan
	Name     string     `json:"name" validate:"max=100,line"`
	Capacity int        `json:"capacity" validate:"min=0,max=100000"`
	MaxSeats int        `json:"max_seats" validate:"min=0,max=20"` // 0 means 1
}

// BoothInput is one table; either an organization's slug or a name. ID keeps an existing one with its slots; without it one of the same name is kept.
type BoothInput struct {
	ID           *uuid.UUID `json:"id"`
	Organization string     `json:"organization" validate:"max=40"`
	Name         string     `json:"name" validate:"required_without=Organization,max=200,line"`
	Offers       string     `json:"offers" validate:"max=1000,line"`
}

// JoiningLinkInput leads into an online part.
type JoiningLinkInput struct {
	URL              string `json:"url" validate:"required,max=2000,https"`
	Note             string `json:"note" validate:"max=1000,paragraphs"`
	Phone            string `json:"phone" validate:"max=1000,paragraphs"`
	OpensHoursBefore *int   `json:"opens_hours_before" validate:"omitempty,min=0,max=1440"` // nil: 24
}

// Change holds what shall become different; nil stays.
type Change struct {
	Visibility   *Visibility       `json:"visibility" validate:"omitempty,oneof=public supporters partners"`
	Kind         *Kind             `json:"kind" validate:"omitempty,kind"`
	Title        *string           `json:"title" validate:"omitempty,min=1,max=200,line,filled"`
	Summary      *string           `json:"summary" validate:"omitempty,max=500,line"`
	Description  *string           `json:"description" validate:"omitempty,max=20000,paragraphs"`
	Audience     *string           `json:"audience" validate:"omitempty,max=500,line"`
	AudienceTags *[]AudienceTag    `json:"audience_tags" validate:"omitempty,max=9,unique,dive,audience_tag"`
	Assurance    *Assurance        `json:"assurance"`
	Fee          *Fee              `json:"fee"`
	Website      *string           `json:"website" validate:"omitempty,max=2000,web"`
	Questions    *[]Question       `json:"questions" validate:"omitempty,max=4,unique,dive,question"`
	Organisers   *[]OrganiserInput `json:"organisers" validate:"omitempty,max=50,unique=Organization,dive"`
}

// OccurrenceChange holds what shall become different on one date; nil stays. New times on a published event are a move.
type OccurrenceChange struct {
	StartsAt *time.Time   `json:"starts_at"`
	EndsAt   *time.Time   `json:"ends_at"`
	DoorsAt  *time.Time   `json:"doors_at"`
	Place    *Place       `json:"place"`
	Note     *string      `json:"note" validate:"omitempty,max=2000,paragraphs"`
	Parts    *[]PartInput `json:"parts" validate:"omitempty,min=1,max=20,dive"`
	// BookingID takes a booking in place of what gave the room before; another place given by Place gives the booking up.
	BookingID *uuid.UUID `json:"booking_id"`
	// MoveBooking moves the date's booking by as much as the date.
	MoveBooking bool `json:"move_booking"`
	// corrects says that the times are those at which a date really took place.
	corrects bool
}

// SeriesInput is what staff enter for a series.
type SeriesInput struct {
	Rule       string   `json:"rule" validate:"max=500"`
	RuleText   string   `json:"rule_text" validate:"required,max=200,line,filled"`
	Choose     Choose   `json:"choose" validate:"required,oneof=every one free"`
	Template   Template `json:"template"`
	FirstMonth string   `json:"first_month" validate:"required,month"` // YYYY-MM
	LastMonth  string   `json:"last_month" validate:"omitempty,month"`
}
