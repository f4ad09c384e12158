package venue

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// Status is where a facility or a room stands.
type Status string

// The states. Draft is seen by its own staff only; closed stays to be seen, so that people learn of
// it.
const (
	Draft  Status = "draft"
	Open   Status = "open"
	Closed Status = "closed"
)

// Facility is a building, or the part of one, that an organization looks after.
type Facility struct {
	ID           uuid.UUID
	Organization organization.Ref
	Status       Status
	ClosedOn     clock.Date // zero unless closed
	CloseReason  string
	ModifiedAt   time.Time
	FacilityInput
	Photos []Photo // of the facility itself
}

// FacilityInput is what an organization says of a facility.
type FacilityInput struct {
	Name, Kana, English, Alias   string
	AreaCode                     string // 全国地方公共団体コード
	PostalCode                   string // 170-0013
	Address                      string // from the prefecture on
	Building                     string // 方書
	Latitude, Longitude          *float64
	Access                       string
	Phone, PhoneExtension, Email string // the desk's
	Website                      string
	Description, FloorInfo       string
	OperatedBy                   string // 指定管理者
	CorporateNumber              string // 法人番号
	POICode                      string
	OutsideID                    string // in the town's own list
	BarrierFree, Barriers        []Fact // what there is, and what there is not
	BarrierNote                  string
	Hours                        Calendar
	HoursNote                    string
	Position                     int
	Spaces                       []Space
}

// Space is an atomic piece of floor.
type Space struct {
	ID    uuid.UUID // zero for a new one
	Name  string
	Floor string
}

// Fact is something that makes a building easier to come to; the words follow the columns of
// 公共施設一覧.
type Fact string

// The facts.
const (
	WheelchairAccess   Fact = "wheelchair_access"
	WheelchairLoan     Fact = "wheelchair_loan"
	CaneLoan           Fact = "cane_loan"
	MultipurposeToilet Fact = "multipurpose_toilet"
	SlopeElevator      Fact = "slope_elevator"
	TactilePaving      Fact = "tactile_paving"
	BrailleVoice       Fact = "braille_voice"
	AssistanceDog      Fact = "assistance_dog"
	Captions           Fact = "captions"
	Writing            Fact = "writing"
	PriorityParking    Fact = "priority_parking"
	OstomateToilet     Fact = "ostomate_toilet"
	NursingRoom        Fact = "nursing_room"
	DiaperTable        Fact = "diaper_table"
	FoodDrink          Fact = "food_drink"
	StrollerLoan       Fact = "stroller_loan"
	StrollerUse        Fact = "stroller_use"
)

// Facts lists them in the order of 公共施設一覧.
var Facts = []Fact{
	WheelchairAccess,
	WheelchairLoan,
	CaneLoan,
	MultipurposeToilet,
	SlopeElevator,
	TactilePaving,
	BrailleVoice,
	AssistanceDog,
	Captions,
	Writing,
	PriorityParking,
	OstomateToilet,
	NursingRoom,
	DiaperTable,
	FoodDrink,
	StrollerLoan,
	StrollerUse,
}

// ClosureInput is a closing for once, of the whole facility or of one room.
type ClosureInput struct {
	Room   *uuid.UUID
	Starts time.Time
	Ends   time.Time
	Reason string
}

// ClosureEntry is one that is stored.
type ClosureEntry struct {
	ID   uuid.UUID
	Room *uuid.UUID
	Closure
}

// LocalHoliday is an organization's own holiday, or a national one on which it works (Observed
// false).
type LocalHoliday struct {
	Day      clock.Date
	Name     string
	Observed bool
}

// FacilityFilter narrows a list; empty values don't.
type FacilityFilter struct {
	Organization, Area, Query string
	After                     uuid.UUID // the facility that a page ended with
	Limit                     int
}

// FacilityPage is one page; Next is zero on the last.
type FacilityPage struct {
	Items []Facility
	Next  uuid.UUID
}
