package booking

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// List gives an organization's bookings, as lender and as borrower, by the time of use.
func (s *Service) List(ctx context.Context, asker uuid.UUID, f Filter) (Page, error) {
	if f.Limit < 1 || f.Limit > MaxPage {
		f.Limit = pageLength
	}
	var page Page
	err := s.reading(ctx, asker, func(tx *postgres.Tx, view *organization.View) error {
		all, err := selectPage(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(all) > f.Limit {
			last := all[f.Limit-1]
			all, page.Next = all[:f.Limit], &Position{StartsAt: last.StartsAt, ID: last.ID}
		}
		page.Items = all
		return nameAll(ctx, tx, view, all)
	})
	if err != nil {
		return Page{}, fmt.Errorf("list bookings: %w", err)
	}
	return page, nil
}

func (s *Service) reading(
	ctx context.Context,
	asker uuid.UUID,
	fn func(tx *postgres.Tx, view *organization.View) error,
) error {
	view, err := s.directory.View(ctx)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	return s.db.ReadOrganization(ctx, asker, func(tx *postgres.Tx) error { return fn(tx, view) })
}

// Get gives a booking of one of its two organizations. ErrUnknown.
func (s *Service) Get(ctx context.Context, asker, id uuid.UUID) (Detail, error) {
	var d Detail
	err := s.reading(ctx, asker, func(tx *postgres.Tx, view *organization.View) (err error) {
		d, err = readDetail(ctx, tx, view, id)
		return err
	})
	if err != nil {
		return Detail{}, fmt.Errorf("read booking: %w", err)
	}
	return d, nil
}

func readDetail(ctx context.Context, tx *postgres.Tx, view *organization.View, id uuid.UUID) (Detail, error) {
	all, err := queryBookings(ctx, tx, "where b.id = $1", id)
	if err != nil {
		return Detail{}, err
	}
	if len(all) == 0 {
		return Detail{}, ErrUnknown
	}
	if err := nameAll(ctx, tx, view, all); err != nil {
		return Detail{}, err
	}
	d := Detail{Booking: all[0]}
	return d, surround(ctx, tx, view, &d)
}

// ChangeQuery asks for what others, or time, did with an organization's bookings.
type ChangeQuery struct {
	Since time.Time
	After *ChangePosition
	Limit int
}

// ChangePosition is where a page ended.
type ChangePosition struct {
	At time.Time
	ID uuid.UUID
}

// ChangePage is one page, oldest first; Next is nil on the last.
type ChangePage struct {
	Items []Change
	Next  *ChangePosition
}

// Changes gives what others, or time, did with an organization's bookings (お知らせ): requests that
// came in, decisions, notes, holds that lapsed.
func (s *Service) Changes(ctx context.Context, asker uuid.UUID, q ChangeQuery) (ChangePage, error) {
	if q.Limit < 1 || q.Limit > MaxPage {
		q.Limit = pageLength
	}
	after := ChangePosition{At: q.Since.Add(-time.Microsecond)}
	if q.After != nil {
		after = *q.After
	}
	var page ChangePage
	err := s.reading(ctx, asker, func(tx *postgres.Tx, view *organization.View) (err error) {
		page.Items, err = selectHeard(ctx, tx, view, after, q.Limit)
		return err
	})
	if err != nil {
		return ChangePage{}, fmt.Errorf("list changes of bookings: %w", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		last := page.Items[q.Limit-1]
		page.Next = &ChangePosition{At: last.At, ID: last.ID}
	}
	return page, nil
}
