package eventjson

import (
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// View builds answers with the addresses of one site.
type View struct {
	// BaseURL is the public address of the site, without a slash at its end.
	BaseURL string
}

// Public is an event as anyone may see it: approved organisers, bands instead of numbers, no
// joining links.
func (view View) Public(e *event.Event, now time.Time) api.Event {
	out := api.Event{EventFacts: view.eventFacts(e), Organisers: []api.Organiser{}, Occurrences: []api.Occurrence{}}
	for _, o := range e.Organisers {
		if o.Approval == event.Approved {
			out.Organisers = append(
				out.Organisers,
				api.Organiser{Organization: wire.OrganizationRef(o.Organization), Role: api.OrganiserRole(o.Role)},
			)
		}
	}
	for i := range e.Occurrences {
		out.Occurrences = append(out.Occurrences, view.publicOccurrence(&e.Occurrences[i], now))
	}
	if e.Series != nil {
		facts := seriesFacts(e.Series)
		out.Series = &facts
	}
	return out
}

func (view View) publicOccurrence(o *event.Occurrence, now time.Time) api.Occurrence {
	out := api.Occurrence{OccurrenceFacts: view.occurrenceFacts(o), Parts: []api.Part{}}
	for i := range o.Parts {
		p := &o.Parts[i]
		part := api.Part{PartFacts: view.partFacts(p, o, now), Quotas: []api.Quota{}}
		for _, q := range p.Quotas {
			part.Quotas = append(part.Quotas, api.Quota{QuotaFacts: quotaFacts(q)})
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

func (view View) eventFacts(e *event.Event) api.EventFacts {
	tags := make([]api.AudienceTag, len(e.AudienceTags))
	for i, tag := range e.AudienceTags {
		tags[i] = api.AudienceTag(tag)
	}
	return api.EventFacts{
		ID:           e.ID,
		URL:          view.BaseURL + "/events/" + e.ID.String(),
		Status:       api.EventStatus(e.Status),
		Visibility:   api.Visibility(e.Visibility),
		Kind:         api.Kind(e.Kind),
		Title:        e.Title,
		Summary:      e.Summary,
		Description:  e.Description,
		Audience:     e.Audience,
		AudienceTags: tags,
		Assurance:    assurance(e.Assurance),
		Fee:          api.Fee{Yen: e.Fee.Yen, Note: e.Fee.Note},
		Website:      e.Website,
		Questions:    *wire.Each(&e.Questions, func(q event.Question) api.Question { return api.Question(q) }),
		PublishedAt:  wire.Local(e.PublishedAt),
		CancelledAt:  wire.Local(e.CancelledAt),
		CancelReason: e.CancelReason,
		ModifiedAt:   wire.Tokyo(e.ModifiedAt),
	}
}

func assurance(a event.Assurance) api.Assurance {
	return api.Assurance{
		NicknameOk:       a.NicknameOK,
		ListenOnlyOk:     a.ListenOnlyOK,
		LeaveMidwayOk:    a.LeaveMidwayOK,
		WomenStaff:       a.WomenStaff,
		CompanionOk:      a.CompanionOK,
		Wheelchair:       a.Wheelchair,
		SignLanguage:     a.SignLanguage,
		ChildCare:        a.ChildCare,
		Press:            api.PressStated(a.Press),
		AttendingOffices: wire.List(a.AttendingOffices),
	}
}

func (view View) occurrenceFacts(o *event.Occurrence) api.OccurrenceFacts {
	out := api.OccurrenceFacts{
		ID:           o.ID,
		Status:       api.OccurrenceStatus(o.Status),
		StartsAt:     wire.Tokyo(o.StartsAt),
		EndsAt:       wire.Tokyo(o.EndsAt),
		DoorsAt:      wire.Local(o.DoorsAt),
		MovedFrom:    wire.Local(o.MovedFrom),
		Place:        place(o.Place),
		Room:         view.eventRoom(o.Room),
		NeedsPlace:   o.NeedsPlace,
		Note:         o.Note,
		CancelledAt:  wire.Local(o.CancelledAt),
		CancelReason: o.CancelReason,
		Sequence:     o.Sequence,
		ModifiedAt:   wire.Tokyo(o.ModifiedAt),
	}
	if o.SeriesMonth != nil {
		month := wire.MonthText(*o.SeriesMonth)
		out.SeriesMonth = &month
	}
	return out
}

func place(p event.Place) api.Place {
	return api.Place{
		Kind:     api.PlaceKind(p.Kind),
		Name:     p.Name,
		Address:  p.Address,
		Access:   p.Access,
		AreaCode: p.AreaCode,
	}
}

func (view View) partFacts(p *event.Part, o *event.Occurrence, now time.Time) api.PartFacts {
	out := api.PartFacts{
		ID:           p.ID,
		Name:         p.Name,
		Description:  p.Description,
		StartsAt:     wire.Tokyo(p.StartsAt),
		EndsAt:       wire.Tokyo(p.EndsAt),
		PlaceNote:    p.PlaceNote,
		Audience:     p.Audience,
		Press:        api.PressStated(p.Press),
		Reservation:  api.Reservation(p.Reservation),
		Registration: api.Registration(p.Registration(o, now)),
		OpensAt:      wire.Local(p.OpensAt),
		ClosesAt:     wire.Local(p.ClosesAt),
		WaitingList:  p.WaitingList,
		DoorBand:     wire.BandOrNull(p.DoorBand),
		Booths:       []api.Booth{},
		Sitting:      sitting(o, p),
		Slots:        partSlots(p.Slots),
		Room:         view.eventRoom(p.Room),
		NeedsPlace:   p.NeedsPlace,
	}
	if p.Reservation == event.Lottery {
		draws := wire.Tokyo(p.Draws())
		out.DrawsAt = &draws
	}
	if p.WaitingList {
		until := wire.Tokyo(p.WaitsUntil())
		out.WaitsUntil = &until
	}
	for _, b := range p.Booths {
		booth := api.Booth{ID: b.ID, Name: b.Name, Offers: b.Offers}
		if b.By != nil {
			by := wire.OrganizationRef(*b.By)
			booth.Organization = &by
		}
		out.Booths = append(out.Booths, booth)
	}
	return out
}

func quotaFacts(q event.Quota) api.QuotaFacts {
	return api.QuotaFacts{
		ID:       q.ID,
		Channel:  api.Channel(q.Channel),
		Name:     q.Name,
		MaxSeats: q.MaxSeats,
		Band:     api.Band(q.Band()),
	}
}

func seriesFacts(s *event.Series) api.SeriesFacts {
	out := api.SeriesFacts{ID: s.ID, RuleText: s.RuleText, Choose: api.Choose(s.Choose), Months: []api.DecidedMonth{}}
	for _, m := range s.Months {
		out.Months = append(out.Months, api.DecidedMonth{
			Month: wire.MonthText(m.Month), Decision: api.DecidedMonthDecision(m.Decision), Dates: wire.Dates(m.Dates),
		})
	}
	return out
}
