package eventjson

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// EventInput is a new event as staff sent it.
func EventInput(b *api.EventInput) event.Input {
	in := event.Input{
		Visibility:   event.Visibility(wire.Or(b.Visibility)),
		Kind:         event.Kind(b.Kind),
		Title:        b.Title,
		Summary:      wire.Or(b.Summary),
		Description:  wire.Or(b.Description),
		Audience:     wire.Or(b.Audience),
		AudienceTags: wire.Or(audienceTags(b.AudienceTags)),
		Website:      wire.Or(b.Website),
		Questions:    wire.Or(questions(b.Questions)),
		Organisers:   wire.Or(organisers(b.Organisers)),
		Assurance:    wire.Or(assuranceInput(b.Assurance)),
		Fee:          wire.Or(feeInput(b.Fee)),
	}
	for _, o := range wire.Or(b.Occurrences) {
		in.Occurrences = append(in.Occurrences, OccurrenceInput(&o))
	}
	return in
}

// EventChange is what staff sent to change of an event.
func EventChange(b *api.EventChange) event.Change {
	return event.Change{
		Visibility:   (*event.Visibility)(b.Visibility),
		Kind:         (*event.Kind)(b.Kind),
		Title:        b.Title,
		Summary:      b.Summary,
		Description:  b.Description,
		Audience:     b.Audience,
		AudienceTags: audienceTags(b.AudienceTags),
		Website:      b.Website,
		Questions:    questions(b.Questions),
		Organisers:   organisers(b.Organisers),
		Assurance:    assuranceInput(b.Assurance),
		Fee:          feeInput(b.Fee),
	}
}

func audienceTags(list *[]api.AudienceTag) *[]event.AudienceTag {
	return wire.Each(list, func(t api.AudienceTag) event.AudienceTag { return event.AudienceTag(t) })
}

func questions(list *[]api.Question) *[]event.Question {
	return wire.Each(list, func(q api.Question) event.Question { return event.Question(q) })
}

func organisers(list *[]api.OrganiserInput) *[]event.OrganiserInput {
	return wire.Each(list, func(o api.OrganiserInput) event.OrganiserInput {
		return event.OrganiserInput{Organization: o.Organization, Role: event.OrganiserRole(o.Role)}
	})
}

func assuranceInput(a *api.AssuranceInput) *event.Assurance {
	if a == nil {
		return nil
	}
	return &event.Assurance{
		NicknameOK:       a.NicknameOk,
		ListenOnlyOK:     a.ListenOnlyOk,
		LeaveMidwayOK:    a.LeaveMidwayOk,
		WomenStaff:       a.WomenStaff,
		CompanionOK:      a.CompanionOk,
		Wheelchair:       a.Wheelchair,
		SignLanguage:     a.SignLanguage,
		ChildCare:        a.ChildCare,
		Press:            event.Press(wire.Or(a.Press)),
		AttendingOffices: wire.Or(a.AttendingOffices),
	}
}

func feeInput(f *api.FeeInput) *event.Fee {
	if f == nil {
		return nil
	}
	return &event.Fee{Yen: f.Yen, Note: wire.Or(f.Note)}
}

func placeInput(p *api.PlaceInput) *event.Place {
	if p == nil {
		return nil
	}
	return &event.Place{
		Kind:     event.PlaceKind(p.Kind),
		Name:     wire.Or(p.Name),
		Address:  wire.Or(p.Address),
		Access:   wire.Or(p.Access),
		AreaCode: wire.Or(p.AreaCode),
	}
}

// OccurrenceInput is a new date as staff sent it.
func OccurrenceInput(b *api.OccurrenceInput) event.OccurrenceInput {
	return event.OccurrenceInput{
		StartsAt:  b.StartsAt,
		EndsAt:    b.EndsAt,
		DoorsAt:   b.DoorsAt,
		Place:     *placeInput(&b.Place),
		Note:      wire.Or(b.Note),
		Parts:     wire.Or(wire.Each(b.Parts, partInput)),
		BookingID: b.BookingID,
	}
}

// OccurrenceChange is what staff sent to change of a date.
func OccurrenceChange(b *api.OccurrenceChange) event.OccurrenceChange {
	return event.OccurrenceChange{
		StartsAt:    b.StartsAt,
		EndsAt:      b.EndsAt,
		DoorsAt:     b.DoorsAt,
		Place:       placeInput(b.Place),
		Note:        b.Note,
		Parts:       wire.Each(b.Parts, partInput),
		BookingID:   b.BookingID,
		MoveBooking: wire.Or(b.MoveBooking),
	}
}

func partInput(p api.PartInput) event.PartInput {
	in := event.PartInput{
		ID:           p.ID,
		Name:         wire.Or(p.Name),
		Description:  wire.Or(p.Description),
		StartsAt:     p.StartsAt,
		EndsAt:       p.EndsAt,
		PlaceNote:    wire.Or(p.PlaceNote),
		Audience:     wire.Or(p.Audience),
		Press:        event.Press(wire.Or(p.Press)),
		Reservation:  event.Reservation(p.Reservation),
		Sitting:      wire.Or(p.Sitting),
		OpensAt:      p.OpensAt,
		ClosesAt:     p.ClosesAt,
		DrawsAt:      p.DrawsAt,
		WaitingList:  wire.Or(p.WaitingList),
		WaitingUntil: p.WaitingUntil,
		Quotas:       wire.Or(wire.Each(p.Quotas, quotaInput)),
		Booths:       wire.Or(wire.Each(p.Booths, boothInput)),
	}
	if l := p.JoiningLink; l != nil {
		in.JoiningLink = &event.JoiningLinkInput{
			URL:              l.URL,
			Note:             wire.Or(l.Note),
			Phone:            wire.Or(l.Phone),
			OpensHoursBefore: l.OpensHoursBefore,
		}
	}
	return in
}

func quotaInput(q api.QuotaInput) event.QuotaInput {
	return event.QuotaInput{
		ID:       q.ID,
		Channel:  event.Channel(q.Channel),
		Name:     wire.Or(q.Name),
		Capacity: q.Capacity,
		MaxSeats: wire.Or(q.MaxSeats),
	}
}

func boothInput(b api.BoothInput) event.BoothInput {
	return event.BoothInput{
		ID:           b.ID,
		Organization: wire.Or(b.Organization),
		Name:         wire.Or(b.Name),
		Offers:       wire.Or(b.Offers),
	}
}

// SeriesInput is a series as staff sent it.
func SeriesInput(b *api.SeriesInput) event.SeriesInput {
	t := b.Template
	return event.SeriesInput{
		Rule:       wire.Or(b.Rule),
		RuleText:   b.RuleText,
		Choose:     event.Choose(b.Choose),
		FirstMonth: b.FirstMonth,
		LastMonth:  wire.Or(b.LastMonth),
		Template: event.Template{
			StartsTime: t.StartsTime,
			EndsTime:   t.EndsTime,
			Place:      *placeInput(&t.Place),
			Note:       wire.Or(t.Note),
			Parts:      wire.Or(wire.Each(t.Parts, partTemplate)),
		},
	}
}

func partTemplate(p api.PartTemplateInput) event.PartTemplate {
	return event.PartTemplate{
		Name:             wire.Or(p.Name),
		Description:      wire.Or(p.Description),
		StartsTime:       wire.Or(p.StartsTime),
		EndsTime:         wire.Or(p.EndsTime),
		PlaceNote:        wire.Or(p.PlaceNote),
		Audience:         wire.Or(p.Audience),
		Reservation:      event.Reservation(p.Reservation),
		Sitting:          wire.Or(p.Sitting),
		OpensDaysBefore:  p.OpensDaysBefore,
		ClosesDaysBefore: p.ClosesDaysBefore,
		DrawsDaysBefore:  p.DrawsDaysBefore,
		WaitingList:      wire.Or(p.WaitingList),
		Booths: wire.Or(wire.Each(p.Booths, func(b api.TemplateBoothInput) event.BoothInput {
			return event.BoothInput{
				Organization: wire.Or(b.Organization),
				Name:         wire.Or(b.Name),
				Offers:       wire.Or(b.Offers),
			}
		})),
		Quotas: wire.Or(wire.Each(p.Quotas, func(q api.TemplateQuotaInput) event.QuotaInput {
			return event.QuotaInput{
				Channel:  event.Channel(q.Channel),
				Name:     wire.Or(q.Name),
				Capacity: q.Capacity,
				MaxSeats: wire.Or(q.MaxSeats),
			}
		})),
	}
}
