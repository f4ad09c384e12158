package event

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

type organiser struct {
	id    uuid.UUID
	role  OrganiserRole
	left  bool // no longer takes part
	field string
}

// resolveOrganisers looks the slugs up; the owner comes first as 主催 when it is not named.
func resolveOrganisers(view *organization.View, owner uuid.UUID, in []OrganiserInput) ([]organiser, error) {
	var all []organiser
	refusal, ownerNamed := ErrInvalid, false
	for i, o := range in {
		field := "organisers." + strconv.Itoa(i) + ".organization"
		found, err := view.BySlug(o.Organization)
		if err != nil {
			refusal = refusal.Field(field, "organization_unknown")
			continue
		}
		ownerNamed = ownerNamed || found.ID == owner
		all = append(all, organiser{id: found.ID, role: o.Role, left: found.Closed(), field: field})
	}
	if !ownerNamed {
		all = append([]organiser{{id: owner, role: Host}}, all...)
	}
	return all, refusal.Or()
}

// refuseLeft refuses organizations that no longer take part, unless they stand in that role
// already.
func refuseLeft(wanted []organiser, now map[uuid.UUID]Organiser) error {
	refusal := ErrInvalid
	for _, o := range wanted {
		if o.left && now[o.id].Role != o.role {
			refusal = refusal.Field(o.field, organization.ErrClosed.Code)
		}
	}
	return refusal.Or()
}

// replaceOrganisers brings the organisers to the wanted order and roles; who stays in a role keeps
// its decision.
func replaceOrganisers(ctx context.Context, tx *postgres.Tx, event uuid.UUID, wanted []organiser) error {
	events, err := LoadTx(ctx, tx, []uuid.UUID{event}, Window{PerEvent: 1}, false)
	if err != nil {
		return err
	}
	if len(events) == 0 {
		return ErrUnknown
	}
	now := map[uuid.UUID]Organiser{}
	for _, o := range events[0].Organisers {
		now[o.Organization.ID] = o
	}
	if err := refuseLeft(wanted, now); err != nil {
		return err
	}
	for position, o := range wanted {
		known, stands := now[o.id]
		delete(now, o.id)
		if !stands {
			if err := insertOrganiser(tx, event, o.id, o.role, position); err != nil {
				return err
			}
			continue
		}
		change := set(organiserModel{Position: position, Role: o.role, Approval: Pending}, "position")
		if known.Role != o.role {
			change.columns = append(change.columns, "role")
			if o.id != tx.Organization {
				change.columns = append(change.columns, "approval", "decided_at")
			}
		}
		if _, err := updateOrganiser(tx, event, o.id, change); err != nil {
			return err
		}
	}
	for id := range now {
		if err := deleteOrganiser(tx, event, id); err != nil {
			return err
		}
	}
	return nil
}

// Decide is a co-organiser's own yes or no to standing on a neighbour's event. With a yes the event
// appears in its list and feed. seen is the Revision of the Inquiry that it answers, 0 when it does
// not say: a yes to an older one is ErrAskedAnew.
func (s *Service) Decide(ctx context.Context, a staff.Author, id uuid.UUID, approve bool, seen int) (Event, error) {
	approval, action := Declined, "organiser.declined"
	if approve {
		approval, action = Approved, "organiser.approved"
	}
	return s.write(ctx, a, id, action, nil, func(tx *postgres.Tx) error {
		// So that no change comes between what was seen and the answer.
		if err := lockOrganiser(ctx, tx, id, a.Organization); err != nil {
			return err
		}
		events, err := LoadTx(ctx, tx, []uuid.UUID{id}, Window{PerEvent: 1}, true)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return ErrUnknown
		}
		if events[0].Owner.ID == a.Organization {
			return ErrOwnerDecides
		}
		if q := questionTo(&events[0], a.Organization); approve && seen != 0 && q != nil && q.Revision != seen {
			return ErrAskedAnew.With("revision", q.Revision)
		}
		found, err := updateOrganiser(tx, id, a.Organization,
			set(organiserModel{Approval: approval, DecidedAt: &tx.Now}, "approval", "decided_at"))
		if err != nil {
			return err
		}
		if !found {
			return ErrNotInvited
		}
		return nil
	})
}

// standing gives a published event that others stand on, to be compared after a change; nil when
// nobody would be asked.
func standing(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (*Event, error) {
	events, err := LoadTx(ctx, tx, []uuid.UUID{id}, Window{}, true)
	if err != nil || len(events) == 0 || events[0].Status != Published || events[0].Owner.ID != tx.Organization {
		return nil, err
	}
	if !slices.ContainsFunc(events[0].Organisers, func(o Organiser) bool { return o.isAskedBy(&events[0]) }) {
		return nil, nil //nolint:nilnil // nothing to compare is no fault
	}
	return &events[0], nil
}

// askAgain asks every organiser but the owner, who made the change, and reports whether it asked
// anybody. A cancellation asks nobody.
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

// LapseQuestionsTask is the name of the worker's task that runs LapseQuestions.
const LapseQuestionsTask = "lapse_organiser_questions"

const questionBatch = 100

// LapseQuestions takes the approval of organisers back that were asked again and have not answered
// in time. Where nothing lies ahead any more the question ends without that. It says how many
// questions it dealt with; any number of workers may run it.
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
