package event

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// LapseQuestionsTask is the name of the worker's task that runs LapseQuestions.
const LapseQuestionsTask = "lapse_organiser_questions"

// answerWithin is how long an organiser that is asked again stays listed without an answer.
const answerWithin = 72 * time.Hour

// Inquiry is put to an organiser that said yes to an event whose substance has changed since.
type Inquiry struct {
	// Fields say what has changed since its last answer, sorted: title, kind, audience, visibility, fee, website, time,
	// place, participation.
	Fields []string
	// Revision rises with every such change.
	Revision int
	AskedAt  time.Time
	// AnswerBy is until when it stays listed without an answer. Later changes don't move it.
	AnswerBy time.Time
}

// substance names what differs between two states of an event that an organiser's yes stands for. Dates that have
// ended, and those that are cancelled or put off afterwards, don't count, nor does the choice of a series' month.
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
		case o.Status == OccurrenceCancelled || o.Status == Postponed || !o.EndsAt.After(now) && (was == nil || !was.EndsAt.After(now)):
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
	note("place", was.Place.Name != o.Place.Name || was.Place.Address != o.Place.Address || was.Place.AreaCode != o.Place.AreaCode)
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

// standing gives a published event that others stand on, to be compared after a change; nil when nobody would be asked.
func standing(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (*Event, error) {
	events, err := loadEvents(ctx, tx, []uuid.UUID{id}, window{}, true)
	if err != nil || len(events) == 0 || events[0].Status != Published || events[0].Owner.ID != tx.Organization {
		return nil, err
	}
	if !slices.ContainsFunc(events[0].Organisers, func(o Organiser) bool { return o.isAskedBy(&events[0]) }) {
		return nil, nil //nolint:nilnil // nothing to compare is no fault
	}
	return &events[0], nil
}

// isAskedBy reports whether a change of e asks o anew: it said yes, or has not answered the question before.
func (o Organiser) isAskedBy(e *Event) bool {
	return o.Organization.ID != e.Owner.ID && (o.Approval == Approved || o.AskedAgain != nil)
}

// askAgain asks every organiser but the owner, who made the change, and reports whether it asked anybody. A cancellation
// asks nobody.
func askAgain(ctx context.Context, tx *postgres.Tx, before, after *Event) (bool, error) {
	if before == nil || after.Status != Published {
		return false, nil
	}
	fields := substance(before, after, tx.Now)
	if len(fields) == 0 {
		return false, nil
	}
	asked := false
	for _, o := range after.Organisers {
		if !o.isAskedBy(after) {
			continue
		}
		if err := upsertQuestion(ctx, tx, after.ID, o.Organization.ID, fields, tx.Now.Add(answerWithin)); err != nil {
			return false, err
		}
		asked = true
	}
	return asked, nil
}

const questionBatch = 100

// LapseQuestions takes the approval of organisers back that were asked again and have not answered in time. Where nothing lies
// ahead any more the question ends without that. It says how many questions it dealt with; any number of workers may run it.
func LapseQuestions(ctx context.Context, db *postgres.DB) (int, error) {
	total := 0
	for {
		n := 0
		err := db.InWorker(ctx, func(tx *postgres.Tx) error {
			due, err := lockDueQuestions(ctx, tx, questionBatch)
			if err != nil {
				return err
			}
			n = len(due)
			for _, q := range due {
				if err := q.lapse(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return total, fmt.Errorf("lapse questions to organisers: %w", err)
		}
		if total += n; n < questionBatch {
			return total, nil
		}
	}
}

func (q dueQuestion) lapse(ctx context.Context, tx *postgres.Tx) error {
	if !q.Ahead {
		return deleteQuestion(ctx, tx, q)
	}
	if err := takeApprovalBack(ctx, tx, q); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{
		Organization: q.OrganiserID, Action: "organiser.lapsed", SubjectKind: "event", SubjectID: q.EventID,
	})
}

func questionTo(e *Event, organization uuid.UUID) *Inquiry {
	for _, o := range e.Organisers {
		if o.Organization.ID == organization {
			return o.AskedAgain
		}
	}
	return nil
}
