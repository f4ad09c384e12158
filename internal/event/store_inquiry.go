package event

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

type questionRow struct {
	EventID     uuid.UUID
	OrganiserID uuid.UUID
	Fields      []string
	Revision    int
	AskedAt     time.Time
	AnswerBy    time.Time
}

const selectQuestions = `
	select event_id, organiser_id, fields, revision, asked_at, answer_by
	from organiser_question
	where event_id = any ($1)`

// addQuestions puts the questions beside the organisers that they are put to.
func addQuestions(byID map[uuid.UUID]*Event, rows []questionRow) {
	for _, q := range rows {
		e := byID[q.EventID]
		if e == nil {
			continue
		}
		for i := range e.Organisers {
			if e.Organisers[i].Organization.ID == q.OrganiserID {
				e.Organisers[i].AskedAgain = &Inquiry{
					Fields:   q.Fields,
					Revision: q.Revision,
					AskedAt:  q.AskedAt,
					AnswerBy: q.AnswerBy,
				}
			}
		}
	}
}

// lockOrganiser keeps an answer and the next question apart. It finds nothing where the
// organization is no organiser.
func lockOrganiser(ctx context.Context, tx *postgres.Tx, event, organiser uuid.UUID) error {
	_, err := tx.Pgx.Exec(
		ctx,
		"select from event_organiser where event_id = $1 and organiser_id = $2 for update",
		event,
		organiser,
	)
	if err != nil {
		return fmt.Errorf("lock organiser: %w", err)
	}
	return nil
}

// upsertQuestion asks, or adds to what was asked: the day to answer by stays.
func upsertQuestion(
	ctx context.Context,
	tx *postgres.Tx,
	event, organiser uuid.UUID,
	fields []string,
	answerBy time.Time,
) error {
	if err := lockOrganiser(ctx, tx, event, organiser); err != nil {
		return err
	}
	_, err := tx.Pgx.Exec(ctx, `
		insert into organiser_question as q (organization_id, event_id, organiser_id, fields, answer_by)
		  values ($1, $2, $3, $4, $5)
		on conflict (event_id, organiser_id) do update
		set fields = array(select distinct f from unnest(q.fields || excluded.fields) f
		  order by f), revision = q.revision + 1`,
		tx.Organization, event, organiser, fields, answerBy)
	if err != nil {
		return fmt.Errorf("ask organiser: %w", err)
	}
	return nil
}

type dueQuestion struct {
	EventID     uuid.UUID
	OrganiserID uuid.UUID
	Ahead       bool // the event is published and has a date that has not ended
}

// lockDueQuestions leaves to others what they have in hand.
func lockDueQuestions(ctx context.Context, tx *postgres.Tx, limit int) ([]dueQuestion, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select q.event_id, q.organiser_id, e.status = 'published' and exists (
		    select from occurrence o where o.event_id = q.event_id and o.ends_at > app_now()) as ahead
		from organiser_question q join event e on e.id = q.event_id
		where q.answer_by <= app_now() and q.lapsed_at is null
		order by q.answer_by limit $1
		for update of q skip locked`, limit)
	if err != nil {
		return nil, fmt.Errorf("find due questions: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[dueQuestion])
}

func takeApprovalBack(ctx context.Context, tx *postgres.Tx, q dueQuestion) error {
	var batch pgx.Batch
	batch.Queue(`update event_organiser set approval = 'pending', decided_at = null
		where event_id = $1 and organiser_id = $2 and approval = 'approved'`, q.EventID, q.OrganiserID)
	batch.Queue(
		`update organiser_question set lapsed_at = app_now() where event_id = $1 and organiser_id = $2`,
		q.EventID,
		q.OrganiserID,
	)
	if err := tx.Pgx.SendBatch(ctx, &batch).Close(); err != nil {
		return fmt.Errorf("take approval back: %w", err)
	}
	return nil
}

func deleteQuestion(ctx context.Context, tx *postgres.Tx, q dueQuestion) error {
	_, err := tx.Pgx.Exec(
		ctx,
		"delete from organiser_question where event_id = $1 and organiser_id = $2",
		q.EventID,
		q.OrganiserID,
	)
	if err != nil {
		return fmt.Errorf("end question: %w", err)
	}
	return nil
}
