package venue

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// OpenTo says to whom a room is open.
type OpenTo string

// To whom.
const (
	OpenToOwn      OpenTo = "own"      // nobody outside sees it
	OpenToPartners OpenTo = "partners" // members of Partnerships
	OpenToEveryone OpenTo = "everyone" // any organization; members of Partnerships may have a term of their own
)

// Room is what can be booked.
type Room struct {
	ID           uuid.UUID
	Organization organization.Ref
	Facility     Facility // without its photos
	Status       Status
	ClosedOn     clock.Date
	CloseReason  string
	ModifiedAt   time.Time
	RoomInput
	Photos []Photo
}

// RoomInput is what an organization says of a room.
type RoomInput struct {
	Name, Kana, English, Floor, Description string
	AreaM2                                  *float64
	Capacity                                int
	FoodOK                                  *bool
	Noise                                   Noise
	SetupMinutes, ClearingMinutes           int
	OpenTo                                  OpenTo
	Partnerships                            []string // slugs
	Spaces                                  []RoomSpace
	Neighbours                              []Neighbour
	Layouts                                 []Layout
	Equipment                               []Equipment
	Uses                                    Uses
	Fees                                    []Fee
	Exemptions                              []Exemption
	Terms                                   []Term
	Position                                int
}

// RoomSpace is a space of a room. Shared is a foyer used in common: rooms that share it can be had
// at one time.
type RoomSpace struct {
	SpaceID uuid.UUID
	Shared  bool
}

// Neighbour is a room that hears this one.
type Neighbour struct {
	RoomID uuid.UUID
	Rule   NoiseRule
}

// Layout is how many a way of seating holds.
type Layout struct {
	Kind     string `json:"kind"` // LayoutKinds
	Capacity int    `json:"capacity"`
}

// LayoutKinds are スクール, シアター, ロの字, コの字, 島, 円, 立食, 和室.
var LayoutKinds = []string{"school", "theater", "square", "u_shape", "islands", "circle", "standing", "tatami"}

// Equipment is what is there, so many of it; Yen is the price of one for a use, nil when it comes
// with the room.
type Equipment struct {
	Kind  string `json:"kind"` // EquipmentKinds
	Name  string `json:"name,omitempty"`
	Count int    `json:"count"`
	Yen   *int   `json:"yen,omitempty"`
}

// EquipmentKinds are the words to search by.
var EquipmentKinds = []string{
	"desk",
	"chair",
	"whiteboard",
	"projector",
	"screen",
	"monitor",
	"microphone",
	"sound_system",
	"lighting",
	"stage",
	"piano",
	"partition",
	"wifi",
	"outlet",
	"hearing_loop",
	"mirror",
	"kitchen",
	"water_heater",
	"play_mat",
	"something_else",
}

// Layout gives how many a way of seating holds; false when the room has no such layout.
func (in RoomInput) Layout(kind string) (int, bool) {
	i := slices.IndexFunc(in.Layouts, func(l Layout) bool { return l.Kind == kind })
	if i < 0 {
		return 0, false
	}
	return in.Layouts[i].Capacity, true
}

// Buffers are setting up and clearing around each use.
func (in RoomInput) Buffers() (setup, clearing time.Duration) {
	return time.Duration(in.SetupMinutes) * time.Minute, time.Duration(in.ClearingMinutes) * time.Minute
}

// Bookable tells whether the room can be asked for at all.
func (r Room) Bookable() bool { return r.Status == Open && r.Facility.Status == Open }

// RoomFilter narrows a list; empty values don't.
type RoomFilter struct {
	Organization, Area, Partnership, Query string
	Facility                               uuid.UUID
	Capacity                               int
	Layout                                 string   // with Capacity: so many in this layout
	Equipment                              []string // all of these
	After                                  uuid.UUID
	Limit                                  int
}

// RoomPage is one page; Next is zero on the last.
type RoomPage struct {
	Items []Room
	Next  uuid.UUID
}
