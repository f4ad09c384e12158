package app

import (
	"context"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/admission"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/idempotency"
	"github.com/tonarimachi/tonarimachi/internal/job"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/report"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Tasks is the housekeeping; db needs the worker's role.
func Tasks(db *postgres.DB) []job.Task {
	return []job.Task{
		{Name: retention.EraseTickets, Every: time.Hour, Do: ticket.NewEraser(db).EraseEnded},
		{
			Name:  retention.LapseWaitingTickets,
			Every: 5 * time.Minute,
			Do:    func(ctx context.Context) (int, error) { return ticket.LapseWaiting(ctx, db) },
		},
		{
			Name:  draw.Task,
			Every: time.Minute,
			Do:    func(ctx context.Context) (int, error) { return draw.Lots(ctx, db) },
		},
		{
			Name:  booking.LapseTask,
			Every: time.Minute,
			Do:    func(ctx context.Context) (int, error) { return booking.Lapse(ctx, db) },
		},
		{
			Name:  event.LapseQuestionsTask,
			Every: 5 * time.Minute,
			Do:    func(ctx context.Context) (int, error) { return event.LapseQuestions(ctx, db) },
		},
		{
			Name:  round.Task,
			Every: time.Minute,
			Do:    func(ctx context.Context) (int, error) { return round.Run(ctx, db) },
		},
		{
			Name:  retention.ForgetDoorTaps,
			Every: time.Hour,
			Do:    func(ctx context.Context) (int, error) { return door.ForgetTaps(ctx, db) },
		},
		{
			Name:  "ask_still_coming",
			Every: 10 * time.Minute,
			Do:    func(ctx context.Context) (int, error) { return ticket.AskStillComing(ctx, db) },
		},
		{
			Name:  "freeze_figures",
			Every: 10 * time.Minute,
			Do:    func(ctx context.Context) (int, error) { return report.Freeze(ctx, db) },
		},
		{
			Name:  retention.ReturnPaperSeats,
			Every: time.Minute,
			Do:    func(ctx context.Context) (int, error) { return paper.ReturnSeats(ctx, db) },
		},
		{
			Name:  retention.ForgetShares,
			Every: 5 * time.Minute,
			Do:    func(ctx context.Context) (int, error) { return admission.Forget(ctx, db) },
		},
		{
			Name:  venue.TaskFillHolidays,
			Every: 24 * time.Hour,
			Do:    func(ctx context.Context) (int, error) { return venue.FillHolidays(ctx, db) },
		},
		{Name: retention.ForgetIdempotencyKeys, Every: time.Hour, Do: idempotency.NewLedger(db).Forget},
	}
}
