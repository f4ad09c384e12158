package retention

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Whose says about whom a column tells.
type Whose int

// Whose a column may be.
const (
	Nobody   Whose = iota + 1 // tells nothing about a person
	Resident                  // somebody who takes part
	Staff                     // somebody who works for an organization
)

// String is the word for the reader.
func (w Whose) String() string {
	return map[Whose]string{Nobody: "nobody's", Resident: "a resident's", Staff: "staff's"}[w]
}

// Until says how long a column is kept. The zero value is: as long as its organization takes part.
type Until struct {
	From Moment
	// After is how long past that moment.
	After time.Duration
	// IfPutOff takes After's place for a date that was put off and never got new times.
	IfPutOff time.Duration
}

// Moment is where a period begins.
type Moment int

// Moments.
const (
	Joined    Moment = iota // no period: see Until
	DateEnded               // the end of the ticket's date
	LineEnded               // the last moment in which a seat could still come: part_waits_until of the last wish
	Written                 // when the row was written
)

// Limited tells whether a day comes on which the column is erased.
func (u Until) Limited() bool { return u.From != Joined }

// String is the period in words.
func (u Until) String() string {
	switch u.From {
	case DateEnded:
		return fmt.Sprintf(
			"%s after the date has ended (%s if it was put off and never got new times)",
			length(u.After),
			length(u.IfPutOff),
		)
	case LineEnded:
		return "the wait ends: a seat, a cancellation, or the moment told at registration"
	case Written:
		return length(u.After) + " after it was written"
	case Joined:
	}
	return "the organization takes part"
}

func length(d time.Duration) string {
	if d > 24*time.Hour && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return fmt.Sprintf("%d hours", d/time.Hour)
}

// Rule is what holds for some columns of one table.
type Rule struct {
	Table   string
	Columns string // names with spaces between
	Whose   Whose
	What    string // what it is
	// Why says why it is kept; of what is nobody's and yet could hold words about a person, why it
	// does not.
	Why   string
	Until Until
	Job   string // the task that erases it; "" when Until is not limited
}

// Each gives the names of the columns.
func (r Rule) Each() []string { return strings.Fields(r.Columns) }

// Column is a column of the real schema.
type Column struct {
	Table, Name string
	Type        string // as PostgreSQL's format_type gives it
}

// Types that hold no words. A uuid can point at a person, but says so by its name.
var wordless = []string{
	"boolean",
	"smallint",
	"integer",
	"bigint",
	"date",
	"interval",
	"time without time zone",
	"timestamp with time zone",
	"timestamp without time zone",
	"xid8",
	"uuid",
}

// Words of names that speak of a person, or of what a person holds.
var speaking = regexp.MustCompile(`(^|_)(` + strings.Join([]string{
	"name",
	"nickname",
	"kana",
	"mail",
	"email",
	"phone",
	"tel",
	"ip",
	"addr",
	"address",
	"agent",
	"birth",
	"birthday",
	"birthdate",
	"age",
	"gender",
	"sex",
	"contact",
	"home",
	"person",
	"holder",
	"resident",
	"staff",
	"actor",
	"ticket",
	"user",
	"visitor",
	"device",
	"session",
	"secret",
	"mac",
	"token",
	"password",
	"endpoint",
	"answer",
	"answers",
}, "|") + `)(_|$)`)

// Telling says whether a column could, by its type or its name, hold something about a person.
func (c Column) Telling() bool {
	return !slices.Contains(wordless, c.Type) || speaking.MatchString(c.Name)
}

// Check holds rules against the columns of the schema and gives what is wrong, a line each.
func Check(rules []Rule, columns []Column) []string {
	var wrong []string
	complain := func(table, column, what string) { wrong = append(wrong, table+"."+column+": "+what) }
	ruled := map[string]Rule{}
	for _, r := range rules {
		for _, name := range r.Each() {
			if _, twice := ruled[r.Table+"."+name]; twice {
				complain(r.Table, name, "has two rules")
			}
			ruled[r.Table+"."+name] = r
		}
		if len(r.Each()) == 0 {
			complain(r.Table, "", "a rule without columns")
		}
		for _, fault := range r.faults() {
			complain(r.Table, r.Columns, fault)
		}
	}
	for _, c := range columns {
		r, ok := ruled[c.Table+"."+c.Name]
		delete(ruled, c.Table+"."+c.Name)
		switch {
		case !ok:
			complain(c.Table, c.Name, "has no rule: say in internal/retention/table.go whose it is and until when")
		case r.Whose == Nobody && r.Why == "" && c.Telling():
			complain(
				c.Table,
				c.Name,
				"could hold something about a person ("+c.Type+"), and nothing is said why it does not",
			)
		}
	}
	for name := range ruled {
		wrong = append(wrong, name+": has a rule, but is not in the schema")
	}
	slices.Sort(wrong)
	return wrong
}

// faults are what a rule lacks by itself.
func (r Rule) faults() []string {
	var found []string
	if r.What == "" {
		found = append(found, "the rule does not say what it is")
	}
	if r.Whose != Nobody && r.Why == "" {
		found = append(found, "the rule does not say why it is kept")
	}
	switch {
	case r.Whose < Nobody || r.Whose > Staff:
		found = append(found, "the rule does not say whose it is")
	case r.Whose == Resident && !r.Until.Limited():
		found = append(found, "what is a resident's is never kept without an end")
	case r.Until.Limited() && r.Job == "":
		found = append(found, "has an end and no job that brings it")
	case !r.Until.Limited() && r.Job != "":
		found = append(found, "has a job and no end")
	}
	return found
}
