package search

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// Service reads events for lists, feeds and mirrors. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory event.Directory
}

// NewService works on db.
func NewService(db *postgres.DB, directory event.Directory) *Service {
	return &Service{db: db, directory: directory}
}

// Page sizes of every list.
const (
	defaultLimit = 20
	maxLimit     = 100
)

func limited(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, maxLimit)
}

// A list shows this many dates of each event.
const listedDates = 12

// List gives published events by their next date. Errors: ErrInvalid for a filter that names what
// does not exist.
func (s *Service) List(ctx context.Context, f Filter) (Page, error) {
	r, err := s.resolve(ctx, f)
	if err != nil {
		return Page{}, err
	}
	var found Page
	err = s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		r.now = tx.Now
		if r.From == nil {
			begin, err := earliestAhead(ctx, tx)
			if err != nil {
				return err
			}
			r.begin = begin
		}
		rows, next, err := listed(ctx, tx, r)
		if err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(rows))
		for i, row := range rows {
			ids[i] = row.EventID
		}
		w := event.Window{From: r.begin, PerEvent: listedDates}
		if r.From != nil {
			w.From = *r.From
		}
		if r.From == nil || r.NotEnded {
			w.EndsAfter = tx.Now
		}
		events, err := event.LoadTx(ctx, tx, ids, w, false)
		if err != nil {
			return err
		}
		byID := map[uuid.UUID]event.Event{}
		for _, e := range events {
			byID[e.ID] = e
		}
		for _, row := range rows {
			e := byID[row.EventID]
			at := slices.IndexFunc(e.Occurrences, func(o event.Occurrence) bool { return o.ID == row.OccurrenceID })
			if at < 0 {
				// Beyond the first dates of a very long series: load it alone.
				whole, err := event.LoadTx(
					ctx,
					tx,
					[]uuid.UUID{row.EventID},
					event.Window{From: row.StartsAt, EndsAfter: w.EndsAfter, PerEvent: listedDates},
					false,
				)
				if err != nil || len(whole) == 0 {
					return err
				}
				if e, at = whole[0], slices.IndexFunc(
					whole[0].Occurrences,
					func(o event.Occurrence) bool { return o.ID == row.OccurrenceID },
				); at < 0 {
					continue
				}
			}
			found.Items = append(found.Items, Listed{Event: e, Occurrence: e.Occurrences[at]})
		}
		found.Next = next
		return nil
	})
	return found, err
}

func (s *Service) resolve(ctx context.Context, f Filter) (resolved, error) {
	r := resolved{Filter: f}
	r.Limit = limited(f.Limit)
	view, err := s.directory.View(ctx)
	if err != nil {
		return r, fmt.Errorf("read directory: %w", err)
	}
	refusal := ErrFilter
	if f.Organization != "" {
		found, err := view.BySlug(f.Organization)
		if err != nil {
			refusal = refusal.Field("organization", "organization_unknown")
		}
		r.organization = found.ID
	}
	if f.ExcludeOrganization != "" {
		found, err := view.BySlug(f.ExcludeOrganization)
		if err != nil {
			refusal = refusal.Field("exclude_organization", "organization_unknown")
		}
		ref := found.Ref()
		r.exclude = &ref
	}
	if f.Partnership != "" {
		found, err := view.Partnership(f.Partnership)
		if err != nil {
			refusal = refusal.Field("partnership", "partnership_unknown")
		}
		r.members = memberIDs(found)
	}
	refusal = f.check(refusal)
	clean, ok := text.Line(f.Query)
	if !ok {
		refusal = refusal.Field("q", "hidden_characters")
	}
	if len([]rune(clean)) > 200 {
		refusal = refusal.Field("q", "too_long", "limit", 200)
	}
	r.words = words(clean)
	return r, refusal.Or()
}

// ErrFilter is a list request that names what does not exist.
var ErrFilter = fault.Invalid("filter_invalid")

func (f Filter) check(refusal *fault.Error) *fault.Error {
	for _, c := range []struct {
		field string
		fine  bool
	}{
		{"kind", f.Kind == "" || slices.Contains(event.Kinds, f.Kind)},
		{"audience", f.Audience == "" || slices.Contains(event.AudienceTags, f.Audience)},
		{
			"place",
			f.Place == "" || slices.Contains([]event.PlaceKind{event.InPerson, event.Online, event.Both}, f.Place),
		},
		{"reservation", f.Reservation == "" || slices.Contains(event.Reservations, f.Reservation)},
		{"area", f.Area == "" || organization.ValidCode(f.Area)},
		{"to", f.From == nil || f.To == nil || f.To.After(*f.From)},
	} {
		if !c.fine {
			refusal = refusal.Field(c.field, "unknown_value")
		}
	}
	return refusal
}

func memberIDs(p organization.Partnership) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, m := range p.Members {
		ids = append(ids, m.ID)
	}
	return ids
}

// ListForStaff gives the organization's own events, those it is asked to stand on, or those
// neighbours show to partner groups.
func (s *Service) ListForStaff(ctx context.Context, organization uuid.UUID, f StaffFilter) (StaffPage, error) {
	var page StaffPage
	f.Limit = limited(f.Limit)
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) error {
		rows, err := staffListed(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(rows) > f.Limit {
			rows = rows[:f.Limit]
			page.Next = &rows[f.Limit-1]
		}
		ids := make([]uuid.UUID, len(rows))
		for i, row := range rows {
			ids[i] = row.Event
		}
		page.Items, err = event.LoadTx(ctx, tx, ids, event.Window{}, true)
		return err
	})
	return page, err
}

// Changes gives what changed after a position, oldest first; the zero position is the beginning.
func (s *Service) Changes(ctx context.Context, since ChangePosition, limit int) (ChangePage, error) {
	page := ChangePage{Next: since}
	limit = limited(limit)
	err := s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		rows, err := changed(ctx, tx, since, limit+1)
		if err != nil {
			return err
		}
		if page.More = len(rows) > limit; page.More {
			rows = rows[:limit]
		}
		// An event that changed more than once stands at its last change.
		last := map[uuid.UUID]int{}
		for i, r := range rows {
			last[r.EventID] = i
		}
		events, err := event.LoadTx(ctx, tx, slices.Collect(maps.Keys(last)), event.Window{}, false)
		if err != nil {
			return err
		}
		for i, r := range rows {
			transaction, err := strconv.ParseUint(r.Transaction, 10, 64)
			if err != nil {
				return fmt.Errorf("read transaction id: %w", err)
			}
			page.Next = ChangePosition{Transaction: transaction, Event: r.EventID}
			if last[r.EventID] != i {
				continue
			}
			c := Changed{EventID: r.EventID, ChangedAt: r.ChangedAt}
			if at := slices.IndexFunc(events, func(e event.Event) bool { return e.ID == r.EventID }); at >= 0 {
				c.Event = &events[at]
			}
			page.Items = append(page.Items, c)
		}
		return nil
	})
	return page, err
}
