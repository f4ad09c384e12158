package staff

// Role is how far a member may go; each includes the ones below it.
type Role string

// The roles.
const (
	Editor    Role = "editor"    // prepares
	Publisher Role = "publisher" // speaks for the organization
	Admin     Role = "admin"     // looks after the organization, its people and programs
)

// Permission is one thing to be allowed, as the route tables name it.
type Permission string

// The permissions.
const (
	EventsRead       Permission = "events.read" // drafts and events of others that ask for a decision too
	EventsDraft      Permission = "events.draft"
	EventsPublish    Permission = "events.publish" // publish, postpone, cancel
	OrganisersDecide Permission = "organisers.decide"
	SeriesDecide     Permission = "series.decide"
	DoorOpen         Permission = "door.open"     // day links and how many fit; who stands at the door needs no account
	VenuesRead       Permission = "venues.read"   // drafts too
	VenuesManage     Permission = "venues.manage" // facilities, rooms, their rules, closings, holidays
	ReportsRead      Permission = "reports.read"
	BookingsRead     Permission = "bookings.read"
	BookingsRequest  Permission = "bookings.request" // ask for rooms, give them up, write notes
	BookingsDecide   Permission = "bookings.decide"  // approve and decline, confirm, exempt, swap, links to calendars
	RoundsRun        Permission = "rounds.run"       // announce, change and call off draws of own rooms
	AuditRead        Permission = "audit.read"
	OrganizationEdit Permission = "organization.edit"
	GroupsRegister   Permission = "groups.register"
	StaffManage      Permission = "staff.manage"
	TokensManage     Permission = "tokens.manage"
)

// least is the permission table: who must one at least be.
var least = map[Permission]Role{
	EventsRead:       Editor,
	EventsDraft:      Editor,
	ReportsRead:      Editor,
	BookingsRead:     Editor,
	BookingsRequest:  Editor,
	BookingsDecide:   Publisher,
	RoundsRun:        Publisher,
	DoorOpen:         Editor,
	VenuesRead:       Editor,
	VenuesManage:     Publisher,
	EventsPublish:    Publisher,
	OrganisersDecide: Publisher,
	SeriesDecide:     Publisher,
	AuditRead:        Admin,
	OrganizationEdit: Admin,
	GroupsRegister:   Admin,
	StaffManage:      Admin,
	TokensManage:     Admin,
}

var rank = map[Role]int{Editor: 1, Publisher: 2, Admin: 3}

// Valid reports whether it is one of the roles.
func (r Role) Valid() bool { return rank[r] > 0 }

// May reports whether the role has the permission. An unknown role or permission has none.
func (r Role) May(p Permission) bool {
	needed, known := least[p]
	return known && r.Valid() && rank[r] >= rank[needed]
}
