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
func (s *Service) List(ctx context.Context, organization uuid.UUID, f Filter) (Page, error) {
	if f.Limit < 1 || f.Limit > MaxPage {
		f.Limit = pageLength
	}
	var page Page
	err := s.reading(ctx, organization, func(tx *postgres.Tx, view *organizationView) error {
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

type organizationView = organization.View

func (s *Service) reading(ctx context.Context, organization uuid.UUID, fn func(tx *postgres.Tx, view *organizationView) error) error {
	view, err := s.directory.View(ctx)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	return s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) error { return fn(tx, view) })
}

// Get gives a booking of one of its two organizations. ErrUnknown.
func (s *Service) Get(ctx context.Context, organization, id uuid.UUID) (Detail, error) {
	var d Detail
	err := s.reading(ctx, organization, func(tx *postgres.Tx, view *organizationView) (err error) {
		d, err = readDetail(ctx, tx, view, id)
		return err
	})
	if err != nil {
		return Detail{}, fmt.Errorf("read booking: %w", err)
	}
	return d, nil
}

func readDetail(ctx context.Context, tx *postgres.Tx, view *organizationView, id uuid.UUID) (Detail, error) {
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

// Changes gives what others, or time, did with an organization's bookings since a moment, oldest first, at most limit (お知らせ). Each says after which the next page goes on.
func (s *Service) Changes(ctx context.Context, organization uuid.UUID, since time.Time, limit int) ([]Change, error) {
	if limit < 1 || limit > MaxPage {
		limit = pageLength
	}
	var all []Change
	err := s.reading(ctx, organization, func(tx *postgres.Tx, view *organizationView) (err error) {
		all, err = selectChanges(ctx, tx, view, `where at > $1 and by_id is distinct from app_organization()
			and (organization_id = app_organization() or borrower_id = app_organization()) order by at, id limit $2`, since, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list changes of bookings: %w", err)
	}
	return all, nil
}
