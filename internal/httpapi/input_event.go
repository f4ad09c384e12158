package httpapi

import (
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

func eventInput(b *api.EventInput) event.Input {
	in := event.Input{
		Visibility: event.Visibility(or(b.Visibility)), Kind: event.Kind(b.Kind), Title: b.Title, Summary: or(b.Summary), Description: or(b.Description),
		Audience: or(b.Audience), AudienceTags: or(audienceTags(b.AudienceTags)), Website: or(b.Website), Questions: or(questions(b.Questions)), Organisers: or(organisers(b.Organisers)),
		Assurance: or(assuranceInput(b.Assurance)), Fee: or(feeInput(b.Fee)),
	}
	for _, o := range or(b.Occurrences) {
		in.Occurrences = append(in.Occurrences, occurrenceInput(&o))
	}
	return in
}

func eventChange(b *api.EventChange) event.Change {
	return event.Change{
		Visibility: (*event.Visibility)(b.Visibility), Kind: (*event.Kind)(b.Kind), Title: b.Title, Summary: b.Summary, Description: b.Description,
		Audience: b.Audience, AudienceTags: audienceTags(b.AudienceTags), Website: b.Website, Questions: questions(b.Questions), Organisers: organisers(b.Organisers),
		Assurance: assuranceInput(b.Assurance), Fee: feeInput(b.Fee),
	}
}

func audienceTags(list *[]api.AudienceTag) *[]event.AudienceTag {
	return each(list, func(t api.AudienceTag) event.AudienceTag { return event.AudienceTag(t) })
}

func questions(list *[]api.Question) *[]event.Question {
	return each(list, func(q api.Question) event.Question { return event.Question(q) })
}

func organisers(list *[]api.OrganiserInput) *[]event.OrganiserInput {
	return each(list, func(o api.OrganiserInput) event.OrganiserInput {
		return event.OrganiserInput{Organization: o.Organization, Role: event.OrganiserRole(o.Role)}
	})
}

func assuranceInput(a *api.AssuranceInput) *event.Assurance {
	if a == nil {
		return nil
	}
	return &event.Assurance{
		NicknameOK: a.NicknameOk, ListenOnlyOK: a.ListenOnlyOk, LeaveMidwayOK: a.LeaveMidwayOk, WomenStaff: a.WomenStaff, CompanionOK: a.CompanionOk,
		Wheelchair: a.Wheelchair, SignLanguage: a.SignLanguage, ChildCare: a.ChildCare, Press: event.Press(or(a.Press)), AttendingOffices: or(a.AttendingOffices),
	}
}

func feeInput(f *api.FeeInput) *event.Fee {
	if f == nil {
		return nil
	}
	return &event.Fee{Yen: f.Yen, Note: or(f.Note)}
}

func placeInput(p *api.PlaceInput) *event.Place {
	if p == nil {
		return nil
	}
	return &event.Place{Kind: event.PlaceKind(p.Kind), Name: or(p.Name), Address: or(p.Address), Access: or(p.Access), AreaCode: or(p.AreaCode)}
}

func occurrenceInput(b *api.OccurrenceInput) event.OccurrenceInput {
	return event.OccurrenceInput{
		StartsAt: b.StartsAt, EndsAt: b.EndsAt, DoorsAt: b.DoorsAt, Place: *placeInput(&b.Place), Note: or(b.Note), Parts: or(each(b.Parts, partInput)), BookingID: b.BookingID,
	}
}

func occurrenceChange(b *api.OccurrenceChange) event.OccurrenceChange {
	return event.OccurrenceChange{
		StartsAt: b.StartsAt, EndsAt: b.EndsAt, DoorsAt: b.DoorsAt, Place: placeInput(b.Place), Note: b.Note, Parts: each(b.Parts, partInput), BookingID: b.BookingID, MoveBooking: or(b.MoveBooking),
	}
}

func partInput(p api.PartInput) event.PartInput {
	in := event.PartInput{
		ID: p.ID, Name: or(p.Name), Description: or(p.Description), StartsAt: p.StartsAt, EndsAt: p.EndsAt, PlaceNote: or(p.PlaceNote),
		Audience: or(p.Audience), Press: event.Press(or(p.Press)), Reservation: event.Reservation(p.Reservation), Sitting: or(p.Sitting),
		OpensAt: p.OpensAt, ClosesAt: p.ClosesAt, DrawsAt: p.DrawsAt,
		WaitingList: or(p.WaitingList), WaitingUntil: p.WaitingUntil,
		Quotas: or(each(p.Quotas, quotaInput)), Booths: or(each(p.Booths, boothInput)),
	}
	if l := p.JoiningLink; l != nil {
		in.JoiningLink = &event.JoiningLinkInput{URL: l.URL, Note: or(l.Note), Phone: or(l.Phone), OpensHoursBefore: l.OpensHoursBefore}
	}
	return in
}

func quotaInput(q api.QuotaInput) event.QuotaInput {
	return event.QuotaInput{ID: q.ID, Channel: event.Channel(q.Channel), Name: or(q.Name), Capacity: q.Capacity, MaxSeats: or(q.MaxSeats)}
}

func boothInput(b api.BoothInput) event.BoothInput {
	return event.BoothInput{ID: b.ID, Organization: or(b.Organization), Name: or(b.Name), Offers: or(b.Offers)}
}

func seriesInput(b *api.SeriesInput) event.SeriesInput {
	t := b.Template
	return event.SeriesInput{
		Rule: or(b.Rule), RuleText: b.RuleText, Choose: event.Choose(b.Choose), FirstMonth: b.FirstMonth, LastMonth: or(b.LastMonth),
		Template: event.Template{
			StartsTime: t.StartsTime, EndsTime: t.EndsTime, Place: *placeInput(&t.Place), Note: or(t.Note), Parts: or(each(t.Parts, partTemplate)),
		},
	}
}

func partTemplate(p api.PartTemplateInput) event.PartTemplate {
	return event.PartTemplate{
		Name: or(p.Name), Description: or(p.Description), StartsTime: or(p.StartsTime), EndsTime: or(p.EndsTime), PlaceNote: or(p.PlaceNote),
		Audience: or(p.Audience), Reservation: event.Reservation(p.Reservation), Sitting: or(p.Sitting), OpensDaysBefore: p.OpensDaysBefore, ClosesDaysBefore: p.ClosesDaysBefore,
		DrawsDaysBefore: p.DrawsDaysBefore, WaitingList: or(p.WaitingList),
		Booths: or(each(p.Booths, func(b api.TemplateBoothInput) event.BoothInput {
			return event.BoothInput{Organization: or(b.Organization), Name: or(b.Name), Offers: or(b.Offers)}
		})),
		Quotas: or(each(p.Quotas, func(q api.TemplateQuotaInput) event.QuotaInput {
			return event.QuotaInput{Channel: event.Channel(q.Channel), Name: or(q.Name), Capacity: q.Capacity, MaxSeats: or(q.MaxSeats)}
		})),
	}
}

// or is the value, the zero value for what was left out.
func or[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}

// each keeps the difference between a list that was left out and an empty one.
func each[A, B any](list *[]A, convert func(A) B) *[]B {
	if list == nil {
		return nil
	}
	out := make([]B, len(*list))
	for i, a := range *list {
		out[i] = convert(a)
	}
	return &out
}

// utc keeps moments of a filter in one form, so that the same filter seals the same cursor.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC().Truncate(time.Microsecond)
	return &u
}
