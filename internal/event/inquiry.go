package event

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// answerWithin is how long an organiser that is asked again stays listed without an answer.
const answerWithin = 72 * time.Hour

// Inquiry is put to an organiser that said yes to an event whose substance has changed since.
type Inquiry struct {
	// Fields say what has changed since its last answer, sorted: title, kind, audience, visibility,
	// fee, website, time, place, participation.
	Fields []string
	// Revision rises with every such change.
	Revision int
	AskedAt  time.Time
	// AnswerBy is until when it stays listed without an answer. Later changes don't move it.
	AnswerBy time.Time
}

// substance names what differs between two states of an event that an organiser's yes stands for.
// Dates that have ended, and those that are cancelled or put off afterwards, don't count, nor does
// the choice of a series' month.
func substance(before, after *Event, now time.Time) []string {
	var changed []string
	note := func(name string, differs bool) {
		if differs && !slices.Contains(changed, name) {
			changed = append(changed, name)
		}
	}
	note("title", before.Title != after.Title)
	note("kind", before.Kind != after.Kind)
	note("audience", before.Audience != after.Audience || !slices.Equal(before.AudienceTags, after.AudienceTags))
	note("visibility", before.Visibility != after.Visibility)
	note("fee", !equal(before.Fee.Yen, after.Fee.Yen) || before.Fee.Note != after.Fee.Note)
	note("website", before.Website != after.Website)
	stood := map[uuid.UUID]*Occurrence{}
	for i := range before.Occurrences {
		stood[before.Occurrences[i].ID] = &before.Occurrences[i]
	}
	for i := range after.Occurrences {
		o := &after.Occurrences[i]
		was := stood[o.ID]
		switch {
		case o.Status == OccurrenceCancelled || o.Status == Postponed ||
			!o.EndsAt.After(now) && (was == nil || !was.EndsAt.After(now)):
		case was == nil:
			note("time", o.SeriesMonth == nil)
		default:
			compareDates(note, was, o)
		}
	}
	slices.Sort(changed)
	return changed
}

func compareDates(note func(string, bool), was, o *Occurrence) {
	note("time", !was.StartsAt.Equal(o.StartsAt) || !was.EndsAt.Equal(o.EndsAt))
	note(
		"place",
		was.Place.Name != o.Place.Name || was.Place.Address != o.Place.Address ||
			was.Place.AreaCode != o.Place.AreaCode,
	)
	note("participation", was.Place.Kind != o.Place.Kind || len(was.Parts) != len(o.Parts))
	for i := range min(len(was.Parts), len(o.Parts)) {
		p, q := &was.Parts[i], &o.Parts[i]
		note("title", p.Name != q.Name)
		note("time", !p.StartsAt.Equal(q.StartsAt) || !p.EndsAt.Equal(q.EndsAt))
		note("audience", p.Audience != q.Audience)
		note("participation", p.Reservation != q.Reservation || p.link() != q.link())
	}
}

func (p *Part) link() string {
	if p.JoiningLink == nil {
		return ""
	}
	return p.JoiningLink.URL
}

func equal[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// isAskedBy reports whether a change of e asks o anew: it said yes, or has not answered the
// question before.
func (o Organiser) isAskedBy(e *Event) bool {
	return o.Organization.ID != e.Owner.ID && (o.Approval == Approved || o.AskedAgain != nil)
}

func questionTo(e *Event, organization uuid.UUID) *Inquiry {
	for _, o := range e.Organisers {
		if o.Organization.ID == organization {
			return o.AskedAgain
		}
	}
	return nil
}
