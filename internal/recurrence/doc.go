// Package recurrence expands rules of RFC 5545 (section 3.3.10) into whole days: 第4土曜日 is
// FREQ=MONTHLY;BYDAY=4SA.
//
// Rules come from outside and are expanded on public pages. Between therefore looks at each day of
// the span it is asked for and at those of the periods around it once, whatever the rule says: a
// rule that never falls on any day costs what every other costs, and none can make it go on to the
// end of all years. COUNT, UNTIL and times of day are no part of a rule here.
package recurrence
