package page

// What the templates of several pages share. The words are ready to show; template comments say how
// they are used.

// Head is what the frame shows of a page.
type Head struct {
	Title, Description, Canonical string
	Current                       string // "home", "events", "ticket", "promises", ""
	Discreet                      bool   // ticket pages: neutral title and icon, never indexed
	// the door's pages: no quick way out, which would have the browser forget what was counted
	// there
	Staff  bool
	Feeds  []Alternate
	Crumbs []Link // the last one without Href
}

// Alternate offers the page in another form to programs, as a calendar.
type Alternate struct{ Href, Type, Title string }

// Link is an address with its words.
type Link struct{ Href, Text string }

// OrgLink leads to an organization.
type OrgLink struct{ Name, Href, Note string }

// Role names who stands on an event in one role.
type Role struct {
	Role string
	Orgs []OrgLink
}

// Badge is a short word with a colour and an icon; neither stands without the word.
type Badge struct{ Word, Tone, Icon string }

// Notice is a box that says what has to be known first.
type Notice struct {
	Tone, Icon, Title string
	Lines             []string
	Href, LinkText    string
}

// FieldError is one line of the summary; ID is the id of the control to mend.
type FieldError struct{ ID, Text string }

// Option is one choice of a control.
type Option struct {
	Value, Label string
	Selected     bool
}

// SelectField is a control of which one option is chosen.
type SelectField struct {
	ID, Name, Label, Hint, Error string
	Options                      []Option
}

// Choices are radio buttons.
type Choices struct {
	ID, Name, Label string
	Options         []Option
}

// Input is a control to type into.
type Input struct {
	ID, Name, Type, Label, Note, Hint, Value, Error string
	Max                                             int // 0: no limit
}

// FeedBox invites to follow a calendar. Address is host and path, Web the whole address.
type FeedBox struct{ ID, Title, Address, Web, Text string }

// Leaf is a day as on a tear-off calendar.
type Leaf struct{ ISO, Month, Day, Week, WeekTone, Text string }
