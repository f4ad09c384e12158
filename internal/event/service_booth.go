package event

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// resolveBooths finds the organizations; prefix is how the fields of the occurrences begin,
// "occurrences" when they are a numbered list.
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

func (s *Service) addOccurrence(
	ctx context.Context,
	tx *postgres.Tx,
	event uuid.UUID,
	in OccurrenceInput,
	booths boothOwners,
	series uuid.UUID,
	month clock.Date,
) error {
	id := uuid.New()
	if err := insertOccurrence(tx, event, id, in, series, month); err != nil {
		return err
	}
	if err := replaceParts(tx, event, id, nil, in, booths); err != nil || in.BookingID == nil {
		return err
	}
	return attach(ctx, tx, placed{event: event, occurrence: id}, *in.BookingID)
}

// replaceParts makes the parts of an occurrence those of the input: rows with a known id are
// changed, others are new, missing ones go.
func replaceParts(
	tx *postgres.Tx,
	event, occurrence uuid.UUID,
	now []Part,
	in OccurrenceInput,
	booths boothOwners,
) error {
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
		if err := deletePartsBut(tx, occurrence, keep); err != nil {
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
		if !slices.ContainsFunc(now.Quotas, func(known Quota) bool { return known.ID == *q.ID }) ||
			slices.Contains(keep, *q.ID) {
			return ErrInvalid.Field(field+".quotas."+strconv.Itoa(i)+".id", "unknown_value")
		}
		keep = append(keep, *q.ID)
	}
	if len(now.Quotas) > 0 {
		if err := deleteQuotasBut(tx, at.part, keep); err != nil {
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

// replaceBooths keeps tables that are named by their id, or that are called as before, because
// slots hang on them.
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
		if err := deleteBoothsBut(tx, at.part, keep); err != nil {
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
