package event

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

func queue[T any](batch *pgx.Batch, into *[]T, sql string, args ...any) {
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		collected, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
		*into = collected
		return err
	})
}

// civil reads a date column, which arrives as midnight UTC.
func civil(t time.Time) clock.Date { return clock.NewDate(t.Year(), t.Month(), t.Day()) }

func (r eventRow) event() *Event {
	e := &Event{
		ID:          r.ID,
		Owner:       r.ref(),
		Status:      r.Status,
		Visibility:  r.Visibility,
		Kind:        r.Kind,
		Title:       r.Title,
		Summary:     r.Summary,
		Description: r.Description,
		Audience:    r.Audience,
		Fee:         Fee{Yen: r.FeeYen, Note: r.FeeNote},
		Website:     r.Website,
		Assurance: Assurance{
			NicknameOK:       r.NicknameOK,
			ListenOnlyOK:     r.ListenOnlyOK,
			LeaveMidwayOK:    r.LeaveMidwayOK,
			WomenStaff:       r.WomenStaff,
			CompanionOK:      r.CompanionOK,
			Wheelchair:       r.Wheelchair,
			SignLanguage:     r.SignLanguage,
			ChildCare:        r.ChildCare,
			Press:            Press(r.Press),
			AttendingOffices: r.AttendingOffices,
		},
		PublishedAt:  r.PublishedAt,
		CancelledAt:  r.CancelledAt,
		CancelReason: r.CancelReason,
		ModifiedAt:   r.ModifiedAt,
	}
	for _, q := range Questions {
		if slices.Contains(r.Questions, string(q)) {
			e.Questions = append(e.Questions, q)
		}
	}
	for _, t := range AudienceTags {
		if slices.Contains(r.AudienceTags, string(t)) {
			e.AudienceTags = append(e.AudienceTags, t)
		}
	}
	return e
}

func (r occurrenceRow) occurrence(parts []Part) Occurrence {
	o := Occurrence{
		ID:        r.ID,
		EventID:   r.EventID,
		Status:    r.Status,
		StartsAt:  r.StartsAt,
		EndsAt:    r.EndsAt,
		DoorsAt:   r.DoorsAt,
		MovedFrom: r.MovedFrom,
		Place: Place{
			Kind:     r.PlaceKind,
			Name:     r.PlaceName,
			Address:  r.PlaceAddress,
			Access:   r.PlaceAccess,
			AreaCode: r.AreaCode,
		},
		Note:         r.Note,
		CancelledAt:  r.CancelledAt,
		CancelReason: r.CancelReason,
		Sequence:     r.Sequence,
		ModifiedAt:   r.ModifiedAt,
		Parts:        parts,
		Room:         roomOf(r.PlaceRoom),
		NeedsPlace:   r.PlaceLost,
	}
	if r.SeriesMonth != nil {
		month := civil(*r.SeriesMonth)
		o.SeriesMonth = &month
	}
	return o
}

func (r seriesRow) series() (*Series, error) {
	s := &Series{
		ID:         r.ID,
		EventID:    r.EventID,
		Rule:       r.Rule,
		RuleText:   r.RuleText,
		Choose:     r.Choose,
		FirstMonth: civil(r.FirstMonth),
	}
	if r.LastMonth != nil {
		last := civil(*r.LastMonth)
		s.LastMonth = &last
	}
	if err := json.Unmarshal(r.Template, &s.Template); err != nil {
		return nil, fmt.Errorf("read series template: %w", err)
	}
	return s, nil
}
