package eventjson

import (
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// openMonths is how many undecided months a series shows.
const openMonths = 6

// Staff is an event as its staff see it, with numbers and joining links.
func (view View) Staff(e *event.Event, now time.Time) api.StaffEvent {
	out := api.StaffEvent{
		EventFacts:  view.eventFacts(e),
		Owner:       wire.OrganizationRef(e.Owner),
		Organisers:  []api.StaffOrganiser{},
		Occurrences: []api.StaffOccurrence{},
	}
	for _, o := range e.Organisers {
		out.Organisers = append(out.Organisers, api.StaffOrganiser{
			Organization: wire.OrganizationRef(o.Organization),
			Role:         api.OrganiserRole(o.Role),
			Approval:     api.StaffOrganiserApproval(o.Approval),
			DecidedAt:    wire.Local(o.DecidedAt),
			AskedAgain:   askedAgain(o.AskedAgain),
		})
	}
	for i := range e.Occurrences {
		out.Occurrences = append(out.Occurrences, view.staffOccurrence(&e.Occurrences[i], now))
	}
	if e.Series != nil {
		series := staffSeries(e.Series, now)
		out.Series = &series
	}
	return out
}

func (view View) staffOccurrence(o *event.Occurrence, now time.Time) api.StaffOccurrence {
	out := api.StaffOccurrence{
		OccurrenceFacts: view.occurrenceFacts(o),
		Booking:         roomBooking(o.Booking),
		Parts:           []api.StaffPart{},
	}
	for i := range o.Parts {
		p := &o.Parts[i]
		part := api.StaffPart{
			PartFacts:    view.partFacts(p, o, now),
			Booking:      roomBooking(p.Booking),
			Quotas:       []api.StaffQuota{},
			WaitingUntil: wire.Local(p.WaitingUntil),
		}
		for _, q := range p.Quotas {
			part.Quotas = append(
				part.Quotas,
				api.StaffQuota{QuotaFacts: quotaFacts(q), Capacity: q.Capacity, Taken: q.Taken, Accepting: q.Accepting},
			)
		}
		if l := p.JoiningLink; l != nil {
			part.JoiningLink = &api.StaffJoiningLink{
				URL:              l.URL,
				Note:             l.Note,
				Phone:            l.Phone,
				OpensHoursBefore: int(l.OpensBefore / time.Hour),
			}
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

func staffSeries(s *event.Series, now time.Time) api.StaffSeries {
	out := api.StaffSeries{
		SeriesFacts: seriesFacts(s),
		Rule:        s.Rule,
		FirstMonth:  wire.MonthText(s.FirstMonth),
		Template:    seriesTemplate(s.Template),
		OpenMonths:  []api.OpenMonth{},
	}
	if s.LastMonth != nil {
		last := wire.MonthText(*s.LastMonth)
		out.LastMonth = &last
	}
	for _, month := range s.OpenMonths(clock.DateOf(now), openMonths) {
		out.OpenMonths = append(
			out.OpenMonths,
			api.OpenMonth{Month: wire.MonthText(month), Candidates: wire.Dates(s.Candidates(month))},
		)
	}
	return out
}

func seriesTemplate(t event.Template) api.SeriesTemplate {
	out := api.SeriesTemplate{
		StartsTime: t.StartsTime,
		EndsTime:   t.EndsTime,
		Place:      place(t.Place),
		Note:       t.Note,
		Parts:      []api.PartTemplate{},
	}
	for _, p := range t.Parts {
		part := api.PartTemplate{
			Name:             p.Name,
			Description:      p.Description,
			StartsTime:       p.StartsTime,
			EndsTime:         p.EndsTime,
			PlaceNote:        p.PlaceNote,
			Audience:         p.Audience,
			Reservation:      api.Reservation(p.Reservation),
			Sitting:          p.Sitting,
			OpensDaysBefore:  p.OpensDaysBefore,
			ClosesDaysBefore: p.ClosesDaysBefore,
			DrawsDaysBefore:  p.DrawsDaysBefore,
			WaitingList:      p.WaitingList,
			Quotas:           []api.TemplateQuota{},
			Booths:           []api.TemplateBooth{},
		}
		for _, q := range p.Quotas {
			part.Quotas = append(
				part.Quotas,
				api.TemplateQuota{
					Channel:  api.Channel(q.Channel),
					Name:     q.Name,
					Capacity: q.Capacity,
					MaxSeats: max(1, q.MaxSeats),
				},
			)
		}
		for _, b := range p.Booths {
			part.Booths = append(
				part.Booths,
				api.TemplateBooth{Organization: b.Organization, Name: b.Name, Offers: b.Offers},
			)
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

func askedAgain(q *event.Inquiry) *api.OrganiserQuestion {
	if q == nil {
		return nil
	}
	out := api.OrganiserQuestion{
		Fields:   []api.OrganiserQuestionFields{},
		Revision: q.Revision,
		AskedAt:  *wire.Local(&q.AskedAt),
		AnswerBy: *wire.Local(&q.AnswerBy),
	}
	for _, f := range q.Fields {
		out.Fields = append(out.Fields, api.OrganiserQuestionFields(f))
	}
	return &out
}
