package httpapi

import (
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// publicEvent is an event as anyone may see it: approved organisers, bands instead of numbers, no joining links.
func (f *face) publicEvent(e *event.Event, now time.Time) api.Event {
	out := api.Event{EventFacts: f.eventFacts(e), Organisers: []api.Organiser{}, Occurrences: []api.Occurrence{}}
	for _, o := range e.Organisers {
		if o.Approval == event.Approved {
			out.Organisers = append(out.Organisers, api.Organiser{Organization: organizationRef(o.Organization), Role: api.OrganiserRole(o.Role)})
		}
	}
	for i := range e.Occurrences {
		out.Occurrences = append(out.Occurrences, f.publicOccurrence(&e.Occurrences[i], now))
	}
	if e.Series != nil {
		facts := seriesFacts(e.Series)
		out.Series = &facts
	}
	return out
}

func (f *face) publicOccurrence(o *event.Occurrence, now time.Time) api.Occurrence {
	out := api.Occurrence{OccurrenceFacts: f.occurrenceFacts(o), Parts: []api.Part{}}
	for i := range o.Parts {
		p := &o.Parts[i]
		part := api.Part{PartFacts: f.partFacts(p, o, now), Quotas: []api.Quota{}}
		for _, q := range p.Quotas {
			part.Quotas = append(part.Quotas, api.Quota{QuotaFacts: quotaFacts(q)})
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

func (f *face) eventFacts(e *event.Event) api.EventFacts {
	tags := make([]api.AudienceTag, len(e.AudienceTags))
	for i, tag := range e.AudienceTags {
		tags[i] = api.AudienceTag(tag)
	}
	return api.EventFacts{
		ID: e.ID, URL: f.BaseURL + "/events/" + e.ID.String(), Status: api.EventStatus(e.Status), Visibility: api.Visibility(e.Visibility),
		Kind: api.Kind(e.Kind), Title: e.Title, Summary: e.Summary, Description: e.Description, Audience: e.Audience, AudienceTags: tags,
		Assurance: assurance(e.Assurance), Fee: api.Fee{Yen: e.Fee.Yen, Note: e.Fee.Note}, Website: e.Website,
		Questions:   *each(&e.Questions, func(q event.Question) api.Question { return api.Question(q) }),
		PublishedAt: local(e.PublishedAt), CancelledAt: local(e.CancelledAt), CancelReason: e.CancelReason, ModifiedAt: tokyo(e.ModifiedAt),
	}
}

func assurance(a event.Assurance) api.Assurance {
	return api.Assurance{
		NicknameOk: a.NicknameOK, ListenOnlyOk: a.ListenOnlyOK, LeaveMidwayOk: a.LeaveMidwayOK, WomenStaff: a.WomenStaff, CompanionOk: a.CompanionOK,
		Wheelchair: a.Wheelchair, SignLanguage: a.SignLanguage, ChildCare: a.ChildCare, Press: api.PressStated(a.Press),
		AttendingOffices: some(a.AttendingOffices),
	}
}

func (f *face) occurrenceFacts(o *event.Occurrence) api.OccurrenceFacts {
	out := api.OccurrenceFacts{
		ID: o.ID, Status: api.OccurrenceStatus(o.Status), StartsAt: tokyo(o.StartsAt), EndsAt: tokyo(o.EndsAt), DoorsAt: local(o.DoorsAt),
		MovedFrom: local(o.MovedFrom), Place: place(o.Place), Room: f.eventRoom(o.Room), NeedsPlace: o.NeedsPlace, Note: o.Note, CancelledAt: local(o.CancelledAt), CancelReason: o.CancelReason,
		Sequence: o.Sequence, ModifiedAt: tokyo(o.ModifiedAt),
	}
	if o.SeriesMonth != nil {
		month := monthText(*o.SeriesMonth)
		out.SeriesMonth = &month
	}
	return out
}

func place(p event.Place) api.Place {
	return api.Place{Kind: api.PlaceKind(p.Kind), Name: p.Name, Address: p.Address, Access: p.Access, AreaCode: p.AreaCode}
}

func (f *face) partFacts(p *event.Part, o *event.Occurrence, now time.Time) api.PartFacts {
	out := api.PartFacts{
		ID: p.ID, Name: p.Name, Description: p.Description, StartsAt: tokyo(p.StartsAt), EndsAt: tokyo(p.EndsAt), PlaceNote: p.PlaceNote,
		Audience: p.Audience, Press: api.PressStated(p.Press), Reservation: api.Reservation(p.Reservation),
		Registration: api.Registration(p.Registration(o, now)), OpensAt: local(p.OpensAt), ClosesAt: local(p.ClosesAt), WaitingList: p.WaitingList,
		DoorBand: bandOrNull(p.DoorBand), Booths: []api.Booth{}, Sitting: sitting(o, p), Slots: partSlots(p.Slots),
		Room: f.eventRoom(p.Room), NeedsPlace: p.NeedsPlace,
	}
	if p.Reservation == event.Lottery {
		draws := tokyo(p.Draws())
		out.DrawsAt = &draws
	}
	if p.WaitingList {
		until := tokyo(p.WaitsUntil())
		out.WaitsUntil = &until
	}
	for _, b := range p.Booths {
		booth := api.Booth{ID: b.ID, Name: b.Name, Offers: b.Offers}
		if b.By != nil {
			by := organizationRef(*b.By)
			booth.Organization = &by
		}
		out.Booths = append(out.Booths, booth)
	}
	return out
}

func bandOrNull(b event.Band) *api.Band {
	if b == "" {
		return nil
	}
	band := api.Band(b)
	return &band
}

func quotaFacts(q event.Quota) api.QuotaFacts {
	return api.QuotaFacts{ID: q.ID, Channel: api.Channel(q.Channel), Name: q.Name, MaxSeats: q.MaxSeats, Band: api.Band(q.Band())}
}

func seriesFacts(s *event.Series) api.SeriesFacts {
	out := api.SeriesFacts{ID: s.ID, RuleText: s.RuleText, Choose: api.Choose(s.Choose), Months: []api.DecidedMonth{}}
	for _, m := range s.Months {
		out.Months = append(out.Months, api.DecidedMonth{
			Month: monthText(m.Month), Decision: api.DecidedMonthDecision(m.Decision), Dates: dates(m.Dates),
		})
	}
	return out
}

func organizationRef(r organization.Ref) api.OrganizationRef {
	return api.OrganizationRef{Slug: r.Slug, Name: r.Name, Kind: api.OrganizationKind(r.Kind), Code: r.Code}
}

func dates(days []clock.Date) []api.Date {
	out := make([]api.Date, len(days))
	for i, d := range days {
		out[i] = api.Date{Time: time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)}
	}
	return out
}

func monthText(d clock.Date) string { return d.String()[:len("2006-01")] }

// tokyo writes moments with the offset people live by.
func tokyo(t time.Time) time.Time { return t.In(clock.Tokyo) }

func local(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	there := tokyo(*t)
	return &there
}

// some is never null in JSON.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
