package schedule

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Events is what the handlers ask of event.Service.
type Events interface {
	ForStaff(ctx context.Context, organization, id uuid.UUID) (event.Event, error)
	AddOccurrence(ctx context.Context, by staff.Author, id uuid.UUID, in event.OccurrenceInput) (event.Event, error)
	ChangeOccurrence(
		ctx context.Context,
		by staff.Author,
		id, occurrence uuid.UUID,
		change event.OccurrenceChange,
	) (event.Event, error)
	CancelOccurrence(ctx context.Context, by staff.Author, id, occurrence uuid.UUID, reason string) (event.Event, error)
	PostponeOccurrence(ctx context.Context, by staff.Author, id, occurrence uuid.UUID, note string) (event.Event, error)
	DeleteOccurrence(ctx context.Context, by staff.Author, id, occurrence uuid.UUID) (event.Event, error)
	SetRoom(
		ctx context.Context,
		by staff.Author,
		id, occurrence uuid.UUID,
		part, booking *uuid.UUID,
	) (event.Event, error)
	CorrectOccurrence(
		ctx context.Context,
		by staff.Author,
		id, occurrence uuid.UUID,
		c event.Correction,
	) (event.Event, error)
	Relocate(ctx context.Context, by staff.Author, id, occurrence uuid.UUID, r event.Relocation) (event.Event, error)
	SlotsForStaff(ctx context.Context, organization, id uuid.UUID) ([]event.BoothSlot, error)
	SetSlotRule(
		ctx context.Context,
		by staff.Author,
		id, occurrence, part uuid.UUID,
		rule event.SlotRule,
	) (event.SlotRule, error)
	LayOutSlots(
		ctx context.Context,
		by staff.Author,
		id, occurrence, part uuid.UUID,
		plan event.SlotPlan,
	) ([]event.BoothSlot, error)
	ChangeSlot(
		ctx context.Context,
		by staff.Author,
		id, slot uuid.UUID,
		change event.SlotChange,
	) (event.BoothSlot, error)
	DeleteSlot(ctx context.Context, by staff.Author, id, slot uuid.UUID) error
	CreateSeries(ctx context.Context, by staff.Author, id uuid.UUID, in event.SeriesInput) (event.Event, error)
	ChangeSeries(ctx context.Context, by staff.Author, series uuid.UUID, in event.SeriesInput) (event.Event, error)
	DecideMonth(
		ctx context.Context,
		by staff.Author,
		series uuid.UUID,
		month clock.Date,
		choice event.MonthChoice,
	) (event.Event, error)
}
