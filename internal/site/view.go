package site

// What the templates of several pages share. The words are ready to show; template comments say how they are used.

type head struct {
	Title, Description, Canonical string
	Current                       string // "home", "events", "ticket", "promises", ""
	Discreet                      bool   // ticket pages: neutral title and icon, never indexed
	Staff                         bool   // the door's pages: no quick way out, which would have the browser forget what was counted there
	Feeds                         []alternate
	Crumbs                        []link // the last one without Href
}

type alternate struct{ Href, Type, Title string }

type link struct{ Href, Text string }

type orgLink struct{ Name, Href, Note string }

type role struct {
	Role string
	Orgs []orgLink
}

type badge struct{ Word, Tone, Icon string }

type notice struct {
	Tone, Icon, Title string
	Lines             []string
	Href, LinkText    string
}

// fieldError is one line of the summary; ID is the id of the control to mend.
type fieldError struct{ ID, Text string }

type option struct {
	Value, Label string
	Selected     bool
}

type selectField struct {
	ID, Name, Label, Hint, Error string
	Options                      []option
}

type choices struct {
	ID, Name, Label string
	Options         []option
}

type input struct {
	ID, Name, Type, Label, Note, Hint, Value, Error string
	Max                                             int // 0: no limit
}

// feedBox invites to follow a calendar. Address is host and path, Web the whole address.
type feedBox struct{ ID, Title, Address, Web, Text string }

// leaf is a day as on a tear-off calendar.
type leaf struct{ ISO, Month, Day, Week, WeekTone, Text string }

type card struct {
	Href, Title, Kind string
	Off               bool // cancelled or postponed
	Status            *badge
	Day               leaf
	Time, Place       string
	Online            bool
	Organisers        []role
	Audience          string
	Badges            []badge
}

type place struct {
	Name, Town, Address string
	Day                 string // whose place it is, of dates in different places
	Access              []string
	MapHref, OnlineText string
	Online              bool
	Room                *eventRoom // a booked room
}

// Details tells whether there is more to say than the name.
func (p *place) Details() bool {
	return p.Address != "" || len(p.Access) > 0 || p.MapHref != "" || p.OnlineText != "" || p.Room != nil
}

// partnershipBox names the members of a partnership; the organization whose page it is has no Href.
type partnershipBox struct {
	Name, Href string
	Text       []string
	Members    []orgLink
}
