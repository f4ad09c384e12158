package feed

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/ical"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

const productID = "-//Tonarimachi//Tonarimachi//JA"

// Calendars that listen are asked to come once an hour; most keep their own pace.
const refresh = time.Hour

// calendar gives the frame of a feed: its name and the page that shows the same to people.
func (f *Feeds) calendar(s search.Selector, selection search.Selection) ical.Calendar {
	c := ical.Calendar{
		Name:      f.word("name"),
		URL:       f.BaseURL + "/events",
		Color:     "teal",
		Refresh:   refresh,
		ProductID: productID,
	}
	switch {
	case s.Organization != "":
		c.Name, c.URL = f.nameOf(selection.Name), f.BaseURL+"/organizations/"+selection.Slug
	case s.Partnership != "":
		c.Name, c.URL = f.nameOf(selection.Name), f.BaseURL+"/events?partnership="+selection.Slug
	case s.Kind != "":
		c.Name, c.URL = f.nameOf(f.Words.T("label.kind."+string(s.Kind), nil)), f.BaseURL+"/events?kind="+string(s.Kind)
	case s.Event != uuid.Nil, s.Series != uuid.Nil:
		if len(selection.Events) > 0 {
			e := selection.Events[0]
			c.Name, c.URL = f.nameOf(e.Title), f.BaseURL+"/events/"+e.ID.String()
		}
	}
	return c
}

// word gives a word of the feeds.
func (f *Feeds) word(id string) string { return f.Words.T("feed."+id, nil) }

func (f *Feeds) nameOf(what string) string {
	return f.Words.T("feed.name_of", map[string]any{"name": what})
}

func (f *Feeds) entries(events []event.Event) []ical.Entry {
	var entries []ical.Entry
	for i := range events {
		for j := range events[i].Occurrences {
			entries = append(entries, f.entry(&events[i], &events[i].Occurrences[j]))
		}
	}
	return entries
}

// entry gives the one VEVENT of an occurrence, the same in every feed.
func (f *Feeds) entry(e *event.Event, o *event.Occurrence) ical.Entry {
	entry := ical.Entry{
		UID:         o.ID.String() + "@tonarimachi",
		Sequence:    o.Sequence,
		Stamp:       o.ModifiedAt,
		Start:       o.StartsAt,
		End:         o.EndsAt,
		Title:       e.Title,
		Description: f.description(e, o),
		Location:    location(o.Place, f.Words.T("label.place.online", nil)),
		URL:         f.BaseURL + "/events/" + e.ID.String(),
		Categories:  []string{f.Words.T("label.kind."+string(e.Kind), nil)},
	}
	if r := o.Room; r != nil && r.Latitude != nil && r.Longitude != nil {
		entry.Geo = &ical.Geo{Latitude: *r.Latitude, Longitude: *r.Longitude}
	}
	switch {
	case e.Status == event.Cancelled || o.Status == event.OccurrenceCancelled:
		entry.Status, entry.Mark = ical.Cancelled, ical.MarkCancelled
	case o.Status == event.Postponed:
		entry.Status, entry.Mark = ical.Tentative, ical.MarkPostponed
	case o.MovedFrom != nil:
		entry.Mark = ical.MarkMoved
	}
	// The public address of an online place that needs no seat; a joining link belongs to tickets
	// alone.
	if o.Place.Kind != event.InPerson && e.Website != "" && needsNoSeat(o) {
		entry.ConferenceURL = e.Website
	}
	return entry
}

func needsNoSeat(o *event.Occurrence) bool {
	for _, p := range o.Parts {
		if p.Reservation != event.NoReservation {
			return false
		}
	}
	return true
}

func location(p event.Place, online string) string {
	at := strings.TrimSpace(p.Name + " " + bracket(p.Address))
	switch p.Kind {
	case event.Online:
		return strings.TrimSpace(online + " " + p.Name)
	case event.Both:
		return strings.TrimSpace(at + " / " + online)
	}
	return at
}

func bracket(s string) string {
	if s == "" {
		return ""
	}
	return "（" + s + "）"
}

func (f *Feeds) description(e *event.Event, o *event.Occurrence) string {
	var b strings.Builder
	line := func(parts ...string) {
		if text := strings.Join(parts, ""); text != "" {
			b.WriteString(text + "\n")
		}
	}
	labelled := func(label, text string) {
		if text != "" {
			line(label, "：", text)
		}
	}
	switch {
	case e.Status == event.Cancelled:
		line(f.word("event_cancelled"), e.CancelReason)
	case o.Status == event.OccurrenceCancelled:
		line(f.word("cancelled"), o.CancelReason)
	case o.Status == event.Postponed:
		line(f.word("postponed"))
	case o.MovedFrom != nil:
		line(f.Words.T("feed.moved", map[string]any{"moment": moment(*o.MovedFrom)}))
	}
	line(o.Note)
	line(e.Summary)
	if len(o.Parts) > 1 || (len(o.Parts) == 1 && o.Parts[0].Name != "") {
		for _, p := range o.Parts {
			way := f.Words.T("label.reservation."+string(p.Reservation), nil)
			line("・", p.Name, " ", hours(p.StartsAt, p.EndsAt), bracket(way))
		}
	} else if len(o.Parts) == 1 {
		labelled(f.word("reservation"), f.Words.T("label.reservation."+string(o.Parts[0].Reservation), nil))
	}
	labelled(f.word("audience"), e.Audience)
	labelled(f.word("fee"), fee(e.Fee))
	for _, role := range event.OrganiserRoles {
		labelled(f.Words.T("label.role."+string(role), nil), names(e.CreditedTo(role)))
	}
	if o.DoorsAt != nil {
		labelled(f.word("doors"), o.DoorsAt.In(clock.Tokyo).Format("15:04"))
	}
	labelled(f.word("access"), strings.ReplaceAll(o.Place.Access, "\n", " "))
	line(f.BaseURL, "/events/", e.ID.String())
	return strings.TrimRight(b.String(), "\n")
}

func fee(fee event.Fee) string {
	if fee.Yen == nil {
		return fee.Note
	}
	return strings.TrimSpace(i18n.Yen(*fee.Yen) + " " + fee.Note)
}

func names(refs []organization.Ref) string {
	var all []string
	for _, r := range refs {
		all = append(all, r.Name)
	}
	return strings.Join(all, "・")
}

func moment(t time.Time) string {
	t = t.In(clock.Tokyo)
	return i18n.YearDay(t) + t.Format("15:04")
}

func hours(from, to time.Time) string {
	return from.In(clock.Tokyo).Format("15:04") + "〜" + to.In(clock.Tokyo).Format("15:04")
}
