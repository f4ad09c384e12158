package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

const maxDatesShown = 1000

// Service reads what came out. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory *organization.Directory
}

// NewService makes the service; db needs the staff role.
func NewService(db *postgres.DB, directory *organization.Directory) *Service {
	return &Service{db: db, directory: directory}
}

// Event gives the figures of an event that the organization hosts (主催 or 共催); event.ErrUnknown for
// any other.
func (s *Service) Event(ctx context.Context, organization, id uuid.UUID) (Event, error) {
	e := Event{ID: id}
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) error {
		var err error
		if e.Title, err = selectHosted(ctx, tx, id); err != nil {
			return err
		}
		// The years that a date can be in (occurrence_years).
		dates, err := selectDates(
			ctx,
			tx,
			[]uuid.UUID{id},
			time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
			maxDatesShown,
		)
		if err != nil {
			return err
		}
		if err := fillBreakdowns(ctx, tx, []uuid.UUID{id}, dates); err != nil {
			return err
		}
		e.Dates = make([]Date, len(dates))
		for i, d := range dates {
			e.Dates[i] = d.Date
		}
		return nil
	})
	if err != nil {
		return Event{}, fmt.Errorf("report event: %w", err)
	}
	return e, nil
}

// Year gives the sums of a fiscal year over the events that the organization hosts.
func (s *Service) Year(ctx context.Context, id uuid.UUID, year int) (Year, error) {
	y := Year{Year: year}
	y.From, y.To = FiscalYear(year)
	home, err := s.home(ctx, id)
	if err != nil {
		return Year{}, fmt.Errorf("report year: %w", err)
	}
	err = s.db.ReadOrganization(ctx, id, func(tx *postgres.Tx) error {
		from, to := y.From.Start(), y.To.AddDays(1).Start()
		events, err := selectAllHosted(ctx, tx, from, to)
		if err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(events))
		for i, e := range events {
			ids[i] = e.id
		}
		dates, err := selectDates(ctx, tx, ids, from, to, 1_000_000)
		if err != nil {
			return err
		}
		if err := fillBreakdowns(ctx, tx, ids, dates); err != nil {
			return err
		}
		var total sum
		byEvent := map[uuid.UUID]*sum{}
		for _, d := range dates {
			if byEvent[d.event] == nil {
				byEvent[d.event] = &sum{}
			}
			byEvent[d.event].add(d.Date)
			total.add(d.Date)
		}
		y.Events = make([]YearEvent, 0, len(events))
		for _, e := range events {
			y.Events = append(
				y.Events,
				YearEvent{Figures: byEvent[e.id].total(home), ID: e.id, Title: e.title, Owner: e.owner},
			)
		}
		y.Total = total.total(home)
		return nil
	})
	if err != nil {
		return Year{}, fmt.Errorf("report year: %w", err)
	}
	return y, nil
}

// home is the code of the organization's own town: a partner group's is the one that registered it.
func (s *Service) home(ctx context.Context, id uuid.UUID) (string, error) {
	o, err := s.directory.ByID(ctx, id)
	if err != nil {
		return "", err
	}
	if o.RegisteredBy != nil {
		return o.RegisteredBy.Code, nil
	}
	return o.Code, nil
}
