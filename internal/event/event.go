package event

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// Status is where an event stands; see the package comment.
type Status string

// The states of an event.
const (
	Draft     Status = "draft"
	Submitted Status = "submitted"
	Published Status = "published"
	Cancelled Status = "cancelled"
)

// Visibility says who an event is listed for.
type Visibility string

// The visibilities. Supporters' events are listed apart from what is for residents; partners'
// events are never in a public list or feed.
const (
	Public     Visibility = "public"
	Supporters Visibility = "supporters"
	Partners   Visibility = "partners"
)

// Kind is what sort of gathering it is.
type Kind string

// Kinds in the order in which pages offer them.
var Kinds = []Kind{
	"joshikai",
	"ibasho",
	"family",
	"salon",
	"consultation",
	"joint_consultation",
	"lecture",
	"seminar",
	"online",
	"training",
	"meeting",
}

// AudienceTag lets people filter; the full wording stands in Event.Audience.
type AudienceTag string

// AudienceTags in the order in which pages offer them.
var AudienceTags = []AudienceTag{
	"anyone",
	"self",
	"women",
	"family",
	"parents",
	"young",
	"over_40",
	"supporter",
	"partner_group",
}

// Question is one that whoever takes a seat may answer, or not; see package report.
type Question string

// Questions in the order in which they are asked: age bracket; gender; whether one comes for
// oneself, for a relative or as a supporter; home municipality.
var Questions = []Question{AskAge, AskGender, AskStanding, AskHome}

// The questions.
const (
	AskAge      Question = "age"
	AskGender   Question = "gender"
	AskStanding Question = "standing"
	AskHome     Question = "home"
)

// Press says whether journalists attend.
type Press string

// What can be said about journalists.
const (
	PressNone           Press = "none"
	PressPresent        Press = "present"
	PressAnnouncedLater Press = "announced_later"
)

// Event is one published thing.
type Event struct {
	ID           uuid.UUID
	Owner        organization.Ref
	Status       Status
	Visibility   Visibility
	Kind         Kind
	Title        string
	Summary      string
	Description  string
	Audience     string
	AudienceTags []AudienceTag
	Assurance    Assurance
	Fee          Fee
	Website      string
	Questions    []Question // asked of those who take seats, for the yearly report
	Organisers   []Organiser
	Occurrences  []Occurrence // by start
	Series       *Series
	PublishedAt  *time.Time
	CancelledAt  *time.Time
	CancelReason string
	ModifiedAt   time.Time
}

// Assurance is 安心情報: what helps a person dare to come. nil means not stated.
type Assurance struct {
	NicknameOK    *bool `json:"nickname_ok"`
	ListenOnlyOK  *bool `json:"listen_only_ok"`
	LeaveMidwayOK *bool `json:"leave_midway_ok"`
	WomenStaff    *bool `json:"women_staff"`
	CompanionOK   *bool `json:"companion_ok"`
	Wheelchair    *bool `json:"wheelchair"`
	SignLanguage  *bool `json:"sign_language"`
	ChildCare     *bool `json:"child_care"`
	Press         Press `json:"press"           validate:"omitempty,oneof=none present announced_later"`
	// AttendingOffices names the offices whose staff are there, so that nobody meets their own
	// caseworker by surprise.
	AttendingOffices []string `json:"attending_offices" validate:"max=20,dive,required,max=100,line"`
}

// Fee in yen; nil means not stated, 0 is free of charge.
type Fee struct {
	Yen  *int   `json:"yen"  validate:"omitempty,min=0,max=1000000"`
	Note string `json:"note" validate:"max=500,line"`
}

// OrganiserRole is how an organization stands on an event.
type OrganiserRole string

// 主催, 共催, 協力, 後援, 委託.
const (
	Host       OrganiserRole = "host"
	CoHost     OrganiserRole = "co_host"
	Cooperator OrganiserRole = "cooperator"
	Supporter  OrganiserRole = "supporter"
	Contractor OrganiserRole = "contractor"
)

// OrganiserRoles in the order in which they are credited.
var OrganiserRoles = []OrganiserRole{Host, CoHost, Contractor, Cooperator, Supporter}

// Approval is a co-organiser's own word.
type Approval string

// The approvals.
const (
	Pending  Approval = "pending"
	Approved Approval = "approved"
	Declined Approval = "declined"
)

// Organiser is one organization on an event, in the agreed order.
type Organiser struct {
	Organization organization.Ref
	Role         OrganiserRole
	Approval     Approval
	DecidedAt    *time.Time
	AskedAgain   *Inquiry // for staff: it is asked again; nil when it is not
}

// Upcoming gives the occurrences that have not ended at now.
func (e *Event) Upcoming(now time.Time) []Occurrence {
	var upcoming []Occurrence
	for _, o := range e.Occurrences {
		if o.EndsAt.After(now) {
			upcoming = append(upcoming, o)
		}
	}
	return upcoming
}

// CreditedTo gives the approved organisers of a role in their order.
func (e *Event) CreditedTo(role OrganiserRole) []organization.Ref {
	var refs []organization.Ref
	for _, o := range e.Organisers {
		if o.Role == role && o.Approval == Approved {
			refs = append(refs, o.Organization)
		}
	}
	return refs
}
