package search

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
)

// Filter says which published events are wanted; zero fields ask for nothing.
type Filter struct {
	From, To     *time.Time // by start; From nil means dates that have not ended
	NotEnded     bool       // leaves out dates that have ended, whatever From says
	Organization string     // slug of an approved organiser in any role
	// ExcludeOrganization leaves out what a resident of that town may not want to be seen at: dates
	// held in that municipality, and events hosted by it alone.
	ExcludeOrganization string
	Area                string // municipality code of the place
	Partnership         string // slug: hosted by a member
	Kind                event.Kind
	Audience            event.AudienceTag // Supporters' events are found only by asking for "supporter"
	Place               event.PlaceKind   // in_person and online both include "both"
	Reservation         event.Reservation
	Query               string // words in title, summary, audience and description, all of which must occur
	After               Position
	Limit               int // 1..100; 0 means 20
}

// Position is where a page ended: the start and id of the last occurrence looked at.
type Position struct {
	StartsAt   time.Time
	Occurrence uuid.UUID
}

// IsZero reports whether the position is the beginning.
func (p Position) IsZero() bool { return p.Occurrence == uuid.Nil }

// Page is one page of a list, one entry an event, by its next date in the window.
type Page struct {
	Items []Listed
	Next  *Position // nil at the end; a page may be short and still have a next one when a search ran into its budget
}

// Listed is an event with the date it is listed under.
type Listed struct {
	Event      event.Event
	Occurrence event.Occurrence // the first one in the window
}

// StaffScope says which events staff ask for.
type StaffScope string

// What staff can list.
const (
	ScopeOwn      StaffScope = "own"      // of the organization itself
	ScopeInvited  StaffScope = "invited"  // where a neighbour asks or asked it to stand as organiser
	ScopePartners StaffScope = "partners" // shown by neighbours to partner groups only
)

// StaffFilter says which events staff ask for, newest change first.
type StaffFilter struct {
	Scope  StaffScope
	Status event.Status
	// NeedsPlace narrows to events with a date to come whose booked room was lost.
	NeedsPlace bool
	After      *StaffPosition
	Limit      int // 1..100; 0 means 20
}

// StaffPosition is where a page of a staff list ended.
type StaffPosition struct {
	ModifiedAt time.Time
	Event      uuid.UUID
}

// StaffPage is one page of a staff list.
type StaffPage struct {
	Items []event.Event
	Next  *StaffPosition
}

// ChangePage is one page of the change log for mirrors. Next is always there: a mirror asks again
// with it later.
type ChangePage struct {
	Items []Changed
	Next  ChangePosition
	More  bool
}

// ChangePosition is where a mirror stands: the transaction and the event within it.
type ChangePosition struct {
	Transaction uint64
	Event       uuid.UUID
}

// Changed is one event that changed; Event is nil for a tombstone: it is no longer listed.
type Changed struct {
	EventID   uuid.UUID
	ChangedAt time.Time
	Event     *event.Event
}

// Selector names the events of one feed.
type Selector struct {
	Organization string // slug
	Partnership  string // slug
	Kind         event.Kind
	Series       uuid.UUID
	Event        uuid.UUID
	Only         FeedFilter
}

// FeedFilter narrows a feed as Filter does a list; the zero value leaves all in.
type FeedFilter struct {
	Organization        string
	ExcludeOrganization string
	Area                string
	Partnership         string
	Kind                event.Kind
	Audience            event.AudienceTag
	Place               event.PlaceKind
	Reservation         event.Reservation
}

// Selection is what a feed shows: events with those occurrences that fall into its window, by
// start.
type Selection struct {
	Events []event.Event
	// Name and Slug are those of the organization or partnership whose feed it is, read together
	// with the events; empty for other feeds.
	Name, Slug string
	// ChangedAt is the feed's stamp (ADR 0029): whole seconds, and another one after each change.
	// It may lie ahead after a burst of changes. Zero when nothing of it was ever public.
	ChangedAt time.Time
	// At is the moment of reading, and Until when the window moves on and the selection must be
	// read again.
	At, Until time.Time
}

// Feed windows in days, and how long what was cancelled stays to be noticed.
const (
	FeedPastDays      = 60
	FeedFutureDays    = 400
	FeedCancelledDays = 30
)
