package event

import (
	"slices"
	"time"
)

// input gives the occurrence as one would enter it, ids included.
func (o *Occurrence) input() OccurrenceInput {
	in := OccurrenceInput{StartsAt: o.StartsAt, EndsAt: o.EndsAt, DoorsAt: o.DoorsAt, Place: o.Place, Note: o.Note}
	for _, p := range o.Parts {
		in.Parts = append(in.Parts, p.input())
	}
	return in
}

// PartInputs gives the parts as one would enter them, ids included, for changing some and keeping
// the rest.
func (o *Occurrence) PartInputs() []PartInput { return o.input().Parts }

func (p Part) input() PartInput {
	in := PartInput{
		ID:           &p.ID,
		Name:         p.Name,
		Description:  p.Description,
		StartsAt:     &p.StartsAt,
		EndsAt:       &p.EndsAt,
		PlaceNote:    p.PlaceNote,
		Audience:     p.Audience,
		Press:        p.Press,
		Reservation:  p.Reservation,
		Sitting:      p.Sitting,
		OpensAt:      p.OpensAt,
		ClosesAt:     p.ClosesAt,
		DrawsAt:      p.DrawsAt,
		WaitingList:  p.WaitingList,
		WaitingUntil: p.WaitingUntil,
	}
	for _, q := range p.Quotas {
		in.Quotas = append(
			in.Quotas,
			QuotaInput{ID: &q.ID, Channel: q.Channel, Name: q.Name, Capacity: q.Capacity, MaxSeats: q.MaxSeats},
		)
	}
	for _, b := range p.Booths {
		in.Booths = append(in.Booths, b.input())
	}
	if p.JoiningLink != nil {
		hours := int(p.JoiningLink.OpensBefore / time.Hour)
		in.JoiningLink = &JoiningLinkInput{
			URL:              p.JoiningLink.URL,
			Note:             p.JoiningLink.Note,
			Phone:            p.JoiningLink.Phone,
			OpensHoursBefore: &hours,
		}
	}
	return in
}

func (b Booth) input() BoothInput {
	in := BoothInput{ID: &b.ID, Name: b.Name, Offers: b.Offers}
	if b.By != nil {
		in.Organization = b.By.Slug
	}
	return in
}

// leaveOut takes organizations from the organisers and from the tables.
func (i *Input) leaveOut(gone func(slug string) bool) {
	i.Organisers = slices.DeleteFunc(i.Organisers, func(o OrganiserInput) bool { return gone(o.Organization) })
	for _, o := range i.Occurrences {
		for at := range o.Parts {
			o.Parts[at].Booths = slices.DeleteFunc(
				o.Parts[at].Booths,
				func(b BoothInput) bool { return gone(b.Organization) },
			)
		}
	}
}

// copyOf gives an event as input for a new one, its dates moved. Joining links are not copied: each
// gathering has its own.
func copyOf(e Event, shift time.Duration) Input {
	in := Input{
		Visibility:   e.Visibility,
		Kind:         e.Kind,
		Title:        e.Title,
		Summary:      e.Summary,
		Description:  e.Description,
		Audience:     e.Audience,
		AudienceTags: e.AudienceTags,
		Assurance:    e.Assurance,
		Fee:          e.Fee,
		Website:      e.Website,
		Questions:    e.Questions,
	}
	for _, o := range e.Organisers {
		in.Organisers = append(in.Organisers, OrganiserInput{Organization: o.Organization.Slug, Role: o.Role})
	}
	for _, o := range e.Occurrences {
		if o.Status == OccurrenceCancelled {
			continue
		}
		next := o.input()
		if o.Room != nil || o.NeedsPlace { // the room is booked for the date that is copied, not for this one
			next.Place = Place{Kind: o.Place.Kind, AreaCode: o.Place.AreaCode}
		}
		starts := next.StartsAt.Add(shift)
		OccurrenceChange{StartsAt: &starts}.apply(&next)
		for p := range next.Parts {
			next.Parts[p].ID, next.Parts[p].JoiningLink = nil, nil
			for q := range next.Parts[p].Quotas {
				next.Parts[p].Quotas[q].ID = nil
			}
			for b := range next.Parts[p].Booths {
				next.Parts[p].Booths[b].ID = nil
			}
		}
		in.Occurrences = append(in.Occurrences, next)
	}
	return in
}
