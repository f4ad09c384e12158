package event

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// AddOccurrence adds a date to an event that is not cancelled.
func (s *Service) AddOccurrence(ctx context.Context, a Author, id uuid.UUID, in OccurrenceInput) (Event, error) {
	if err := check(in); err != nil {
		return Event{}, err
	}
	if err := checkOccurrences("", in); err != nil {
		return Event{}, err
	}
	in.tidy()
	view, err := s.directory.View(ctx)
	if err != nil {
		return Event{}, fmt.Errorf("read directory: %w", err)
	}
	booths, err := resolveBooths(view, "", in)
	if err != nil {
		return Event{}, err
	}
	return s.write(ctx, a, id, "occurrence.added", nil, func(tx *postgres.Tx) error {
		status, _, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if status == Cancelled {
			return ErrStatus.With("status", string(status))
		}
		return s.addOccurrence(ctx, tx, id, in, booths, uuid.Nil, clock.Date{})
	})
}

// ChangeOccurrence changes what is not nil. New times on a published event are a move: the date keeps its UID, remembers where it stood, and a postponed
// one is scheduled again. Parts are replaced as a whole; those with an id stay with their tickets. ErrPast, ErrTooFar and ErrLongOver guard what is published.
func (s *Service) ChangeOccurrence(ctx context.Context, a Author, id, occurrence uuid.UUID, c OccurrenceChange) (Event, error) {
	if err := check(c); err != nil {
		return Event{}, err
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return Event{}, fmt.Errorf("read directory: %w", err)
	}
	return s.write(ctx, a, id, "occurrence.changed", map[string]any{"occurrence": occurrence}, func(tx *postgres.Tx) error {
		return s.changeOccurrence(ctx, a, tx, view, id, occurrence, c)
	})
}

func (s *Service) changeOccurrence(ctx context.Context, a Author, tx *postgres.Tx, view *organization.View, id, occurrence uuid.UUID, c OccurrenceChange) error {
	if err := lockRooms(ctx, tx, id, c.BookingID); err != nil {
		return err
	}
	_, wasPublished, err := s.own(ctx, tx, id)
	if err != nil {
		return err
	}
	now, err := loadOccurrence(ctx, tx, id, occurrence)
	if err != nil {
		return err
	}
	if now.Status == OccurrenceCancelled {
		return ErrOccurrenceStatus.With("status", string(now.Status))
	}
	next := now.input()
	moved := c.apply(&next)
	if c.corrects {
		next.cutParts()
	}
	if err := checkOccurrences("", next); err != nil {
		return err
	}
	if wasPublished {
		if err := c.judgeMove(ctx, tx, now, &next); err != nil {
			return err
		}
	}
	next.tidy()
	booths, err := resolveBooths(view, "", next)
	if err != nil {
		return err
	}
	if err := s.beforeRooms(ctx, a, tx, now, &next, c); err != nil {
		return err
	}
	set := placeColumns(next.Place)
	set["starts_at"], set["ends_at"], set["doors_at"], set["note"] = next.StartsAt, next.EndsAt, next.DoorsAt, next.Note
	if moved && wasPublished {
		set["status"] = Scheduled
	}
	if moved && wasPublished && !c.corrects {
		set["moved_from"] = now.moveFrom(next.StartsAt)
	}
	if err := updateOccurrence(tx, occurrence, set); err != nil {
		return err
	}
	if c.Parts != nil || moved {
		if err := moveSlots(ctx, tx, occurrence, next.StartsAt.Sub(now.StartsAt)); err != nil {
			return err
		}
		if err := replaceParts(tx, id, occurrence, now.Parts, next, booths); err != nil {
			return err
		}
		if err := settleSlots(ctx, tx); err != nil {
			return err
		}
	}
	return s.afterRooms(ctx, tx, now, c)
}

// apply puts the change onto the input and reports whether it moves the date. Parts that are not given move along.
func (c OccurrenceChange) apply(o *OccurrenceInput) (moved bool) {
	before := *o
	if c.StartsAt != nil {
		o.StartsAt = *c.StartsAt
		if c.EndsAt == nil {
			o.EndsAt = o.StartsAt.Add(before.EndsAt.Sub(before.StartsAt))
		}
	}
	if c.EndsAt != nil {
		o.EndsAt = *c.EndsAt
	}
	shift := o.StartsAt.Sub(before.StartsAt)
	moved = shift != 0 || !o.EndsAt.Equal(before.EndsAt)
	if c.DoorsAt != nil {
		o.DoorsAt = c.DoorsAt
	} else if o.DoorsAt != nil {
		doors := o.DoorsAt.Add(shift)
		o.DoorsAt = &doors
	}
	if c.Place != nil {
		o.Place = *c.Place
	}
	if c.Note != nil {
		o.Note = *c.Note
	}
	if c.Parts != nil {
		o.Parts = *c.Parts
		return moved
	}
	for i := range o.Parts {
		p := &o.Parts[i]
		whole := p.StartsAt.Equal(before.StartsAt) && p.EndsAt.Equal(before.EndsAt)
		for _, t := range []**time.Time{&p.StartsAt, &p.EndsAt, &p.OpensAt, &p.ClosesAt, &p.DrawsAt, &p.WaitingUntil} {
			if *t != nil {
				shifted := (*t).Add(shift)
				*t = &shifted
			}
		}
		if whole { // a part that fills its occurrence goes on filling it
			p.StartsAt, p.EndsAt = nil, nil
		}
		if p.ClosesAt != nil && p.ClosesAt.After(o.EndsAt) {
			p.ClosesAt = &o.EndsAt
		}
		if p.DrawsAt != nil && p.DrawsAt.After(o.EndsAt) {
			p.DrawsAt = &o.EndsAt
		}
		if p.WaitingUntil != nil && p.WaitingUntil.After(o.EndsAt) {
			p.WaitingUntil = &o.EndsAt
		}
	}
	return moved
}

// moveFrom says where a date stood before a move to next: the first place it was announced for, or nothing when it comes back to it.
func (o *Occurrence) moveFrom(next time.Time) *time.Time {
	from := o.StartsAt
	if o.MovedFrom != nil {
		from = *o.MovedFrom
	}
	if from.Equal(next) {
		return nil
	}
	return &from
}

// CancelOccurrence cancels one date of an event and gives up its rooms (see release).
func (s *Service) CancelOccurrence(ctx context.Context, a Author, id, occurrence uuid.UUID, reason string) (Event, error) {
	return s.moveOccurrence(ctx, a, id, occurrence, "occurrence.cancelled", reason, func(tx *postgres.Tx, now *Occurrence, reason string) (columns, error) {
		if now.Status == OccurrenceCancelled {
			return nil, ErrOccurrenceStatus.With("status", string(now.Status))
		}
		if err := s.release(ctx, a, tx, id, &occurrence, reason); err != nil {
			return nil, err
		}
		return columns{"status": OccurrenceCancelled, "cancelled_at": tx.Now, "cancel_reason": reason}, nil
	})
}

// PostponeOccurrence puts off one date until new times are set with ChangeOccurrence.
func (s *Service) PostponeOccurrence(ctx context.Context, a Author, id, occurrence uuid.UUID, note string) (Event, error) {
	return s.moveOccurrence(ctx, a, id, occurrence, "occurrence.postponed", note, func(_ *postgres.Tx, now *Occurrence, note string) (columns, error) {
		if now.Status != Scheduled {
			return nil, ErrOccurrenceStatus.With("status", string(now.Status))
		}
		set := columns{"status": Postponed}
		if note != "" {
			set["note"] = note
		}
		return set, nil
	})
}

func (s *Service) moveOccurrence(ctx context.Context, a Author, id, occurrence uuid.UUID, action, why string,
	next func(*postgres.Tx, *Occurrence, string) (columns, error),
) (Event, error) {
	why, err := cleanReason(why)
	if err != nil {
		return Event{}, err
	}
	return s.write(ctx, a, id, action, map[string]any{"occurrence": occurrence}, func(tx *postgres.Tx) error {
		if err := lockRooms(ctx, tx, id, nil); err != nil {
			return err
		}
		if _, _, err := s.own(ctx, tx, id); err != nil {
			return err
		}
		now, err := loadOccurrence(ctx, tx, id, occurrence)
		if err != nil {
			return err
		}
		set, err := next(tx, now, why)
		if err != nil {
			return err
		}
		return updateOccurrence(tx, occurrence, set)
	})
}

// DeleteOccurrence takes away a date of an event that was never published; ErrPublishedStays otherwise.
func (s *Service) DeleteOccurrence(ctx context.Context, a Author, id, occurrence uuid.UUID) (Event, error) {
	return s.write(ctx, a, id, "occurrence.deleted", map[string]any{"occurrence": occurrence}, func(tx *postgres.Tx) error {
		if err := lockRooms(ctx, tx, id, nil); err != nil {
			return err
		}
		_, wasPublished, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if wasPublished {
			return ErrPublishedStays
		}
		if err := s.release(ctx, a, tx, id, &occurrence, ""); err != nil {
			return err
		}
		return deleteOccurrence(tx, id, occurrence)
	})
}

func loadOccurrence(ctx context.Context, tx *postgres.Tx, event, occurrence uuid.UUID) (*Occurrence, error) {
	events, err := loadEvents(ctx, tx, []uuid.UUID{event}, window{}, true)
	if err != nil {
		return nil, err
	}
	if len(events) == 1 {
		if at := slices.IndexFunc(events[0].Occurrences, func(o Occurrence) bool { return o.ID == occurrence }); at >= 0 {
			return &events[0].Occurrences[at], nil
		}
	}
	return nil, ErrOccurrenceUnknown
}

// boothOwners maps the slugs named by booths to organizations.
type boothOwners map[string]uuid.UUID

// resolveBooths finds the organizations; prefix is how the fields of the occurrences begin, "occurrences" when they are a numbered list.
func resolveBooths(view *organization.View, prefix string, occurrences ...OccurrenceInput) (boothOwners, error) {
	owners, refusal := boothOwners{}, ErrInvalid
	for i, o := range occurrences {
		at := prefix
		if prefix == "occurrences" {
			at = prefix + "." + strconv.Itoa(i) + "."
		}
		for j, p := range o.Parts {
			for k, b := range p.Booths {
				if b.Organization == "" {
					continue
				}
				field := at + "parts." + strconv.Itoa(j) + ".booths." + strconv.Itoa(k) + ".organization"
				switch found, err := view.BySlug(b.Organization); {
				case err != nil:
					refusal = refusal.Field(field, "organization_unknown")
				case found.Closed() && b.ID == nil: // a table that is there may stay
					refusal = refusal.Field(field, organization.ErrClosed.Code)
				default:
					owners[b.Organization] = found.ID
				}
			}
		}
	}
	return owners, refusal.Or()
}

func (s *Service) addOccurrence(ctx context.Context, tx *postgres.Tx, event uuid.UUID, in OccurrenceInput, booths boothOwners, series uuid.UUID, month clock.Date) error {
	id := uuid.New()
	if err := insertOccurrence(tx, event, id, in, series, month); err != nil {
		return err
	}
	if err := replaceParts(tx, event, id, nil, in, booths); err != nil || in.BookingID == nil {
		return err
	}
	return attach(ctx, tx, placed{event: event, occurrence: id}, *in.BookingID)
}

// replaceParts makes the parts of an occurrence those of the input: rows with a known id are changed, others are new, missing ones go.
func replaceParts(tx *postgres.Tx, event, occurrence uuid.UUID, now []Part, in OccurrenceInput, booths boothOwners) error {
	known := map[uuid.UUID]Part{}
	for _, p := range now {
		known[p.ID] = p
	}
	if len(in.Parts) == 0 {
		in.Parts = []PartInput{{Reservation: NoReservation}}
	}
	var keep []uuid.UUID
	for i, p := range in.Parts {
		if p.ID != nil {
			if _, ok := known[*p.ID]; !ok || slices.Contains(keep, *p.ID) {
				return ErrInvalid.Field("parts."+strconv.Itoa(i)+".id", "unknown_value")
			}
			keep = append(keep, *p.ID)
		}
	}
	if len(now) > 0 {
		if err := deleteMissing(tx, "part", "occurrence_id", occurrence, keep); err != nil {
			return err
		}
	}
	for i, p := range in.Parts {
		at := placed{event: event, occurrence: occurrence, part: uuid.New()}
		if p.ID != nil {
			at.part = *p.ID
		}
		starts, ends := p.span(in.StartsAt, in.EndsAt)
		if err := upsertPart(tx, at, p.ID == nil, i+1, starts, ends, p); err != nil {
			return err
		}
		if err := replacePartRows(tx, at, known[at.part], "parts."+strconv.Itoa(i), p, booths); err != nil {
			return err
		}
	}
	return nil
}

func replacePartRows(tx *postgres.Tx, at placed, now Part, field string, in PartInput, booths boothOwners) error {
	var keep []uuid.UUID
	for i, q := range in.Quotas {
		if q.ID == nil {
			continue
		}
		if !slices.ContainsFunc(now.Quotas, func(known Quota) bool { return known.ID == *q.ID }) || slices.Contains(keep, *q.ID) {
			return ErrInvalid.Field(field+".quotas."+strconv.Itoa(i)+".id", "unknown_value")
		}
		keep = append(keep, *q.ID)
	}
	if len(now.Quotas) > 0 {
		if err := deleteMissing(tx, "quota", "channel <> 'slot' and part_id", at.part, keep); err != nil {
			return err
		}
	}
	for i, q := range in.Quotas {
		id := uuid.New()
		if q.ID != nil {
			id = *q.ID
		}
		if err := upsertQuota(tx, at, id, q.ID == nil, i, q); err != nil {
			return err
		}
	}
	if err := replaceBooths(tx, at, now.Booths, field, in.Booths, booths); err != nil {
		return err
	}
	if in.JoiningLink == nil && now.JoiningLink == nil {
		return nil
	}
	return upsertJoiningLink(tx, at, in.JoiningLink)
}

// replaceBooths keeps tables that are named by their id, or that are called as before, because slots hang on them.
func replaceBooths(tx *postgres.Tx, at placed, now []Booth, field string, in []BoothInput, owners boothOwners) error {
	free := map[uuid.UUID]Booth{}
	for _, b := range now {
		free[b.ID] = b
	}
	in = slices.Clone(in)
	keep := make([]uuid.UUID, 0, len(in))
	for i, b := range in {
		if b.ID == nil {
			continue
		}
		if _, ok := free[*b.ID]; !ok {
			return ErrInvalid.Field(field+".booths."+strconv.Itoa(i)+".id", "unknown_value")
		}
		delete(free, *b.ID)
		keep = append(keep, *b.ID)
	}
	for i := range in {
		for _, b := range now {
			if _, ok := free[b.ID]; in[i].ID == nil && ok && b.calledAs(in[i]) {
				in[i].ID = &b.ID
				delete(free, b.ID)
				keep = append(keep, b.ID)
			}
		}
	}
	if len(free) > 0 {
		if err := deleteMissing(tx, "booth", "part_id", at.part, keep); err != nil {
			return err
		}
	}
	for i, b := range in {
		if b.ID != nil && i < len(now) && now[i].ID == *b.ID && now[i].calledAs(b) && now[i].Offers == b.Offers {
			continue
		}
		var by *uuid.UUID
		if id, ok := owners[b.Organization]; ok {
			by = &id
		}
		if err := upsertBooth(tx, at, i, by, b); err != nil {
			return err
		}
	}
	return nil
}

func (b Booth) calledAs(in BoothInput) bool {
	is := b.input()
	return is.Organization == in.Organization && is.Name == in.Name
}

// cleanReason cleans what people will read about a cancellation or a delay.
func cleanReason(s string) (string, error) {
	clean, ok := text.Paragraphs(s)
	if !ok {
		return "", ErrInvalid.Field("reason", "hidden_characters")
	}
	if len([]rune(clean)) > 1000 {
		return "", ErrInvalid.Field("reason", "too_long", "limit", 1000)
	}
	return clean, nil
}
