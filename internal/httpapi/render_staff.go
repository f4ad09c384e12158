package httpapi

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// openMonths is how many undecided months a series shows.
const openMonths = 6

func (f *face) staffEvent(e *event.Event, now time.Time) api.StaffEvent {
	out := api.StaffEvent{
		EventFacts: f.eventFacts(e), Owner: organizationRef(e.Owner), Organisers: []api.StaffOrganiser{}, Occurrences: []api.StaffOccurrence{},
	}
	for _, o := range e.Organisers {
		out.Organisers = append(out.Organisers, api.StaffOrganiser{
			Organization: organizationRef(o.Organization), Role: api.OrganiserRole(o.Role), Approval: api.StaffOrganiserApproval(o.Approval), DecidedAt: local(o.DecidedAt),
			AskedAgain: askedAgain(o.AskedAgain),
		})
	}
	for i := range e.Occurrences {
		out.Occurrences = append(out.Occurrences, f.staffOccurrence(&e.Occurrences[i], now))
	}
	if e.Series != nil {
		series := staffSeries(e.Series, now)
		out.Series = &series
	}
	return out
}

func (f *face) staffOccurrence(o *event.Occurrence, now time.Time) api.StaffOccurrence {
	out := api.StaffOccurrence{OccurrenceFacts: f.occurrenceFacts(o), Booking: roomBooking(o.Booking), Parts: []api.StaffPart{}}
	for i := range o.Parts {
		p := &o.Parts[i]
		part := api.StaffPart{PartFacts: f.partFacts(p, o, now), Booking: roomBooking(p.Booking), Quotas: []api.StaffQuota{}, WaitingUntil: local(p.WaitingUntil)}
		for _, q := range p.Quotas {
			part.Quotas = append(part.Quotas, api.StaffQuota{QuotaFacts: quotaFacts(q), Capacity: q.Capacity, Taken: q.Taken, Accepting: q.Accepting})
		}
		if l := p.JoiningLink; l != nil {
			part.JoiningLink = &api.StaffJoiningLink{URL: l.URL, Note: l.Note, Phone: l.Phone, OpensHoursBefore: int(l.OpensBefore / time.Hour)}
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

func staffSeries(s *event.Series, now time.Time) api.StaffSeries {
	out := api.StaffSeries{
		SeriesFacts: seriesFacts(s), Rule: s.Rule, FirstMonth: monthText(s.FirstMonth), Template: seriesTemplate(s.Template), OpenMonths: []api.OpenMonth{},
	}
	if s.LastMonth != nil {
		last := monthText(*s.LastMonth)
		out.LastMonth = &last
	}
	for _, month := range s.OpenMonths(clock.DateOf(now), openMonths) {
		out.OpenMonths = append(out.OpenMonths, api.OpenMonth{Month: monthText(month), Candidates: dates(s.Candidates(month))})
	}
	return out
}

func seriesTemplate(t event.Template) api.SeriesTemplate {
	out := api.SeriesTemplate{StartsTime: t.StartsTime, EndsTime: t.EndsTime, Place: place(t.Place), Note: t.Note, Parts: []api.PartTemplate{}}
	for _, p := range t.Parts {
		part := api.PartTemplate{
			Name: p.Name, Description: p.Description, StartsTime: p.StartsTime, EndsTime: p.EndsTime, PlaceNote: p.PlaceNote, Audience: p.Audience,
			Reservation: api.Reservation(p.Reservation), Sitting: p.Sitting, OpensDaysBefore: p.OpensDaysBefore, ClosesDaysBefore: p.ClosesDaysBefore,
			DrawsDaysBefore: p.DrawsDaysBefore, WaitingList: p.WaitingList, Quotas: []api.TemplateQuota{}, Booths: []api.TemplateBooth{},
		}
		for _, q := range p.Quotas {
			part.Quotas = append(part.Quotas, api.TemplateQuota{Channel: api.Channel(q.Channel), Name: q.Name, Capacity: q.Capacity, MaxSeats: max(1, q.MaxSeats)})
		}
		for _, b := range p.Booths {
			part.Booths = append(part.Booths, api.TemplateBooth{Organization: b.Organization, Name: b.Name, Offers: b.Offers})
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

func token(t staff.Token) api.Token {
	return api.Token{ID: t.ID, StaffID: t.StaffID, Name: t.Name, Issuers: some(t.Issuers), ExpiresAt: tokyo(t.ExpiresAt), RevokedAt: local(t.RevokedAt), CreatedAt: tokyo(t.CreatedAt)}
}

func auditEntry(l audit.Line) api.AuditEntry {
	out := api.AuditEntry{
		ID: l.ID, At: tokyo(l.At), ActorKind: api.AuditEntryActorKind(l.ActorKind), Action: l.Action, SubjectKind: l.SubjectKind, SubjectID: l.SubjectID, Detail: l.Detail,
		TokenIssuers: some(l.TokenIssuers),
	}
	if l.TokenID != uuid.Nil {
		out.TokenID = &l.TokenID
	}
	if l.ActorID != uuid.Nil {
		out.ActorID = &l.ActorID
	}
	if out.Detail == nil {
		out.Detail = map[string]any{}
	}
	return out
}

func askedAgain(q *event.Inquiry) *api.OrganiserQuestion {
	if q == nil {
		return nil
	}
	out := api.OrganiserQuestion{
		Fields: []api.OrganiserQuestionFields{}, Revision: q.Revision, AskedAt: *local(&q.AskedAt), AnswerBy: *local(&q.AnswerBy),
	}
	for _, f := range q.Fields {
		out.Fields = append(out.Fields, api.OrganiserQuestionFields(f))
	}
	return &out
}
