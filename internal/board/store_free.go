package board

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func selectBusy(ctx context.Context, tx *postgres.Tx, room uuid.UUID, from, to time.Time) ([]venue.Span, error) {
	rows, err := tx.Pgx.Query(ctx, "select lower(b), upper(b) from room_busy($1, tstzrange($2, $3)) b", room, from, to)
	if err != nil {
		return nil, fmt.Errorf("read taken times: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (venue.Span, error) {
		var s venue.Span
		err := row.Scan(&s.From, &s.To)
		return s, err
	})
}

// selectFree pages rooms, those that are not taken where times are asked for, by (capacity, id) as
// room_capacity_idx has them.
func selectFree(
	ctx context.Context,
	tx *postgres.Tx,
	day clock.Date,
	q FreeQuery,
	after *FreePosition,
) ([]*Facts, error) {
	conditions := []string{shownRooms}
	args := []any{}
	add := func(condition string, values ...any) {
		places := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			places[i] = len(args)
		}
		conditions = append(conditions, fmt.Sprintf(condition, places...))
	}
	if q.Part == "" { // the hours of a part of the day differ from room to room
		add("r.id not in (select t from rooms_taken($%d, $%d) t)", q.StartsAt, q.EndsAt)
	}
	add("r.capacity >= $%d", q.Capacity)
	if q.Layout != "" {
		add(
			"exists (select from jsonb_array_elements(r.layouts) l where l ->> 'kind' = $%d and (l ->> "+
				"'capacity')::int >= $%d)",
			q.Layout,
			q.Capacity,
		)
	}
	for _, kind := range q.Equipment {
		add("exists (select from jsonb_array_elements(r.equipment) e where e ->> 'kind' = $%d)", kind)
	}
	if len(q.BarrierFree) > 0 {
		add("f.barrier_free @> $%d", q.BarrierFree)
	}
	if q.Partnership != "" {
		add(
			"exists (select from room_partnership x join partnership p on p.id = x.partnership_id where x.room_id = "+
				"r.id and p.slug = $%d)",
			q.Partnership,
		)
	}
	if len(q.Organizations) > 0 {
		add("r.organization_id in (select o.id from organization o where o.slug = any ($%d))", q.Organizations)
	}
	if len(q.Areas) > 0 {
		add("f.area_code = any ($%d)", q.Areas)
	}
	if q.Facility != uuid.Nil {
		add("r.facility_id = $%d", q.Facility)
	}
	if q.inRounds { // at a facility where a round keeps some of the floor that day
		add(`r.facility_id in (select x.facility_id from booking_round t join booking_round_room x on x.round_id = t.id
			where t.state in ('open', 'closed', 'drawn') and t.span && tstzrange($%d, $%d))`,
			day.Start(),
			day.AddDays(1).Start(),
		)
	}
	if after != nil {
		add("(r.capacity, r.id) > ($%d, $%d)", after.Capacity, after.ID)
	}
	return readFacts(
		ctx,
		tx,
		day.AddDays(-nearDays),
		day.AddDays(nearDays),
		fmt.Sprintf("%s order by r.capacity, r.id limit %d", strings.Join(conditions, " and "), candidates),
		args...)
}
