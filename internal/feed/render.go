package feed

import (
	"fmt"
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
	c := ical.Calendar{Name: "となりまち", URL: f.BaseURL + "/events", Color: "teal", Refresh: refresh, ProductID: productID}
	switch {
	case s.Organization != "":
		c.Name, c.URL = selection.Name+"｜となりまち", f.BaseURL+"/organizations/"+selection.Slug
	case s.Partnership != "":
		c.Name, c.URL = selection.Name+"｜となりまち", f.BaseURL+"/events?partnership="+selection.Slug
	case s.Kind != "":
		c.Name, c.URL = f.Words.T("label.kind."+string(s.Kind), nil)+"｜となりまち", f.BaseURL+"/events?kind="+string(s.Kind)
	case s.Event != uuid.Nil, s.Series != uuid.Nil:
		if len(selection.Events) > 0 {
			e := selection.Events[0]
			c.Name, c.URL = e.Title+"｜となりまち", f.BaseURL+"/events/"+e.ID.String()
		}
	}
	return c
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
		line("このイベントは中止になりました。", e.CancelReason)
	case o.Status == event.OccurrenceCancelled:
		line("この回は中止になりました。", o.CancelReason)
	case o.Status == event.Postponed:
		line("この回は延期になりました。新しい日程は、決まりしだいお知らせします。")
	case o.MovedFrom != nil:
		line("日程が変わりました。前の日程は ", moment(*o.MovedFrom), " でした。")
	}
	line(o.Note)
	line(e.Summary)
	if len(o.Parts) > 1 || (len(o.Parts) == 1 && o.Parts[0].Name != "") {
		for _, p := range o.Parts {
			line(
				"・",
				p.Name,
				" ",
				hours(p.StartsAt, p.EndsAt),
				"（",
				f.Words.T("label.reservation."+string(p.Reservation), nil),
				"）",
			)
		}
	} else if len(o.Parts) == 1 {
		labelled("参加のしかた", f.Words.T("label.reservation."+string(o.Parts[0].Reservation), nil))
	}
	labelled("対象", e.Audience)
	labelled("参加費", fee(e.Fee))
	for _, role := range event.OrganiserRoles {
		labelled(f.Words.T("label.role."+string(role), nil), names(e.CreditedTo(role)))
	}
	if o.DoorsAt != nil {
		labelled("開場", o.DoorsAt.In(clock.Tokyo).Format("15:04"))
	}
	labelled("行き方", strings.ReplaceAll(o.Place.Access, "\n", " "))
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
	return fmt.Sprintf("%d年%d月%d日（%s）%s", t.Year(), t.Month(), t.Day(), i18n.Weekday(t.Weekday()), t.Format("15:04"))
}

func hours(from, to time.Time) string {
	return from.In(clock.Tokyo).Format("15:04") + "〜" + to.In(clock.Tokyo).Format("15:04")
}
